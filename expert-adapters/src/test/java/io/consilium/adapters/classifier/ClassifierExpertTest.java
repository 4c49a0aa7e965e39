package io.consilium.adapters.classifier;

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
import io.consilium.expert.Feature;
import io.consilium.expert.Json;
import io.consilium.expert.Provider;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.classifier.LinearClassifier;
import io.consilium.expert.classifier.LogisticTrainer;
import io.consilium.expert.testing.ExpertContract;
import io.consilium.expert.wire.ChatWire;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClassifierExpertTest extends ExpertContract {
  private static final FakeEmbedder EMBEDDER = new FakeEmbedder("letters");
  private static final LinearClassifier MODEL =
      new LogisticTrainer(EMBEDDER.id(), 1)
          .fit(
              Stream.of(
                      new Example("aaaa", "first", 0),
                      new Example("aaa what is", "first", 1),
                      new Example("bbbb", "second", 2),
                      new Example("bbba", "second", 3))
                  .map(example -> example.in(EMBEDDER))
                  .toList());

  @Override
  protected Expert expert() {
    return over(EMBEDDER);
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Override
  protected Optional<Expert> waiting() {
    return Optional.of(
        over(
            new Failing(() -> {
              new CountDownLatch(1).await();
              return "";
            })));
  }

  @Override
  protected List<Expert> failing() {
    return List.of(
        over(
            new Failing(() -> {
              throw new IllegalStateException("broken");
            })));
  }

  /** A fake embedder that never gives a vector. */
  private record Failing(java.util.concurrent.Callable<String> how) implements Embedder {
    @Override
    public String id() {
      return EMBEDDER.id();
    }

    @Override
    public int dimension() {
      return EMBEDDER.dimension();
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      try {
        throw new IllegalStateException(how.call());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static ClassifierExpert over(Embedder embedder) {
    var card =
        ExpertCard.of(
                "letters",
                new ExpertKind.Classifier(MODEL.labels()),
                "Tells texts full of a from texts full of b.",
                new Endpoint(Provider.CLASSIFIER, null, "letters", null, Map.of(), Map.of()))
            .withFeatures(Set.of(Feature.STRUCTURED_OUTPUT));
    return new ClassifierExpert(
        card, text -> MODEL.guesses(embedder.embed(text)), Clock.systemUTC());
  }

  @Test
  void itSaysTheLabelItsProbabilityAndTheRunnerUp() {
    var answer = ask("baaaaa", null);
    assertThat(answer.text())
        .matches("first \\([01]\\.\\d\\d\\); next likeliest: second \\([01]\\.\\d\\d\\)");
    assertThat(answer.confidence()).isBetween(0.5, 1.0);
  }

  @Test
  void asJsonItGivesEveryProbability() {
    var json = Json.MAPPER.readTree(ask("bbbbb", "{\"type\":\"json_object\"}").text());
    assertThat(json.path("label").asString()).isEqualTo("second");
    assertThat(json.path("runner_up").path("label").asString()).isEqualTo("first");
    assertThat(json.path("probabilities").path("second").doubleValue())
        .isEqualTo(json.path("probability").doubleValue());
  }

  @Test
  void aSchemaItCannotFillIsRefusedByName() {
    assertThatThrownBy(() ->
            ask(
                "aaa",
                """
                {"type":"json_schema","json_schema":{"name":"n","schema":
                  {"type":"object","required":["label","mood"]}}}\
                """))
        .isInstanceOfSatisfying(
            ExpertException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNSUPPORTED))
        .hasMessageContaining("'mood'")
        .hasMessageContaining("label, probability");
  }

  @Test
  void anEmptyTextIsTheCallersMistake() {
    assertThatThrownBy(() -> ask("  ", null))
        .isInstanceOfSatisfying(
            ExpertException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST));
  }

  private Answer ask(String text, @org.jspecify.annotations.Nullable String format) {
    var body = Json.object().put("model", "letters");
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    if (format != null) {
      body.set("response_format", Json.MAPPER.readTree(format));
    }
    Question question =
        ChatWire.question(body, Terms.within(Duration.ofSeconds(30), Instant.now()));
    return expert().answer(question, delta -> {});
  }
}
