package io.consilium.expert;

/**
 * Tokens an answer took.
 *
 * @param input tokens read, cached ones included
 * @param output tokens written, reasoning included
 * @param cachedInput how many of {@code input} came from the expert's prompt cache
 * @param reasoning how many of {@code output} were hidden reasoning
 * @param estimated whether the expert did not say and we counted characters / 4
 */
public record Usage(long input, long output, long cachedInput, long reasoning, boolean estimated) {
  /** Nothing read, nothing written. */
  public static final Usage NONE = new Usage(0, 0, 0, 0, false);

  /** Usage from text lengths: a token for every four characters, rounded up. */
  public static Usage estimate(long inputCharacters, long outputCharacters) {
    return new Usage((inputCharacters + 3) / 4, (outputCharacters + 3) / 4, 0, 0, true);
  }

  /** What both took together; estimated where either is. */
  public Usage plus(Usage other) {
    return new Usage(
        input + other.input,
        output + other.output,
        cachedInput + other.cachedInput,
        reasoning + other.reasoning,
        estimated || other.estimated);
  }
}
