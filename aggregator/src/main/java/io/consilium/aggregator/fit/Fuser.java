package io.consilium.aggregator.fit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A small supervised fuser: P(an answer is right) from how much weight stands behind it and who
 * stands there, and what asking one more expert has brought so far (Wang et al., "Fusing Models
 * with Complementary Expertise", 2023: fusion as supervised learning, and its frugal form). Plain
 * arrays, so that a version of it can be kept beside the router's.
 *
 * <p>Not with fewer than some hundred marked cases: it then knows less than the forecasts.
 *
 * @param experts by id; others count by their forecast alone
 * @param weights of the features, see {@link #features}
 * @param gain per number of experts heard (from 1) and tenth of the leading answer's P(right): what
 *     going on has brought per further expert, in P(right)
 */
public record Fuser(List<String> experts, double[] weights, double[][] gain) {
  private static final int SHARED = 6;
  private static final int BINS = 10;
  private static final double RIDGE = 3;
  private static final double SHRINK = 10;

  public Fuser {
    experts = List.copyOf(experts);
    weights = weights.clone();
    gain = gain.clone();
    if (weights.length != SHARED + experts.size()) {
      throw new IllegalArgumentException(
          "%d weights are needed for %d experts, not %d"
              .formatted(SHARED + experts.size(), experts.size(), weights.length));
    }
  }

  /**
   * Fits a fuser from marked cases, each heard one expert after another.
   *
   * @param order in which the experts of each case were asked, by their places; for all cases alike
   *     when one order is given
   */
  public static Fuser fit(List<String> experts, List<Votes> cases, List<int[]> order) {
    List<double[]> x = new ArrayList<>();
    List<Boolean> y = new ArrayList<>();
    for (int c = 0; c < cases.size(); c++) {
      var asked = order.get(order.size() == 1 ? 0 : c);
      for (int heard = 1; heard <= asked.length; heard++) {
        var votes = prefix(cases.get(c), asked, heard);
        boolean news = cases.get(c).answer()[asked[heard - 1]] >= 0;
        for (int a : given(votes, news)) {
          x.add(features(votes, a, experts.size()));
          y.add(cases.get(c).isRight(a));
        }
      }
    }
    var weights = new double[SHARED + experts.size()];
    if (!x.isEmpty()) {
      weights = Logistic.fit(x, y, RIDGE);
    }
    var plain = new Fuser(experts, weights, new double[0][]);
    return new Fuser(experts, weights, plain.gains(cases, order));
  }

  /** Fits a fuser for experts asked in the order of the list. */
  public static Fuser fit(List<String> experts, List<Votes> cases) {
    var order = new int[experts.size()];
    Arrays.setAll(order, i -> i);
    return fit(experts, cases, List.of(order));
  }

  /** P(right) of every answer; 0 for one that nobody gave. */
  public double[] p(Votes votes) {
    var p = new double[votes.answers()];
    for (int a : given(votes, true)) {
      p[a] = Logistic.p(weights, features(votes, a, experts.size()));
    }
    return p;
  }

  /**
   * What each further expert brings, with so many heard and this P(right) of the leading answer.
   */
  public double gain(int heard, double p) {
    if (heard < 1 || heard > gain.length) {
      return 0;
    }
    return gain[heard - 1][bin(p)];
  }

  /**
   * The features of an answer: 1; the log-odds weight behind it and its lead over the next; its
   * share of the votes; the surest voter; how many spoke; then per expert 1 for its vote, −1 for
   * its vote for another. Voters beyond the fitted experts count in the shared ones.
   */
  static double[] features(Votes votes, int answer, int experts) {
    var row = new double[SHARED + experts];
    var weight = new double[votes.answers()];
    double voices = 0;
    double forIt = 0;
    double surest = 0;
    for (int e = 0; e < votes.answer().length; e++) {
      int said = votes.answer()[e];
      if (said >= 0) {
        double p = Math.clamp(votes.p()[e], 0.02, 0.98);
        weight[said] += Math.log(p * (votes.options() - 1) / (1 - p));
        voices++;
        if (said == answer) {
          forIt++;
          surest = Math.max(surest, p);
        }
        if (e < experts) {
          row[SHARED + e] = said == answer ? 1 : -1;
        }
      }
    }
    double rival = 0;
    for (int a = 0; a < weight.length; a++) {
      rival = a == answer ? rival : Math.max(rival, weight[a]);
    }
    row[0] = 1;
    row[1] = weight[answer] / 5;
    row[2] = (weight[answer] - rival) / 5;
    row[3] = forIt / Math.max(1, voices);
    row[4] = surest;
    row[5] = Math.log(Math.max(1, voices));
    return row;
  }

  private double[][] gains(List<Votes> cases, List<int[]> order) {
    int most = order.stream().mapToInt(asked -> asked.length).max().orElse(0);
    var sum = new double[most][BINS];
    var count = new double[most][BINS];
    for (int c = 0; c < cases.size(); c++) {
      var asked = order.get(order.size() == 1 ? 0 : c);
      var right = new double[asked.length];
      var bin = new int[asked.length];
      for (int heard = 1; heard <= asked.length; heard++) {
        var p = p(prefix(cases.get(c), asked, heard));
        int best = -1;
        for (int a = 0; a < p.length; a++) {
          best = best < 0 || p[a] > p[best] ? a : best;
        }
        right[heard - 1] = best >= 0 && cases.get(c).isRight(best) ? 1 : 0;
        bin[heard - 1] = best < 0 ? 0 : bin(p[best]);
      }
      for (int h = 0; h < asked.length - 1; h++) {
        count[h][bin[h]]++;
        // the mean over how far one may go on, each per expert asked
        double per = 0;
        for (int later = h + 1; later < asked.length; later++) {
          per += (right[later] - right[h]) / (later - h);
        }
        sum[h][bin[h]] += per / (asked.length - 1 - h);
      }
    }
    var gain = new double[most][BINS];
    for (int h = 0; h < most; h++) {
      double mean = Arrays.stream(sum[h]).sum() / Math.max(1, Arrays.stream(count[h]).sum());
      for (int b = 0; b < BINS; b++) {
        gain[h][b] = (sum[h][b] + SHRINK * mean) / (count[h][b] + SHRINK);
      }
    }
    return gain;
  }

  private static Votes prefix(Votes votes, int[] asked, int heard) {
    var answer = new int[votes.answer().length];
    Arrays.fill(answer, -1);
    for (int i = 0; i < heard; i++) {
      answer[asked[i]] = votes.answer()[asked[i]];
    }
    return new Votes(answer, votes.p(), votes.right(), votes.options());
  }

  private static int[] given(Votes votes, boolean news) {
    return news
        ? Arrays.stream(votes.answer()).filter(a -> a >= 0).distinct().toArray()
        : new int[0];
  }

  private static int bin(double p) {
    return Math.clamp((int) (p * BINS), 0, BINS - 1);
  }
}
