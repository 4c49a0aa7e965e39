package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.AnswerKey;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Votes weighted by log-odds: an expert that is right with probability p, where those who err
 * choose among K − 1 other answers, weighs log(p (K − 1) / (1 − p)), the optimum for independent
 * voters (Nitzan and Paroush, "Optimal Decision Rules in Uncertain Dichotomous Choice Situations",
 * 1982). Stops asking as soon as those still out cannot turn the lead. Not for long free text, in
 * which no two answers are equal.
 */
public final class WeightedVote implements Aggregator {
  private static final double SURE = 0.98;

  @Override
  public String name() {
    return Plan.WEIGHTED_VOTE;
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    return new Ballot(WeightedVote::weight).count(replies);
  }

  /** The weight of a vote of this kind by an expert right with probability {@code p}. */
  static double weight(double p, AnswerKey.Kind kind) {
    double bounded = Math.clamp(p, 1 - SURE, SURE);
    return Math.log(bounded * (kind.options() - 1) / (1 - bounded));
  }
}
