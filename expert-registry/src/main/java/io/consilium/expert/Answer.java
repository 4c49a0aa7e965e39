package io.consilium.expert;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What was answered.
 *
 * @param content the parts, in order
 * @param toolCalls calls the caller is asked to make
 * @param finish why it ended
 * @param refusal why there is no answer, when the expert refused or the plan was to abstain
 * @param reasoning the reasoning shown by the expert, or null
 * @param logprobs log-probabilities as the expert gave them, or null
 * @param usage tokens it took
 * @param confidence P(correct) as the expert itself states it, 0 to 1, or null
 * @param raw the body as it came, or null when the answer was put together here
 * @param provenance who contributed what; empty until the answer leaves a plan
 * @param usd what it cost in US dollars, where that is more than its usage at one expert's price:
 *     an answer of several; else null
 */
public record Answer(
    List<Part> content,
    List<ToolCall> toolCalls,
    FinishReason finish,
    @Nullable String refusal,
    @Nullable String reasoning,
    @Nullable JsonNode logprobs,
    Usage usage,
    @Nullable Double confidence,
    @Nullable Frame raw,
    List<Contribution> provenance,
    @Nullable Double usd) {
  /**
   * One expert's share in an answer.
   *
   * @param expert its id
   * @param version of its card
   * @param what it gave, in a few words ("the answer", "the vote for B", "claim 2")
   */
  public record Contribution(String expert, int version, String what) {}

  /** An answer whose price its usage tells. */
  public Answer(
      List<Part> content,
      List<ToolCall> toolCalls,
      FinishReason finish,
      @Nullable String refusal,
      @Nullable String reasoning,
      @Nullable JsonNode logprobs,
      Usage usage,
      @Nullable Double confidence,
      @Nullable Frame raw,
      List<Contribution> provenance) {
    this(
        content,
        toolCalls,
        finish,
        refusal,
        reasoning,
        logprobs,
        usage,
        confidence,
        raw,
        provenance,
        null);
  }

  public Answer {
    content = List.copyOf(content);
    toolCalls = List.copyOf(toolCalls);
    provenance = List.copyOf(provenance);
  }

  /** A finished answer of plain text. */
  public static Answer of(String text, Usage usage) {
    return new Answer(
        List.of(new Part.Text(text)),
        List.of(),
        FinishReason.STOP,
        null,
        null,
        null,
        usage,
        null,
        null,
        List.of());
  }

  /** No answer, for the stated reason. */
  public static Answer refused(String reason) {
    return new Answer(
        List.of(),
        List.of(),
        FinishReason.STOP,
        reason,
        null,
        null,
        Usage.NONE,
        null,
        null,
        List.of());
  }

  /** The same answer with its expert's own confidence. */
  public Answer confident(double p) {
    return new Answer(
        content, toolCalls, finish, refusal, reasoning, logprobs, usage, p, raw, provenance, usd);
  }

  /** The same answer at this price, in US dollars. */
  public Answer costing(double dollars) {
    return new Answer(
        content,
        toolCalls,
        finish,
        refusal,
        reasoning,
        logprobs,
        usage,
        confidence,
        raw,
        provenance,
        dollars);
  }

  /** Whether there is nothing in it: no text, no call of a tool, and no refusal. */
  public boolean isEmpty() {
    return refusal == null && toolCalls.isEmpty() && text().isBlank();
  }

  /** The same answer with log-probabilities. */
  public Answer with(JsonNode logprobs) {
    return new Answer(
        content,
        toolCalls,
        finish,
        refusal,
        reasoning,
        logprobs,
        usage,
        confidence,
        raw,
        provenance,
        usd);
  }

  /** The same answer, to be written anew rather than as it came. */
  public Answer withoutRaw() {
    return new Answer(
        content,
        toolCalls,
        finish,
        refusal,
        reasoning,
        logprobs,
        usage,
        confidence,
        null,
        provenance,
        usd);
  }

  /** The same answer, saying who contributed. */
  public Answer from(List<Contribution> contributions) {
    return new Answer(
        content,
        toolCalls,
        finish,
        refusal,
        reasoning,
        logprobs,
        usage,
        confidence,
        raw,
        contributions,
        usd);
  }

  /** The text parts joined; empty when there are none. */
  public String text() {
    if (content.size() == 1 && content.getFirst() instanceof Part.Text only) {
      return only.text();
    }
    return content.stream()
        .map(part -> part instanceof Part.Text text ? text.text() : "")
        .collect(Collectors.joining());
  }
}
