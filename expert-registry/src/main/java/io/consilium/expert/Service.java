package io.consilium.expert;

/** What an expert serves. */
public enum Service {
  /** Answers to conversations. */
  CHAT,
  /** Vectors of texts. */
  EMBEDDINGS
}
