package io.consilium.router;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Bounded, normalised and hashed texts. */
final class Texts {
  private static final Pattern BLANK = Pattern.compile("\\s+");

  private Texts() {}

  /** Lower case, every run of white space one space, stripped. */
  static String normal(String text) {
    return BLANK.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" ").strip();
  }

  /** The first {@code head} and last {@code tail} characters of a text longer than both. */
  static String headAndTail(String text, int head, int tail) {
    return text.length() <= head + tail
        ? text
        : text.substring(0, head) + " " + text.substring(text.length() - tail);
  }

  /** SHA-256 of the parts, each told apart from the next, in hex. */
  static String hash(String... parts) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (int i = 0; i < parts.length; i++) {
        if (i > 0) {
          digest.update((byte) 0);
        }
        digest.update(parts[i].getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
