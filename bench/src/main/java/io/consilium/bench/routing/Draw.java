package io.consilium.bench.routing;

import io.consilium.expert.index.DotProduct;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** How often each question is counted: once in a measurement, as drawn in a bootstrap. */
final class Draw {
  private static final DotProduct DOT = DotProduct.best();

  private final float[] times;
  private final boolean once;
  private double @Nullable [] costs;

  private Draw(float[] times, boolean once) {
    this.times = times;
    this.once = once;
  }

  /** Every question once. */
  static Draw once(int questions) {
    float[] times = new float[questions];
    Arrays.fill(times, 1);
    return new Draw(times, true);
  }

  /** As many questions, drawn with replacement. */
  static Draw of(int questions, Random random) {
    float[] times = new float[questions];
    for (int i = 0; i < questions; i++) {
      times[random.nextInt(questions)]++;
    }
    return new Draw(times, false);
  }

  int times(int question) {
    return (int) times[question];
  }

  int size() {
    return times.length;
  }

  /** The mean of one number per question; of a bootstrap's to six digits, for there are many. */
  double mean(float[] values) {
    if (!once) {
      return (double) DOT.of(times, values, 0) / times.length;
    }
    double sum = 0;
    for (float value : values) {
      sum += value;
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
