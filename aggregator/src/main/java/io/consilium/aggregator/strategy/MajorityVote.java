package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The answer most experts give; of two with as many votes, the one with the surer voter (Wang et
 * al., "Self-Consistency", 2022, across experts). Where experts differ much in skill, prefer {@link
 * WeightedVote}: plain plurality over unequal experts is worse than the best of them.
 */
public final class MajorityVote implements Aggregator {
  @Override
  public String name() {
    return Plan.MAJORITY_VOTE;
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    return new Ballot((p, kind) -> 1).count(replies);
  }
}
