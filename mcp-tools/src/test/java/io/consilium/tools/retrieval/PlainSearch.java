package io.consilium.tools.retrieval;

import io.consilium.expert.Embedder;
import io.consilium.expert.index.Bm25;
import io.consilium.expert.index.Words;
import io.consilium.tools.retrieval.ToolWeights.Signal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The same score as a {@link ToolIndex} without requests seen before, computed for every tool and
 * without any short cut: what a fast search is held against.
 *
 * @param ids of all tools, best first
 * @param scores in the same order
 */
record PlainSearch(List<String> ids, List<Double> scores) {
  static PlainSearch of(
      List<ToolDocument> tools, Embedder embedder, ToolWeights weights, ToolRequest request) {
    var words = Bm25.of(tools.stream().map(tool -> Words.of(tool.text())).toList());
    double[] whole = words.scores(request.words().getFirst());
    double[] pieces = request.words().size() == 1 ? whole.clone() : new double[tools.size()];
    for (var piece : request.words().subList(1, request.words().size())) {
      double[] scores = words.scores(piece);
      Arrays.setAll(pieces, i -> Math.max(pieces[i], scores[i]));
    }
    double[] sum = new double[tools.size()];
    add(sum, standardised(whole), weights.of(Signal.WORDS));
    add(sum, standardised(pieces), weights.of(Signal.PIECE_WORDS));
    var vectors = request.vectors();
    var ofPieces = vectors.size() == 1 ? vectors : vectors.subList(1, vectors.size());
    var texts = cosines(tools, ToolDocument::text, embedder, vectors.subList(0, 1));
    add(sum, standardised(texts), weights.of(Signal.MEANING));
    for (var names : List.of(true, false)) {
      Function<ToolDocument, String> text = names ? ToolDocument::spokenName : ToolDocument::lead;
      add(
          sum,
          cosines(tools, text, embedder, vectors.subList(0, 1)),
          weights.of(names ? Signal.NAME : Signal.LEAD));
      add(
          sum,
          cosines(tools, text, embedder, ofPieces),
          weights.of(names ? Signal.PIECE_NAME : Signal.PIECE_LEAD));
    }
    var order =
        IntStream.range(0, sum.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -sum[i]))
            .toList();
    return new PlainSearch(
        order.stream().map(i -> tools.get(i).id()).toList(),
        order.stream().map(i -> sum[i]).toList());
  }

  /** The largest cosine of each tool's text with any of some vectors. */
  private static double[] cosines(
      List<ToolDocument> tools,
      Function<ToolDocument, String> text,
      Embedder embedder,
      List<float[]> vectors) {
    return embedder.embed(tools.stream().map(text).toList()).stream()
        .mapToDouble(row -> vectors.stream().mapToDouble(v -> dot(v, row)).max().orElseThrow())
        .toArray();
  }

  private static double dot(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (double) one[i] * other[i];
    }
    return sum;
  }

  private static double[] standardised(double[] scores) {
    double mean = Arrays.stream(scores).average().orElseThrow();
    double variance =
        Arrays.stream(scores).map(score -> (score - mean) * (score - mean)).average().orElseThrow();
    return Arrays.stream(scores).map(score -> (score - mean) / Math.sqrt(variance)).toArray();
  }

  private static void add(double[] sum, double[] scores, double weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * scores[i];
    }
  }
}
