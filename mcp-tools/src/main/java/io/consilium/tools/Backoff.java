package io.consilium.tools;

import java.time.Duration;

/**
 * How long to wait before a server is started again: not at all after the first loss, then 0.25 s,
 * 0.5 s … 30 s, until a session has held for a minute. Guarded by its owner's lock.
 */
public final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration HELD = Duration.ofMinutes(1);
  private static final int DOUBLINGS = 20;

  private int failures;

  /** A session that had begun is gone. */
  public void lost(Duration held) {
    if (held.compareTo(HELD) >= 0) {
      failures = 0;
    }
    failures++;
  }

  /** No session could be begun. */
  public void failed() {
    failures = Math.max(failures + 1, 2);
  }

  /** How long to wait now. */
  public Duration delay() {
    if (failures <= 1) {
      return Duration.ZERO;
    }
    var delay = FIRST.multipliedBy(1L << Math.min(failures - 2, DOUBLINGS));
    return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
  }
}
