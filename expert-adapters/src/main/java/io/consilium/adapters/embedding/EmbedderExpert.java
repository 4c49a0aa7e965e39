package io.consilium.adapters.embedding;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Dialect;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Message;
import io.consilium.expert.Question;
import io.consilium.expert.Usage;
import io.consilium.expert.wire.EmbeddingsWire;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Serves {@code /v1/embeddings} from an embedder in this process. */
public final class EmbedderExpert implements Expert {
  private final ExpertCard card;
  private final Embedder embedder;
  private final Clock clock;

  public EmbedderExpert(ExpertCard card, Embedder embedder, Clock clock) {
    this.card = card;
    this.embedder = embedder;
    this.clock = clock;
  }

  @Override
  public ExpertCard card() {
    return card;
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    if (question.dialect() != Dialect.EMBEDDINGS) {
      throw new ExpertException(
          FailureKind.UNSUPPORTED,
          card.id() + " makes embeddings only; send texts to /v1/embeddings, not a conversation");
    }
    int dimensions = question.body().path("dimensions").asInt(embedder.dimension());
    if (dimensions != embedder.dimension()) {
      throw ExpertException.invalid(
          "dimensions",
          "%s makes vectors of %d numbers; leave 'dimensions' out or set it to that"
              .formatted(card.id(), embedder.dimension()));
    }
    List<String> texts = question.messages().stream().map(Message::text).toList();
    if (texts.contains("")) {
      throw ExpertException.invalid("input", "'input' must not hold an empty string");
    }
    long characters = texts.stream().mapToLong(String::length).sum();
    return EmbeddingsWire.answer(
        question, vectors(question, texts), card.id(), Usage.estimate(characters, 0));
  }

  private List<float[]> vectors(Question question, List<String> texts) {
    var left = question.terms().left(clock.instant());
    if (!left.isPositive()) {
      throw new ExpertException(
          FailureKind.DEADLINE_EXCEEDED, "the deadline passed before the texts were embedded");
    }
    var task = new FutureTask<>(() -> embedder.embed(texts));
    Thread.ofVirtual().name("embed-" + question.terms().decision()).start(task);
    try {
      return task.get(left.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ExpertException(
          FailureKind.DEADLINE_EXCEEDED,
          "the deadline passed before %d texts were embedded; send fewer at once or allow more time"
              .formatted(texts.size()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "embedding was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ExpertException failure) {
        throw failure;
      }
      throw new ExpertException(FailureKind.INTERNAL, "embedding failed", e.getCause());
    } finally {
      task.cancel(true);
    }
  }
}
