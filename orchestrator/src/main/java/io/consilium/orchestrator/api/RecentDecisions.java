package io.consilium.orchestrator.api;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.orchestrator.journal.Journal;
import java.time.Duration;

/** Finds decisions, those too that the journal has not handed to the store yet. */
public final class RecentDecisions {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration STEP = Duration.ofMillis(20);

  private final Journal journal;
  private final JdbcDecisions decisions;

  public RecentDecisions(Journal journal, JdbcDecisions decisions) {
    this.journal = journal;
    this.decisions = decisions;
  }

  /**
   * The decision with this id.
   *
   * @throws ExpertException {@code NOT_FOUND} when there is none
   */
  public Decision find(String id) {
    return journal
        .find(id)
        .or(() -> decisions.find(id))
        .orElseThrow(() ->
            new ExpertException(
                    FailureKind.NOT_FOUND,
                    "no decision '%s' is on record: its id is in the x-consilium-decision header of an answer"
                        .formatted(id))
                .about("decision"));
  }

  /**
   * The decision with this id, once the store has it: waits a moment for one that is on its way.
   *
   * @throws ExpertException {@code NOT_FOUND} when there is none, {@code STORE_UNAVAILABLE} when
   *     the store does not take it
   */
  Decision stored(String id) {
    find(id);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      var found = decisions.find(id);
      if (found.isPresent()) {
        return found.get();
      }
      pause();
    }
    throw new ExpertException(
            FailureKind.STORE_UNAVAILABLE,
            "decision '%s' has not reached the store yet; send this again in a moment"
                .formatted(id))
        .retryAfter(PATIENCE);
  }

  private static void pause() {
    try {
      Thread.sleep(STEP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the caller went away", e);
    }
  }
}
