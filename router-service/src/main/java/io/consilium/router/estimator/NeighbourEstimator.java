package io.consilium.router.estimator;

import io.consilium.expert.index.DotProduct;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Records;
import java.util.List;

/**
 * Outcomes of the most alike recorded questions, weighted by a kernel (k nearest neighbours as in
 * RouterBench, Hu et al. 2024, arXiv 2403.12031). As in C3PO (Li et al. 2025, arXiv 2504.07964)
 * only successes teach whom to choose: how likely a question is to be solved by anyone comes from
 * the nearest questions, who solves it from the nearest that somebody solved.
 *
 * <p>Not for few or scattered records, where neighbours are far and say little, nor for very many:
 * a forecast reads every recorded question.
 */
public final class NeighbourEstimator implements Method {
  /** EmbedLLM's and RouterBench's number of neighbours. */
  static final int NEIGHBOURS = 131;

  /** As many neighbours' worth of an expert's overall rate are added. */
  private static final double PSEUDO = 25;

  private static final DotProduct DOT = DotProduct.best();

  /**
   * The recorded questions.
   *
   * @param rows their vectors, one after the other, cut to what measures likeness
   * @param solved whether anyone was right, per question
   * @param correct question after question, one number per expert; NaN where not observed
   * @param solvable the share of questions that anyone solved
   * @param given per expert, its rate over questions that anyone solved
   */
  record State(
      List<String> experts,
      float[] rows,
      boolean[] solved,
      float[] correct,
      double solvable,
      double[] given,
      double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      int experts = given.length;
      var all = new Nearest(NEIGHBOURS);
      var won = new Nearest(NEIGHBOURS);
      for (int i = 0; i < solved.length; i++) {
        float likeness = DOT.of(vector, rows, i * vector.length);
        all.offer(i, likeness);
        if (solved[i]) {
          won.offer(i, likeness);
        }
      }
      double near = 0;
      double solvedNear = 0;
      double[] kernels = all.kernels();
      for (int j = 0; j < kernels.length; j++) {
        near += kernels[j];
        solvedNear += solved[all.item(j)] ? kernels[j] : 0;
      }
      kernels = won.kernels();
      double level = (solvedNear + PSEUDO * solvable) / (near + PSEUDO);
      double[] p = new double[experts];
      double[] weight = new double[experts];
      for (int e = 0; e < experts; e++) {
        double sum = 0;
        double seen = 0;
        for (int j = 0; j < kernels.length; j++) {
          float outcome = correct[won.item(j) * experts + e];
          if (!Float.isNaN(outcome)) {
            sum += kernels[j] * outcome;
            seen += kernels[j];
          }
        }
        p[e] = Rates.chance(level * (sum + PSEUDO * given[e]) / (seen + PSEUDO));
        weight[e] = weights[e] == 0 ? 0 : Rates.evidence(seen + 1);
      }
      double alike = all.size() == 0 ? 0 : all.likeness(0);
      return Estimates.of(
          p, weight, e -> "%d neighbours, the nearest at %.2f".formatted(won.size(), alike));
    }
  }

  @Override
  public String name() {
    return "knn";
  }

  @Override
  public String input() {
    return "outcomes of the nearest questions, solved ones apart, question vectors";
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  static State state(Training training) {
    var records = training.records();
    int items = records.items().size();
    int experts = records.experts().size();
    int likeness = training.space().likeness();
    int width = training.space().dimension();
    float[] rows = new float[items * width];
    boolean[] solved = new boolean[items];
    float[] correct = new float[items * experts];
    int wins = 0;
    for (int i = 0; i < items; i++) {
      System.arraycopy(training.vectors().get(i), 0, rows, i * width, likeness);
      for (int e = 0; e < experts; e++) {
        correct[i * experts + e] = (float) records.correct(i, e);
        solved[i] |= records.known(i, e) && records.correct(i, e) >= 0.5;
      }
      wins += solved[i] ? 1 : 0;
    }
    return new State(
        List.copyOf(records.experts()),
        rows,
        solved,
        correct,
        (wins + 1.0) / (items + 2.0),
        given(records, solved),
        Rates.of(records).weights());
  }

  private static double[] given(Records records, boolean[] solved) {
    var rates = Rates.of(records.where(i -> solved[i]));
    return rates.mean();
  }
}
