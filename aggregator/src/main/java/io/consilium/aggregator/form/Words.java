package io.consilium.aggregator.form;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Anything else, by its words: compatible characters made one, small letters, single blanks. */
public final class Words {
  private static final Pattern BLANK = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private Words() {}

  /** The words; never empty. */
  public static Optional<String> read(String text) {
    var words = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return Optional.of(BLANK.matcher(words).replaceAll(" ").strip());
  }
}
