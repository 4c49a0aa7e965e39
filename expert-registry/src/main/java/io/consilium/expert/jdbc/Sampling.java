package io.consilium.expert.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Which decisions are drawn. The draw hangs on the id alone, so it is uniform whatever was asked
 * and answered, and the same on any replica; the smaller of two samples is a part of the larger.
 *
 * @param audit share that is to be judged to anchor what feedback says, 0 to 1
 * @param judge share that an expert judges, 0 to 1
 */
public record Sampling(double audit, double judge) {
  /** Nothing is drawn. */
  public static final Sampling NONE = new Sampling(0, 0);

  /** Where an id falls, 0 to below 1; each value as likely as any. */
  public static double place(String decision) {
    try {
      var hash =
          MessageDigest.getInstance("SHA-256").digest(decision.getBytes(StandardCharsets.UTF_8));
      long bits = 0;
      for (int i = 0; i < 8; i++) {
        bits = bits << 8 | (hash[i] & 0xff);
      }
      return (bits >>> 11) * 0x1.0p-53;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Whether anything is drawn of it; what an expert of a composition asked in turn never is. */
  boolean draws(String decision) {
    return Math.max(audit, judge) > 0
        && decision.indexOf('.') < 0
        && place(decision) < Math.max(audit, judge);
  }
}
