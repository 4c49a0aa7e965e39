package io.consilium.adapters.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Answer;
import io.consilium.expert.Embedder;
import io.consilium.expert.Endpoint;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Provider;
import io.consilium.expert.Service;
import io.consilium.expert.Terms;
import io.consilium.expert.testing.ExpertContract;
import io.consilium.expert.wire.EmbeddingsWire;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class EmbedderExpertTest extends ExpertContract {
  /** A fake embedder: what it does with each text is given. */
  private record Fake(Function<String, float[]> vector) implements Embedder {
    @Override
    public String id() {
      return "fake";
    }

    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(vector).toList();
    }
  }

  private static Expert over(Function<String, float[]> vector) {
    var card =
        ExpertCard.of(
                "vectors",
                new ExpertKind.Llm(),
                "Turns texts into vectors of two numbers.",
                new Endpoint(Provider.EMBEDDER, null, "fake", null, Map.of(), Map.of()))
            .withServices(Set.of(Service.EMBEDDINGS));
    return new EmbedderExpert(card, new Fake(vector), Clock.systemUTC());
  }

  @Override
  protected Expert expert() {
    return over(text -> new float[] {text.length() % 2, 1 - text.length() % 2});
  }

  @Override
  protected Optional<Expert> waiting() {
    return Optional.of(
        over(text -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return new float[2];
        }));
  }

  @Override
  protected List<Expert> failing() {
    return List.of(
        over(text -> {
          throw new IllegalStateException("broken");
        }),
        over(text -> {
          throw new ExpertException(FailureKind.OVERLOADED, "the queue is full");
        }));
  }

  private Answer ask(ObjectNode body) {
    return expert()
        .answer(
            EmbeddingsWire.question(
                body.put("model", "vectors"), Terms.within(Duration.ofSeconds(30), Instant.now())),
            delta -> {});
  }

  private static JsonNode json(Answer answer) {
    return Json.MAPPER.readTree(Objects.requireNonNull(answer.raw()).bytes());
  }

  @Test
  void everyTextGetsItsVectorInOrder() {
    var body = Json.object();
    body.putArray("input").add("odd").add("even");

    var data = json(ask(body)).path("data");

    assertThat(data.size()).isEqualTo(2);
    assertThat(data.get(0).path("index").asInt()).isZero();
    assertThat(data.get(0).at("/embedding/0").asInt()).isEqualTo(1);
    assertThat(data.get(1).at("/embedding/0").asInt()).isZero();
  }

  @Test
  void otherDimensionsAreRefusedByName() {
    assertThatThrownBy(() -> ask(Json.object().put("input", "a").put("dimensions", 3)))
        .isInstanceOfSatisfying(
            ExpertException.class,
            failure -> assertThat(failure.parameter()).hasValue("dimensions"))
        .hasMessageContaining("2 numbers");
    assertThat(json(ask(Json.object().put("input", "a").put("dimensions", 2))).path("data").size())
        .isEqualTo(1);
  }

  @Test
  void theKindOfTheEmbeddersFailureIsKept() {
    var question =
        EmbeddingsWire.question(
            Json.object().put("model", "vectors").put("input", "a"),
            Terms.within(Duration.ofSeconds(30), Instant.now()));
    assertThatThrownBy(() -> failing().getLast().answer(question, delta -> {}))
        .isInstanceOfSatisfying(
            ExpertException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.OVERLOADED));
  }
}
