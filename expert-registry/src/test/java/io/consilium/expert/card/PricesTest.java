package io.consilium.expert.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Endpoint;
import io.consilium.expert.Provider;
import java.net.URI;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PricesTest {
  private final Prices prices = Prices.shipped();

  private static Endpoint endpoint(Provider provider, @Nullable String url, String model) {
    return new Endpoint(
        provider, url == null ? null : URI.create(url), model, null, Map.of(), Map.of());
  }

  @Test
  void theShippedTableIsDatedAndKnowsTheWellKnown() {
    assertThat(prices.asOf()).isAfter(LocalDate.of(2025, 1, 1));
    assertThat(prices.of(endpoint(Provider.ANTHROPIC, null, "claude-sonnet-4-5-20250929")))
        .hasValueSatisfying(listed -> assertThat(listed.price().output()).isEqualTo(15));
    assertThat(prices.of(endpoint(Provider.MISTRAL, null, "mistral-small-latest"))).isPresent();
    assertThat(prices.of(endpoint(Provider.OPENAI, "https://api.deepseek.com/v1", "deepseek-chat")))
        .isPresent();
  }

  @Test
  void aModelThatOnlyStartsAlikeIsAnotherModel() {
    var openai = "https://api.openai.com/v1";
    assertThat(prices.of(endpoint(Provider.OPENAI, openai, "gpt-4o-mini-2024-07-18")))
        .isEqualTo(prices.of(endpoint(Provider.OPENAI, openai, "gpt-4o-mini")));
    assertThat(prices.of(endpoint(Provider.OPENAI, openai, "gpt-4o-audio"))).isEmpty();
    assertThat(prices.of(endpoint(Provider.OPENAI, openai, "gpt-4"))).isEmpty();
  }

  @Test
  void theSameNameOnAnotherServerMayCostAnything() {
    assertThat(prices.of(endpoint(Provider.OPENAI, "http://localhost:8000/v1", "gpt-4o")))
        .isEmpty();
    assertThat(prices.of(endpoint(Provider.OLLAMA, null, "mistral-small"))).isEmpty();
  }

  @Test
  void aTableWithATypoIsRefused() {
    assertThatThrownBy(() ->
            Prices.parse(
                "as_of: \"2025-01-01\"\nvendors: {X: {hosts: [h], models: {m: {inptu: 1}}}}"))
        .hasMessageContaining("inptu");
  }
}
