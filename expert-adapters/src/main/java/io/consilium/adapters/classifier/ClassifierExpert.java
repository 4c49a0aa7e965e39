package io.consilium.adapters.classifier;

import io.consilium.adapters.Relay;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.expert.Usage;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers with the label of the last user turn, how likely it is, and the runner-up; as JSON when
 * the question asks for JSON. Its confidence is the calibrated probability of the label.
 */
public final class ClassifierExpert implements Expert {
  private final ExpertCard card;
  private final LinearTextClassifier classifier;
  private final Embedder embedder;
  private final UnaryOperator<String> message;
  private final Relay relay;

  /**
   * @param card names what it classifies
   * @param classifier fitted on vectors of {@code embedder}
   * @param embedder for the texts asked about
   * @param message takes the text to classify out of the user's turn
   * @param clock that deadlines are read on
   */
  public ClassifierExpert(
      ExpertCard card,
      LinearTextClassifier classifier,
      Embedder embedder,
      UnaryOperator<String> message,
      InstantSource clock) {
    if (!classifier.embedder().equals(embedder.id())) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "%s was fitted on embeddings of '%s' and cannot read those of '%s'; train it again"
              .formatted(card.id(), classifier.embedder(), embedder.id()));
    }
    this.card = card;
    this.classifier = classifier;
    this.embedder = embedder;
    this.message = message;
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
    var text = message.apply(question.lastUserText());
    if (text.isBlank()) {
      throw ExpertException.invalid(
          "messages", card.id() + " needs a text to classify in the last user message");
    }
    var vector = relay.run(question, out, pieces -> embedder.embed(text));
    var guesses = classifier.guesses(vector);
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

  private static String sentence(List<LinearTextClassifier.Guess> guesses) {
    return guesses.size() == 1
        ? shown(guesses.getFirst())
        : shown(guesses.getFirst()) + "; next likeliest: " + shown(guesses.get(1));
  }

  private static String shown(LinearTextClassifier.Guess guess) {
    return String.format(Locale.ROOT, "%s (%.2f)", guess.label(), guess.probability());
  }

  private String json(List<LinearTextClassifier.Guess> guesses, Question question) {
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

  private static ObjectNode json(LinearTextClassifier.Guess guess) {
    return Json.object()
        .put("label", guess.label())
        .put("probability", rounded(guess.probability()));
  }

  private static double rounded(double probability) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4f", probability));
  }
}
