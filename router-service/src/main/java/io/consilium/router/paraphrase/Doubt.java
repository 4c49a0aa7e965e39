package io.consilium.router.paraphrase;

/** Why two questions that look alike may ask for different things. */
public enum Doubt {
  /** One denies what the other does not. */
  NEGATION,
  /** They name different numbers. */
  NUMBER,
  /** They name different units or currencies. */
  UNIT,
  /** They name different times. */
  DATE,
  /** They are about different amounts: all and some, at least and at most. */
  QUANTIFIER,
  /** They look in different directions: more and less, before and after. */
  DIRECTION,
  /** They name different people, places or things. */
  NAME,
  /** The same words stand in another order, so that who does what may differ. */
  ROLES,
  /** One asks who, the other when; or one whether, the other how. */
  ASKED,
  /** One asks of the past or the future, the other does not. */
  TENSE,
  /** They use words that are not known to mean the same. */
  WORDS,
  /** One of them is not read well enough to tell: no English, code, or too long. */
  UNREADABLE
}
