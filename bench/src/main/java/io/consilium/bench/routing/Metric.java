package io.consilium.bench.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The figures of a row. Each is computed of a tape over the questions of a draw; NaN where the row,
 * or the pool, has no such figure.
 */
enum Metric {
  /** Mean outcome of the answers at λ = 0. */
  ACCURACY {
    @Override
    double of(Field field, Tape tape, Tape single, Draw draw) {
      return draw.mean(tape.correct(0));
    }
  },
  /** The mean over categories of the accuracy in each. */
  MACRO_ACCURACY {
    @Override
    double of(Field field, Tape tape, Tape single, Draw draw) {
      double[] right = new double[field.categories()];
      double[] asked = new double[field.categories()];
      float[] correct = tape.correct(0);
      for (int question = 0; question < field.size(); question++) {
        int times = draw.times(question);
        right[field.category(question)] += times * (double) correct[question];
        asked[field.category(question)] += times;
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
    double of(Field field, Tape tape, Tape single, Draw draw) {
      return cells(field, tape, draw, (p, y) -> p > 0.5 == y > 0.5 ? 1 : 0);
    }
  },
  /** Expected calibration error over all cells, ten bins of equal width. */
  ECE {
    @Override
    double of(Field field, Tape tape, Tape single, Draw draw) {
      if (!tape.forecasts()) {
        return Double.NaN;
      }
      double[] gap = new double[BINS];
      for (int question = 0; question < field.size(); question++) {
        int times = draw.times(question);
        if (times > 0) {
          float[] p = tape.scores(question);
          for (int expert = 0; expert < p.length; expert++) {
            gap[bin(p[expert])] += times * (p[expert] - field.correct(question, expert));
          }
        }
      }
      return Arrays.stream(gap).map(Math::abs).sum() / field.size() / field.experts();
    }
  },
  /** Mean squared difference of forecast and outcome over all cells. */
  BRIER {
    @Override
    double of(Field field, Tape tape, Tape single, Draw draw) {
      return cells(field, tape, draw, (p, y) -> (p - y) * (p - y));
    }
  },
  /** How far the mean forecast of the chosen answers is from their accuracy (winner's curse). */
  ROUTED_GAP {
    @Override
    double of(Field field, Tape tape, Tape single, Draw draw) {
      return Math.abs(draw.mean(tape.promised()) - draw.mean(tape.correct(0)));
    }
  },
  /** Mean quality of the cost curve between the cheapest and the dearest single expert. */
  AIQ {
    @Override
    double of(Field field, Tape tape, Tape single, Draw draw) {
      if (!field.priced()) {
        return Double.NaN;
      }
      double[] costs = field.meanCosts(draw);
      return Curve.of(points(tape, draw))
          .mean(Arrays.stream(costs).min().orElse(0), Arrays.stream(costs).max().orElse(0));
    }
  },
  /** The same over the logarithm of cost, from the cheapest to the best single expert. */
  AIQ_LOG {
    @Override
    double of(Field field, Tape tape, Tape single, Draw draw) {
      if (!field.priced()) {
        return Double.NaN;
      }
      double low = Arrays.stream(field.meanCosts(draw)).min().orElse(0);
      double high = draw.mean(single.cost(0));
      return low > 0 && high > low ? Curve.of(points(tape, draw)).logMean(low, high) : Double.NaN;
    }
  },
  /** Area gained between weak and strong by one threshold at ten quantiles (RouteLLM). */
  APGR {
    @Override
    double of(Field field, Tape tape, Tape single, Draw draw) {
      return Threshold.apgr(field, tape, draw);
    }
  },
  /** 1 − the least cost at the best single expert's accuracy or above, over its cost. */
  COST_SAVE {
    @Override
    double of(Field field, Tape tape, Tape single, Draw draw) {
      if (!field.priced()) {
        return Double.NaN;
      }
      double wanted = draw.mean(single.correct(0));
      double least =
          points(tape, draw).stream()
              .filter(point -> point[1] >= wanted - 1e-9)
              .mapToDouble(point -> point[0])
              .min()
              .orElse(Double.NaN);
      return 1 - least / draw.mean(single.cost(0));
    }
  },
  /** Best accuracy over all settings less the best single expert's, over the latter. */
  PERF_GAIN {
    @Override
    double of(Field field, Tape tape, Tape single, Draw draw) {
      double best = draw.mean(single.correct(0));
      double most = 0;
      for (int setting : tape.distinct()) {
        most = Math.max(most, draw.mean(tape.correct(setting)));
      }
      return (most - best) / best;
    }
  };

  static final int BINS = 10;

  /**
   * The figure.
   *
   * @param single the tape of the best single expert, which some figures are relative to
   */
  abstract double of(Field field, Tape tape, Tape single, Draw draw);

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether smaller is better. */
  boolean lossy() {
    return this == ECE || this == BRIER || this == ROUTED_GAP;
  }

  /** The bin of a forecast, from 0. */
  static int bin(double p) {
    return Math.min(BINS - 1, (int) (p * BINS));
  }

  /** (mean cost, mean quality) of every distinct setting. */
  static List<double[]> points(Tape tape, Draw draw) {
    List<double[]> points = new ArrayList<>();
    for (int setting : tape.distinct()) {
      points.add(new double[] {draw.mean(tape.cost(setting)), draw.mean(tape.correct(setting))});
    }
    return points;
  }

  /** What one cell adds. */
  interface Cell {
    double of(double p, double y);
  }

  private static double cells(Field field, Tape tape, Draw draw, Cell cell) {
    if (!tape.forecasts()) {
      return Double.NaN;
    }
    double sum = 0;
    for (int question = 0; question < field.size(); question++) {
      int times = draw.times(question);
      if (times > 0) {
        float[] p = tape.scores(question);
        double here = 0;
        for (int expert = 0; expert < p.length; expert++) {
          here += cell.of(p[expert], field.correct(question, expert));
        }
        sum += times * here;
      }
    }
    return sum / field.size() / field.experts();
  }
}
