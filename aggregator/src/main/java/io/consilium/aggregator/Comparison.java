package io.consilium.aggregator;

import io.consilium.expert.Answer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Says which of several answers are the same. */
@FunctionalInterface
public interface Comparison {
  /** By their normal forms alone. */
  Comparison EXACT = (answers, kind) -> answer -> AnswerKey.of(answer, kind);

  /**
   * Keys for these answers: those with equal keys say the same, one without a key says nothing that
   * can be compared. Does not depend on the order of the answers.
   *
   * @param kind of the question they answer, "" where it is not known
   */
  Function<Answer, Optional<AnswerKey>> among(List<Answer> answers, String kind);
}
