package io.consilium.expert;

import org.jspecify.annotations.Nullable;

/**
 * The parameters of a question that Consilium itself looks at; all others stay in the body and are
 * passed through.
 *
 * @param stream whether the caller wants the answer piece by piece
 * @param streamUsage whether the caller wants usage at the end of the stream
 * @param maxTokens the most tokens to write, or null when the caller set none
 * @param temperature 0 to 2, or null
 * @param structured whether the answer must be JSON ({@code response_format})
 * @param logprobs whether log-probabilities were asked for
 */
public record Parameters(
    boolean stream,
    boolean streamUsage,
    @Nullable Integer maxTokens,
    @Nullable Double temperature,
    boolean structured,
    boolean logprobs) {
  /** Everything at its default. */
  public static final Parameters DEFAULT = new Parameters(false, false, null, null, false, false);

  /** The same for an answer in one piece. */
  public Parameters whole() {
    return new Parameters(false, false, maxTokens, temperature, structured, logprobs);
  }
}
