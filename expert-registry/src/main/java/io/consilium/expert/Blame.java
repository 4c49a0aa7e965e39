package io.consilium.expert;

/** Who has to act on a failure. */
public enum Blame {
  /** The caller sent something that cannot be served as it is. */
  CALLER,
  /** The expert, or what stands behind its endpoint, failed. */
  EXPERT,
  /** The operator's configuration or resources have to change. */
  OPERATOR,
  /** A defect of Consilium itself. */
  CONSILIUM
}
