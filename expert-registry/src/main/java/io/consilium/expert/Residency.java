package io.consilium.expert;

/**
 * Whether an expert is in memory, and how long it takes until it could begin. Experts whose place
 * in memory nobody manages are always awake.
 *
 * @param state where it is
 * @param millis until it could begin, as lately measured; 0 when it is awake
 */
public record Residency(State state, double millis) {
  /** Where a local model or adapter is. */
  public enum State {
    /** In memory. */
    AWAKE,
    /** Its worker gave its memory back and has to take it again. */
    ASLEEP,
    /** On disk; another may have to leave memory for it. */
    COLD
  }

  /** In memory. */
  public static final Residency AWAKE = new Residency(State.AWAKE, 0);

  public Residency {
    if (!(millis >= 0) || Double.isInfinite(millis)) {
      throw new IllegalArgumentException("no time: " + millis);
    }
  }
}
