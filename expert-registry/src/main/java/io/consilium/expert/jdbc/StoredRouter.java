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
 * @param share of questions it decides as a canary, 0 to 1; 0 in every other state
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
    double share,
    @Nullable Instant promoted,
    String embedder,
    String fingerprint,
    List<String> experts,
    ObjectNode metrics) {
  /** Whether it serves. */
  public enum State {
    /** Fitted, never served. */
    DRAFT,
    /** On trial: decides beside the one that serves, unheeded. */
    SHADOW,
    /** On trial: decides for a share of the questions. */
    CANARY,
    /** The one that serves. */
    PROMOTED,
    /** Served before another did. */
    RETIRED
  }

  public StoredRouter {
    experts = List.copyOf(experts);
  }
}
