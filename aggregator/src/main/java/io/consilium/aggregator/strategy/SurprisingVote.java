package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.aggregator.fit.Agreement;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Question;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The answer that more experts give than the others' answers foretell, without labels: the score of
 * an answer is Σᵢ [i gave it − mean over j ≠ i of P(i gives it | what j gave)], with the chance
 * that two agree counted from their past answers and the rest of it spread over the other options.
 * Votes of experts that always say the same count little, an agreement of experts that seldom agree
 * counts much.
 *
 * <p>This follows the idea of inverse surprising popularity ("Beyond Majority Voting", arXiv
 * 2510.01499) and of the surprisingly popular answer (Prelec et al., 2017), not their exact
 * formulas: here a rate of agreement per pair stands for what a voter foretells of the others, so
 * figures of those papers do not carry over.
 *
 * <p>With fewer than three voices, or experts that all agree equally often, it is a majority vote.
 */
public final class SurprisingVote implements Aggregator {
  private final Agreement agreement;
  private final Comparison comparison;

  public SurprisingVote(Agreement agreement, Comparison comparison) {
    this.agreement = agreement;
    this.comparison = comparison;
  }

  public SurprisingVote(Agreement agreement) {
    this(agreement, Comparison.EXACT);
  }

  @Override
  public String name() {
    return "surprising_vote";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    return Voices.elect(replies, comparison, this::scores);
  }

  private double[] scores(Voices voices) {
    int n = voices.heard().size();
    var score = new double[voices.answers()];
    for (int i = 0; i < n; i++) {
      if (voices.said(i) < 0) {
        continue;
      }
      score[voices.said(i)]++;
      int others = 0;
      var foretold = new double[score.length];
      for (int j = 0; j < n; j++) {
        if (j != i && voices.said(j) >= 0) {
          double same = agreement.of(voices.expert(i), voices.expert(j));
          others++;
          for (int a = 0; a < score.length; a++) {
            foretold[a] += voices.said(j) == a ? same : (1 - same) / (voices.options() - 1);
          }
        }
      }
      for (int a = 0; a < score.length && others > 0; a++) {
        score[a] -= foretold[a] / others;
      }
    }
    return score;
  }
}
