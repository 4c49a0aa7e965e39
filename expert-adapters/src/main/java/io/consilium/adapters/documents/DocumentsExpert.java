package io.consilium.adapters.documents;

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
import io.consilium.expert.index.Passage;
import io.consilium.expert.index.PassageIndex;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/**
 * Answers from documents in their own words: the sentences of the best passage that answer, with
 * the file and heading they stand under, and those of a second passage when it is about as good. As
 * JSON, when the question asks for JSON, it gives the best passages whole. Declines when nothing in
 * the documents comes near the question.
 */
public final class DocumentsExpert implements Expert {
  private static final int PASSAGES = 5;

  /**
   * Below this score a passage is about something else: on the development half of the cold-routing
   * questions, 92 % of those meant for other experts score less, 86 % of those about us more.
   */
  private static final double LEAST = 0.35;

  /** A second passage is quoted as well from this share of the best score on. */
  private static final double AS_GOOD = 0.93;

  private final ExpertCard card;
  private final DocumentIndex index;
  private final Embedder embedder;
  private final Excerpt excerpt;
  private final Relay relay;

  /**
   * @param card names what the documents are about
   * @param index over the documents; shared, not closed here
   * @param embedder the one the index was made with
   * @param clock that deadlines are read on
   */
  public DocumentsExpert(
      ExpertCard card, DocumentIndex index, Embedder embedder, InstantSource clock) {
    this.card = card;
    this.index = index;
    this.embedder = embedder;
    this.excerpt = new Excerpt(embedder);
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
    var text = question.lastUserText().strip();
    if (text.isEmpty()) {
      throw ExpertException.invalid(
          "messages", card.id() + " needs a question in the last user message");
    }
    var answer = relay.run(question, out, pieces -> answer(text, question));
    if (question.parameters().stream()) {
      out.accept(
          answer.refusal() == null
              ? new Delta.Text(answer.text())
              : new Delta.Refusal(answer.refusal()));
      out.accept(new Delta.Used(answer.usage()));
      out.accept(new Delta.Finish(FinishReason.STOP));
    }
    return answer;
  }

  private Answer answer(String text, Question question) {
    if (!index.state().ready()) {
      throw new ExpertException(
              FailureKind.UNAVAILABLE,
              "%s is still reading its documents; ask again in a moment".formatted(card.id()))
          .retryAfter(Duration.ofSeconds(1));
    }
    var vector = embedder.embed(text);
    var found = searched(text, vector);
    double best = found.stream().mapToDouble(PassageIndex.Found::score).max().orElse(0);
    if (best < LEAST) {
      return Answer.refused(
              found.isEmpty()
                  ? card.id() + " has no documents yet"
                  : "nothing in the documents of %s answers this".formatted(card.id()))
          .confident(0);
    }
    var said = question.parameters().structured() ? json(found) : quoted(found, text, vector);
    return Answer.of(said, Usage.estimate(text.length(), said.length()))
        .confident(confidence(best));
  }

  private List<PassageIndex.Found> searched(String text, float[] vector) {
    try {
      return index.search(text, vector, PASSAGES);
    } catch (ExpertException e) {
      if (e.kind() != FailureKind.STORE_UNAVAILABLE) {
        throw e;
      }
      throw new ExpertException(
          FailureKind.UNAVAILABLE,
          "the documents of %s are in the database, which does not answer".formatted(card.id()),
          e);
    }
  }

  /** Rises with the score of the best passage; half at the score of a loosely related one. */
  private static double confidence(double best) {
    return 1 / (1 + Math.exp(-10 * (best - 0.55)));
  }

  private String quoted(List<PassageIndex.Found> found, String question, float[] vector) {
    var text = new StringBuilder();
    for (var passage : found.subList(0, Math.min(2, found.size()))) {
      if (passage.score() < AS_GOOD * found.getFirst().score()) {
        break;
      }
      text.append(text.isEmpty() ? "" : "\n\n")
          .append(excerpt.of(passage.passage(), question, vector))
          .append("\n\n— ")
          .append(place(passage.passage()));
    }
    return text.toString();
  }

  private static String place(Passage passage) {
    return passage.heading().isEmpty()
        ? passage.source()
        : passage.source() + ", “" + passage.heading() + "”";
  }

  private static String json(List<PassageIndex.Found> found) {
    var root = Json.object();
    var passages = root.putArray("passages");
    for (var each : found) {
      passages
          .addObject()
          .put("source", each.passage().source())
          .put("heading", each.passage().heading())
          .put("text", each.passage().text())
          .put("score", Math.round(each.score() * 1000) / 1000.0);
    }
    return root.toString();
  }
}
