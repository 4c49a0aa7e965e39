package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import java.util.List;

/**
 * Post-hoc learning to defer (Jitkrittum et al. 2023, arXiv 2307.02764, its "Diff-01" target): the
 * expert that is best overall would serve, and for every other expert a rule learns the difference
 * in correctness, on the question alone, with the experts as they are. The difference is what
 * deferral gains; it is regressed by itself, apart from how hard the question is.
 *
 * <p>Not where the best expert was seldom observed together with the others.
 */
public final class DeferralEstimator implements Method {
  /**
   * What was learnt.
   *
   * @param base the column of the expert that serves unless deferred
   * @param chance of the base expert
   * @param gain of each expert over the base
   */
  record State(List<String> experts, int base, Linear chance, Linear gain, double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      double[] p = gain.of(vector);
      double own = chance.of(vector)[0];
      double[] gains = p.clone();
      for (int e = 0; e < p.length; e++) {
        p[e] = Rates.chance(own + (e == base ? 0 : p[e]));
      }
      return Estimates.of(
          p,
          weights.clone(),
          e -> e == base ? "serves unless deferred" : "deferral gains %+.3f".formatted(gains[e]));
    }
  }

  @Override
  public String name() {
    return "deferral";
  }

  @Override
  public String input() {
    return "outcomes against the best expert, question vectors";
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  static State state(Training training) {
    var records = training.records();
    var rates = Rates.of(records);
    int experts = records.experts().size();
    int items = records.items().size();
    int base = Shares.argmax(rates.mean());
    double[][] own = new double[items][1];
    double[][] gain = new double[items][experts];
    for (int i = 0; i < items; i++) {
      own[i][0] = records.correct(i, base);
      for (int e = 0; e < experts; e++) {
        gain[i][e] = records.correct(i, e) - records.correct(i, base);
      }
    }
    int width = training.space().dimension();
    double[] usual = new double[experts];
    for (int e = 0; e < experts; e++) {
      usual[e] = rates.mean()[e] - rates.mean()[base];
    }
    boolean none = items == 0 || experts == 0;
    return new State(
        List.copyOf(records.experts()),
        base,
        none
            ? Linear.constant(new double[] {base < 0 ? 0.5 : rates.mean()[base]}, width)
            : Ridge.fit(training, own, Ridge.PENALTIES).linear(),
        none ? Linear.constant(usual, width) : Ridge.fit(training, gain, Ridge.PENALTIES).linear(),
        rates.weights());
  }
}
