package io.consilium.orchestrator.wiring;

import io.consilium.adapters.classifier.BundledClassifiers;
import io.consilium.adapters.classifier.ClassifierExpert;
import io.consilium.adapters.documents.DocumentsExpert;
import io.consilium.adapters.embedding.EmbedderExpert;
import io.consilium.adapters.langchain4j.LangChain4jExpert;
import io.consilium.adapters.langchain4j.LangChain4jModels;
import io.consilium.adapters.openai.OpenAiClient;
import io.consilium.adapters.openai.OpenAiExpert;
import io.consilium.adapters.springai.SpringAiModels;
import io.consilium.adapters.worker.ScaledExpert;
import io.consilium.expert.Embedder;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.secret.Secrets;
import io.consilium.orchestrator.ComposedExpert;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.ToolReviews;
import io.consilium.tools.ToolExpert;
import java.time.Clock;
import java.util.function.Supplier;

/** Turns cards into experts: the catalogue of everything that can answer. */
final class ExpertWiring {
  private final OpenAiClient client;
  private final Secrets secrets;
  private final Embedder embedder;
  private final ToolServers servers;
  private final ToolReviews reviews;
  private final Shelves shelves;
  private final LangChain4jModels models;
  private final SpringAiModels springAi;
  private final Clock clock;

  ExpertWiring(
      OpenAiClient client,
      Secrets secrets,
      Embedder embedder,
      ToolServers servers,
      ToolReviews reviews,
      Shelves shelves,
      LangChain4jModels models,
      SpringAiModels springAi,
      Clock clock) {
    this.client = client;
    this.secrets = secrets;
    this.embedder = embedder;
    this.servers = servers;
    this.reviews = reviews;
    this.shelves = shelves;
    this.models = models;
    this.springAi = springAi;
    this.clock = clock;
  }

  /**
   * The expert of a card, without guards.
   *
   * @param orchestrator runs compositions
   * @throws ExpertException {@code CONFIGURATION} when the card does not say enough to reach it
   */
  Expert connect(ExpertCard card, Supplier<Orchestrator> orchestrator) {
    return switch (card.endpoint().provider()) {
      case OPENAI -> ScaledExpert.of(new OpenAiExpert(card, client, secrets::resolve));
      case CLASSIFIER -> new ClassifierExpert(card, BundledClassifiers.of(card, embedder), clock);
      case ANTHROPIC, GEMINI, BEDROCK, MISTRAL, OLLAMA -> {
        var model = models.of(card.endpoint());
        yield new LangChain4jExpert(card, model.whole(), model.streamed(), clock);
      }
      case DOCUMENTS -> new DocumentsExpert(card, shelves.find(collection(card)), embedder, clock);
      case SPRING_AI -> springAi.expert(card);
      case MCP -> {
        reviews.require(card);
        yield new ToolExpert(card, servers.find(server(card), card.id()));
      }
      case EMBEDDER -> new EmbedderExpert(card, embedder, clock);
      case COMPOSITION -> new ComposedExpert(card, orchestrator);
    };
  }

  private static String collection(ExpertCard card) {
    return card.kind() instanceof ExpertKind.Retriever retriever
        ? retriever.collection()
        : card.endpoint().model();
  }

  private static String server(ExpertCard card) {
    return card.kind() instanceof ExpertKind.Tool tool ? tool.server() : "";
  }
}
