package io.consilium.router.estimator;

import io.consilium.expert.index.DotProduct;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Gram;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How near a question lies to each of some recorded ones, and a ridge regression on that: radial
 * basis functions (Broomhead and Lowe, "Multivariable Functional Interpolation and Adaptive
 * Networks", 1988), which bend where a straight line cannot. Level and contrast have penalties of
 * their own, chosen on held-out folds. It tells how hard a question is better than a line over the
 * same numbers, and errs differently.
 *
 * <p>Not for fewer than a thousand questions, where a line does as well.
 */
public final class KernelEstimator implements Method {
  /** More centres tell little more and cost every question their products. */
  private static final int CENTRES = 600;

  /** The fall with the squared distance, which lies between 0 and 4 but for the surface. */
  private static final double FALL = 0.5;

  private static final double[] LEVEL = {1, 3};
  private static final double[] CONTRAST = {10, 30};

  private static final DotProduct DOT = DotProduct.best();

  /**
   * What was learnt.
   *
   * @param means of each expert
   * @param weights of the evidence about each
   * @param centres one vector after the other
   * @param squares the squared length of each
   */
  record State(
      List<String> experts,
      double[] means,
      double[] weights,
      float[] centres,
      float[] squares,
      Linear level,
      Linear contrast)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      float[] near = near(centres, squares, vector);
      double ease = level.of(near)[0];
      double[] better = contrast.of(near);
      double[] p = new double[means.length];
      for (int e = 0; e < p.length; e++) {
        p[e] = Rates.chance(means[e] + ease + better[e]);
      }
      return Estimates.of(p, weights, e -> "ease %+.2f, contrast %+.3f".formatted(ease, better[e]));
    }
  }

  /** How near a vector lies to each centre: 1 on it, towards 0 far away. */
  static float[] near(float[] centres, float[] squares, float[] vector) {
    float[] near = new float[squares.length];
    float own = DOT.of(vector, vector, 0);
    for (int c = 0; c < near.length; c++) {
      float square = own + squares[c] - 2 * DOT.of(vector, centres, c * vector.length);
      near[c] = (float) Math.exp(-FALL * Math.max(0, square));
    }
    return near;
  }

  @Override
  public String name() {
    return "kernel";
  }

  @Override
  public String input() {
    return "outcomes split into level and contrast, nearness of question vectors to recorded ones";
  }

  @Override
  public Estimator fit(Training training) {
    var residuals = Residuals.of(training.records());
    float[][] rows = centres(training);
    float[] squares = new float[rows.length];
    int width = training.space().dimension();
    float[] centres = new float[rows.length * width];
    for (int c = 0; c < rows.length; c++) {
      squares[c] = DOT.of(rows[c], rows[c], 0);
      System.arraycopy(rows[c], 0, centres, c * width, width);
    }
    List<float[]> near = new ArrayList<>();
    for (float[] vector : training.vectors()) {
      Cancellation.check();
      near.add(near(centres, squares, vector));
    }
    double[][] level = new double[residuals.items()][1];
    for (int i = 0; i < level.length; i++) {
      level[i][0] = residuals.level()[i];
    }
    int[] folds = training.folds();
    var gram = new Gram(near, folds);
    var state =
        new State(
            List.copyOf(training.records().experts()),
            residuals.rates().mean(),
            residuals.rates().weights(),
            centres,
            squares,
            line(near, level, folds, gram, LEVEL, 1),
            line(near, residuals.contrast(), folds, gram, CONTRAST, residuals.experts()));
    return new FittedEstimator(name(), training.space(), state);
  }

  private static Linear line(
      List<float[]> near,
      double[][] targets,
      int[] folds,
      Gram gram,
      double[] penalties,
      int functions) {
    return near.isEmpty()
        ? Linear.constant(new double[functions], 0)
        : Ridge.fit(near, targets, folds, gram, penalties).linear();
  }

  /** Some of the questions, whichever by their hash, so that the same records give the same. */
  private static float[][] centres(Training training) {
    var items = training.records().items();
    return IntStream.range(0, items.size())
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> items.get(i).hash() * 1e5 % 1))
        .limit(CENTRES)
        .map(training.vectors()::get)
        .toArray(float[][]::new);
  }
}
