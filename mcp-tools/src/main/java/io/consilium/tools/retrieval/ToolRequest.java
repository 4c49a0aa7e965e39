package io.consilium.tools.retrieval;

import io.consilium.expert.Embedder;
import io.consilium.expert.index.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * A request as it is searched for: whole, and in the pieces that may each need a tool of their own.
 *
 * @param text the whole request
 * @param words of the whole, then of each piece
 * @param terms of the wording of the whole, then of each piece, as {@link Wordings} counts them
 * @param vectors of the whole, then of each piece, by the embedder of the index
 */
public record ToolRequest(
    String text, List<List<String>> words, List<int[]> terms, List<float[]> vectors) {
  public ToolRequest {
    words = List.copyOf(words);
    terms = List.copyOf(terms);
    vectors = List.copyOf(vectors);
  }

  /** Reads a request; embeds it and its pieces, and therefore blocks. */
  public static ToolRequest of(String text, Embedder embedder) {
    var texts = texts(text);
    return new ToolRequest(
        text,
        texts.stream().map(Words::of).toList(),
        texts.stream().map(Wordings::terms).toList(),
        embedder.embed(texts));
  }

  /** The texts that are embedded for a request: itself, then its pieces if it has several. */
  public static List<String> texts(String text) {
    List<String> texts = new ArrayList<>();
    texts.add(text);
    var pieces = Clauses.of(text);
    if (pieces.size() > 1) {
      texts.addAll(pieces);
    }
    return texts;
  }

  /** How many pieces there are; the whole counts as one when it has no others. */
  int pieces() {
    return Math.max(1, vectors.size() - 1);
  }

  /** The vector of a piece. */
  float[] piece(int index) {
    return vectors.get(at(index));
  }

  /** The terms of a piece. */
  int[] pieceTerms(int index) {
    return terms.get(at(index));
  }

  private int at(int piece) {
    return vectors.size() == 1 ? 0 : piece + 1;
  }
}
