package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Records;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Dual contrastive learning (RouterDC, Chen et al. 2024, arXiv 2409.19886): a projection of the
 * question and one vector per expert are trained so that a question lies nearer to experts that
 * answer it right than to those that do not, and nearer to questions of its own cluster than to
 * others. The paper trains the encoder; here a projection of the frozen vectors. Its similarities
 * are no probabilities: one slope on top of each expert's rate makes them so.
 *
 * <p>Not for forecasts: it learns an order of experts, not how hard a question is.
 */
public final class RouterDcEstimator implements Method {
  private static final int WIDTH = 32;
  private static final int ROUNDS = 6;
  private static final double RATE = 0.05;
  private static final double TEMPERATURE = 0.2;

  /** Clusters from which alike questions are drawn. */
  private static final int REGIONS = 16;

  private static final int CROWD = 30;

  /** The second loss counts this much; the paper's value is 1 with an encoder to train. */
  private static final double SAMPLES = 0.2;

  /**
   * What was learnt.
   *
   * @param projection of a question
   * @param places per expert, its unit vector
   * @param usual per expert, its mean similarity over training questions
   * @param slope log-odds per unit of similarity beyond the usual
   */
  record State(
      List<String> experts,
      Linear projection,
      double[][] places,
      double[] usual,
      double slope,
      double[] mean,
      double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      double[] place = unit(projection.of(vector));
      double[] p = new double[mean.length];
      for (int e = 0; e < p.length; e++) {
        p[e] = dot(place, places[e]);
      }
      double[] similarities = p.clone();
      for (int e = 0; e < p.length; e++) {
        p[e] = Rates.chance(Shares.sigmoid(Shares.logit(mean[e]) + slope * (p[e] - usual[e])));
      }
      return Estimates.of(p, weights.clone(), e -> "similarity %.2f".formatted(similarities[e]));
    }
  }

  @Override
  public String name() {
    return "router_dc";
  }

  @Override
  public String input() {
    return "pairs of right and wrong experts, question vectors";
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
    int items = records.items().size();
    int experts = records.experts().size();
    int width = training.space().dimension();
    var random = new Random(training.seed());
    float[] weights = new float[WIDTH * width];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() / Math.sqrt(width));
    }
    var projection = new Linear(weights, new double[WIDTH]);
    double[][] places = new double[experts][];
    for (int e = 0; e < experts; e++) {
      places[e] = unit(random.doubles(WIDTH, -1, 1).toArray());
    }
    int k = Math.clamp(items / CROWD, 1, REGIONS);
    int[] member =
        Regions.fit(training.vectors(), training.space().likeness(), k, training.seed())
            .of(training.vectors());
    for (int round = 0; round < ROUNDS; round++) {
      Cancellation.check();
      double rate = RATE / (1 + round);
      for (int step = 0; step < items; step++) {
        int i = random.nextInt(items);
        experts(projection, places, training.vectors().get(i), records, i, rate);
        int alike = draw(member, member[i], true, random);
        int other = draw(member, member[i], false, random);
        if (alike >= 0 && other >= 0) {
          samples(projection, training.vectors(), i, alike, other, rate * SAMPLES);
        }
      }
    }
    return calibrated(training, projection, places);
  }

  /** One step of the loss between a question and the experts: right ones nearer than wrong ones. */
  private static void experts(
      Linear projection, double[][] places, float[] vector, Records records, int i, double rate) {
    double[] raw = projection.of(vector);
    double[] place = unit(raw);
    double[] similarity = new double[places.length];
    double wrong = 0;
    int right = 0;
    for (int e = 0; e < places.length; e++) {
      similarity[e] = dot(place, places[e]);
      if (records.known(i, e)) {
        wrong += records.correct(i, e) < 0.5 ? Math.exp(similarity[e] / TEMPERATURE) : 0;
        right += records.correct(i, e) >= 0.5 ? 1 : 0;
      }
    }
    if (right == 0 || wrong == 0) {
      return; // nobody to prefer
    }
    double[] pull = new double[places.length];
    for (int e = 0; e < places.length; e++) {
      if (records.known(i, e) && records.correct(i, e) >= 0.5) {
        double own = Math.exp(similarity[e] / TEMPERATURE);
        pull[e] += wrong / (own + wrong) / right;
        for (int o = 0; o < places.length; o++) {
          if (records.known(i, o) && records.correct(i, o) < 0.5) {
            pull[o] -= Math.exp(similarity[o] / TEMPERATURE) / (own + wrong) / right;
          }
        }
      }
    }
    double[] towards = new double[WIDTH];
    for (int e = 0; e < places.length; e++) {
      for (int d = 0; d < WIDTH && pull[e] != 0; d++) {
        towards[d] += pull[e] * places[e][d];
        places[e][d] += rate * pull[e] * place[d];
      }
      places[e] = pull[e] == 0 ? places[e] : unit(places[e]);
    }
    move(projection, vector, raw, place, towards, rate);
  }

  /** One step of the loss between questions: its own cluster's nearer than another's. */
  private static void samples(
      Linear projection, List<float[]> vectors, int i, int alike, int other, double rate) {
    double[] raw = projection.of(vectors.get(i));
    double[] place = unit(raw);
    double[] near = unit(projection.of(vectors.get(alike)));
    double[] far = unit(projection.of(vectors.get(other)));
    double share = Shares.sigmoid((dot(place, far) - dot(place, near)) / TEMPERATURE);
    double[] towards = new double[WIDTH];
    for (int d = 0; d < WIDTH; d++) {
      towards[d] = share * (near[d] - far[d]);
    }
    move(projection, vectors.get(i), raw, place, towards, rate);
  }

  /** Turns the question's place towards a direction; its length has no meaning. */
  private static void move(
      Linear projection,
      float[] vector,
      double[] raw,
      double[] place,
      double[] towards,
      double rate) {
    double along = dot(place, towards);
    double length = Math.max(1e-6, Math.sqrt(dot(raw, raw)));
    for (int d = 0; d < WIDTH; d++) {
      double step = rate * (towards[d] - along * place[d]) / length;
      projection.bias()[d] += step;
      for (int j = 0; j < vector.length; j++) {
        projection.weights()[d * vector.length + j] += (float) (step * vector[j]);
      }
    }
  }

  /** A few draws of a question inside or outside a cluster; -1 when none came up. */
  private static int draw(int[] member, int cluster, boolean inside, Random random) {
    for (int tries = 0; tries < 40; tries++) {
      int drawn = random.nextInt(member.length);
      if ((member[drawn] == cluster) == inside) {
        return drawn;
      }
    }
    return -1;
  }

  private static State calibrated(Training training, Linear projection, double[][] places) {
    var records = training.records();
    var rates = Rates.of(records);
    int items = records.items().size();
    double[][] similarity = new double[items][places.length];
    double[] usual = new double[places.length];
    for (int i = 0; i < items; i++) {
      double[] place = unit(projection.of(training.vectors().get(i)));
      for (int e = 0; e < places.length; e++) {
        similarity[i][e] = dot(place, places[e]);
        usual[e] += similarity[i][e] / items;
      }
    }
    for (double[] row : similarity) {
      Arrays.setAll(row, e -> row[e] - usual[e]);
    }
    return new State(
        List.copyOf(records.experts()),
        projection,
        places,
        usual,
        Slope.fit(records, rates.mean(), similarity),
        rates.mean(),
        rates.weights());
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }

  static double[] unit(double[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    return length < 1e-12
        ? vector.clone()
        : Arrays.stream(vector).map(value -> value / length).toArray();
  }
}
