package io.consilium.bench.tools;

import io.consilium.expert.Embedder;
import io.consilium.expert.index.DotProduct;
import io.consilium.tools.retrieval.FoundTool;
import io.consilium.tools.retrieval.ToolDocument;
import io.consilium.tools.retrieval.ToolRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ways to put what an index found in another order. */
final class Reordering {
  /** So many are chosen one by one; the others follow as they were. */
  private static final int CHOSEN = 5;

  private final Map<String, String> servers;
  private final Map<String, float[]> tools = new HashMap<>();

  /** Of unit length, by server. */
  private final Map<String, float[]> means = new HashMap<>();

  /** Of the tools of a pool; blocks while they are embedded. */
  Reordering(ToolPool pool, Embedder embedder) {
    servers = pool.servers();
    var vectors = embedder.embed(pool.tools().stream().map(ToolDocument::text).toList());
    for (int i = 0; i < vectors.size(); i++) {
      var id = pool.tools().get(i).id();
      var vector = vectors.get(i);
      tools.put(id, vector);
      var server = servers.get(id);
      if (server != null) {
        add(means.computeIfAbsent(server, name -> new float[vector.length]), vector);
      }
    }
    means.values().forEach(Reordering::scale);
  }

  private static void add(float[] sum, float[] vector) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += vector[i];
    }
  }

  private static void scale(float[] sum) {
    float size = (float) Math.sqrt(cosine(sum, sum));
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= size;
    }
  }

  private static double cosine(float[] one, float[] other) {
    return DotProduct.best().of(one, other, 0);
  }

  /** A tool and its score in a new order. */
  private record Scored(String id, double score) {}

  /**
   * With a server's document beside those of its tools: the mean of their vectors (Rocchio 1971).
   * Its cosine with the request, or with the piece that fits best, is added to each tool's score.
   */
  List<String> byServer(List<FoundTool> found, ToolRequest request, double weight) {
    Map<String, Double> says = new HashMap<>();
    means.forEach((server, mean) -> says.put(server, nearest(request, mean)));
    return found.stream()
        .map(each -> {
          var id = each.tool().id();
          var server = servers.get(id);
          double more = server == null ? 0 : says.getOrDefault(server, 0.0);
          return new Scored(id, each.score() + weight * more);
        })
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .map(Scored::id)
        .toList();
  }

  private static double nearest(ToolRequest request, float[] mean) {
    return request.vectors().stream().mapToDouble(vector -> cosine(vector, mean)).max().orElse(0);
  }

  /**
   * Maximal marginal relevance (Carbonell and Goldstein 1998) for requests of several pieces: the
   * next is the one of most score less {@code weight} times its largest cosine with those before.
   */
  List<String> diverse(List<FoundTool> found, ToolRequest request, double weight) {
    List<FoundTool> left = new ArrayList<>(found);
    List<String> order = new ArrayList<>();
    if (request.vectors().size() > 1) {
      double[] like = new double[left.size()]; // moves along with what is left
      while (order.size() < CHOSEN && !left.isEmpty()) {
        int best = 0;
        for (int i = 1; i < left.size(); i++) {
          if (left.get(i).score() - weight * like[i]
              > left.get(best).score() - weight * like[best]) {
            best = i;
          }
        }
        var chosen = left.remove(best).tool().id();
        System.arraycopy(like, best + 1, like, best, like.length - best - 1);
        order.add(chosen);
        for (int i = 0; i < left.size(); i++) {
          like[i] = Math.max(like[i], cosine(vector(left.get(i)), vector(chosen)));
        }
      }
    }
    left.forEach(each -> order.add(each.tool().id()));
    return order;
  }

  private float[] vector(FoundTool tool) {
    return vector(tool.tool().id());
  }

  private float[] vector(String id) {
    var vector = tools.get(id);
    if (vector == null) {
      throw new IllegalArgumentException(id + " is no tool of this pool");
    }
    return vector;
  }
}
