package io.consilium.tools.wireless;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Spreads features out so that a linear classifier can bend: each one standardised, with a hinge at
 * each of its knots (Friedman 1991, additive), and the products of all pairs.
 */
final class Basis {
  private static final int KNOTS = 7;
  private static final double FARTHEST = 4;

  /** Per feature: mean, deviation, then the knots in standard units. */
  private final double[][] scales;

  private Basis(double[][] scales) {
    this.scales = scales;
  }

  /** Takes means, deviations and quantiles from rows of features. */
  static Basis of(List<double[]> rows) {
    int size = rows.getFirst().length;
    var scales = new double[size][2 + KNOTS];
    for (int feature = 0; feature < size; feature++) {
      int at = feature;
      var sorted = rows.stream().mapToDouble(row -> row[at]).sorted().toArray();
      double mean = Arrays.stream(sorted).average().orElseThrow();
      double variance =
          Arrays.stream(sorted).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
      scales[at][0] = mean;
      scales[at][1] = Math.max(1e-9, Math.sqrt(variance));
      for (int knot = 0; knot < KNOTS; knot++) {
        double value = sorted[(knot + 1) * sorted.length / (KNOTS + 1)];
        scales[at][2 + knot] = (value - mean) / scales[at][1];
      }
    }
    return new Basis(scales).rounded();
  }

  /** As it will be read back, so that a basis and its file are the same. */
  private Basis rounded() {
    return new Basis(
        Arrays.stream(scales)
            .map(scale -> Arrays.stream(scale).map(x -> Double.parseDouble(shown(x))).toArray())
            .toArray(double[][]::new));
  }

  /** The vector of features, of about unit length. */
  float[] spread(double[] features) {
    int size = scales.length;
    var standard = new double[size];
    var spread = new float[size * (1 + KNOTS) + size * (size - 1) / 2];
    double unit = 1 / Math.sqrt(spread.length);
    int to = 0;
    for (int i = 0; i < size; i++) {
      double value = (features[i] - scales[i][0]) / scales[i][1];
      standard[i] = Math.clamp(value, -FARTHEST, FARTHEST);
      spread[to++] = (float) (unit * standard[i]);
      for (int knot = 0; knot < KNOTS; knot++) {
        spread[to++] = (float) (unit * Math.max(0, standard[i] - scales[i][2 + knot]));
      }
    }
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        spread[to++] = (float) (unit * standard[i] * standard[j]);
      }
    }
    return spread;
  }

  /** One line of numbers per feature. */
  String text() {
    var text = new StringBuilder();
    for (var scale : scales) {
      for (int i = 0; i < scale.length; i++) {
        text.append(i == 0 ? "" : " ").append(shown(scale[i]));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** Reads what {@link #text} wrote. */
  static Basis read(InputStream from) throws IOException {
    List<double[]> scales = new ArrayList<>();
    var lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      scales.add(Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray());
    }
    return new Basis(scales.toArray(double[][]::new));
  }

  private static String shown(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }
}
