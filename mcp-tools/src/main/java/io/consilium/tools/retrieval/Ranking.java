package io.consilium.tools.retrieval;

import java.util.function.IntPredicate;

/** The best of many numbers, without sorting them all. */
final class Ranking {
  private Ranking() {}

  /** Positions of the largest scores, best first; ties in order of position. */
  static int[] best(double[] scores, int limit) {
    return best(scores, limit, position -> true);
  }

  /** The same among the positions that are wanted; asks only of those that could be among them. */
  static int[] best(double[] scores, int limit, IntPredicate wanted) {
    int size = Math.min(limit, scores.length);
    int[] heap = new int[size];
    int held = 0;
    for (int i = 0; i < scores.length && size > 0; i++) {
      if ((held == size && scores[i] <= scores[heap[0]]) || !wanted.test(i)) {
        continue;
      }
      if (held < size) {
        heap[held] = i;
        rise(heap, held++, scores);
      } else {
        heap[0] = i;
        sink(heap, held, scores);
      }
    }
    int[] best = new int[held];
    for (int rank = held - 1; rank >= 0; rank--) {
      best[rank] = heap[0];
      heap[0] = heap[--held];
      sink(heap, held, scores);
    }
    return best;
  }

  /** Whether the first belongs nearer to the top of the heap: it is the worse one. */
  private static boolean worse(int one, int other, double[] scores) {
    return scores[one] < scores[other] || (scores[one] == scores[other] && one > other);
  }

  private static void rise(int[] heap, int at, double[] scores) {
    while (at > 0 && worse(heap[at], heap[(at - 1) / 2], scores)) {
      swap(heap, at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
  }

  private static void sink(int[] heap, int held, double[] scores) {
    int at = 0;
    while (true) {
      int least = at;
      for (int child = 2 * at + 1; child <= 2 * at + 2 && child < held; child++) {
        if (worse(heap[child], heap[least], scores)) {
          least = child;
        }
      }
      if (least == at) {
        return;
      }
      swap(heap, at, least);
      at = least;
    }
  }

  private static void swap(int[] heap, int one, int other) {
    int kept = heap[one];
    heap[one] = heap[other];
    heap[other] = kept;
  }
}
