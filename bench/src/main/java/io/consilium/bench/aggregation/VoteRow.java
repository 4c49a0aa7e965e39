package io.consilium.bench.aggregation;

import io.consilium.aggregator.Aggregator;
import io.consilium.bench.routing.Part;
import io.consilium.bench.routing.Row;
import java.util.function.IntFunction;

/**
 * A panel that is asked at once, and an aggregator that makes one answer of the replies.
 *
 * @param fit learns on the training part who is asked and how replies become one
 */
record VoteRow(String name, String input, boolean random, Fit fit) implements Row {
  /** Learns on a training part. */
  interface Fit {
    Panel of(Part part, long seed);
  }

  /**
   * A panel.
   *
   * @param members who is asked, by test question
   * @param p P(correct) of every expert, by test question
   * @param aggregator makes one answer of the replies
   */
  record Panel(IntFunction<int[]> members, IntFunction<double[]> p, Aggregator aggregator) {}

  @Override
  public boolean sweeps() {
    return false;
  }

  @Override
  public Fitted fit(Part part, long seed) {
    if (part.answers().isEmpty()) {
      throw new IllegalArgumentException("no answers were recorded, so none can be compared");
    }
    var panel = fit.of(part, seed);
    var ballots = new Ballots(part, false);
    var questions = part.questions().get();
    return question -> {
      double[] p = panel.p().apply(question);
      var served =
          ballots.served(
              question,
              panel.members().apply(question),
              p,
              panel.aggregator(),
              questions.get(question).question());
      return Once.of(served);
    };
  }
}
