package io.consilium.aggregator.strategy;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An expert that writes the fused answer; what it writes must keep the form the caller asked for.
 */
final class Writer {
  private final Expert expert;
  private final Prompt prompt;

  Writer(Expert expert, Prompt prompt) {
    this.expert = expert;
    this.prompt = prompt;
  }

  /**
   * Its answer; empty when it fails before its first piece or misses the form. It streams only when
   * there is no form that could be missed.
   */
  Optional<Answer> write(
      Question question,
      JsonNode material,
      List<Answer.Contribution> sources,
      Consumer<Delta> out) {
    boolean stream =
        question.parameters().stream()
            && question.tools().isEmpty()
            && !question.parameters().structured();
    var started = new AtomicBoolean();
    try {
      var answer =
          expert.answer(
              prompt.after(question, material, stream),
              piece -> {
                started.set(true);
                out.accept(piece);
              });
      if (!started.get() && CallerForm.problem(question, answer).isPresent()) {
        return Optional.empty();
      }
      List<Answer.Contribution> shares = new ArrayList<>();
      var card = expert.card();
      shares.add(new Answer.Contribution(card.id(), card.version(), "wrote the answer"));
      shares.addAll(sources);
      return Optional.of(answer.from(shares));
    } catch (ExpertException failure) {
      if (started.get() || failure.kind() == FailureKind.CANCELLED) {
        throw failure;
      }
      return Optional.empty();
    }
  }

  /** What an expert says in a few words; null when it fails, for then nothing is known. */
  static @Nullable String said(Expert expert, Question question) {
    try {
      return expert.answer(question, piece -> {}).text().strip();
    } catch (ExpertException failure) {
      if (failure.kind() == FailureKind.CANCELLED) {
        throw failure;
      }
      return null;
    }
  }
}
