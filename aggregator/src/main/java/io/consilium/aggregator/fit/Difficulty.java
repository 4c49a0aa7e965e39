package io.consilium.aggregator.fit;

import java.util.Arrays;
import java.util.List;

/**
 * Abilities of experts learnt from agreement alone, where questions differ in difficulty: an expert
 * of ability α is right on a question of easiness β with probability σ(αβ) (Whitehill et al.,
 * "Whose Vote Should Count More", GLAD, 2009; one-coin, any number of options, ln β ~ N(0, 1)
 * integrated over seven points instead of fitted per question).
 *
 * <p>Not with fewer than about a hundred questions or three experts: difficulty is then noise.
 *
 * @param experts by id
 * @param alpha the ability of each; 0 is chance between two, negative is worse
 */
public record Difficulty(List<String> experts, double[] alpha) {
  // nodes and weights of Gauss-Hermite for a standard normal, seven points
  private static final double[] NODES = {
    -3.750440, -2.366760, -1.154405, 0, 1.154405, 2.366760, 3.750440
  };
  private static final double[] WEIGHTS = {
    0.000548, 0.030757, 0.240123, 0.457143, 0.240123, 0.030757, 0.000548
  };
  private static final double SPREAD = 1;
  private static final int ROUNDS = 30;
  private static final int STEPS = 5;
  private static final double RIDGE = 0.5;
  private static final double STRONGEST = 4;

  public Difficulty {
    experts = List.copyOf(experts);
    alpha = alpha.clone();
    if (experts.size() != alpha.length) {
      throw new IllegalArgumentException("one ability per expert is needed");
    }
  }

  /** The ability of an expert; the mean of all when it was not among those fitted. */
  public double of(String expert) {
    int e = experts.indexOf(expert);
    return e < 0 ? Arrays.stream(alpha).average().orElse(1) : alpha[e];
  }

  /** Fits abilities by expectation maximisation with Newton steps. */
  public static Difficulty fit(List<String> experts, List<Votes> cases) {
    var alpha = new double[experts.size()];
    Arrays.fill(alpha, 1);
    for (int round = 0; round < ROUNDS; round++) {
      // per expert and node: expected count of being right, and of answering
      var right = new double[alpha.length][NODES.length];
      var said = new double[alpha.length][NODES.length];
      for (var votes : cases) {
        var joint = joint(votes, alpha);
        for (int e = 0; e < alpha.length; e++) {
          int answer = votes.answer()[e];
          for (int n = 0; answer >= 0 && n < NODES.length; n++) {
            right[e][n] += joint[n][answer];
            for (double each : joint[n]) {
              said[e][n] += each;
            }
          }
        }
      }
      double moved = 0;
      for (int e = 0; e < alpha.length; e++) {
        double next = newton(alpha[e], right[e], said[e]);
        moved = Math.max(moved, Math.abs(next - alpha[e]));
        alpha[e] = next;
      }
      if (moved < 1e-5) {
        break;
      }
    }
    return new Difficulty(experts, alpha);
  }

  /** P(right) of every answer given, for experts of these abilities. */
  public static double[] posterior(Votes votes, double[] alpha) {
    var posterior = new double[votes.answers()];
    for (var node : joint(votes, alpha)) {
      for (int a = 0; a < posterior.length; a++) {
        posterior[a] += node[a];
      }
    }
    return posterior;
  }

  /** P(node, answer | votes); the last column is for options nobody named. */
  private static double[][] joint(Votes votes, double[] alpha) {
    int answers = votes.answers();
    int options = Math.max(votes.options(), answers + 1);
    var joint = new double[NODES.length][answers + 1];
    double most = Double.NEGATIVE_INFINITY;
    for (int n = 0; n < NODES.length; n++) {
      double all = Math.log(WEIGHTS[n]);
      for (int e = 0; e < alpha.length; e++) {
        if (votes.answer()[e] >= 0) {
          double p = p(alpha[e], n);
          double wrong = Math.log((1 - p) / (options - 1));
          all += wrong;
          joint[n][votes.answer()[e]] += Math.log(p) - wrong;
        }
      }
      for (int a = 0; a <= answers; a++) {
        joint[n][a] += all + (a == answers ? Math.log(options - answers) : 0);
        most = Math.max(most, joint[n][a]);
      }
    }
    double sum = 0;
    for (var row : joint) {
      for (int a = 0; a <= answers; a++) {
        row[a] = Math.exp(row[a] - most);
        sum += row[a];
      }
    }
    for (var row : joint) {
      for (int a = 0; a <= answers; a++) {
        row[a] /= sum;
      }
    }
    return joint;
  }

  private static double p(double alpha, int node) {
    double logit = alpha * Math.exp(SPREAD * NODES[node]);
    return Math.clamp(1 / (1 + Math.exp(-logit)), 1e-4, 1 - 1e-4);
  }

  private static double newton(double start, double[] right, double[] said) {
    double alpha = start;
    for (int step = 0; step < STEPS; step++) {
      double slope = -RIDGE * (alpha - 1);
      double curve = RIDGE;
      for (int n = 0; n < NODES.length; n++) {
        double p = p(alpha, n);
        double beta = Math.exp(SPREAD * NODES[n]);
        slope += beta * (right[n] - said[n] * p);
        curve += beta * beta * said[n] * p * (1 - p);
      }
      alpha = Math.clamp(alpha + Math.clamp(slope / curve, -1, 1), -STRONGEST, STRONGEST);
    }
    return alpha;
  }
}
