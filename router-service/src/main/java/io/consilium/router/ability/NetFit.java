package io.consilium.router.ability;

import static io.consilium.router.ability.AbilityNet.HIDDEN;
import static io.consilium.router.ability.AbilityNet.PARTS;
import static io.consilium.router.ability.AbilityNet.PROJECTED;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.router.fit.Training;
import io.consilium.router.records.Records;
import java.util.Arrays;
import java.util.Random;

/**
 * Learns the net and the experts' first abilities together, by Adam (Kingma and Ba 2015) on the
 * cross entropy of observed cells, with noise on the vectors, dropout on hidden units, and an early
 * stop on questions held back. The balance of the mixture is kept by moving a bias of each part a
 * small step towards the mean load, as IrtNet does.
 */
final class NetFit {
  private static final double RATE = 1e-3;
  private static final double NOISE = 0.05;
  private static final double DROPOUT = 0.3;
  private static final int BATCH = 128;
  private static final int SMALL_BATCH = 16;

  /** An epoch of few questions has at least as many steps, down to small batches. */
  private static final int STEPS = 16;

  private static final int EPOCHS = 60;
  private static final int PATIENCE = 5;
  private static final float BALANCE = 0.01f;

  private final Training training;
  private final Records records;
  private final int experts;
  private final int dimension;
  private final AbilityNet net; // its weights are learnt in place
  private final float[] abilities; // per expert: g, θ, c
  private final float[] slope; // of the weights
  // the large matrices by rows, for loops over rows of the same index run in vector registers
  private final float[][] projectionSlope;
  private final float[][] hiddenSlope;
  private final float[][] hidden;
  private final float[] abilitySlope;
  private final float[] moment;
  private final float[] square;
  private int steps;

  /**
   * What was learnt.
   *
   * @param net the net
   * @param abilities per expert g, θ and c
   */
  record Fitted(AbilityNet net, double[][] abilities) {}

  NetFit(Training training, int dimension, double[] means) {
    this.training = training;
    this.records = training.records();
    this.experts = records.experts().size();
    this.dimension = dimension;
    int inputs = training.space().dimension();
    var random = new Random(training.seed());
    float[] weights = new float[AbilityNet.size(inputs, dimension)];
    this.net = new AbilityNet(inputs, dimension, weights);
    gaussian(weights, 0, inputs * PROJECTED, 4 / Math.sqrt(inputs), random);
    for (int part = 0; part <= PARTS; part++) {
      gaussian(weights, net.part(part), PROJECTED * HIDDEN, Math.sqrt(2.0 / PROJECTED), random);
      gaussian(weights, net.out(part), HIDDEN * net.outputs(), Math.sqrt(0.1 / HIDDEN), random);
    }
    weights[net.outBias(0) + dimension] = 0.5f;
    gaussian(weights, net.gate(), PROJECTED * PARTS, 0.5 / Math.sqrt(PROJECTED), random);
    abilities = new float[experts * (dimension + 2)];
    for (int e = 0; e < experts; e++) {
      gaussian(abilities, e * (dimension + 2) + 1, dimension, 0.3, random);
      abilities[(e + 1) * (dimension + 2) - 1] = (float) Math.log(means[e] / (1 - means[e]));
    }
    slope = new float[weights.length];
    projectionSlope = new float[PROJECTED][inputs];
    hiddenSlope = new float[(PARTS + 1) * HIDDEN][PROJECTED];
    hidden = new float[(PARTS + 1) * HIDDEN][PROJECTED];
    abilitySlope = new float[abilities.length];
    moment = new float[weights.length + abilities.length];
    square = new float[weights.length + abilities.length];
  }

  /** Experts that are as good at every question. */
  static Fitted constant(int inputs, int dimension, double[] means) {
    double[][] abilities = new double[means.length][dimension + 2];
    for (int e = 0; e < means.length; e++) {
      abilities[e][dimension + 1] = Math.log(means[e] / (1 - means[e]));
    }
    return new Fitted(
        new AbilityNet(inputs, dimension, new float[AbilityNet.size(inputs, dimension)]),
        abilities);
  }

  private static void gaussian(float[] to, int from, int n, double scale, Random random) {
    for (int i = from; i < from + n; i++) {
      to[i] = (float) (random.nextGaussian() * scale);
    }
  }

