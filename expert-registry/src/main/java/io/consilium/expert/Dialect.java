package io.consilium.expert;

/** The wire format a body or a stream frame is written in. */
public enum Dialect {
  /** OpenAI Chat Completions: {@code POST /v1/chat/completions}. */
  CHAT,
  /** OpenAI's older text completions: {@code POST /v1/completions}. */
  COMPLETIONS,
  /** OpenAI embeddings: {@code POST /v1/embeddings}. */
  EMBEDDINGS
}
