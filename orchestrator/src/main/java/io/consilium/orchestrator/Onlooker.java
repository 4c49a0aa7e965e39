package io.consilium.orchestrator;

import io.consilium.expert.Answer;
import io.consilium.expert.Decision;
import io.consilium.expert.Question;

/** Told of each answer once it is on record. It must neither block nor throw. */
@FunctionalInterface
public interface Onlooker {
  /** Looks at nothing. */
  Onlooker NOBODY = (question, answer, decision) -> {};

  void answered(Question question, Answer answer, Decision decision);
}
