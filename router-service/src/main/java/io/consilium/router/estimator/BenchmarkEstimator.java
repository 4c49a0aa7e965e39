package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Records;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A router learnt from benchmark results at two levels (Bench-CoE, Wang et al. 2024, arXiv
 * 2412.04167). Subject level: the subject's record, for the subject the question most looks like.
 * Query level: a linear head on the frozen vectors learns which experts share the credit for each
 * question. The paper finds that query level wins on questions like its own and loses elsewhere, so
 * it speaks only inside the training cloud: within the radius that holds nine tenths of a region's
 * own questions.
 *
 * <p>Not for records of one subject with few questions: both levels then know overall rates only.
 */
public final class BenchmarkEstimator implements Method {
  private static final int REGIONS = 32;
  private static final int CROWD = 60;

  /** The share of a region's questions that lie inside the cloud. */
  private static final double INSIDE = 0.9;

  /**
   * What was learnt.
   *
   * @param subjects chances per subject, as predicted, and expert
   * @param credit the share of credit of each expert
   * @param usual each expert's mean share
   * @param slope log-odds per unit of share beyond the usual
   * @param edge per region the score below which a question lies outside
   */
  record State(
      List<String> experts,
      Labels labels,
      double[][] subjects,
      Linear credit,
      double[] usual,
      double slope,
      Regions regions,
      double[] edge,
      double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      int subject = Shares.argmax(labels.shares(vector));
      if (subject < 0) {
        return Estimates.none(experts.size());
      }
      double[] p = subjects[subject].clone();
      double[] scores = regions.scores(vector);
      int region = Shares.argmax(scores);
      boolean inside = scores[region] >= edge[region];
      if (inside) {
        double[] shares = credit.of(vector);
        for (int e = 0; e < p.length; e++) {
          p[e] = Rates.chance(Shares.sigmoid(Shares.logit(p[e]) + slope * (shares[e] - usual[e])));
        }
      }
      var name = labels.names().get(subject);
      return Estimates.of(
          p, weights.clone(), e -> name + (inside ? ", known ground" : ", outside known ground"));
    }
  }

  @Override
  public String name() {
    return "benchmark";
  }

  @Override
  public String input() {
    return "outcomes by predicted label and shares of credit, question vectors";
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
    var records = training.records();
    var residuals = Residuals.of(records);
    var learnt = Labels.fit(training);
    int[] said = Arrays.stream(learnt.heldOut()).mapToInt(Shares::argmax).toArray();
    var table = RegionTable.fit(residuals, said, learnt.labels().names().size());
    double[][] credits = credits(records);
    var ridge = Ridge.fit(training, credits, Ridge.PENALTIES);
    double[] usual = new double[records.experts().size()];
    for (double[] row : ridge.heldOut()) {
      for (int e = 0; e < usual.length; e++) {
        usual[e] += row[e] / ridge.heldOut().length;
      }
    }
    double[][] base = Arrays.stream(said).mapToObj(s -> table.p()[s]).toArray(double[][]::new);
    double[][] beyond = new double[base.length][usual.length];
    for (int i = 0; i < beyond.length; i++) {
      for (int e = 0; e < usual.length; e++) {
        beyond[i][e] = ridge.heldOut()[i][e] - usual[e];
      }
    }
    int k = Math.clamp(base.length / CROWD, 1, REGIONS);
    var regions = Regions.fit(training.vectors(), training.space().likeness(), k, training.seed());
    return new State(
        List.copyOf(records.experts()),
        learnt.labels(),
        table.p(),
        ridge.linear(),
        usual,
        Slope.fit(records, base, beyond),
        regions,
        edges(training, regions),
        residuals.rates().weights());
  }

  /** Who shares the credit for a question: the right ones, in equal parts; NaN for nobody known. */
  private static double[][] credits(Records records) {
    int experts = records.experts().size();
    double[][] credits = new double[records.items().size()][experts];
    for (int i = 0; i < credits.length; i++) {
      double sum = 0;
      for (int e = 0; e < experts; e++) {
        credits[i][e] = records.correct(i, e);
        sum += records.known(i, e) ? records.correct(i, e) : 0;
      }
      for (int e = 0; e < experts && sum > 0; e++) {
        credits[i][e] /= sum;
      }
    }
    return credits;
  }

  private static double[] edges(Training training, Regions regions) {
    int[] member = regions.of(training.vectors());
    double[] edges = new double[regions.count()];
    for (int r = 0; r < edges.length; r++) {
      int region = r;
      double[] scores =
          IntStream.range(0, member.length)
              .filter(i -> member[i] == region)
              .mapToDouble(i -> regions.scores(training.vectors().get(i))[region])
              .sorted()
              .toArray();
      edges[r] = scores.length == 0 ? 0 : scores[(int) ((1 - INSIDE) * scores.length)];
    }
    return edges;
  }
}
