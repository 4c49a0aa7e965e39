package io.consilium.expert;

import java.time.Instant;

/**
 * How an expert fares at present.
 *
 * @param status whether it can be asked
 * @param reason why, in words an operator understands; empty when up
 * @param since when this status began
 */
public record Health(Status status, String reason, Instant since) {
  /** Nothing is known yet; asked like one that is up. */
  public static final Health UNKNOWN = new Health(Status.UNKNOWN, "", Instant.EPOCH);

  /** Whether an expert can be asked. */
  public enum Status {
    UNKNOWN,
    UP,
    /** Answers, but fails or tarries more often than it should. */
    DEGRADED,
    DOWN
  }

  /** Whether the router may choose it. */
  public boolean routable() {
    return status != Status.DOWN;
  }
}
