package io.consilium.expert.jdbc;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A long piece of work on record.
 *
 * @param id unique; sorts by age
 * @param kind what it does
 * @param state how far it is
 * @param tenant whose it is
 * @param runner the process that does it
 * @param created when it was taken
 * @param finished when it ended, or null
 * @param asked what was asked, without bulky data
 * @param result what came of it, or null
 * @param failure why it failed, or null
 */
public record StoredJob(
    String id,
    String kind,
    State state,
    String tenant,
    String runner,
    Instant created,
    @Nullable Instant finished,
    ObjectNode asked,
    @Nullable ObjectNode result,
    @Nullable String failure) {
  /** How far a job is. */
  public enum State {
    QUEUED,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED,
    /** Its process stopped before it was done. */
    INTERRUPTED;

    /** Whether nothing more will happen. */
    public boolean ended() {
      return this != QUEUED && this != RUNNING;
    }
  }
}
