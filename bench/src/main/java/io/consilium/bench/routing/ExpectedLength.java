package io.consilium.bench.routing;

import io.consilium.expert.Roster;
import io.consilium.router.QuestionProfile;
import io.consilium.router.estimator.OutputLength;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Records;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How much each expert is expected to write in answer to each test question, learnt on the training
 * part: its price at a question is its mean price times that over its usual length.
 */
public final class ExpectedLength {
  private final Records train;
  private final Records test;
  private final Roster roster;
  private final Supplier<Training> training;
  private final Supplier<List<QuestionProfile>> questions;
  private @Nullable Learnt learnt;

  /**
   * What was learnt.
   *
   * @param length of each expert's answers
   * @param usual the mean expectation of each expert over the training questions
   * @param logs its mean log length there
   */
  private record Learnt(OutputLength length, double[] usual, double[] logs) {}

  ExpectedLength(
      Records train,
      Records test,
      Roster roster,
      Supplier<Training> training,
      Supplier<List<QuestionProfile>> questions) {
    this.train = train;
    this.test = test;
    this.roster = roster;
    this.training = training;
    this.questions = questions;
  }

  private synchronized Learnt learnt() {
    var known = learnt;
    if (known == null) {
      var from = training.get();
      var length = OutputLength.fit(from);
      int items = from.profiles().size();
      double[] usual = new double[train.experts().size()];
      double[] logs = new double[usual.length];
      for (int item = 0; item < items; item++) {
        double[] tokens = length.tokens(from.profiles().get(item), roster);
        for (int expert = 0; expert < usual.length; expert++) {
          usual[expert] += tokens[expert] / items;
          logs[expert] += Math.log1p(train.tokens(item, expert)) / items;
        }
      }
      known = new Learnt(length, usual, logs);
      learnt = known;
    }
    return known;
  }

  /** Mean prices made those of a test question. */
  double[] prices(int question, double[] means) {
    var known = learnt();
    double[] tokens = known.length.tokens(questions.get().get(question), roster);
    double[] prices = new double[means.length];
    for (int expert = 0; expert < prices.length; expert++) {
      double ratio = tokens[expert] / known.usual[expert];
      prices[expert] = Double.isNaN(ratio) ? means[expert] : means[expert] * ratio;
    }
    return prices;
  }

  /**
   * Squared error of the forecast log length of a test question, and the squared distance of the
   * real one from the expert's mean; each averaged over the experts whose length is on record, NaN
   * where none is.
   */
  double[] squares(int question) {
    var known = learnt();
    double[] told = known.length.logTokens(questions.get().get(question), roster);
    double error = 0;
    double spread = 0;
    int seen = 0;
    for (int expert = 0; expert < told.length; expert++) {
      double log = Math.log1p(test.tokens(question, expert));
      if (!Double.isNaN(log) && !Double.isNaN(told[expert])) {
        error += (log - told[expert]) * (log - told[expert]);
        spread += (log - known.logs[expert]) * (log - known.logs[expert]);
        seen++;
      }
    }
    return seen == 0
        ? new double[] {Double.NaN, Double.NaN}
        : new double[] {error / seen, spread / seen};
  }
}
