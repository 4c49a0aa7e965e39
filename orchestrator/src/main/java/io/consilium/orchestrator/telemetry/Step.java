package io.consilium.orchestrator.telemetry;

import java.util.List;

/**
 * Every kind of span, with the sentence that {@code docs/reference/metrics.md} shows. No span holds
 * contents of questions or answers.
 */
public enum Step {
  REQUEST(
      "chat",
      "A question from its arrival to the last byte; continues the caller's traceparent.",
      "gen_ai.operation.name",
      "consilium.decision",
      "consilium.plan",
      "error.type"),
  ROUTING("consilium.route", "Deciding who answers: profile, forecasts, plan."),
  EXPERT(
      "chat {expert}",
      "One call of an expert, every attempt included.",
      "gen_ai.operation.name",
      "gen_ai.provider.name",
      "gen_ai.request.model",
      "gen_ai.request.stream",
      "gen_ai.usage.input_tokens",
      "gen_ai.usage.output_tokens",
      "gen_ai.usage.cache_read.input_tokens",
      "gen_ai.usage.reasoning.output_tokens",
      "error.type");

  private final String pattern;
  private final String sentence;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is
  private final List<String> attributes;

  Step(String pattern, String sentence, String... attributes) {
    this.pattern = pattern;
    this.sentence = sentence;
    this.attributes = List.of(attributes);
  }

  /** The span's name; {@code chat} stands for whichever operation it is. */
  public String pattern() {
    return pattern;
  }

  /** What it spans. */
  public String sentence() {
    return sentence;
  }

  /** The attributes it may carry. */
  public List<String> attributes() {
    return attributes;
  }
}
