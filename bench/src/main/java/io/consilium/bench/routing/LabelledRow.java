package io.consilium.bench.routing;

import io.consilium.router.estimator.FittedEstimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A fitted estimator that is told the category of every question, as further numbers of its vector:
 * one per category, 0 but for the question's own.
 */
final class LabelledRow {
  /** As far from other categories as two texts that have nothing in common. */
  private static final float OWN = 1;

  private LabelledRow() {}

  /** A method's row; the method must read nothing but vectors. */
  static Row of(Method method) {
    return new OneExpertRow(
        method.name() + "+label",
        method.input() + "; category given",
        method.random(),
        true,
        true,
        false,
        (part, seed) -> scores(method, part, seed));
  }

  private static IntFunction<double[]> scores(Method method, Part part, long seed) {
    if (!part.pool().pair()) {
      throw new IllegalArgumentException(
          "told categories only where one threshold between two experts is what is measured");
    }
    var plain = part.training().apply(seed);
    var labels =
        part.train().items().stream().map(item -> item.category()).distinct().sorted().toList();
    if (labels.size() < 2) {
      throw new IllegalArgumentException("there are no categories to be told");
    }
    var space = plain.space().with(labels.size());
    List<float[]> vectors = new ArrayList<>();
    for (int row = 0; row < plain.vectors().size(); row++) {
      vectors.add(
          told(plain.vectors().get(row), labels, plain.records().items().get(row).category()));
    }
    var training = new Training(plain.records(), plain.profiles(), space, vectors, seed);
    if (!(method.fit(training) instanceof FittedEstimator fitted)) {
      throw new IllegalArgumentException(method.name() + " reads more than vectors");
    }
    double[] means = part.trainMeans();
    var questions = part.questions().get();
    return question -> {
      var text = plain.space().vector(questions.get(question)).orElseThrow();
      var category = part.test().items().get(question).category();
      var said = fitted.state().at(told(text, labels, category));
      double[] p = new double[means.length];
      for (int expert = 0; expert < p.length; expert++) {
        p[expert] = said.weight(expert) == 0 ? means[expert] : said.p(expert);
      }
      return p;
    };
  }

  /** The vector of a text, and after it which of the labels is its own; none when it is new. */
  private static float[] told(float[] text, List<String> labels, String label) {
    float[] vector = Arrays.copyOf(text, text.length + labels.size());
    int own = labels.indexOf(label);
    if (own >= 0) {
      vector[text.length + own] = OWN;
    }
    return vector;
  }
}
