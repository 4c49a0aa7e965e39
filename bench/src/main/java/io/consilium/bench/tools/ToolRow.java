package io.consilium.bench.tools;

import io.consilium.expert.Embedder;
import io.consilium.expert.index.Bm25;
import io.consilium.expert.index.DotProduct;
import io.consilium.expert.index.Words;
import io.consilium.tools.retrieval.ToolDocument;
import io.consilium.tools.retrieval.ToolExample;
import io.consilium.tools.retrieval.ToolIndex;
import io.consilium.tools.retrieval.ToolRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Ways to rank tools for a request. All read the same texts. */
enum ToolRow {
  BM25("names, descriptions, topics and arguments") {
    @Override
    Ranker over(ToolPool pool, List<ToolQuery> train, Fitted fitted, Embedder embedder) {
      var words = words(pool);
      return request -> ranked(pool, words.scores(request.words().getFirst()));
    }
  },
  EMBEDDING("the same") {
    @Override
    Ranker over(ToolPool pool, List<ToolQuery> train, Fitted fitted, Embedder embedder) {
      var vectors = vectors(pool, embedder);
      return request -> ranked(pool, cosines(vectors, request.vectors().getFirst()));
    }
  },
  /**
   * Cormack, Clarke and Büttcher 2009, with k = 60, of the two above and BM25 of the best piece.
   */
  RECIPROCAL_RANK("the same") {
    @Override
    Ranker over(ToolPool pool, List<ToolQuery> train, Fitted fitted, Embedder embedder) {
      var words = words(pool);
      var vectors = vectors(pool, embedder);
      return request -> {
        double[] pieces = new double[pool.tools().size()];
        for (var piece : request.words()) {
          double[] scores = words.scores(piece);
          Arrays.setAll(pieces, i -> Math.max(pieces[i], scores[i]));
        }
        double[] sum = new double[pool.tools().size()];
        for (double[] scores :
            List.of(
                words.scores(request.words().getFirst()),
                cosines(vectors, request.vectors().getFirst()),
                pieces)) {
          int[] order = order(scores);
          for (int rank = 0; rank < order.length; rank++) {
            sum[order[rank]] += 1 / (60.0 + rank + 1);
          }
        }
        return ranked(pool, sum);
      };
    }
  },
  DESCRIPTIONS("the same; weights of signals fitted on training requests, none of them indexed") {
    @Override
    Ranker over(ToolPool pool, List<ToolQuery> train, Fitted fitted, Embedder embedder) {
      var index = new ToolIndex(embedder, fitted.weights());
      index.replaceAll(pool.tools());
      return found(index);
    }
  },
  SERVERS("as descriptions; and what the tools of one field have in common, as of one server") {
    @Override
    Ranker over(ToolPool pool, List<ToolQuery> train, Fitted fitted, Embedder embedder) {
      if (pool.servers().isEmpty()) {
        throw new IllegalArgumentException("its tools belong to no servers");
      }
      var index = new ToolIndex(embedder, fitted.weights());
      index.replaceAll(pool.tools());
      var reordering = new Reordering(pool, embedder);
      return request ->
          reordering.byServer(index.search(request, DEPTH, tool -> true), request, fitted.server());
    }
  },
  MARGINAL("as descriptions; in requests of several pieces, less of what is alike") {
    @Override
    Ranker over(ToolPool pool, List<ToolQuery> train, Fitted fitted, Embedder embedder) {
      var index = new ToolIndex(embedder, fitted.weights());
      index.replaceAll(pool.tools());
      var reordering = new Reordering(pool, embedder);
      return request ->
          reordering.diverse(
              index.search(request, DEPTH, tool -> true), request, fitted.diversity());
    }
  },
  EXAMPLES("as descriptions; and the training requests with the tools that serve them") {
    @Override
    Ranker over(ToolPool pool, List<ToolQuery> train, Fitted fitted, Embedder embedder) {
      if (!pool.trained() || train.isEmpty()) {
        throw new IllegalArgumentException("there are no requests to learn from");
      }
      var index = new ToolIndex(embedder, fitted.weights());
      index.replaceAll(pool.tools());
      index.learn(
          train.stream().map(query -> new ToolExample(query.text(), query.tools())).toList());
      return found(index);
    }
  };

  /** Ranks the tools of a pool. */
  interface Ranker {
    /** Ids of the best tools, best first. */
    List<String> rank(ToolRequest request);
  }

  private static final int DEPTH = 100;

  private final String input;

  ToolRow(String input) {
    this.input = input;
  }

  /** Its name in options and reports. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it is made from, in words. */
  String input() {
    return input;
  }

  /**
   * Made for a pool.
   *
   * @throws IllegalArgumentException when it makes no sense there; the message says why
   */
  abstract Ranker over(ToolPool pool, List<ToolQuery> train, Fitted fitted, Embedder embedder);

  private static Ranker found(ToolIndex index) {
    return request ->
        index.search(request, DEPTH, tool -> true).stream()
            .map(found -> found.tool().id())
            .toList();
  }

  private static Bm25 words(ToolPool pool) {
    return Bm25.of(pool.tools().stream().map(tool -> Words.of(tool.text())).toList());
  }

  private static List<float[]> vectors(ToolPool pool, Embedder embedder) {
    return embedder.embed(pool.tools().stream().map(ToolDocument::text).toList());
  }

  private static double[] cosines(List<float[]> vectors, float[] query) {
    return vectors.stream().mapToDouble(vector -> DotProduct.best().of(query, vector, 0)).toArray();
  }

  private static int[] order(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
        .mapToInt(i -> i)
        .toArray();
  }

  private static List<String> ranked(ToolPool pool, double[] scores) {
    List<String> ids = new ArrayList<>(DEPTH);
    int[] order = order(scores);
    for (int i = 0; i < Math.min(DEPTH, order.length); i++) {
      ids.add(pool.tools().get(order[i]).id());
    }
    return ids;
  }
}
