package io.consilium.expert.testing;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An expert that says again what is on record, at once; a question that is not on record is
 * unavailable. Plans run over it in benches and replays.
 */
public final class RecordedExpert implements Expert {
  private final ExpertCard card;
  private final Function<Question, Optional<Answer>> record;

  /**
   * An expert on record.
   *
   * @param record its answer to a question; empty when none was recorded
   */
  public RecordedExpert(ExpertCard card, Function<Question, Optional<Answer>> record) {
    this.card = card;
    this.record = record;
  }

  @Override
  public ExpertCard card() {
    return card;
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    if (Thread.currentThread().isInterrupted()) {
      throw new ExpertException(FailureKind.CANCELLED, card.id() + " was interrupted");
    }
    card.require(question);
    var answer =
        record
            .apply(question)
            .orElseThrow(() ->
                new ExpertException(
                    FailureKind.UNAVAILABLE,
                    "no answer of %s to this question is on record".formatted(card.id())));
    if (question.parameters().stream()) {
      out.accept(new Delta.Text(answer.text()));
    }
    return answer;
  }
}
