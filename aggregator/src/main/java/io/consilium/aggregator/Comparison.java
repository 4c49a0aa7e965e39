package io.consilium.aggregator;

import io.consilium.expert.Answer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Says which of several answers are the same. */
@FunctionalInterface
public interface Comparison {
  /** By their normal forms alone. */
  Comparison EXACT = answers -> AnswerKey::of;

  /**
   * Keys for these answers: those with equal keys say the same, one without a key says nothing that
   * can be compared. Does not depend on the order of the answers.
   */
  Function<Answer, Optional<AnswerKey>> among(List<Answer> answers);
}
