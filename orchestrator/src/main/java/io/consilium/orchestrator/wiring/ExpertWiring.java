package io.consilium.orchestrator.wiring;

import io.consilium.adapters.classifier.ClassifierExpert;
import io.consilium.adapters.classifier.TicketTriage;
import io.consilium.adapters.embedding.EmbedderExpert;
import io.consilium.adapters.openai.OpenAiClient;
import io.consilium.adapters.openai.OpenAiExpert;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.secret.Secrets;
import io.consilium.tools.McpConnection;
import io.consilium.tools.ToolExpert;
import java.time.Clock;
import java.util.Map;

/** Turns cards into experts: the catalogue of everything that can answer. */
final class ExpertWiring {
  private final OpenAiClient client;
  private final Secrets secrets;
  private final Embedder embedder;
  private final Map<String, McpConnection> servers;
  private final Clock clock;

  ExpertWiring(
      OpenAiClient client,
      Secrets secrets,
      Embedder embedder,
      Map<String, McpConnection> servers,
      Clock clock) {
    this.client = client;
    this.secrets = secrets;
    this.embedder = embedder;
    this.servers = Map.copyOf(servers);
    this.clock = clock;
  }

  /**
   * The expert of a card, without guards.
   *
   * @throws ExpertException {@code CONFIGURATION} when the card does not say enough to reach it
   */
  Expert connect(ExpertCard card) {
    return switch (card.endpoint().provider()) {
      case OPENAI -> new OpenAiExpert(card, client, secrets::resolve);
      case CLASSIFIER ->
          new ClassifierExpert(
              card, TicketTriage.load(embedder), embedder, TicketTriage::message, clock);
      case ANTHROPIC, GEMINI, BEDROCK, MISTRAL, OLLAMA, SPRING_AI, DOCUMENTS ->
          throw new ExpertException(
              FailureKind.CONFIGURATION, "this provider is not connected in this build yet");
      case MCP -> new ToolExpert(card, server(card));
      case EMBEDDER -> new EmbedderExpert(card, embedder, clock);
    };
  }

  private McpConnection server(ExpertCard card) {
    var name = card.kind() instanceof io.consilium.expert.ExpertKind.Tool tool ? tool.server() : "";
    var server = servers.get(name);
    if (server == null) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "%s names the MCP server '%s', and there are %s"
              .formatted(card.id(), name, servers.keySet()));
    }
    return server;
  }
}
