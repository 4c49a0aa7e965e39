package io.consilium.bench.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Embedder;
import io.consilium.tools.retrieval.FoundTool;
import io.consilium.tools.retrieval.ToolDocument;
import io.consilium.tools.retrieval.ToolRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReorderingTest {
  private static final Map<String, float[]> VECTORS =
      Map.of(
          "a", new float[] {1, 0, 0},
          "b", new float[] {1, 0, 0},
          "c", new float[] {0, 1, 0},
          "d", new float[] {0, 0, 1});

  private final Reordering reordering =
      new Reordering(
          new ToolPool(
              "letters",
              List.of(tool("a"), tool("b"), tool("c"), tool("d")),
              Map.of("a", "first", "c", "first", "d", "last"),
              List.of(),
              List.of(),
              true),
          new LetterEmbedder());

  private static ToolDocument tool(String id) {
    return new ToolDocument(id, "", id, "", List.of(), List.of());
  }

  /** A fake: every letter has its vector. */
  private static final class LetterEmbedder implements Embedder {
    @Override
    public String id() {
      return "letters";
    }

    @Override
    public int dimension() {
      return 3;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(text -> VECTORS.getOrDefault(text, new float[3])).toList();
    }
  }

  private static FoundTool found(String id, double score) {
    return new FoundTool(tool(id), score, Map.of());
  }

  private static ToolRequest request(float[]... vectors) {
    return new ToolRequest("request", List.of(), List.of(), List.of(vectors));
  }

  @Test
  void theLikenessOfAServerIsAddedToTheScoreOfItsTools() {
    // the mean of a and c points half way between: .707 for the request, for d 0, b has no server
    var found = List.of(found("d", 1), found("b", 0.8), found("a", 0.5), found("c", 0.1));
    var request = request(new float[] {1, 0, 0});

    assertThat(reordering.byServer(found, request, 0)).containsExactly("d", "b", "a", "c");
    // a: .5 + .707 = 1.207, d: 1, c: .1 + .707 = .807, b: .8
    assertThat(reordering.byServer(found, request, 1)).containsExactly("a", "d", "c", "b");
  }

  @Test
  void whatIsLikeWhatStandsBeforeFallsBackInRequestsOfSeveralPieces() {
    var found = List.of(found("a", 3), found("b", 2.9), found("c", 2), found("d", 1));
    var several = request(new float[3], new float[3], new float[3]);

    // b is as a: 2.9 − 1 = 1.9 < 2; and 1.9 > 1
    assertThat(reordering.diverse(found, several, 1)).containsExactly("a", "c", "b", "d");
    assertThat(reordering.diverse(found, several, 0.5)).containsExactly("a", "b", "c", "d");
    assertThat(reordering.diverse(found, request(new float[3]), 1))
        .containsExactly("a", "b", "c", "d");
  }
}
