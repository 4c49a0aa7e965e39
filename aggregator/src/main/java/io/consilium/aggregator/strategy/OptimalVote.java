package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.aggregator.fit.Sensitivities;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Question;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The best vote for experts that err apart, with each expert's fitted sensitivity and specificity:
 * a vote for an answer counts log(P(named | right) / P(named | wrong)), and not naming it counts
 * against it (Nitzan and Paroush, 1982; "Optimal Weight" of "Beyond Majority Voting", arXiv
 * 2510.01499). An expert that was not fitted is weighed by its forecast.
 *
 * <p>Not where experts share their errors: equal votes of near copies count twice (see {@link
 * SurprisingVote}, {@link LearnedFusion}).
 */
public final class OptimalVote implements Aggregator {
  private final Sensitivities fitted;
  private final Comparison comparison;

  public OptimalVote(Sensitivities fitted, Comparison comparison) {
    this.fitted = fitted;
    this.comparison = comparison;
  }

  public OptimalVote(Sensitivities fitted) {
    this(fitted, Comparison.EXACT);
  }

  /** Weighed by forecasts alone. */
  public OptimalVote() {
    this(new Sensitivities(List.of(), new double[0], new double[0]));
  }

  @Override
  public String name() {
    return "optimal_vote";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    return Voices.elect(replies, comparison, this::scores);
  }

  private double[] scores(Voices voices) {
    var score = new double[voices.answers()];
    int others = voices.options() - 1;
    for (int i = 0; i < voices.heard().size(); i++) {
      int e = fitted.experts().indexOf(voices.expert(i));
      double p = voices.p(i);
      for (int a = 0; a < score.length && voices.said(i) >= 0; a++) {
        boolean votes = voices.said(i) == a;
        score[a] +=
            e >= 0
                ? fitted.weight(e, votes)
                : votes
                    ? Math.log(p * others / (1 - p))
                    : Math.log((1 - p) / (1 - (1 - p) / others));
      }
    }
    return score;
  }
}
