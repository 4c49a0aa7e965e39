package io.consilium.tools.retrieval;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes a request apart into the pieces that may each need a tool of their own: at punctuation and
 * at words such as "and" and "then". Plain on purpose: a piece too many costs a little time, and
 * the whole request is searched for as well.
 */
final class Clauses {
  /** The most pieces; what is left over belongs to the last. */
  private static final int MOST = 12;

  private static final Pattern BREAK =
      Pattern.compile(
          "[.?!;,:\\n]+|\\b(?:and|then|also|but|as well as|plus|after that|finally|while)\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");
  private static final int FEWEST_WORDS = 2;

  private Clauses() {}

  /** The pieces of a request in order; the request itself when it has one only. */
  static List<String> of(String request) {
    var pieces =
        Stream.of(BREAK.split(request, MOST + 1))
            .map(String::strip)
            .filter(piece -> WORD.matcher(piece).results().limit(FEWEST_WORDS).count() == 2)
            .toList();
    return pieces.isEmpty() ? List.of(request) : pieces;
  }
}
