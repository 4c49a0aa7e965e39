package io.consilium.adapters.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OpenAiModelsTest {
  private final FakeUpstream upstream = FakeUpstream.start();
  private final OpenAiClient client = new OpenAiClient(address -> {});
  private final OpenAiModels models =
      new OpenAiModels(client, ref -> "sk-secret", Duration.ofSeconds(5));

  @AfterEach
  void close() {
    client.close();
    upstream.close();
  }

  private Health probe(URI url, String model) {
    return models.probe(FakeCards.card(url, model));
  }

  @Test
  void theModelsOfAServerAreListed() {
    assertThat(models.list(FakeCards.card(upstream.url(), "any").endpoint()))
        .contains(new OpenAiModels.Listed("plain", 0), new OpenAiModels.Listed("tools", 0));
    assertThat(upstream.exchanges().getFirst().header("Authorization"))
        .isEqualTo("Bearer sk-secret");
  }

  @Test
  void theContextWindowIsReadWhereAServerTellsIt() {
    upstream.listing(
        "{\"data\":[{\"id\":\"vllm\",\"max_model_len\":4096},{\"id\":\"router\",\"context_length\":8192},"
            + "{\"id\":\"llama.cpp\",\"meta\":{\"n_ctx_train\":2048}},{\"object\":\"model\"}]}");
    assertThat(models.list(FakeCards.card(upstream.url(), "any").endpoint()))
        .containsExactly(
            new OpenAiModels.Listed("vllm", 4096),
            new OpenAiModels.Listed("router", 8192),
            new OpenAiModels.Listed("llama.cpp", 2048));
  }

  @Test
  void aListedModelIsUpAndOneThatIsNotIsDegraded() {
    assertThat(probe(upstream.url(), "plain").status()).isEqualTo(Health.Status.UP);
    var missing = probe(upstream.url(), "gone");
    assertThat(missing.status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(missing.reason()).contains("no model 'gone'");
  }

  @Test
  void aServerThatIsNotThereIsDown() throws IOException {
    URI url;
    try (var taken = new ServerSocket(0)) {
      url = URI.create("http://127.0.0.1:" + taken.getLocalPort() + "/v1");
    }
    var health = probe(url, "plain");
    assertThat(health.status()).isEqualTo(Health.Status.DOWN);
    assertThat(health.reason()).contains(url.getAuthority());
  }

  @Test
  void aServerThatListsNothingIsUp() {
    assertThat(probe(URI.create(upstream.url() + "/elsewhere"), "plain").status())
        .isEqualTo(Health.Status.UP);
    upstream.listing("{\"data\":[]}");
    assertThat(probe(upstream.url(), "plain").status()).isEqualTo(Health.Status.UP);
  }

  @Test
  void aPageInsteadOfAListIsRefused() {
    upstream.listing("<html></html>");
    assertThat(probe(upstream.url(), "plain").status()).isEqualTo(Health.Status.DOWN);
    assertThatThrownBy(() -> models.list(FakeCards.card(upstream.url(), "any").endpoint()))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> assertThat(e.kind()).isEqualTo(FailureKind.UPSTREAM_INVALID));
  }
}
