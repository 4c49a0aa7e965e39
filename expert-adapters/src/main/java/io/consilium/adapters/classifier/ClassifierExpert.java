package io.consilium.adapters.classifier;

import io.consilium.adapters.Relay;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.expert.Usage;
import io.consilium.expert.classifier.LinearClassifier;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers with the label of the last user turn, how likely it is, and the runner-up; as JSON when
 * the question asks for JSON. Its confidence is the calibrated probability of the label.
 */
public final class ClassifierExpert implements Expert {
  private final ExpertCard card;
  private final Function<String, List<LinearClassifier.Guess>> classifier;
  private final Relay relay;

  /**
   * @param card names what it classifies
   * @param classifier the labels of the user's turn, likeliest first, or an {@link ExpertException}
   *     where it cannot be read
   * @param clock that deadlines are read on
   */
  public ClassifierExpert(
      ExpertCard card,
      Function<String, List<LinearClassifier.Guess>> classifier,
      InstantSource clock) {
    this.card = card;
    this.classifier = classifier;
    this.relay =
        new Relay(
            card.id(),
            clock,
            cause -> new ExpertException(FailureKind.INTERNAL, card.id() + " failed", cause));
  }

  @Override
  public ExpertCard card() {
    return card;
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    card.require(question);
    var text = question.lastUserText();
    if (text.isBlank()) {
      throw ExpertException.invalid(
          "messages", card.id() + " needs a text to classify in the last user message");
    }
    var guesses = relay.run(question, out, pieces -> classifier.apply(text));
    var said = question.parameters().structured() ? json(guesses, question) : sentence(guesses);
    var answer =
        Answer.of(said, Usage.estimate(text.length(), said.length()))
            .confident(guesses.getFirst().probability());
    if (question.parameters().stream()) {
      out.accept(new Delta.Text(said));
      out.accept(new Delta.Used(answer.usage()));
      out.accept(new Delta.Finish(FinishReason.STOP));
    }
    return answer;
  }

  private static String sentence(List<LinearClassifier.Guess> guesses) {
    return guesses.size() == 1
        ? shown(guesses.getFirst())
        : shown(guesses.getFirst()) + "; next likeliest: " + shown(guesses.get(1));
  }

  private static String shown(LinearClassifier.Guess guess) {
    return String.format(Locale.ROOT, "%s (%.2f)", guess.label(), guess.probability());
  }

  private String json(List<LinearClassifier.Guess> guesses, Question question) {
    var node = json(guesses.getFirst());
    if (guesses.size() > 1) {
      node.set("runner_up", json(guesses.get(1)));
    }
    var all = node.putObject("probabilities");
    guesses.forEach(guess -> all.put(guess.label(), rounded(guess.probability())));
    var required =
        question.body().path("response_format").path("json_schema").path("schema").path("required");
    for (var field : required) {
      if (!node.has(field.asString(""))) {
        throw new ExpertException(
            FailureKind.UNSUPPORTED,
            "%s cannot fill '%s' of your schema; it gives %s"
                .formatted(card.id(), field.asString(""), List.copyOf(node.propertyNames())));
      }
    }
    return node.toString();
  }

  private static ObjectNode json(LinearClassifier.Guess guess) {
    return Json.object()
        .put("label", guess.label())
        .put("probability", rounded(guess.probability()));
  }

  private static double rounded(double probability) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4f", probability));
  }
}
