package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;

/**
 * Experts as low-dimensional vectors encoded from their evaluations, and a predictor of correctness
 * from expert vector and question (LOCUS, Patel et al. 2026, arXiv 2601.21082). The encoder is one
 * forward pass, so an expert joins without refitting: anchor questions attend to an expert's
 * evaluations, and what they gather is cut to its leading directions. The paper trains attention
 * layers and a network; here attention is by likeness of the frozen vectors, and the predictor is
 * the bilinear one fitted by ridge, which is the same as regressing the few coordinates in which
 * experts differ.
 *
 * <p>Not for two or three experts, which have no space to lie in.
 */
public final class LocusEstimator implements Method {
  private static final int ANCHORS = 48;
  private static final int CROWD = 30;
  private static final int DIMENSION = 12;

  /** How sharply anchors attend to what is near. */
  private static final double SHARPNESS = 8;

  /** Evaluations without skill that every anchor hears as well. */
  private static final double PSEUDO = 20;

  /**
   * What was learnt.
   *
   * @param places per expert, its vector
   * @param level how much easier than usual the question is for everybody
   * @param ask how much the question asks of each direction
   */
  record State(
      List<String> experts,
      double[][] places,
      Linear level,
      Linear ask,
      double[] mean,
      double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      double easy = level.of(vector)[0];
      double[] asked = ask.of(vector);
      double[] p = new double[mean.length];
      for (int e = 0; e < p.length; e++) {
        double fit = 0;
        for (int d = 0; d < asked.length; d++) {
          fit += places[e][d] * asked[d];
        }
        p[e] = Rates.chance(mean[e] + easy + fit);
      }
      return Estimates.of(p, weights.clone(), e -> "%+.3f for all".formatted(easy));
    }
  }

  @Override
  public String name() {
    return "locus";
  }

  @Override
  public String input() {
    return "outcomes as encoded by anchor questions, question vectors";
  }

  @Override
  public boolean random() {
    return true;
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  static State state(Training training) {
    var residuals = Residuals.of(training.records());
    double[][] heard = encode(training, residuals);
    double[][] places = directions(heard);
    int dimension = places.length == 0 ? 0 : places[0].length;
    int items = residuals.items();
    double[][] level = new double[items][1];
    double[][] asked = new double[items][dimension];
    for (int i = 0; i < items; i++) {
      level[i][0] = residuals.level()[i];
      for (int e = 0; e < places.length; e++) {
        double contrast = residuals.contrast()[i][e];
        for (int d = 0; d < dimension && !Double.isNaN(contrast); d++) {
          asked[i][d] += contrast * places[e][d];
        }
      }
    }
    int width = training.space().dimension();
    return new State(
        List.copyOf(training.records().experts()),
        places,
        items == 0
            ? Linear.constant(new double[1], width)
            : Ridge.fit(training, level, Ridge.PENALTIES).linear(),
        items == 0 || dimension == 0
            ? Linear.constant(new double[dimension], width)
            : Ridge.fit(training, asked, Ridge.PENALTIES).linear(),
        residuals.rates().mean(),
        residuals.rates().weights());
  }

  /** Per expert, what each anchor gathers from its evaluations. */
  private static double[][] encode(Training training, Residuals residuals) {
    int k = Math.clamp(residuals.items() / CROWD, 1, ANCHORS);
    var anchors = Regions.fit(training.vectors(), training.space().likeness(), k, training.seed());
    double[][] sums = new double[residuals.experts()][anchors.count()];
    double[][] heard = new double[residuals.experts()][anchors.count()];
    for (int i = 0; i < residuals.items(); i++) {
      double[] attention = Shares.softmax(anchors.scores(training.vectors().get(i)), SHARPNESS);
      for (int e = 0; e < sums.length; e++) {
        double contrast = residuals.contrast()[i][e];
        for (int a = 0; a < attention.length && !Double.isNaN(contrast); a++) {
          sums[e][a] += attention[a] * contrast;
          heard[e][a] += attention[a];
        }
      }
    }
    for (int e = 0; e < sums.length; e++) {
      for (int a = 0; a < sums[e].length; a++) {
        sums[e][a] /= heard[e][a] + PSEUDO;
      }
    }
    return sums;
  }

  /** Orthonormal coordinates of the rows along their leading singular directions. */
  static double[][] directions(double[][] rows) {
    int experts = rows.length;
    if (experts == 0 || rows[0].length == 0) {
      return new double[experts][0];
    }
    var svd = DecompositionFactory_DDRM.svd(experts, rows[0].length, true, false, true);
    if (!svd.decompose(new DMatrixRMaj(rows))) {
      return new double[experts][0];
    }
    var left = svd.getU(null, false);
    var values = svd.getW(null);
    SingularOps_DDRM.descendingOrder(left, false, values, null, false);
    double top = values.get(0, 0);
    int kept = 0;
    int most = Math.min(DIMENSION, Math.min(left.numCols, values.numCols));
    while (kept < most && values.get(kept, kept) > 1e-6 * top && top > 1e-12) {
      kept++;
    }
    int dimension = kept;
    double[][] places = new double[experts][dimension];
    for (int e = 0; e < experts; e++) {
      for (int d = 0; d < dimension; d++) {
        places[e][d] = left.get(e, d);
      }
    }
    return places;
  }
}
