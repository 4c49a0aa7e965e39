package io.consilium.aggregator.fit;

import java.util.List;

/**
 * How often two experts give the same answer, counted without labels.
 *
 * @param experts by id
 * @param rate of agreement of each pair, between 0 and 1; 1 on the diagonal
 */
public record Agreement(List<String> experts, double[][] rate) {
  private static final double PRIOR = 2;

  public Agreement {
    experts = List.copyOf(experts);
    rate = rate.clone();
    for (int i = 0; i < rate.length; i++) {
      rate[i] = rate[i].clone();
    }
    if (experts.size() != rate.length) {
      throw new IllegalArgumentException("one row per expert is needed");
    }
  }

  /** Counts how often each pair agrees where both answered, shrunk to the mean of all pairs. */
  public static Agreement fit(List<String> experts, List<Votes> cases) {
    int n = experts.size();
    var same = new double[n][n];
    var both = new double[n][n];
    double allSame = 0;
    double all = 0;
    for (var votes : cases) {
      for (int i = 0; i < n; i++) {
        for (int j = i + 1; j < n; j++) {
          if (votes.answer()[i] >= 0 && votes.answer()[j] >= 0) {
            double agrees = votes.answer()[i] == votes.answer()[j] ? 1 : 0;
            same[i][j] += agrees;
            both[i][j]++;
            allSame += agrees;
            all++;
          }
        }
      }
    }
    double mean = (allSame + 1) / (all + 2);
    var rate = new double[n][n];
    for (int i = 0; i < n; i++) {
      rate[i][i] = 1;
      for (int j = i + 1; j < n; j++) {
        rate[i][j] = (same[i][j] + PRIOR * mean) / (both[i][j] + PRIOR);
        rate[j][i] = rate[i][j];
      }
    }
    return new Agreement(experts, rate);
  }

  /** The rate of a pair; the mean of all pairs when one of them was not counted. */
  public double of(String one, String other) {
    int i = experts.indexOf(one);
    int j = experts.indexOf(other);
    return i < 0 || j < 0 ? mean() : rate[i][j];
  }

  private double mean() {
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < rate.length; i++) {
      for (int j = i + 1; j < rate.length; j++) {
        sum += rate[i][j];
        pairs++;
      }
    }
    return pairs == 0 ? 0.5 : sum / pairs;
  }
}
