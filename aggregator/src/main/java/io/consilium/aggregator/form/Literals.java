package io.consilium.aggregator.form;

import java.util.Optional;

/**
 * What a program puts out, or any text in which every letter counts: as it is written, without
 * blanks or a pair of quotes or ticks around it. {@code 'Abc'} is {@code Abc} and neither is {@code
 * abc}.
 */
public final class Literals {
  private Literals() {}

  /** The text itself; empty when it is blank. */
  public static Optional<String> read(String text) {
    var written = text.strip();
    if (written.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(unquoted(unquoted(written, '`').strip(), '\0'));
  }

  private static String unquoted(String text, char ticks) {
    if (text.length() < 2) {
      return text;
    }
    char first = text.charAt(0);
    boolean quote = ticks == '\0' ? first == '\'' || first == '"' : first == ticks;
    boolean pair = quote && text.indexOf(first, 1) == text.length() - 1;
    return pair ? text.substring(1, text.length() - 1) : text;
  }
}
