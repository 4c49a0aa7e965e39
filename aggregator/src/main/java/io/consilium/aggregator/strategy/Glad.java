package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.aggregator.fit.Difficulty;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Question;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The answer most likely right where able experts are right more often, but on hard questions
 * hardly (Whitehill et al., GLAD, 2009; see {@link Difficulty}): it is learnt from agreement alone,
 * and how hard a question is from how its experts scatter. Not for two experts: they tell nothing
 * of difficulty.
 */
public final class Glad implements Aggregator {
  private final Difficulty fitted;
  private final Comparison comparison;

  public Glad(Difficulty fitted, Comparison comparison) {
    this.fitted = fitted;
    this.comparison = comparison;
  }

  public Glad(Difficulty fitted) {
    this(fitted, Comparison.EXACT);
  }

  @Override
  public String name() {
    return "glad";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    return Voices.elect(replies, comparison, this::scores);
  }

  private double[] scores(Voices voices) {
    var alpha = new double[voices.heard().size()];
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = fitted.of(voices.expert(i));
    }
    return Difficulty.posterior(voices.votes(), alpha);
  }
}
