package io.consilium.bench.routing;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The figures of a row. Each is computed of a tape over the questions of a draw; NaN where the row,
 * or the pool, has no such figure.
 */
public enum Metric {
  /** Mean outcome of the answers at λ = 0. */
  ACCURACY {
    @Override
    double of(Look look) {
      return look.draw().mean(look.tape().correct(0));
    }
  },
  /** The mean over categories of the accuracy in each. */
  MACRO_ACCURACY {
    @Override
    double of(Look look) {
      double[] right = new double[look.field().categories()];
      double[] asked = new double[look.field().categories()];
      float[] correct = look.tape().correct(0);
      for (int question = 0; question < look.field().size(); question++) {
        int times = look.draw().times(question);
        right[look.field().category(question)] += times * (double) correct[question];
        asked[look.field().category(question)] += times;
      }
      double sum = 0;
      int seen = 0;
      for (int category = 0; category < asked.length; category++) {
        if (asked[category] > 0) {
          sum += right[category] / asked[category];
          seen++;
        }
      }
      return sum / seen;
    }
  },
  /** Share of (question, expert) cells where the forecast is on the right side of a half. */
  FORECAST_ACCURACY {
    @Override
    double of(Look look) {
      return cells(look, this, (p, y) -> p > 0.5 == y > 0.5 ? 1 : 0);
    }
  },
  /** Expected calibration error over all cells, ten bins of equal width. */
  ECE {
    @Override
    double of(Look look) {
      if (!look.tape().forecasts()) {
        return Double.NaN;
      }
      double sum = 0;
      for (float[] gap : look.tape().gaps(look.field())) {
        sum += Math.abs(look.draw().mean(gap));
      }
      return sum;
    }
  },
  /** Mean squared difference of forecast and outcome over all cells. */
  BRIER {
    @Override
    double of(Look look) {
      return cells(look, this, (p, y) -> (p - y) * (p - y));
    }
  },
  /** How far the mean forecast of the chosen answers is from their accuracy (winner's curse). */
  ROUTED_GAP {
    @Override
    double of(Look look) {
      return Math.abs(
          look.draw().mean(look.tape().promised()) - look.draw().mean(look.tape().correct(0)));
    }
  },
  /** Mean quality of the cost curve between the cheapest and the dearest single expert. */
  AIQ {
    @Override
    double of(Look look) {
      if (!look.field().priced()) {
        return Double.NaN;
      }
      double[] costs = look.costs();
      return Curve.of(look.points())
          .mean(Arrays.stream(costs).min().orElse(0), Arrays.stream(costs).max().orElse(0));
    }
  },
  /** The same over the logarithm of cost, from the cheapest to the best single expert. */
  AIQ_LOG {
    @Override
    double of(Look look) {
      if (!look.field().priced()) {
        return Double.NaN;
      }
      double low = Arrays.stream(look.costs()).min().orElse(0);
      double high = look.draw().mean(look.single().cost(0));
      return low > 0 && high > low ? Curve.of(look.points()).logMean(low, high) : Double.NaN;
    }
  },
  /** Area gained between weak and strong by one threshold at ten quantiles (RouteLLM). */
  APGR {
    @Override
    double of(Look look) {
      return Threshold.apgr(look.field(), look.tape(), look.draw());
    }
  },
  /** 1 − the least cost at the best single expert's accuracy or above, over its cost. */
  COST_SAVE {
    @Override
    double of(Look look) {
      if (!look.field().priced()) {
        return Double.NaN;
      }
      double wanted = look.draw().mean(look.single().correct(0));
      double least =
          look.points().stream()
              .filter(point -> point[1] >= wanted - 1e-9)
              .mapToDouble(point -> point[0])
              .min()
              .orElse(Double.NaN);
      return 1 - least / look.draw().mean(look.single().cost(0));
    }
  },
  /** Best accuracy over all settings less the best single expert's, over the latter. */
  PERF_GAIN {
    @Override
    double of(Look look) {
      double best = look.draw().mean(look.single().correct(0));
      double most = look.points().stream().mapToDouble(point -> point[1]).max().orElse(Double.NaN);
      return (most - best) / best;
    }
  },
  /** R² of the logarithm of output length as it is forecast, within experts. */
  LENGTH_R2 {
    @Override
    double of(Look look) {
      return 1 - noted(look, LENGTH_R2) / noted(look, LENGTH_VARIANCE);
    }
  },
  /** Variance of the logarithm of output length, within experts. */
  LENGTH_VARIANCE {
    @Override
    double of(Look look) {
      return noted(look, LENGTH_VARIANCE);
    }
  },
  /** Share of questions that are answered at all. */
  COVERAGE {
    @Override
    double of(Look look) {
      return noted(look, COVERAGE);
    }
  },
  /** Share of the answers given that are wrong. */
  ERROR {
    @Override
    double of(Look look) {
      float[] answered = look.tape().noted(COVERAGE);
      float[] correct = look.tape().correct(0);
      double wrong = 0;
      double given = 0;
      for (int question = 0; answered != null && question < answered.length; question++) {
        double times = look.draw().times(question) * (double) answered[question];
        given += times;
        wrong += times * (1 - correct[question]);
      }
      return given == 0 ? Double.NaN : wrong / given;
    }
  },
  /**
   * Area under risk and coverage: the mean error when the surest share is answered, over shares.
   */
  AURC {
    @Override
    double of(Look look) {
      if (look.tape().noted(COVERAGE) == null) {
        return Double.NaN;
      }
      float[] correct = look.tape().correct(0);
      double given = 0;
      double wrong = 0;
      double area = 0;
      for (int question : look.tape().byPromise()) {
        for (int time = 0; time < look.draw().times(question); time++) {
          given++;
          wrong += 1 - correct[question];
          area += wrong / given;
        }
      }
      return given == 0 ? Double.NaN : area / given;
    }
  },
  /** Share of questions on which every expert of the pool is wrong. */
  ALL_WRONG {
    @Override
    double of(Look look) {
      return noted(look, ALL_WRONG);
    }
  },
  /** The same as forecast. */
  ALL_WRONG_FORECAST {
    @Override
    double of(Look look) {
      return noted(look, ALL_WRONG_FORECAST);
    }
  },
  /** Share of questions on which more than half of the experts are wrong. */
  MAJORITY_WRONG {
    @Override
    double of(Look look) {
      return noted(look, MAJORITY_WRONG);
    }
  },
  /** The same as forecast. */
  MAJORITY_WRONG_FORECAST {
    @Override
    double of(Look look) {
      return noted(look, MAJORITY_WRONG_FORECAST);
    }
  };

  /** The figures of routers, in their order. */
  static final Set<Metric> ROUTING =
      Collections.unmodifiableSet(EnumSet.range(ACCURACY, LENGTH_VARIANCE));

  static final int BINS = 10;

  /** The figure. */
  abstract double of(Look look);

  /** Its name in reports and JSON lines. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether smaller is better. */
  public boolean lossy() {
    return this == ECE || this == BRIER || this == ROUTED_GAP || this == ERROR || this == AURC;
  }

  /** Whether it is about output length, which is the same for all rows that forecast it. */
  boolean ofLength() {
    return this == LENGTH_R2 || this == LENGTH_VARIANCE;
  }

  /** The bin of a forecast, from 0. */
  static int bin(double p) {
    return Math.min(BINS - 1, (int) (p * BINS));
  }

  /** What one cell adds. */
  interface Cell {
    double of(double p, double y);
  }

  private static double noted(Look look, Metric metric) {
    float[] values = look.tape().noted(metric);
    return values == null ? Double.NaN : look.draw().mean(values);
  }

  private static double cells(Look look, Metric metric, Cell cell) {
    if (!look.tape().forecasts()) {
      return Double.NaN;
    }
    return look.draw().mean(look.tape().cells(metric, look.field(), cell));
  }
}
