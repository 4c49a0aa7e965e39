package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.Asks;
import io.consilium.aggregator.Comparison;
import io.consilium.aggregator.Replies;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.Question;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Peers write short structured notes at the same time, a primary expert answers once with the notes
 * before it: Mixture of Thoughts (Fein-Ashley et al., 2025) on the level of text. When the primary
 * fails, the answer in the most promising note that holds one is given, if it keeps the caller's
 * form; else the panel asks a member plainly, for a note is no answer.
 *
 * <p>Not when peers are as able as the primary and answers are short: a vote needs no primary.
 * Peers write notes in plain text, so they need neither tools nor structured output.
 */
public final class NotesToPrimary implements Aggregator, Asks {
  private final Writer primary;
  private final Prompt notes = Prompt.of("notes-1.txt");

  public NotesToPrimary(Expert primary) {
    this.primary = new Writer(primary, Prompt.of("primary-1.txt"));
  }

  @Override
  public String name() {
    return "notes_to_primary";
  }

  @Override
  public Question asked(Question question, String expert) {
    return notes.plainAfter(question);
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    var voices = Voices.all(replies, Comparison.EXACT);
    if (voices.heard().isEmpty()) {
      return Optional.empty();
    }
    List<String> texts =
        voices.heard().stream()
            .map(reply -> Spoken.of(reply.answer()))
            .filter(text -> !text.isBlank())
            .toList();
    return primary
        .write(question, Prompt.quoted(texts), voices.shares("notes"), out)
        .or(() -> noted(question, voices));
  }

  private static Optional<Answer> noted(Question question, Voices voices) {
    if (voices.answers() == 0) {
      return Optional.empty();
    }
    var best = voices.best();
    return Notes.answer(best.answer())
        .filter(answer -> CallerForm.problem(question, answer).isEmpty())
        .map(answer -> answer.from(voices.signedBy(best).provenance()));
  }
}
