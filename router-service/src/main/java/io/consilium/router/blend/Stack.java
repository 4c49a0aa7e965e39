package io.consilium.router.blend;

import io.consilium.router.records.Records;
import java.util.Arrays;

/**
 * What every part says, to one chance per expert. A forecast is a <em>level</em> (how likely is
 * anybody to be right) plus a <em>contrast</em> per expert (how much better than the others): the
 * level carries most of what can be known and none of what routing needs, so the two are weighed
 * apart, each by non-negative least squares on forecasts of held-out folds. Contrasts are weighed
 * where they matter, among experts near the best. The choice of the first part, the plain table, is
 * left only for a gain that paid on held-out folds.
 *
 * @param levels weight of each part's level
 * @param levelBias added to the level
 * @param contrasts weight of each part's contrast
 * @param margin by which another expert must beat the first part's choice, in P(correct)
 * @param calibration of the sums
 * @param spread of a forecast on the logit scale where the parts disagree as usual
 * @param disagreement usual standard deviation between the parts, on the logit scale
 * @param counts outcomes of each expert; nobody is known better than so many tell
 */
record Stack(
    double[] levels,
    double levelBias,
    double[] contrasts,
    double margin,
    Calibration calibration,
    double spread,
    double disagreement,
    int[] counts) {
  /** How near the best an expert must be, in P(correct), for its contrast to count fully. */
  private static final double NEAR = 0.1;

  private static final double[] MARGINS = {0, 0.003, 0.006, 0.01, 0.015, 0.02, 0.03, 0.05};
  private static final double[] SPREADS = {0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2};

  /** The 10th and 90th percentile of a normal lie this many standard deviations out. */
  private static final double EIGHTY = 1.2816;

  /** Fewer outcomes than this say nothing about an interval. */
  private static final int CELL = 15;

  /** Takes the first part's word, for want of anything to weigh the others by. */
  static Stack ofFirst(int parts, int experts) {
    double[] first = new double[parts];
    first[0] = 1;
    return new Stack(
        first,
        0,
        first,
        0,
        new Calibration(new double[] {1, 0, 0}, 0, new double[experts]),
        SPREADS[SPREADS.length - 1],
        1,
        new int[experts]);
  }

  /**
   * Learns from forecasts of items that no part had seen.
   *
   * @param said P by part, item and expert
   */
  static Stack fit(Records records, double[][][] said) {
    int items = records.items().size();
    int experts = records.experts().size();
    int parts = said.length;
    double[][] level = new double[parts][items];
    for (int k = 0; k < parts; k++) {
      for (int i = 0; i < items; i++) {
        level[k][i] = mean(said[k][i]);
      }
    }
    double[] target = levels(records);
    double[] centre = new double[parts];
    for (int k = 0; k < parts; k++) {
      centre[k] = mean(level[k]);
    }
    double usual = mean(target);
    var ofLevel = new NonNegative(parts);
    for (int i = 0; i < items; i++) {
      double[] x = new double[parts];
      for (int k = 0; k < parts; k++) {
        x[k] = level[k][i] - centre[k];
      }
      ofLevel.add(x, target[i] - usual, 1);
    }
    double[] levels = ofLevel.solve();
    double bias = usual;
    for (int k = 0; k < parts; k++) {
      bias -= levels[k] * centre[k];
    }

    double[][] counts = new double[items][experts];
    for (double[] row : counts) {
      Arrays.fill(row, 1.0 / experts);
    }
    double[] contrasts = contrasts(records, said, counts);
    for (int i = 0; i < items; i++) {
      counts[i] = near(mixed(contrasts, said, i));
    }
    contrasts = contrasts(records, said, counts);
    if (Arrays.stream(contrasts).sum() == 0) {
      contrasts[0] = 1; // nothing tells experts apart: the table at least orders them
    }
    double margin = margin(records, said, contrasts);

    double[] stackedLevel = new double[items];
    double[][] stacked = new double[items][];
    for (int i = 0; i < items; i++) {
      stackedLevel[i] = bias;
      for (int k = 0; k < parts; k++) {
        stackedLevel[i] += levels[k] * level[k][i];
      }
      stacked[i] = mixed(contrasts, said, i);
      favour(stacked[i], said[0][i], margin);
    }
    var calibration = Calibration.fit(records, stackedLevel, stacked);
    double[][] p = new double[items][experts];
    double[][] apart = new double[items][experts];
    double sum = 0;
    for (int i = 0; i < items; i++) {
      for (int e = 0; e < experts; e++) {
        p[i][e] = calibration.p(e, stackedLevel[i], stacked[i][e]);
        apart[i][e] = apart(at(said, i), e);
        sum += apart[i][e];
      }
    }
    double disagreement = Math.max(1e-3, sum / Math.max(1, items * experts));
    double spread = spread(records, p, apart, disagreement);
    return new Stack(
        levels, bias, contrasts, margin, calibration, spread, disagreement, counts(records));
  }

  private static int[] counts(Records records) {
    int[] counts = new int[records.experts().size()];
    for (int i = 0; i < records.items().size(); i++) {
      for (int e = 0; e < counts.length; e++) {
        counts[e] += records.known(i, e) ? 1 : 0;
      }
    }
    return counts;
  }

  /** How right anybody is on each item, as if all experts had been asked. */
  private static double[] levels(Records records) {
    int experts = records.experts().size();
    double[] rate = new double[experts];
    double[] count = new double[experts];
    for (int i = 0; i < records.items().size(); i++) {
      for (int e = 0; e < experts; e++) {
        if (records.known(i, e)) {
          rate[e] += records.correct(i, e);
          count[e]++;
        }
      }
    }
    for (int e = 0; e < experts; e++) {
      rate[e] = count[e] == 0 ? 0.5 : rate[e] / count[e];
    }
    double usual = mean(rate);
    double[] levels = new double[records.items().size()];
    for (int i = 0; i < levels.length; i++) {
      double sum = 0;
      int known = 0;
      for (int e = 0; e < experts; e++) {
        if (records.known(i, e)) {
          sum += records.correct(i, e) - rate[e];
          known++;
        }
      }
      levels[i] = usual + (known == 0 ? 0 : sum / known);
    }
    return levels;
  }

  /** Weights of the contrasts, where each cell counts as told. */
  private static double[] contrasts(Records records, double[][][] said, double[][] counts) {
    int parts = said.length;
    int experts = records.experts().size();
    var squares = new NonNegative(parts);
    double[] x = new double[parts];
    double[] centre = new double[parts];
    for (int i = 0; i < counts.length; i++) {
      double whole = 0;
      double truth = 0;
      Arrays.fill(centre, 0);
      for (int e = 0; e < experts; e++) {
        if (records.known(i, e)) {
          whole += counts[i][e];
          truth += counts[i][e] * records.correct(i, e);
          for (int k = 0; k < parts; k++) {
            centre[k] += counts[i][e] * said[k][i][e];
          }
        }
      }
      for (int e = 0; e < experts && whole > 0; e++) {
        if (records.known(i, e)) {
          for (int k = 0; k < parts; k++) {
            x[k] = said[k][i][e] - centre[k] / whole;
          }
          squares.add(x, records.correct(i, e) - truth / whole, counts[i][e]);
        }
      }
    }
    return squares.solve();
  }

  private static double[] near(double[] scores) {
    double top = Arrays.stream(scores).max().orElse(0);
    double[] shares = new double[scores.length];
    double sum = 0;
    for (int e = 0; e < scores.length; e++) {
      shares[e] = Math.exp((scores[e] - top) / NEAR);
      sum += shares[e];
    }
    for (int e = 0; e < scores.length; e++) {
      shares[e] /= sum;
    }
    return shares;
  }

  /** The stacked contrasts of one item. */
  private static double[] mixed(double[] weights, double[][][] said, int item) {
    return mixed(weights, at(said, item));
  }

  /** What every part said of one item. */
  static double[][] at(double[][][] said, int item) {
    double[][] at = new double[said.length][];
    for (int k = 0; k < said.length; k++) {
      at[k] = said[k][item];
    }
    return at;
  }

  private static double[] mixed(double[] weights, double[][] said) {
    double[] contrast = new double[said[0].length];
    for (int k = 0; k < said.length; k++) {
      double level = mean(said[k]);
      for (int e = 0; e < contrast.length; e++) {
        contrast[e] += weights[k] * (said[k][e] - level);
      }
    }
    return contrast;
  }

  private static void favour(double[] contrast, double[] table, double margin) {
    if (table.length > 0) {
      contrast[best(table)] += margin;
    }
  }

  /** The margin with which most held-out items were answered right; the larger of equals. */
  private static double margin(Records records, double[][][] said, double[] weights) {
    double chosen = 0;
    double most = -1;
    for (double margin : MARGINS) {
      double right = 0;
      for (int i = 0; i < records.items().size(); i++) {
        if (records.complete(i)) {
          double[] contrast = mixed(weights, said, i);
          favour(contrast, said[0][i], margin);
          right += records.correct(i, best(contrast));
        }
      }
      if (right >= most) {
        most = right;
        chosen = margin;
      }
    }
    return chosen;
  }

  /** The first of the largest. */
  private static int best(double[] values) {
    int best = 0;
    for (int e = 1; e < values.length; e++) {
      best = values[e] > values[best] ? e : best;
    }
    return best;
  }

  /** The spread with which 80 % of what was seen per category and expert lies where it should. */
  private static double spread(
      Records records, double[][] p, double[][] apart, double disagreement) {
    var names = records.items().stream().map(item -> item.category()).distinct().toList();
    int[] group = new int[p.length];
    for (int i = 0; i < p.length; i++) {
      // without categories, questions of like difficulty are compared
      group[i] =
          names.size() > 1
              ? names.indexOf(records.items().get(i).category())
              : (int) Math.min(9, 10 * mean(p[i]));
    }
    int groups = Math.max(10, names.size());
    for (double spread : SPREADS) {
      int cells = 0;
      int covered = 0;
      for (int e = 0; e < records.experts().size(); e++) {
        double[] gap = new double[groups];
        double[] noise = new double[groups];
        double[] shift = new double[groups];
        int[] count = new int[groups];
        for (int i = 0; i < p.length; i++) {
          if (records.known(i, e)) {
            int g = group[i];
            double curve = p[i][e] * (1 - p[i][e]);
            gap[g] += records.correct(i, e) - p[i][e];
            noise[g] += curve;
            shift[g] += curve * spread * apart[i][e] / disagreement;
            count[g]++;
          }
        }
        for (int g = 0; g < groups; g++) {
          if (count[g] >= CELL) {
            cells++;
            double deviation = Math.sqrt(noise[g] + shift[g] * shift[g]);
            covered += Math.abs(gap[g]) <= EIGHTY * deviation ? 1 : 0;
          }
        }
      }
      if (covered >= 0.8 * cells) {
        return spread;
      }
    }
    return SPREADS[SPREADS.length - 1];
  }

  /** The standard deviation between the parts about one expert, on the logit scale. */
  private static double apart(double[][] said, int expert) {
    double sum = 0;
    double squares = 0;
    for (double[] part : said) {
      double x = Calibration.logit(part[expert]);
      sum += x;
      squares += x * x;
    }
    double mean = sum / said.length;
    return Math.sqrt(Math.max(1e-4, squares / said.length - mean * mean));
  }

  /** One forecast: P and its 80 % interval, per expert. */
  record Combined(double[] p, double[] low, double[] high) {}

  /**
   * Combines what every part says.
   *
   * @param said P by part and expert
   */
  Combined combine(double[][] said) {
    double level = levelBias;
    for (int k = 0; k < said.length; k++) {
      level += levels[k] * mean(said[k]);
    }
    double[] contrast = mixed(contrasts, said);
    favour(contrast, said[0], margin);
    double[] p = new double[contrast.length];
    double[] low = new double[p.length];
    double[] high = new double[p.length];
    for (int e = 0; e < p.length; e++) {
      p[e] = calibration.p(e, level, contrast[e]);
      double x = Math.log(p[e] / (1 - p[e]));
      double apart = spread * apart(said, e) / disagreement;
      // the variance of log-odds told by so many outcomes, and by one more for none
      double told = 1 / (counts[e] * p[e] * (1 - p[e]) + 1);
      double half = EIGHTY * Math.sqrt(apart * apart + told);
      low[e] = Math.min(p[e], Calibration.sigmoid(x - half));
      high[e] = Math.max(p[e], Calibration.sigmoid(x + half));
    }
    return new Combined(p, low, high);
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return values.length == 0 ? 0 : sum / values.length;
  }
}
