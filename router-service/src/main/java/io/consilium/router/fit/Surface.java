package io.consilium.router.fit;

/** What a question's surface tells of its difficulty: lengths, digits, symbols, options. */
final class Surface {
  static final int WIDTH = 16;

  private Surface() {}

  static double[] of(String text) {
    int length = Math.max(1, text.length());
    int digits = 0;
    int upper = 0;
    int operators = 0;
    int brackets = 0;
    int tex = 0;
    int lines = 0;
    int words = 0;
    int numbers = 0;
    int longest = 0;
    int run = 0;
    int options = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      if (digit) {
        digits++;
        numbers += run == 0 ? 1 : 0;
        longest = Math.max(longest, ++run);
      } else {
        run = 0;
      }
      upper += Character.isUpperCase(c) ? 1 : 0;
      operators += "+-*/=<>%".indexOf(c) >= 0 ? 1 : 0;
      brackets += "()[]".indexOf(c) >= 0 ? 1 : 0;
      tex += "$\\^_{}".indexOf(c) >= 0 ? 1 : 0;
      if (c == '\n') {
        lines++;
        options += option(text, i + 1) ? 1 : 0;
      }
      boolean letter = Character.isLetterOrDigit(c);
      words += letter && !inWord ? 1 : 0;
      inWord = letter;
    }
    return new double[] {
      Math.log1p(text.length()),
      Math.log1p(words),
      Math.log1p(lines),
      options,
      (double) digits / length,
      (double) operators / length,
      (double) brackets / length,
      (double) tex / length,
      (double) upper / length,
      Math.log1p(numbers),
      Math.log1p(longest),
      text.indexOf('?') >= 0 ? 1 : 0,
      text.contains("__") ? 1 : 0,
      text.contains("def ") || text.contains("return ") ? 1 : 0,
      has(text, " not ") ? 1 : 0,
      (double) text.length() / Math.max(1, words)
    };
  }

  /**
   * Whether a line starts like an option of a multiple choice: a capital, then a dot or bracket.
   */
  private static boolean option(String text, int from) {
    return from + 1 < text.length()
        && text.charAt(from) >= 'A'
        && text.charAt(from) <= 'Z'
        && (text.charAt(from + 1) == '.' || text.charAt(from + 1) == ')');
  }

  private static boolean has(String text, String word) {
    for (int i = 0; i + word.length() <= text.length(); i++) {
      if (text.regionMatches(true, i, word, 0, word.length())) {
        return true;
      }
    }
    return false;
  }
}
