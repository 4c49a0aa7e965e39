package io.consilium.bench.detectors;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The best that thresholds on a single feature can do: the range of each feature is cut where that
 * makes the most training examples right, into at most as many stretches as there are labels, each
 * stretch named after its commonest label.
 */
final class OneFeature {
  /** Places where a cut may lie: the borders of as many equally full bins. */
  private static final int BINS = 64;

  private final int feature;
  private final double[] cuts;
  private final int[] labels;

  private OneFeature(int feature, double[] cuts, int[] labels) {
    this.feature = feature;
    this.cuts = cuts;
    this.labels = labels;
  }

  /** The index of the feature it looks at. */
  int feature() {
    return feature;
  }

  /** The label of an example. */
  int label(double[] features) {
    int stretch = 0;
    while (stretch < cuts.length && features[feature] >= cuts[stretch]) {
      stretch++;
    }
    return labels[stretch];
  }

  /**
   * Looks through all features.
   *
   * @param rows features of the examples
   * @param labels of the examples, from 0
   * @param count how many labels there are
   */
  static OneFeature fit(List<double[]> rows, int[] labels, int count) {
    @Nullable OneFeature best = null;
    int most = -1;
    for (int feature = 0; feature < rows.getFirst().length; feature++) {
      var borders = borders(rows, feature);
      var tally = new int[borders.length + 1][count];
      for (int i = 0; i < labels.length; i++) {
        tally[bin(rows.get(i)[feature], borders)][labels[i]]++;
      }
      var cut = cut(tally, count);
      if (cut.right > most) {
        most = cut.right;
        best =
            new OneFeature(
                feature,
                Arrays.stream(cut.ends).mapToDouble(end -> borders[end]).toArray(),
                cut.names);
      }
    }
    return Objects.requireNonNull(best);
  }

  private static double[] borders(List<double[]> rows, int feature) {
    var sorted = rows.stream().mapToDouble(row -> row[feature]).sorted().toArray();
    var borders = new double[BINS - 1];
    for (int i = 0; i < borders.length; i++) {
      borders[i] = sorted[(i + 1) * sorted.length / BINS];
    }
    return Arrays.stream(borders).distinct().toArray();
  }

  private static int bin(double value, double[] borders) {
    int bin = 0;
    while (bin < borders.length && value >= borders[bin]) {
      bin++;
    }
    return bin;
  }

  /** Right examples, the last bin of each stretch but the last, and the label of each stretch. */
  private record Cut(int right, int[] ends, int[] names) {}

  /** The best division into at most {@code stretches}, by dynamic programming over bins. */
  private static Cut cut(int[][] tally, int stretches) {
    int bins = tally.length;
    var best = new int[stretches + 1][bins + 1];
    var from = new int[stretches + 1][bins + 1];
    var name = new int[stretches + 1][bins + 1];
    for (var row : best) {
      Arrays.fill(row, -1);
    }
    best[0][0] = 0;
    for (int used = 1; used <= stretches; used++) {
      for (int end = 1; end <= bins; end++) {
        var sum = new int[tally[0].length];
        for (int start = end - 1; start >= 0; start--) {
          int top = 0;
          for (int label = 0; label < sum.length; label++) {
            sum[label] += tally[start][label];
            top = sum[label] > sum[top] ? label : top;
          }
          if (best[used - 1][start] >= 0 && best[used - 1][start] + sum[top] > best[used][end]) {
            best[used][end] = best[used - 1][start] + sum[top];
            from[used][end] = start;
            name[used][end] = top;
          }
        }
      }
    }
    int used = 1;
    for (int more = 2; more <= stretches; more++) {
      used = best[more][bins] > best[used][bins] ? more : used;
    }
    int right = best[used][bins];
    var ends = new int[used - 1];
    var names = new int[used];
    for (int end = bins; used > 0; end = from[used][end], used--) {
      names[used - 1] = name[used][end];
      if (used > 1) {
        ends[used - 2] = from[used][end] - 1;
      }
    }
    return new Cut(right, ends, names);
  }
}
