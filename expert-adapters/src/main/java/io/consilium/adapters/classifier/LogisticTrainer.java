package io.consilium.adapters.classifier;

import io.consilium.expert.Embedder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Fits {@link LinearTextClassifier}s: cross-entropy with a ridge, by AdaGrad (Duchi et al. 2011);
 * then a temperature (Guo et al. 2017) on forecasts for phrasings held out in turn. The same seed,
 * examples and vectors give the same bytes.
 */
public final class LogisticTrainer {
  private static final int EPOCHS = 20;
  private static final float STEP = 0.3f;
  private static final float RIDGE = 1e-4f;
  private static final int FOLDS = 5;

  private final Embedder embedder;
  private final long seed;

  /** An example as the regression sees it. */
  private record Point(float[] vector, int label, int phrasing) {}

  private record Fit(float[][] weights, float[] biases) {}

  public LogisticTrainer(Embedder embedder, long seed) {
    this.embedder = embedder;
    this.seed = seed;
  }

  /** Fits on all examples; their labels, in order of first appearance, are the model's. */
  public LinearTextClassifier fit(List<Example> examples) {
    var labels = examples.stream().map(Example::label).distinct().toList();
    // one by one: in a batch, the padding moves the last digits of a vector
    var points =
        examples.stream()
            .map(example ->
                new Point(
                    embedder.embed(example.text()),
                    labels.indexOf(example.label()),
                    example.phrasing()))
            .toList();
    var fit = fit(points, labels.size());
    return new LinearTextClassifier(
        labels, embedder.id(), fit.weights, fit.biases, (float) temperature(points, labels.size()));
  }

  private Fit fit(List<Point> points, int labels) {
    var fit = new Fit(new float[labels][embedder.dimension()], new float[labels]);
    var squares = new float[labels][embedder.dimension()];
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
        LinearTextClassifier.softmax(
            LinearTextClassifier.logits(vector, fit.weights, fit.biases), 1);
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

  /** The temperature under which forecasts for held-out phrasings have the least log-loss. */
  private double temperature(List<Point> points, int labels) {
    var forecasts = heldOut(points, labels);
    double best = 1;
    double least = Double.POSITIVE_INFINITY;
    for (double temperature = 0.2; temperature < 5; temperature *= 1.05) {
      double loss = 0;
      for (var forecast : forecasts) {
        var shares = LinearTextClassifier.softmax(forecast.logits, temperature);
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
        (folds.getOrDefault(point.phrasing, 0) == fold ? held : rest).add(point);
      }
      var fit = fit(rest, labels);
      for (var point : held) {
        var logits = LinearTextClassifier.logits(point.vector, fit.weights, fit.biases);
        forecasts.add(new Forecast(logits, point.label));
      }
    }
    return forecasts;
  }

  /** Deals the phrasings of each label out to folds. */
  private Map<Integer, Integer> folds(List<Point> points, int labels) {
    var random = new SplittableRandom(seed);
    Map<Integer, Integer> folds = new HashMap<>();
    for (int label = 0; label < labels; label++) {
      int wanted = label;
      var phrasings =
          points.stream()
              .filter(point -> point.label == wanted)
              .mapToInt(Point::phrasing)
              .distinct()
              .sorted()
              .toArray();
      shuffle(phrasings, random);
      for (int i = 0; i < phrasings.length; i++) {
        folds.put(phrasings[i], i % FOLDS);
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
