package io.consilium.aggregator.fit;

import java.util.Arrays;

/**
 * What several experts said to one question, by their place in a list of experts that all cases of
 * a fit share.
 *
 * @param answer of each expert: equal numbers, equal answers, counted from 0; -1 for none
 * @param p P(correct) forecast for each expert; 0.5 where nothing was forecast
 * @param right whether each expert was right; unused by fits that need no labels
 * @param options about how many different answers those who err choose from, 2 or more; the same
 *     number in fit and use, such as that of the kind of answer
 */
public record Votes(int[] answer, double[] p, boolean[] right, int options) {
  public Votes {
    if (answer.length != p.length || answer.length != right.length) {
      throw new IllegalArgumentException(
          "answers, forecasts and labels must be of one length, not %d, %d and %d"
              .formatted(answer.length, p.length, right.length));
    }
    if (options < 2) {
      throw new IllegalArgumentException("a question has 2 options or more, not " + options);
    }
    answer = answer.clone();
    p = p.clone();
    right = right.clone();
  }

  /** Votes nobody marked. */
  public static Votes unmarked(int[] answer, int options) {
    var p = new double[answer.length];
    Arrays.fill(p, 0.5);
    return new Votes(answer, p, new boolean[answer.length], options);
  }

  /** How many different answers were given. */
  public int answers() {
    int most = -1;
    for (int each : answer) {
      most = Math.max(most, each);
    }
    return most + 1;
  }

  /** Whether an answer is right: any expert who gave it is marked right. */
  public boolean isRight(int candidate) {
    for (int e = 0; e < answer.length; e++) {
      if (answer[e] == candidate && right[e]) {
        return true;
      }
    }
    return false;
  }
}
