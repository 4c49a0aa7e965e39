package io.consilium.adapters.documents;

import io.consilium.expert.Embedder;
import io.consilium.expert.index.DotProduct;
import io.consilium.expert.index.Passage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The sentences of a passage that answer a question, in their own words and order: those closest to
 * it in meaning and words, with the example that follows them. Extraction, so nothing is made up.
 */
final class Excerpt {
  /** Passages up to this length are quoted whole. */
  private static final int SHORT = 420;

  private static final int MOST = 640;

  /** How far below the best sentence another may lie and still belong to the answer. */
  private static final double MARGIN = 0.12;

  private static final double WORDS = 0.3;

  /** Between the end of a sentence and the start of the next; a dot inside code is neither. */
  private static final Pattern SENTENCES =
      Pattern.compile("(?<=[.!?][)\"'”*`]{0,3})\\s+(?=[\\p{Lu}`*\"“(\\[/])");

  private final Embedder embedder;

  Excerpt(Embedder embedder) {
    this.embedder = embedder;
  }

  /** A sentence, list item, table or fenced block. */
  private record Piece(String text, boolean block) {}

  String of(Passage passage, String question, float[] vector) {
    if (passage.text().length() <= SHORT) {
      return passage.text();
    }
    var pieces = pieces(passage.text());
    var scores = scores(pieces, question, vector);
    double best = Arrays.stream(scores).max().orElse(0);
    var chosen = new boolean[pieces.size()];
    int length = 0;
    for (var i : byScore(scores)) {
      if (scores[i] < best - MARGIN
          || (length > 0 && length + pieces.get(i).text.length() > MOST)) {
        break;
      }
      chosen[i] = true;
      length += pieces.get(i).text.length();
      if (i + 1 < chosen.length && pieces.get(i + 1).block && !chosen[i + 1]) {
        chosen[i + 1] = true;
        length += pieces.get(i + 1).text.length();
      }
    }
    return joined(pieces, chosen);
  }

  private static List<Integer> byScore(double[] scores) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      order.add(i);
    }
    order.sort((a, b) -> Double.compare(scores[b], scores[a]));
    return order;
  }

  private double[] scores(List<Piece> pieces, String question, float[] vector) {
    var vectors = embedder.embed(pieces.stream().map(Piece::text).toList());
    var asked = words(question);
    var scores = new double[pieces.size()];
    for (int i = 0; i < scores.length; i++) {
      var shared = words(pieces.get(i).text);
      shared.retainAll(asked);
      scores[i] =
          DotProduct.best().of(vector, vectors.get(i), 0)
              + WORDS * shared.size() / Math.max(1, asked.size());
    }
    return scores;
  }

  private static Set<String> words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}_-]+"))
        .filter(word -> word.length() > 2)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static String joined(List<Piece> pieces, boolean[] chosen) {
    var text = new StringBuilder();
    boolean gap = false;
    boolean block = false;
    for (int i = 0; i < chosen.length; i++) {
      if (!chosen[i]) {
        gap = true;
        continue;
      }
      if (!text.isEmpty()) {
        text.append(block || pieces.get(i).block ? "\n\n" : gap ? " … " : " ");
      }
      text.append(pieces.get(i).text);
      block = pieces.get(i).block;
      gap = false;
    }
    return text.toString();
  }

  private static List<Piece> pieces(String text) {
    List<Piece> pieces = new ArrayList<>();
    var prose = new StringBuilder();
    var block = new StringBuilder();
    boolean fenced = false;
    for (var line : text.lines().toList()) {
      boolean fence = line.strip().startsWith("```") || line.strip().startsWith("~~~");
      boolean row = !fenced && line.strip().startsWith("|");
      if (fence || fenced || row) {
        sentences(prose, pieces);
        block.append(line).append('\n');
        fenced = fence != fenced;
        if (fence && !fenced) {
          end(block, pieces);
        }
        continue;
      }
      end(block, pieces);
      if (line.strip().matches("([-*+]|[0-9]+[.)])\\s.*") || line.isBlank()) {
        sentences(prose, pieces);
      }
      prose.append(line).append('\n');
    }
    sentences(prose, pieces);
    end(block, pieces);
    return pieces;
  }

  private static void end(StringBuilder block, List<Piece> pieces) {
    if (!block.isEmpty()) {
      pieces.add(new Piece(block.toString().strip(), true));
      block.setLength(0);
    }
  }

  private static void sentences(StringBuilder prose, List<Piece> pieces) {
    var text = prose.toString().strip().replaceAll("\\s*\\n\\s*", " ");
    prose.setLength(0);
    for (var sentence : SENTENCES.split(text)) {
      if (!sentence.isBlank()) {
        pieces.add(new Piece(sentence.strip(), false));
      }
    }
  }
}
