package io.consilium.router.records;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The documented number h in [0, 1) of a question, by which records are split: the same question
 * never falls on both sides, whatever its id.
 *
 * <pre>
 * n = lower-case(text), every run of white space replaced by one space, ends stripped
 * h = (first 8 hex digits of SHA-256(UTF-8(n)), read as an unsigned integer) / 2^32
 * </pre>
 */
public final class QuestionHash {
  private static final Pattern BLANK = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final double RANGE = 4_294_967_296.0;

  private QuestionHash() {}

  /** The number of a question; give it the question without its options. */
  public static double of(String question) {
    var normal = BLANK.matcher(question.toLowerCase(Locale.ROOT)).replaceAll(" ").strip();
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(normal.getBytes(StandardCharsets.UTF_8));
      long first = 0;
      for (int i = 0; i < 4; i++) {
        first = first << 8 | (digest[i] & 0xff);
      }
      return first / RANGE;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** A fold that has nothing to do with {@link #fold}, for folds within a training part. */
  public static int inner(double h, int folds) {
    return (int) (Math.floor(1_000_000 * h / 7) % folds);
  }

  /** The fold of a question among {@code folds}: {@code floor(10,000 · h) mod folds}. */
  public static int fold(double h, int folds) {
    return (int) (Math.floor(10_000 * h) % folds);
  }
}
