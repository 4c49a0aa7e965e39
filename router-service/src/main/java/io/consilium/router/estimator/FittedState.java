package io.consilium.router.estimator;

import io.consilium.router.Estimates;
import io.consilium.router.QuestionProfile;
import io.consilium.router.fit.TextSpace;
import java.util.List;

/**
 * What a method has learnt: a record of plain numbers, strings, arrays, lists and records of such,
 * so that it can be written down and read back. Immutable; never changed after it is made.
 */
public interface FittedState {
  /** The experts it speaks of, in the order of its numbers. */
  List<String> experts();

  /**
   * What it says of each of {@link #experts} about a question.
   *
   * @param vector the question in the space the method was fitted in
   */
  Estimates at(float[] vector);

  /** The same for methods that read more than the vector; without one, no evidence. */
  default Estimates of(QuestionProfile profile, TextSpace space) {
    return space.vector(profile).map(this::at).orElseGet(() -> Estimates.none(experts().size()));
  }
}
