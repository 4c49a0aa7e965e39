package io.consilium.expert.jdbc;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file that is kept for its owner; its contents are read apart.
 *
 * @param id unique; sorts by age
 * @param owner whose it is
 * @param name as the owner calls it
 * @param purpose what it is for: {@code batch} or {@code batch_output}
 * @param bytes how long it is
 * @param created when it was kept
 * @param expires when it goes by itself, or null
 */
public record StoredFile(
    String id,
    Owner owner,
    String name,
    String purpose,
    long bytes,
    Instant created,
    @Nullable Instant expires) {
  /**
   * Whose something is: nobody else sees it.
   *
   * @param tenant whose traffic it belongs to
   * @param key the id of the API key; empty for callers on this machine who need none
   */
  public record Owner(String tenant, String key) {}
}
