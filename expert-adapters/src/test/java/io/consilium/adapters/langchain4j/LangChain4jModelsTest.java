package io.consilium.adapters.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Provider;
import io.consilium.expert.SecretRef;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LangChain4jModelsTest {
  private final LangChain4jModels models =
      new LangChain4jModels(
          secret -> "secret",
          address -> {
            if (address.toString().contains("169.254")) {
              throw new ExpertException(FailureKind.CONFIGURATION, "not allowed: " + address);
            }
          },
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          InstantSource.system());

  private static Endpoint endpoint(
      Provider provider, @Nullable SecretRef key, Map<String, String> options) {
    return new Endpoint(
        provider, URI.create("http://169.254.169.254/v1"), "model", key, Map.of(), options);
  }

  @Test
  void anOptionThatIsNotKnownIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() ->
            models.of(
                endpoint(Provider.ANTHROPIC, new SecretRef("${K}"), Map.of("max_token", "10"))))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("'max_token'")
        .hasMessageContaining("max_tokens, thinking_budget");
    assertThatThrownBy(() -> models.of(endpoint(Provider.OLLAMA, null, Map.of("num_ctx", "many"))))
        .hasMessageContaining("whole number");
  }

  @Test
  void aMissingKeyIsSaid() {
    assertThatThrownBy(() -> models.of(endpoint(Provider.MISTRAL, null, Map.of())))
        .hasMessageContaining("needs a key");
  }

  @Test
  void providersOfOthersAreRefused() {
    assertThatThrownBy(() -> models.of(endpoint(Provider.OPENAI, null, Map.of())))
        .isInstanceOfSatisfying(
            ExpertException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.CONFIGURATION));
  }

  @Test
  void anAddressThatMayNotBeCalledIsNotCalled() {
    var model = models.of(endpoint(Provider.OLLAMA, null, Map.of())).whole();
    assertThatThrownBy(() -> model.chat("hello")).hasMessageContaining("not allowed");
  }

  @Test
  void whatASchemaSaysBesidesTypesGoesDownAsItWasWritten() {
    var schema =
        Schemas.object(
            Json.MAPPER.readTree(
                """
                {"type":"object","$schema":"x","required":["when"],"additionalProperties":false,"properties":{
                  "when":{"type":"string","format":"date"},
                  "kind":{"type":"string","enum":["a","b"]},
                  "where":{"type":"object","properties":{"city":{"type":"string","minLength":2}}},
                  "tags":{"type":"array","items":{"type":"string"}},
                  "either":{"anyOf":[{"type":"integer"},{"type":"null"}]}}}\
                """));
    assertThat(schema.required()).containsExactly("when");
    assertThat(schema.additionalProperties()).isFalse();
    assertThat(schema.toString())
        .contains("format", "date", "minLength", "enumValues", "JsonAnyOfSchema", "JsonNullSchema");
  }
}
