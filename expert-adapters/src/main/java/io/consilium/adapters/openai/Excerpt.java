package io.consilium.adapters.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Pattern;

/** Cuts what a server said to what a person reads in an error. */
final class Excerpt {
  private static final int LENGTH = 300;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\s]+");

  private Excerpt() {}

  static String of(String text) {
    var line = UNPRINTABLE.matcher(text).replaceAll(" ").strip();
    return line.length() <= LENGTH ? line : line.substring(0, LENGTH) + "…";
  }

  static String of(byte[] body) {
    return of(new String(body, 0, Math.min(body.length, 4 * LENGTH), UTF_8));
  }
}
