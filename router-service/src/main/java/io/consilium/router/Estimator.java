package io.consilium.router;

import io.consilium.expert.Roster;

/**
 * One way to say how likely each expert is to be right; published methods become one class each.
 *
 * <p>Contract, tested by {@code EstimatorContract}: one estimate per seat, in the order of the
 * roster; an expert's estimate does not depend on that order; the same profile and roster give the
 * same estimates. It may block for the profile's embedding and for nothing else. An estimator
 * without evidence answers with weight 0 rather than guess; it never throws for what a caller sent.
 */
public interface Estimator {
  /** Its name in explanations. */
  String name();

  /** One estimate per seat of the roster, in order. */
  Estimates estimate(QuestionProfile profile, Roster roster);
}
