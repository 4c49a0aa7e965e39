package io.consilium.expert;

/** A hard ability: an expert without it cannot serve a question that needs it. */
public enum Feature {
  /** Calls the caller's tools. */
  TOOLS,
  /** Writes JSON to a given schema. */
  STRUCTURED_OUTPUT,
  /** Gives log-probabilities. */
  LOGPROBS
}
