package io.consilium.expert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an API key; never the key itself.
 *
 * @param id names it in decisions and logs
 * @param name what people call it
 * @param tenant whose traffic it carries
 * @param access what it may do
 * @param recordContent whether questions and answers asked under it may be kept
 * @param created when
 * @param expires when it stops working, or null
 * @param revoked when it was withdrawn, or null
 * @param caching the most that questions asked under it may be answered from the cache
 * @param teaches whether what is said of answers given under it teaches the router that all share
 */
public record ApiKey(
    String id,
    String name,
    String tenant,
    Access access,
    boolean recordContent,
    Instant created,
    @Nullable Instant expires,
    @Nullable Instant revoked,
    Caching caching,
    boolean teaches) {
  /** What a key may do; each may do what those after it may. */
  public enum Access {
    /** Everything, keys included. */
    ADMIN,
    /** Experts, policies and routers. */
    OPERATOR,
    /** Look at everything, change nothing. */
    VIEWER,
    /** Ask questions and give feedback. */
    USER
  }

  /** A key with which answers may be cached and learnt from. */
  public ApiKey(
      String id,
      String name,
      String tenant,
      Access access,
      boolean recordContent,
      Instant created,
      @Nullable Instant expires,
      @Nullable Instant revoked) {
    this(
        id, name, tenant, access, recordContent, created, expires, revoked, Caching.SEMANTIC, true);
  }

  public ApiKey {
    if (name.isBlank()) {
      throw ExpertException.invalid("name", "a key needs a name people will recognise");
    }
    if (tenant.isBlank()) {
      throw ExpertException.invalid("tenant", "a key needs a tenant");
    }
  }

  /** Whether it works at {@code now}. */
  public boolean worksAt(Instant now) {
    return revoked == null && (expires == null || now.isBefore(expires));
  }
}
