package io.consilium.tools.retrieval;

import io.consilium.expert.index.Words;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the requests that each tool served were worded: a language model of their words and pairs of
 * neighbouring words for every tool, smoothed by that of all (Dirichlet prior; Zhai and Lafferty,
 * "A Study of Smoothing Methods for Language Models Applied to Information Retrieval", 2001).
 *
 * <p>A term that occurs {@code c} times in the {@code n} terms of a tool, and makes up the share
 * {@code p} of all terms, adds {@code ln((c + μp) / ((n + μ)p))}; a term that no request had says
 * nothing, and of a tool that served none every term says 0. Immutable.
 */
final class Wordings {
  /** The weight of what all tools are asked, in terms. */
  static final double PRIOR = 50;

  /** Terms of all requests, ascending; a term's tools stand from its start to that of the next. */
  private final int[] terms;

  private final int[] starts;
  private final int[] tools;

  /** What a term adds for a tool that had it, above what it adds for one of as many terms. */
  private final float[] gains;

  /** What a term adds for a tool that had other terms only; at most 0. */
  private final double[] losses;

  private Wordings(int[] terms, int[] starts, int[] tools, float[] gains, double[] losses) {
    this.terms = terms;
    this.starts = starts;
    this.tools = tools;
    this.gains = gains;
    this.losses = losses;
  }

  /** The terms of a text: its words and pairs of neighbours, as numbers, each once. */
  static int[] terms(String text) {
    var words = Words.all(text);
    return IntStream.concat(
            words.stream().mapToInt(String::hashCode),
            IntStream.range(1, words.size())
                .map(i -> 0x9e3779b1 * words.get(i - 1).hashCode() + words.get(i).hashCode()))
        .sorted()
        .distinct()
        .toArray();
  }

  /**
   * Counts requests.
   *
   * @param asked the terms of each request
   * @param served the tools that served it, numbered from 0
   * @param tools how many tools there are
   */
  static Wordings of(List<int[]> asked, List<int[]> served, int tools) {
    long[] pairs = pairs(asked, served);
    Arrays.sort(pairs);
    int[] sizes = new int[tools];
    for (long pair : pairs) {
      sizes[(int) pair]++;
    }
    int[] terms = new int[pairs.length];
    int[] starts = new int[pairs.length + 1];
    int[] who = new int[pairs.length];
    float[] gains = new float[pairs.length];
    int held = 0;
    int posted = 0;
    for (int from = 0; from < pairs.length; ) {
      int term = (int) (pairs[from] >> 32);
      int end = from;
      while (end < pairs.length && (int) (pairs[end] >> 32) == term) {
        end++;
      }
      terms[held] = term;
      starts[held++] = posted;
      double usual = PRIOR * (end - from) / pairs.length;
      for (int at = from; at < end; ) {
        int next = at;
        while (next < end && pairs[next] == pairs[at]) {
          next++;
        }
        who[posted] = (int) pairs[at];
        gains[posted++] = (float) Math.log1p((next - at) / usual);
        at = next;
      }
      from = end;
    }
    starts[held] = posted;
    return new Wordings(
        Arrays.copyOf(terms, held),
        Arrays.copyOf(starts, held + 1),
        Arrays.copyOf(who, posted),
        Arrays.copyOf(gains, posted),
        Arrays.stream(sizes).mapToDouble(size -> Math.log(PRIOR / (size + PRIOR))).toArray());
  }

  /** One number for each term that a tool was asked with: the term, then the tool. */
  private static long[] pairs(List<int[]> asked, List<int[]> served) {
    int size = 0;
    for (int i = 0; i < asked.size(); i++) {
      size += asked.get(i).length * served.get(i).length;
    }
    long[] pairs = new long[size];
    int to = 0;
    for (int i = 0; i < asked.size(); i++) {
      for (int term : asked.get(i)) {
        for (int tool : served.get(i)) {
          pairs[to++] = ((long) term << 32) | tool;
        }
      }
    }
    return pairs;
  }

  /**
   * The logarithm of how much likelier a request is as each tool's than as anybody's.
   *
   * @param all how many tools there are by now; those that came since served none
   */
  double[] likelihoods(int[] asked, int all) {
    double[] sums = new double[all];
    int known = 0;
    for (int term : asked) {
      int at = Arrays.binarySearch(terms, term);
      if (at >= 0) {
        known++;
        for (int i = starts[at]; i < starts[at + 1]; i++) {
          sums[tools[i]] += gains[i];
        }
      }
    }
    for (int tool = 0; tool < losses.length; tool++) {
      sums[tool] += known * losses[tool];
    }
    return sums;
  }
}
