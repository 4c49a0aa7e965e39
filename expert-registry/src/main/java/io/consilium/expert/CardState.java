package io.consilium.expert;

/** The life of a card. */
public enum CardState {
  /** Written down; not asked by the router. */
  DRAFT,
  /** Measured; not asked by the router yet. */
  PROFILED,
  /** Asked by the router. */
  ROUTABLE,
  /** Kept for the record only. */
  RETIRED
}
