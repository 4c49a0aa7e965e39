package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Comparison;
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
  private final Comparison comparison;

  /** Counts answers of equal normal form. */
  public MajorityVote() {
    this(Comparison.EXACT);
  }

  /** Counts answers that a comparison takes for the same; it hears everyone if need be. */
  public MajorityVote(Comparison comparison) {
    this.comparison = comparison;
  }

  @Override
  public String name() {
    return Plan.MAJORITY_VOTE;
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    return comparison.equals(Comparison.EXACT)
        ? new Ballot((p, kind) -> 1).count(replies)
        : Voices.elect(replies, comparison, MajorityVote::scores);
  }

  private static double[] scores(Voices voices) {
    var votes = new double[voices.answers()];
    for (int i = 0; i < voices.heard().size(); i++) {
      if (voices.said(i) >= 0) {
        votes[voices.said(i)]++;
      }
    }
    return votes;
  }
}
