package io.consilium.orchestrator.wiring;

import io.consilium.adapters.openai.OpenAiModels;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Health;
import java.time.InstantSource;

/** How the health of each kind of expert is found out, without asking it anything. */
final class Probes {
  private final OpenAiModels models;
  private final ToolServers servers;
  private final InstantSource clock;

  Probes(OpenAiModels models, ToolServers servers, InstantSource clock) {
    this.models = models;
    this.servers = servers;
    this.clock = clock;
  }

  /** Whether an expert can be reached; blocks for a few seconds at most. */
  Health of(ExpertCard card) {
    return switch (card.endpoint().provider()) {
      case OPENAI -> {
        models.list(card.endpoint());
        yield up();
      }
      case MCP ->
          card.kind() instanceof ExpertKind.Tool tool
              ? servers.find(tool.server(), card.id()).health()
              : Health.UNKNOWN;
      // these live in this process
      case DOCUMENTS, CLASSIFIER, EMBEDDER, COMPOSITION -> up();
      // a listing would cost money or a login; the breaker knows soon enough
      case ANTHROPIC, GEMINI, BEDROCK, MISTRAL, OLLAMA, SPRING_AI -> Health.UNKNOWN;
    };
  }

  private Health up() {
    return new Health(Health.Status.UP, "", clock.instant());
  }
}
