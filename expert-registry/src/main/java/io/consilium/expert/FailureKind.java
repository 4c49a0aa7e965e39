package io.consilium.expert;

/**
 * What went wrong, who has to act, and whether asking again may help. Each kind has exactly one
 * HTTP status; the API module holds that table in one exhaustive switch.
 */
public enum FailureKind {
  /** The request is malformed or a value is out of range. */
  INVALID_REQUEST(Blame.CALLER, false),
  /** The body exceeds the size limit. */
  TOO_LARGE(Blame.CALLER, false),
  /** No expert, alias or policy has the name asked for. */
  UNKNOWN_MODEL(Blame.CALLER, false),
  /** The thing asked for (a decision, a card) does not exist. */
  NOT_FOUND(Blame.CALLER, false),
  /** No key, or a wrong one. */
  UNAUTHENTICATED(Blame.CALLER, false),
  /** The key is right but may not do this. */
  FORBIDDEN(Blame.CALLER, false),
  /** The change contradicts the present state, for example a card owned by the file. */
  CONFLICT(Blame.CALLER, false),
  /** The expert cannot do what was asked (tools, images, embeddings …). */
  UNSUPPORTED(Blame.CALLER, false),
  /** The question is longer than the context window of the expert asked. */
  CONTEXT_TOO_LONG(Blame.CALLER, false),
  /** The caller's key or budget allows no more at present. */
  BUDGET_EXCEEDED(Blame.CALLER, false),
  /** The caller went away; nobody reads the answer. */
  CANCELLED(Blame.CALLER, false),
  /** The caller's own deadline passed. */
  DEADLINE_EXCEEDED(Blame.CALLER, false),
  /** No registered expert is eligible. */
  NO_EXPERT(Blame.OPERATOR, false),
  /** The expert's endpoint asks us to slow down. */
  RATE_LIMITED(Blame.EXPERT, true),
  /** Our own limits towards this expert are used up. */
  OVERLOADED(Blame.OPERATOR, true),
  /** The expert cannot be reached, or its breaker is open. */
  UNAVAILABLE(Blame.EXPERT, true),
  /** The expert did not answer in time. */
  TIMEOUT(Blame.EXPERT, true),
  /** The expert refused our credentials. */
  UPSTREAM_AUTH(Blame.OPERATOR, false),
  /** The expert called the request invalid. */
  UPSTREAM_REJECTED(Blame.CALLER, false),
  /** The expert answered something that is not an answer (HTML, invalid JSON or SSE). */
  UPSTREAM_INVALID(Blame.EXPERT, true),
  /** The expert's stream ended before the answer did. */
  STREAM_BROKEN(Blame.EXPERT, true),
  /** Every expert of the plan failed; the causes say how. */
  ALL_FAILED(Blame.EXPERT, true),
  /** Configuration is wrong or a place cannot be written. */
  CONFIGURATION(Blame.OPERATOR, false),
  /** The store is away; answering goes on, administration does not. */
  STORE_UNAVAILABLE(Blame.OPERATOR, true),
  /** A defect of ours. */
  INTERNAL(Blame.CONSILIUM, false);

  private final Blame blame;
  private final boolean retryable;

  FailureKind(Blame blame, boolean retryable) {
    this.blame = blame;
    this.retryable = retryable;
  }

  /** Who has to act. */
  public Blame blame() {
    return blame;
  }

  /** Whether the same request, sent again a little later or to another expert, may succeed. */
  public boolean retryable() {
    return retryable;
  }
}
