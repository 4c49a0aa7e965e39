package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.List;

/**
 * Two steps: how much of each label is in the question, then each expert's record under that label,
 * drawn towards its overall rate (the shape of Composition of Experts, arXiv 2412.01868, with
 * shares in place of one label). The table that any cleverer method has to beat.
 *
 * <p>Not where records carry no labels: it then knows overall rates only.
 */
public final class LabelTableEstimator implements Method {
  /**
   * What was learnt.
   *
   * @param labels tells a question's label
   * @param table chances per label and expert
   * @param weights of the evidence about each expert
   */
  record State(List<String> experts, Labels labels, RegionTable table, double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      if (labels.names().isEmpty()) {
        return Estimates.none(experts.size());
      }
      double[] shares = labels.shares(vector);
      double[] p = new double[weights.length];
      for (int l = 0; l < shares.length; l++) {
        for (int e = 0; e < p.length; e++) {
          p[e] += shares[l] * table.p()[l][e];
        }
      }
      int top = Shares.argmax(shares);
      return Estimates.of(p, weights, e -> labels.names().get(top));
    }
  }

  @Override
  public String name() {
    return "label_table";
  }

  @Override
  public String input() {
    return "outcomes by label; labels as targets of a classifier of question vectors";
  }

  @Override
  public Estimator fit(Training training) {
    var learnt = Labels.fit(training);
    var residuals = Residuals.of(training.records());
    return new FittedEstimator(
        name(),
        training.space(),
        new State(
            List.copyOf(training.records().experts()),
            learnt.labels(),
            RegionTable.fit(residuals, learnt.label(), learnt.labels().names().size()),
            residuals.rates().weights()));
  }
}
