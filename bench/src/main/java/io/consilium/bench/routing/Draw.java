package io.consilium.bench.routing;

import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** How often each question is counted: once in a measurement, as drawn in a bootstrap. */
final class Draw {
  private final byte[] times;
  private double @Nullable [] costs;

  private Draw(byte[] times) {
    this.times = times;
  }

  /** Every question once. */
  static Draw once(int questions) {
    byte[] times = new byte[questions];
    Arrays.fill(times, (byte) 1);
    return new Draw(times);
  }

  /** As many questions, drawn with replacement. */
  static Draw of(int questions, Random random) {
    byte[] times = new byte[questions];
    for (int i = 0; i < questions; i++) {
      times[random.nextInt(questions)]++;
    }
    return new Draw(times);
  }

  int times(int question) {
    return times[question];
  }

  int size() {
    return times.length;
  }

  /** The mean of one number per question. */
  double mean(float[] values) {
    double sum = 0;
    for (int i = 0; i < times.length; i++) {
      if (times[i] != 0) {
        sum += times[i] * (double) values[i];
      }
    }
    return sum / times.length;
  }

  /** Mean price of every expert of the field, which is always the same; kept. */
  synchronized double[] costs(Field field) {
    double[] known = costs;
    if (known == null) {
      known = field.meanCosts(this);
      costs = known;
    }
    return known;
  }
}
