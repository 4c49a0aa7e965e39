package io.consilium.orchestrator.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Owner;
import io.consilium.expert.Provider;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
  private HttpServer server;
  private String body =
      """
      {"object":"list","data":[{"id":"llama3.2:3b"},{"id":"nomic-embed-text"},{"id":"odd name"}]}\
      """;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/models",
        exchange -> {
          var bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private List<Finding> look(int ownPort, Map<String, String> environment) {
    var servers = List.of(new LocalServer("Ollama", server.getAddress().getPort()));
    return new Discovery(servers, ownPort, environment).look();
  }

  @Test
  void modelsOfALocalServerBecomeCards() {
    var findings = look(1, Map.of());

    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().where()).startsWith("Ollama on port");
    assertThat(findings.getFirst().cards())
        .extracting(ExpertCard::id)
        .containsExactly("llama3.2:3b", "nomic-embed-text", "odd-name");
    var chat = findings.getFirst().cards().getFirst();
    assertThat(chat.owner()).isEqualTo(Owner.DISCOVERED);
    assertThat(chat.endpoint().url())
        .hasToString("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    assertThat(findings.getFirst().cards().get(2).endpoint().model()).isEqualTo("odd name");
  }

  @Test
  void aModelThatEmbedsServesEmbeddings() {
    assertThat(look(1, Map.of()).getFirst().cards().get(1).services())
        .isEqualTo(Set.of(Service.EMBEDDINGS));
  }

  @Test
  void aServerOfLlamaCppIsKnownByItsFileAndASilentOllamaIsPassedOver() {
    body =
        """
        {"models":[{"name":"/models/qwen2.5-7b-q4.gguf","type":"model"}],"object":"list","data":[\
        {"id":"/models/qwen2.5-7b-q4.gguf","object":"model","owned_by":"llamacpp",\
        "meta":{"n_ctx_train":32768}}]}\
        """;
    var card = look(1, Map.of()).getFirst().cards().getFirst();
    assertThat(card.id()).isEqualTo("qwen2.5-7b-q4");
    assertThat(card.endpoint().model()).isEqualTo("/models/qwen2.5-7b-q4.gguf");

    body = "{\"object\":\"list\",\"data\":null}"; // Ollama without a model
    assertThat(look(1, Map.of())).isEmpty();
  }

  @Test
  void theEnvironmentMovesAServerToAnotherPort() {
    var servers = LocalServer.in(Map.of("CONSILIUM_DISCOVERY_PORTS_LMSTUDIO", "4321"));

    assertThat(servers)
        .contains(new LocalServer("LM Studio", 4321), new LocalServer("Ollama", 11434));
  }

  @Test
  void ourOwnPortIsNotAsked() {
    assertThat(look(server.getAddress().getPort(), Map.of())).isEmpty();
  }

  @Test
  void anotherConsiliumIsNotRegistered() {
    body = "{\"data\":[{\"id\":\"consilium/auto\"},{\"id\":\"calculator\"}]}";

    assertThat(look(1, Map.of())).isEmpty();
  }

  @Test
  void aServerThatTalksNonsenseIsPassedOver() {
    body = "<html>hello</html>";

    assertThat(look(1, Map.of())).isEmpty();
  }

  @Test
  void aProviderKeyGivesItsModelsByReference() {
    body = "{\"data\":[]}";

    var findings = look(1, Map.of("ANTHROPIC_API_KEY", "sk-secret", "OPENAI_API_KEY", " "));

    assertThat(findings)
        .extracting(Finding::where)
        .containsExactly("Anthropic by ANTHROPIC_API_KEY");
    assertThat(findings.getFirst().cards()).isNotEmpty();
    for (var card : findings.getFirst().cards()) {
      assertThat(card.endpoint().provider()).isEqualTo(Provider.ANTHROPIC);
      assertThat(card.endpoint().key()).isEqualTo(new SecretRef("${ANTHROPIC_API_KEY}"));
      assertThat(card.toString()).doesNotContain("sk-secret");
    }
  }
}
