package io.consilium.aggregator;

import io.consilium.expert.Question;

/**
 * Changes what the members of a panel are asked; implemented by an {@link Aggregator} that wants
 * notes or background of them rather than answers. Without effects; called by many threads at once.
 */
public interface Asks {
  /** What a member is asked in place of the caller's question. */
  Question asked(Question question, String expert);
}
