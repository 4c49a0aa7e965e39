package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Question;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Replies as they are shown to others, and the one that is given when fusing fails. */
final class Spoken {
  private Spoken() {}

  /** An answer's text, or its tool calls in words; empty for a refusal. */
  static String of(Answer answer) {
    if (answer.refusal() != null) {
      return "";
    }
    return answer.toolCalls().isEmpty()
        ? answer.text()
        : answer.toolCalls().stream()
            .map(call -> "calls %s with %s".formatted(call.name(), call.arguments()))
            .collect(Collectors.joining("\n"));
  }

  /** The most promising reply that keeps the caller's form; of all, when none does. */
  static Answer bestInForm(Question question, Voices voices) {
    return voices.heard().stream()
        .filter(reply -> CallerForm.problem(question, reply.answer()).isEmpty())
        .max(Comparator.comparingDouble(Replies::forecast))
        .map(voices::signedBy)
        .orElseGet(() -> voices.signedBy(voices.best()));
  }
}
