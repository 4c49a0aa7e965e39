package io.consilium.expert.classifier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Fits {@link LinearClassifier}s: cross-entropy with a ridge, by AdaGrad (Duchi et al. 2011); then
 * a temperature (Guo et al. 2017) on forecasts for groups of examples held out in turn. The same
 * seed, examples and vectors give the same bytes.
 */
public final class LogisticTrainer {
  private static final int EPOCHS = 20;
  private static final float STEP = 0.3f;
  private static final float RIDGE = 1e-4f;
  private static final int FOLDS = 5;

  private final String space;
  private final long seed;

  /**
   * A labelled vector.
   *
   * @param vector of about unit length
   * @param label what it is
   * @param group examples of one group are near copies, so honest splits keep them together
   */
  public record Labelled(float[] vector, String label, int group) {}

  private record Point(float[] vector, int label, int group) {}

  private record Fit(float[][] weights, float[] biases) {}

  /**
   * @param space names the vectors, for the model to remember
   * @param seed of the order in which examples are seen
   */
  public LogisticTrainer(String space, long seed) {
    this.space = space;
    this.seed = seed;
  }

  /** Fits on all examples; their labels, in order of first appearance, are the model's. */
  public LinearClassifier fit(List<Labelled> examples) {
    var labels = examples.stream().map(Labelled::label).distinct().toList();
    var points =
        examples.stream()
            .map(each -> new Point(each.vector, labels.indexOf(each.label), each.group))
            .toList();
    var fit = fit(points, labels.size());
    return new LinearClassifier(
        labels, space, fit.weights, fit.biases, (float) temperature(points, labels.size()));
  }

  private Fit fit(List<Point> points, int labels) {
    int dimension = points.getFirst().vector.length;
    var fit = new Fit(new float[labels][dimension], new float[labels]);
    var squares = new float[labels][dimension];
    var random = new SplittableRandom(seed);
    var order = IntStream.range(0, points.size()).toArray();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      shuffle(order, random);
      for (var index : order) {
        step(points.get(index), fit, squares);
      }
    }
    return fit;
  }

  private static void step(Point point, Fit fit, float[][] squares) {
    var vector = point.vector;
    var shares =
        LinearClassifier.softmax(LinearClassifier.logits(vector, fit.weights, fit.biases), 1);
    for (int label = 0; label < shares.length; label++) {
      var miss = (float) (shares[label] - (label == point.label ? 1 : 0));
      var row = fit.weights[label];
      for (int i = 0; i < vector.length; i++) {
        float slope = miss * vector[i] + RIDGE * row[i];
        squares[label][i] += slope * slope;
        row[i] -= STEP * slope / ((float) Math.sqrt(squares[label][i]) + 1e-6f);
      }
      fit.biases[label] -= STEP / 30 * miss;
    }
  }

  /** The temperature under which forecasts for held-out groups have the least log-loss. */
  private double temperature(List<Point> points, int labels) {
    var forecasts = heldOut(points, labels);
    double best = 1;
    double least = Double.POSITIVE_INFINITY;
    for (double temperature = 0.2; temperature < 5; temperature *= 1.05) {
      double loss = 0;
      for (var forecast : forecasts) {
        var shares = LinearClassifier.softmax(forecast.logits, temperature);
        loss -= StrictMath.log(Math.max(shares[forecast.label], 1e-12));
      }
      if (loss < least) {
        least = loss;
        best = temperature;
      }
    }
    return best;
  }

  private record Forecast(double[] logits, int label) {}

  private List<Forecast> heldOut(List<Point> points, int labels) {
    var folds = folds(points, labels);
    List<Forecast> forecasts = new ArrayList<>();
    for (int fold = 0; fold < FOLDS; fold++) {
      List<Point> rest = new ArrayList<>();
      List<Point> held = new ArrayList<>();
      for (var point : points) {
        (folds.getOrDefault(point.group, 0) == fold ? held : rest).add(point);
      }
      var fit = fit(rest, labels);
      for (var point : held) {
        var logits = LinearClassifier.logits(point.vector, fit.weights, fit.biases);
        forecasts.add(new Forecast(logits, point.label));
      }
    }
    return forecasts;
  }

  /** Deals the groups of each label out to folds. */
  private Map<Integer, Integer> folds(List<Point> points, int labels) {
    var random = new SplittableRandom(seed);
    Map<Integer, Integer> folds = new HashMap<>();
    for (int label = 0; label < labels; label++) {
      int wanted = label;
      var groups =
          points.stream()
              .filter(point -> point.label == wanted)
              .mapToInt(Point::group)
              .distinct()
              .sorted()
              .toArray();
      shuffle(groups, random);
      for (int i = 0; i < groups.length; i++) {
        folds.put(groups[i], i % FOLDS);
      }
    }
    return folds;
  }

  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
  }
}
