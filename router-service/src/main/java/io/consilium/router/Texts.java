package io.consilium.router;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bounded, normalised and hashed texts. */
final class Texts {
  private static final Pattern BLANK = Pattern.compile("\\s+");

  /** A passage in quotation marks; an apostrophe inside a word ends none. */
  private static final Pattern QUOTED =
      Pattern.compile(
          "(?<![\\p{L}\\p{N}])'(?=\\S)[^']*(?:'(?=\\p{L})[^']*)*'|\"[^\"]+\"|[“„«‘][^”“»’]+[”“»’]");

  private static final Pattern WORD = Pattern.compile("\\p{L}{2,}");

  /** The least characters after a colon that are taken for the matter and not for the question. */
  private static final int MATTER = 15;

  private Texts() {}

  /**
   * What is asked, without the matter it is asked about: passages of several words in quotation
   * marks are left out, or else what follows a colon and is longer than what stands before it. The
   * whole text when too little would be left.
   */
  static String asked(String text) {
    var asked =
        QUOTED
            .matcher(text)
            .replaceAll(quoted ->
                BLANK.matcher(quoted.group()).find()
                    ? " "
                    : Matcher.quoteReplacement(quoted.group()));
    if (asked.equals(text)) {
      int colon = colon(text);
      int after = text.length() - colon - 1;
      if (colon > 0 && after > MATTER && after > colon) {
        asked = text.substring(0, colon);
      }
    }
    return asked.equals(text) || WORD.matcher(asked).results().limit(2).count() < 2
        ? text
        : BLANK.matcher(asked).replaceAll(" ").strip();
  }

  /** Where the first colon before white space stands; −1 when there is none. */
  private static int colon(String text) {
    for (int i = 0; i + 1 < text.length(); i++) {
      if (text.charAt(i) == ':' && Character.isWhitespace(text.charAt(i + 1))) {
        return i;
      }
    }
    return -1;
  }

  /** Lower case, every run of white space one space, stripped. */
  static String normal(String text) {
    var lower = text.toLowerCase(Locale.ROOT);
    var normal = new StringBuilder(lower.length());
    boolean blank = false;
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      if (c == ' ' || (c >= '\t' && c <= '\r')) {
        blank = true;
      } else {
        if (blank) {
          normal.append(' ');
          blank = false;
        }
        normal.append(c);
      }
    }
    return normal.toString().strip();
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
