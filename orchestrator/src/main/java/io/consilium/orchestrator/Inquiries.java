package io.consilium.orchestrator;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import java.util.List;

/** Asks experts what helps to decide, before a question is routed. Thread-safe. */
@FunctionalInterface
public interface Inquiries {
  /** Asks nobody. */
  Inquiries NONE = (question, roster) -> List.of();

  /**
   * Asks about a question what is not known yet. Blocks for as long as that may take.
   *
   * @return what was bought, in order; of a bid, {@code p} is what was bid
   * @throws ExpertException {@code CANCELLED} when the thread is interrupted, and for nothing else
   */
  List<Decision.Told> about(Question question, Roster roster);
}
