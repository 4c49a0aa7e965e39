package io.consilium.aggregator.strategy;

import io.consilium.aggregator.Aggregator;
import io.consilium.aggregator.AnswerKey;
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
 * One answer written by an expert that reads all others (Wang et al., "Mixture-of-Agents", 2024;
 * Chen et al., "Symbolic-MoE", 2025, where the writer is chosen for its measured ability to
 * integrate). Only survivors are shown, as quoted data, in the order of their ids. Short answers on
 * which all agree are not rewritten. When the writer fails, or misses the caller's form or tools,
 * the most promising reply that keeps the form is the answer.
 *
 * <p>Not for short answers: a vote is cheaper and seldom worse. Not with a writer weaker than the
 * best expert: it takes errors over.
 */
public final class Synthesis implements Aggregator {
  private final Writer writer;

  public Synthesis(Expert writer) {
    this.writer = new Writer(writer, Prompt.of("synthesis-1.txt"));
  }

  @Override
  public String name() {
    return "synthesis";
  }

  @Override
  public Optional<Answer> aggregate(Question question, Replies replies, Consumer<Delta> out) {
    var voices = Voices.all(replies, Comparison.EXACT);
    var settled = voices.settled();
    if (settled.isPresent()) {
      return settled.get();
    }
    if (voices.answers() == 1 && voices.key(0).kind() != AnswerKey.Kind.TEXT) {
      return Optional.of(voices.signed(0));
    }
    List<String> texts =
        voices.heard().stream()
            .map(reply -> Spoken.of(reply.answer()))
            .filter(text -> !text.isBlank())
            .toList();
    return writer
        .write(question, Prompt.quoted(texts), voices.shares("a source"), out)
        .or(() -> Optional.of(Spoken.bestInForm(question, voices)));
  }
}
