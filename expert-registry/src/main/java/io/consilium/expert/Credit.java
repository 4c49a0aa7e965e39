package io.consilium.expert;

import java.time.Instant;

/**
 * What one member brought to the fused answer of a panel: how right the answer was with and without
 * its reply (leave-one-out). It is no outcome, for a right but redundant member brings nothing and
 * is right all the same; it is for composing panels.
 *
 * @param decision its id
 * @param expert the member's id
 * @param version of its card
 * @param at when it was found out
 * @param tenant whose decision it was
 * @param aggregator how the replies became one
 * @param with how right the answer was, 0 to 1
 * @param without how right it would have been without this member, 0 to 1
 */
public record Credit(
    String decision,
    String expert,
    int version,
    Instant at,
    String tenant,
    String aggregator,
    double with,
    double without) {
  public Credit {
    if (!(with >= 0 && with <= 1) || !(without >= 0 && without <= 1)) {
      throw ExpertException.invalid("credit", "how right an answer is lies between 0 and 1");
    }
  }

  /** How much righter the answer was for this member, −1 to 1. */
  public double contribution() {
    return with - without;
  }
}
