package io.consilium.aggregator.fit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How often each expert is right, learnt from agreement alone, without a single label: experts that
 * agree with able experts are able. The one-coin form of Dawid and Skene ("Maximum Likelihood
 * Estimation of Observer Error-Rates Using the EM Algorithm", 1979) for answers that are not a
 * fixed set: who errs gives one of the other options by chance.
 *
 * <p>It needs experts that err apart. Where most share an error it takes the error for the truth,
 * so labels, however few, are better (see {@link Sensitivities}).
 *
 * @param experts by id
 * @param p P(correct) of each, strictly between 0 and 1
 */
public record Abilities(List<String> experts, double[] p) {
  private static final double LEAST = 0.02;
  private static final double PRIOR_RIGHT = 2;
  private static final double PRIOR_WRONG = 1;
  private static final int ROUNDS = 50;

  public Abilities {
    experts = List.copyOf(experts);
    p = p.clone();
    if (experts.size() != p.length) {
      throw new IllegalArgumentException("one ability per expert is needed");
    }
  }

  /** The ability of an expert; {@code otherwise} when it was not among those fitted. */
  public double of(String expert, double otherwise) {
    int e = experts.indexOf(expert);
    return e < 0 ? otherwise : p[e];
  }

  /** Fits abilities by expectation maximisation, from the majority's view of things. */
  public static Abilities fit(List<String> experts, List<Votes> cases) {
    var p = new double[experts.size()];
    Arrays.fill(p, 0.7);
    for (int round = 0; round < ROUNDS; round++) {
      var right = new double[p.length];
      var said = new double[p.length];
      for (var votes : cases) {
        var posterior = posterior(votes, p);
        for (int e = 0; e < p.length; e++) {
          if (votes.answer()[e] >= 0) {
            right[e] += posterior[votes.answer()[e]];
            said[e]++;
          }
        }
      }
      double moved = 0;
      for (int e = 0; e < p.length; e++) {
        double next =
            Math.clamp(
                (right[e] + PRIOR_RIGHT) / (said[e] + PRIOR_RIGHT + PRIOR_WRONG), LEAST, 1 - LEAST);
        moved = Math.max(moved, Math.abs(next - p[e]));
        p[e] = next;
      }
      if (moved < 1e-6) {
        break;
      }
    }
    return new Abilities(new ArrayList<>(experts), p);
  }

  /** P(right) of every answer given; together less than 1, for all may be wrong. */
  static double[] posterior(Votes votes, double[] p) {
    int answers = votes.answers();
    int options = Math.max(votes.options(), answers + 1);
    var log = new double[answers];
    for (int e = 0; e < p.length; e++) {
      int said = votes.answer()[e];
      if (said >= 0) {
        log[said] += Math.log(p[e] * (options - 1) / (1 - p[e]));
      }
    }
    // every vote counts against all other options alike, so an option nobody named has log 0
    double most = 0;
    for (double each : log) {
      most = Math.max(most, each);
    }
    double sum = (options - answers) * Math.exp(-most);
    for (double each : log) {
      sum += Math.exp(each - most);
    }
    var posterior = new double[answers];
    for (int a = 0; a < answers; a++) {
      posterior[a] = Math.exp(log[a] - most) / sum;
    }
    return posterior;
  }
}
