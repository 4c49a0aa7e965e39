package io.consilium.bench.routing;

import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;

/** A fitted estimator as a row: asked one question at a time, by the way the service asks it. */
final class EstimatorRow {
  private EstimatorRow() {}

  /** A method's row. */
  static Row of(Method method) {
    return new OneExpertRow(
        method.name(),
        method.input(),
        method.random(),
        true,
        false,
        true,
        (part, seed) -> {
          Estimator estimator = part.training().apply(seed).fit(method);
          double[] means = part.trainMeans();
          var questions = part.questions().get();
          return question -> {
            var estimates = estimator.estimate(questions.get(question), part.roster());
            double[] p = new double[means.length];
            for (int expert = 0; expert < p.length; expert++) {
              // one that says it knows nothing of an expert leaves us with the expert's mean
              p[expert] = estimates.weight(expert) == 0 ? means[expert] : estimates.p(expert);
            }
            return p;
          };
        });
  }
}
