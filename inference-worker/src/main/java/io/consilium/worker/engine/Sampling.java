package io.consilium.worker.engine;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * How the next token is drawn from log-odds: temperature, then top-k, top-p and min-p, then a draw.
 *
 * @param temperature 0 takes the likeliest token, the lowest id among equals
 * @param topK keep this many; 0 keeps all
 * @param topP keep the likeliest tokens that together reach this share
 * @param minP drop tokens less likely than this share of the likeliest
 * @param frequencyPenalty taken off the log-odds for each time a token was generated
 * @param presencePenalty taken off once a token was generated
 * @param seed same seed, same draw
 */
public record Sampling(
    double temperature,
    int topK,
    double topP,
    double minP,
    double frequencyPenalty,
    double presencePenalty,
    long seed) {
  /** Always the likeliest token. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 0, 0, 0);

  public Sampling {
    check("temperature", temperature, 0, 10);
    check("top_p", topP, 0, 1);
    check("min_p", minP, 0, 1);
    check("frequency_penalty", frequencyPenalty, -2, 2);
    check("presence_penalty", presencePenalty, -2, 2);
    if (topK < 0) {
      throw WorkerException.invalid("top_k", "top_k is 0 or more, not " + topK);
    }
  }

  private static void check(String name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw WorkerException.invalid(
          name, "%s lies between %s and %s, not %s".formatted(name, low, high, value));
    }
  }

  /** This with another seed. */
  public Sampling withSeed(long other) {
    return new Sampling(temperature, topK, topP, minP, frequencyPenalty, presencePenalty, other);
  }

  /** Takes the penalties off; {@code counts} says how often each token was generated. */
  void penalise(float[] logits, int[] counts) {
    if (frequencyPenalty == 0 && presencePenalty == 0) {
      return;
    }
    for (int i = 0; i < logits.length; i++) {
      if (counts[i] > 0) {
        logits[i] -= (float) (counts[i] * frequencyPenalty + presencePenalty);
      }
    }
  }

  /** Draws a token; -1 when none is allowed. */
  int draw(float[] logits, SplittableRandom random) {
    var best = likeliest(logits);
    if (best < 0 || temperature == 0) {
      return best;
    }
    var order = new Integer[logits.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Float.compare(logits[b], logits[a]));
    var keep = topK == 0 ? order.length : Math.min(topK, order.length);
    var weights = new double[keep];
    double total = 0;
    for (int i = 0; i < keep; i++) {
      weights[i] = Math.exp((logits[order[i]] - logits[best]) / temperature);
      total += weights[i];
    }
    double kept = 0;
    int last = 0;
    for (; last < keep; last++) {
      if (weights[last] < minP || weights[last] == 0 || (last > 0 && kept >= topP * total)) {
        break;
      }
      kept += weights[last];
    }
    var at = random.nextDouble() * kept;
    for (int i = 0; i < last; i++) {
      at -= weights[i];
      if (at < 0) {
        return order[i];
      }
    }
    return order[Math.max(0, last - 1)];
  }

  static int likeliest(float[] logits) {
    var best = -1;
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] > Float.NEGATIVE_INFINITY && (best < 0 || logits[i] > logits[best])) {
        best = i;
      }
    }
    return best;
  }

  /** Log of the sum of the exponentials. */
  static double logSum(float[] logits) {
    var best = likeliest(logits);
    if (best < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    double sum = 0;
    for (var value : logits) {
      sum += Math.exp(value - logits[best]);
    }
    return logits[best] + Math.log(sum);
  }
}
