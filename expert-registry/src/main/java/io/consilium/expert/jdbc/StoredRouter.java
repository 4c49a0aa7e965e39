package io.consilium.expert.jdbc;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A version of the router, without its bytes.
 *
 * @param id unique; sorts by age
 * @param created when it was fitted
 * @param state whether it serves
 * @param promoted when it last began to serve, or null
 * @param embedder the id of the embedder whose vectors it reads
 * @param fingerprint of the records it was fitted from
 * @param experts it was fitted on
 * @param metrics what was measured of it on held-out questions
 */
public record StoredRouter(
    String id,
    Instant created,
    State state,
    @Nullable Instant promoted,
    String embedder,
    String fingerprint,
    List<String> experts,
    ObjectNode metrics) {
  /** Whether it serves. */
  public enum State {
    /** Fitted, never served. */
    DRAFT,
    /** The one that serves. */
    PROMOTED,
    /** Served before another did. */
    RETIRED
  }

  public StoredRouter {
    experts = List.copyOf(experts);
  }
}
