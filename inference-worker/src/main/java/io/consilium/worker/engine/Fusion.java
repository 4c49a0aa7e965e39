package io.consilium.worker.engine;

import java.util.List;

/**
 * One distribution over the next token from those of several runs of models that share a
 * vocabulary. Rows are log-probabilities, normalised.
 */
public sealed interface Fusion {
  /** Writes the fused log-odds. */
  void fuse(List<float[]> rows, float[] into);

  /**
   * Weighted product of the distributions: {@code log p = Σ wᵢ log pᵢ + const}. The weights sum to
   * 1, so fusing a model with itself changes nothing.
   *
   * @see <a href="https://arxiv.org/abs/2305.06186">CombLM</a>
   */
  record LogLinear(double[] weights) implements Fusion {
    public LogLinear {
      double sum = 0;
      for (var weight : weights) {
        if (!Double.isFinite(weight) || weight < 0) {
          throw WorkerException.invalid("fusion.weights", "weights are 0 or more, not " + weight);
        }
        sum += weight;
      }
      if (!(sum > 0)) {
        throw WorkerException.invalid("fusion.weights", "one weight must be above 0");
      }
      weights = weights.clone();
      for (int i = 0; i < weights.length; i++) {
        weights[i] /= sum;
      }
    }

    @Override
    public void fuse(List<float[]> rows, float[] into) {
      for (int token = 0; token < into.length; token++) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
          if (weights[i] > 0) {
            sum += weights[i] * rows.get(i)[token];
          }
        }
        into[token] = (float) sum;
      }
    }
  }

  /**
   * A strong run against its weak twin: {@code (1 + β) log p₁ − β log p₂} over tokens to which the
   * strong gives at least {@code α} of its likeliest token's probability; β = 0 is the strong run.
   *
   * @see <a href="https://arxiv.org/abs/2405.14507">Self-Contrast MoE</a>
   */
  record Contrast(double beta, double alpha) implements Fusion {
    public Contrast {
      if (!(beta >= 0 && beta <= 10)) {
        throw WorkerException.invalid("fusion.beta", "beta lies between 0 and 10, not " + beta);
      }
      if (!(alpha >= 0 && alpha <= 1)) {
        throw WorkerException.invalid("fusion.alpha", "alpha lies between 0 and 1, not " + alpha);
      }
    }

    @Override
    public void fuse(List<float[]> rows, float[] into) {
      var strong = rows.get(0);
      var weak = rows.get(1);
      if (beta == 0) {
        System.arraycopy(strong, 0, into, 0, into.length);
        return;
      }
      var least = strong[Sampling.likeliest(strong)] + Math.log(alpha);
      for (int token = 0; token < into.length; token++) {
        into[token] =
            strong[token] < least
                ? Float.NEGATIVE_INFINITY
                : (float) ((1 + beta) * strong[token] - beta * weak[token]);
      }
    }
  }
}