  /**
   * Learns.
   *
   * @param learn rows to learn from
   * @param held rows to stop by
   */
  Fitted fit(int[] learn, int[] held) {
    var random = new Random(training.seed() + 1);
    int[] order = learn.clone();
    double best = Double.POSITIVE_INFINITY;
    float[] bestWeights = net.weights().clone();
    float[] bestAbilities = abilities.clone();
    int worse = 0;
    int batch = Math.clamp(order.length / STEPS, SMALL_BATCH, BATCH);
    for (int epoch = 0; epoch < EPOCHS && worse < PATIENCE; epoch++) {
      shuffle(order, random);
      for (int from = 0; from < order.length; from += batch) {
        if (Thread.currentThread().isInterrupted()) {
          throw new ExpertException(
              FailureKind.CANCELLED,
              "fitting abilities was interrupted",
              new InterruptedException());
        }
        batch(Arrays.copyOfRange(order, from, Math.min(order.length, from + batch)), random);
      }
      double loss = held.length == 0 ? -epoch : loss(held);
      if (loss < best - 1e-5) {
        best = loss;
        worse = 0;
        bestWeights = net.weights().clone();
        bestAbilities = abilities.clone();
      } else {
        worse++;
      }
    }
    double[][] fitted = new double[experts][dimension + 2];
    for (int i = 0; i < bestAbilities.length; i++) {
      fitted[i / (dimension + 2)][i % (dimension + 2)] = bestAbilities[i];
    }
    return new Fitted(new AbilityNet(net.inputs(), dimension, bestWeights), fitted);
  }

  private static void shuffle(int[] order, Random random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }

  private double logit(float[] out, double level, int expert) {
    int at = expert * (dimension + 2);
    double sum = level * abilities[at] + abilities[at + dimension + 1] - out[dimension + 1];
    for (int k = 0; k < dimension; k++) {
      sum += out[k] * abilities[at + 1 + k];
    }
    return sum;
  }

  private double loss(int[] rows) {
    double sum = 0;
    int n = 0;
    for (int row : rows) {
      float[] out = net.of(training.vectors().get(row));
      double level = AbilityNet.softplus(out[dimension]);
      for (int e = 0; e < experts; e++) {
        if (records.known(row, e)) {
          double logit = logit(out, level, e);
          sum += AbilityNet.softplus(logit) - records.correct(row, e) * logit;
          n++;
        }
      }
    }
    return sum / Math.max(1, n);
  }

  private void batch(int[] rows, Random random) {
    Arrays.fill(slope, 0);
    Arrays.fill(abilitySlope, 0);
    for (float[] row : projectionSlope) {
      Arrays.fill(row, 0);
    }
    for (int h = 0; h < hidden.length; h++) {
      Arrays.fill(hiddenSlope[h], 0);
      System.arraycopy(net.weights(), hiddenRow(h), hidden[h], 0, PROJECTED);
    }
    int cells = 0;
    for (int row : rows) {
      for (int e = 0; e < experts; e++) {
        cells += records.known(row, e) ? 1 : 0;
      }
    }
    if (cells == 0) {
      return;
    }
    float[] load = new float[PARTS];
    float[] noisy = new float[net.inputs()];
    float[] mask = new float[(PARTS + 1) * HIDDEN];
    var pass = new AbilityNet.Pass(net.outputs());
    var noise = new Noise(random.nextLong());
    for (int row : rows) {
      float[] vector = training.vectors().get(row);
      for (int i = 0; i < noisy.length; i++) {
        noisy[i] = vector[i] + (float) NOISE * noise.next();
      }
      for (int h = 0; h < mask.length; h++) {
        mask[h] = noise.uniform() < DROPOUT ? 0 : (float) (1 / (1 - DROPOUT));
      }
      net.forward(noisy, pass, mask);
      backward(row, noisy, mask, pass, 1f / cells);
      for (int part = 0; part < PARTS; part++) {
        load[part] += pass.share[part] / rows.length;
      }
    }
    steps++;
    for (int k = 0; k < PROJECTED; k++) {
      System.arraycopy(projectionSlope[k], 0, slope, k * net.inputs(), net.inputs());
    }
    for (int h = 0; h < hidden.length; h++) {
      System.arraycopy(hiddenSlope[h], 0, slope, hiddenRow(h), PROJECTED);
    }
    adam(net.weights(), slope, 0);
    adam(abilities, abilitySlope, slope.length);
    for (int part = 0; part < PARTS; part++) {
      net.weights()[net.gateBias() + part] += BALANCE * Math.signum(1f / PARTS - load[part]);
    }
  }

