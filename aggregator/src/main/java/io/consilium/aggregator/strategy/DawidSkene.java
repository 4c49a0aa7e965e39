package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.aggregator.fit.Abilities;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Question;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Votes weighed by abilities that were learnt from agreement alone (Dawid and Skene, 1979, one-coin
 * form; see {@link Abilities}). An expert that was not fitted is weighed by its forecast. Not where
 * labels exist: {@link OptimalVote} and {@link WeightedVote} know more.
 */
public final class DawidSkene implements Aggregator {
  private final Abilities abilities;
  private final Comparison comparison;

  public DawidSkene(Abilities abilities, Comparison comparison) {
    this.abilities = abilities;
    this.comparison = comparison;
  }

  public DawidSkene(Abilities abilities) {
    this(abilities, Comparison.EXACT);
  }

  @Override
  public String name() {
    return "dawid_skene";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    return Voices.elect(replies, comparison, this::scores);
  }

  private double[] scores(Voices voices) {
    var score = new double[voices.answers()];
    for (int i = 0; i < voices.heard().size(); i++) {
      if (voices.said(i) >= 0) {
        double p = abilities.of(voices.expert(i), voices.p(i));
        score[voices.said(i)] += Math.log(p * (voices.options() - 1) / (1 - p));
      }
    }
    return score;
  }
}
