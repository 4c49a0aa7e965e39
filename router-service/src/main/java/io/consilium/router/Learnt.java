package io.consilium.router;

import io.consilium.expert.Roster;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import java.util.OptionalDouble;

/**
 * What a router version learnt from outcomes, as the router uses it. Pure and safe for many
 * threads; it may block for the profile's embedding and for nothing else.
 */
public interface Learnt {
  /** Who is likely to be right. */
  Estimator estimator();

  /** The kind of question, as guessed from its text; "" when unknown. */
  String kind(QuestionProfile profile);

  /** The tokens the expert on each seat is expected to write; NaN where nothing is known. */
  double[] tokens(QuestionProfile profile, Roster roster);

  /** How experts fail together. */
  CoFailure coFailure();

  /** P(correct) once replies are in. */
  AfterReplies afterReplies();

  /**
   * The least forecast at which the error of experts that are asked alone stays at most {@code
   * risk}, as held-out questions tell with 90 % confidence; empty when no forecast is that sure.
   *
   * @param risk above 0 and below 1
   */
  OptionalDouble minimum(double risk);

  /**
   * The least P(correct) to plan with where cascades and panels may be planned as well: on
   * practised questions the error of all answers given stayed at most {@code risk}, with 90 %
   * confidence. It holds a panel to what is forecast of it and a cascade to what is known once its
   * replies are in; empty when nothing is that sure, or no answers were kept to practise on.
   *
   * @param risk above 0 and below 1
   */
  OptionalDouble minimumOfSeveral(double risk);
}
