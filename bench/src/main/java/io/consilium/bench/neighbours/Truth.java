package io.consilium.bench.neighbours;

import io.consilium.expert.index.DotProduct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Collectors;

/** The true nearest of some queries, found by looking at every vector once. */
final class Truth {
  static final int NEAREST = 20;

  private static final DotProduct DOT = DotProduct.best();

  private final List<float[]> queries;
  private final List<PriorityQueue<Found>> best = new ArrayList<>();

  private record Found(int number, float cosine) {}

  Truth(List<float[]> queries) {
    this.queries = List.copyOf(queries);
    queries.forEach(
        query -> best.add(new PriorityQueue<>(Comparator.comparingDouble(Found::cosine))));
  }

  void see(int number, float[] vector) {
    for (int q = 0; q < queries.size(); q++) {
      float cosine = DOT.of(queries.get(q), vector, 0);
      var nearest = best.get(q);
      if (nearest.size() < NEAREST) {
        nearest.add(new Found(number, cosine));
      } else if (cosine > nearest.element().cosine()) {
        nearest.remove();
        nearest.add(new Found(number, cosine));
      }
    }
  }

  /** The share of the true nearest of a query among these. */
  double recall(int query, Set<Integer> found) {
    return best.get(query).stream().filter(each -> found.contains(each.number())).count()
        / (double) NEAREST;
  }

  /**
   * The dimension in which the nearest grow as they do here: Levina and Bickel, Maximum Likelihood
   * Estimation of Intrinsic Dimension (2004), averaged over queries as MacKay and Ghahramani
   * advise.
   */
  double dimension() {
    double inverse = 0;
    for (var nearest : best) {
      double[] distances =
          nearest.stream()
              .mapToDouble(found -> Math.sqrt(Math.max(1e-9, 2 - 2 * found.cosine())))
              .sorted()
              .toArray();
      double sum = 0;
      for (int i = 0; i < distances.length - 1; i++) {
        sum += Math.log(distances[distances.length - 1] / distances[i]);
      }
      inverse += sum / (distances.length - 2);
    }
    return best.size() / inverse;
  }

  /** Cosine of the last of the nearest, on average. */
  double reach() {
    return best.stream().collect(Collectors.averagingDouble(nearest -> nearest.element().cosine()));
  }
}
