package io.consilium.aggregator.form;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Letters of a multiple choice, A to J: {@code C}, {@code (C)}, {@code C. Photosynthesis}, {@code
 * Option C}; several letters in any order, {@code A and C}, become {@code A,C}.
 */
public final class Choices {
  private static final Pattern ONE =
      Pattern.compile(
          "(?:(?:[Oo]ption|[Cc]hoice)\\s+)?\\(?([A-J])(?:[).:](?:\\s.*)?)?", Pattern.DOTALL);
  private static final Pattern SEVERAL =
      Pattern.compile("\\(?[A-J]\\)?(?:(?:\\s*[,&;]\\s*(?:and\\s+)?|\\s+and\\s+)\\(?[A-J]\\)?)+");
  private static final Pattern LETTER = Pattern.compile("[A-J]");

  private Choices() {}

  /** The letter, or the letters in their order. */
  public static Optional<String> read(String text) {
    char first = text.charAt(0);
    if (!(first >= 'A' && first <= 'J')
        && first != '('
        && first != 'o'
        && first != 'O'
        && first != 'c') {
      return Optional.empty();
    }
    var one = ONE.matcher(text);
    if (one.matches()) {
      return Optional.of(one.group(1));
    }
    return text.length() <= 60 && SEVERAL.matcher(text).matches()
        ? Optional.of(
            LETTER
                .matcher(text)
                .results()
                .map(letter -> letter.group())
                .distinct()
                .sorted()
                .collect(Collectors.joining(",")))
        : Optional.empty();
  }
}