  private void backward(int row, float[] in, float[] mask, AbilityNet.Pass pass, float scale) {
    float[] weights = net.weights();
    int outputs = net.outputs();
    float[] out = pass.out;
    double level = AbilityNet.softplus(out[dimension]);
    float[] error = new float[outputs];
    for (int e = 0; e < experts; e++) {
      if (records.known(row, e)) {
        int at = e * outputs;
        float miss = (float) (Probit.sigma(logit(out, level, e)) - records.correct(row, e)) * scale;
        abilitySlope[at] += miss * (float) level;
        error[dimension] += miss * abilities[at];
        for (int k = 0; k < dimension; k++) {
          abilitySlope[at + 1 + k] += miss * out[k];
          error[k] += miss * abilities[at + 1 + k];
        }
        abilitySlope[at + dimension + 1] += miss;
        error[dimension + 1] -= miss;
      }
    }
    error[dimension] *= (float) Probit.sigma(out[dimension]);
    float[] back = new float[PROJECTED];
    gate(pass, error, back);
    for (int part = 0; part <= PARTS; part++) {
      float share = part == 0 ? 1 : pass.share[part - 1];
      float[] active = pass.hidden[part];
      for (int o = 0; o < outputs; o++) {
        slope[net.outBias(part) + o] += share * error[o];
      }
      for (int h = 0; h < HIDDEN; h++) {
        int at = net.out(part) + h * outputs;
        if (active[h] > 0) {
          float sum = 0;
          for (int o = 0; o < outputs; o++) {
            slope[at + o] += active[h] * share * error[o];
            sum += weights[at + o] * error[o];
          }
          float miss = sum * share * mask[part * HIDDEN + h];
          slope[net.hiddenBias(part) + h] += miss;
          add(miss, pass.projected, hiddenSlope[part * HIDDEN + h]);
          add(miss, hidden[part * HIDDEN + h], back);
        }
      }
    }
    for (int k = 0; k < PROJECTED; k++) {
      add(back[k], in, projectionSlope[k]);
    }
  }

  private int hiddenRow(int h) {
    return net.part(h / HIDDEN) + h % HIDDEN * PROJECTED;
  }

  /** {@code to += factor · from}. */
  private static void add(float factor, float[] from, float[] to) {
    for (int j = 0; j < to.length; j++) {
      to[j] += factor * from[j];
    }
  }

  private void gate(AbilityNet.Pass pass, float[] error, float[] back) {
    float[] pull = new float[PARTS];
    float mean = 0;
    for (int part = 0; part < PARTS; part++) {
      for (int o = 0; o < error.length; o++) {
        pull[part] += pass.says[part + 1][o] * error[o];
      }
      mean += pass.share[part] * pull[part];
    }
    for (int part = 0; part < PARTS; part++) {
      pull[part] = pass.share[part] * (pull[part] - mean);
    }
    // the bias of the gate is moved by the load alone
    for (int part = 0; part < PARTS; part++) {
      int at = net.gate() + part * PROJECTED;
      for (int k = 0; k < PROJECTED; k++) {
        slope[at + k] += pass.projected[k] * pull[part];
        back[k] += net.weights()[at + k] * pull[part];
      }
    }
  }

  private void adam(float[] values, float[] gradient, int offset) {
    float rate = (float) (RATE / (1 - Math.pow(0.9, steps)));
    float correction = (float) (1 / (1 - Math.pow(0.999, steps)));
    for (int i = 0; i < values.length; i++) {
      float g = gradient[i];
      float m = 0.9f * moment[offset + i] + 0.1f * g;
      float s = 0.999f * square[offset + i] + 0.001f * g * g;
      moment[offset + i] = m;
      square[offset + i] = s;
      values[i] -= rate * m / ((float) Math.sqrt(s * correction) + 1e-8f);
    }
  }
}
