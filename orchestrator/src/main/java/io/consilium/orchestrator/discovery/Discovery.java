package io.consilium.orchestrator.discovery;

import io.consilium.expert.CardState;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Json;
import io.consilium.expert.Measures;
import io.consilium.expert.Modality;
import io.consilium.expert.Owner;
import io.consilium.expert.Price;
import io.consilium.expert.Provider;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Service;
import io.consilium.expert.Skill;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Looks for model servers on the loopback interface and for provider keys in the environment.
 * Looking registers nothing: that takes the operator's consent.
 */
public final class Discovery {
  private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);
  private static final Duration CONNECT = Duration.ofMillis(500);
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private final List<LocalServer> servers;
  private final int ownPort;
  private final Map<String, String> environment;

  /**
   * @param servers to look for
   * @param ownPort the port of this service, never asked
   * @param environment where provider keys are looked for
   */
  public Discovery(List<LocalServer> servers, int ownPort, Map<String, String> environment) {
    this.servers = List.copyOf(servers);
    this.ownPort = ownPort;
    this.environment = Map.copyOf(environment);
  }

  /** Everything found, local servers first; takes a few seconds at most. */
  public List<Finding> look() {
    List<Finding> found = new ArrayList<>();
    try (var http =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .build();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var probes =
          servers.stream()
              .filter(server -> server.port() != ownPort)
              .<Callable<Optional<Finding>>>map(server -> () -> probe(http, server))
              .toList();
      for (var probe : threads.invokeAll(probes)) {
        probe.get().ifPresent(found::add);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a probe reports what it meets, it does not throw", e);
    }
    found.addAll(keys());
    return found;
  }

  private Optional<Finding> probe(HttpClient http, LocalServer server) throws InterruptedException {
    var base = URI.create("http://127.0.0.1:%d/v1".formatted(server.port()));
    var request =
        HttpRequest.newBuilder(URI.create(base + "/models")).timeout(ANSWER).GET().build();
    JsonNode models;
    try {
      var response = http.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        return Optional.empty();
      }
      models = Json.MAPPER.readTree(response.body()).path("data");
    } catch (IOException | JacksonException e) {
      LOG.debug("no {} on port {}: {}", server.name(), server.port(), e.toString());
      return Optional.empty();
    }
    List<ExpertCard> cards = new ArrayList<>();
    for (var model : models) {
      var id = model.path("id").asString("");
      if (id.startsWith("consilium/")) {
        return Optional.empty(); // another Consilium: asking it would go round in circles
      }
      card(
              id,
              "General assistant: the model %s, served by %s on this machine."
                  .formatted(file(id), server.name()),
              model.path("max_model_len").asInt(0), // vLLM says what it was started with
              endpoint(Provider.OPENAI, base, id, null))
          .ifPresent(cards::add);
    }
    return cards.isEmpty()
        ? Optional.empty()
        : Optional.of(new Finding(server.name() + " on port " + server.port(), cards));
  }

  private List<Finding> keys() {
    List<Finding> found = new ArrayList<>();
    for (var provider : providers()) {
      var variable = provider.path("key").asString("");
      if (environment.getOrDefault(variable, "").isBlank()) {
        continue;
      }
      var url = provider.path("url").asString("");
      List<ExpertCard> cards = new ArrayList<>();
      for (var model : provider.path("models")) {
        card(
                model.path("id").asString(""),
                model.path("description").asString(""),
                model.path("context").asInt(0),
                endpoint(
                    Provider.valueOf(provider.path("provider").asString("")),
                    url.isEmpty() ? null : URI.create(url),
                    model.path("id").asString(""),
                    new SecretRef("${" + variable + "}")))
            .ifPresent(cards::add);
      }
      found.add(new Finding(provider.path("name").asString("") + " by " + variable, cards));
    }
    return found;
  }

  private static JsonNode providers() {
    try (InputStream in =
        Objects.requireNonNull(Discovery.class.getResourceAsStream("providers.json"))) {
      return Json.MAPPER.readTree(in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException("providers.json is part of this jar", e);
    }
  }

  private static Endpoint endpoint(
      Provider provider, @Nullable URI url, String model, @Nullable SecretRef key) {
    return new Endpoint(provider, url, model, key, Map.of(), Map.of());
  }

  /** llama.cpp names a model by the path of its file, unless told an alias. */
  private static String file(String model) {
    return model.endsWith(".gguf")
        ? model.substring(
            Math.max(model.lastIndexOf('/'), model.lastIndexOf('\\')) + 1,
            model.length() - ".gguf".length())
        : model;
  }

  /** A card for a model, or nothing when its name is no possible expert id. */
  private static Optional<ExpertCard> card(
      String model, String description, int context, Endpoint endpoint) {
    var id = file(model).replaceAll("[^A-Za-z0-9._:@/-]", "-");
    if (id.isEmpty() || id.length() > 128 || !Character.isLetterOrDigit(id.charAt(0))) {
      return Optional.empty();
    }
    boolean embeds = id.toLowerCase(Locale.ROOT).contains("embed");
    return Optional.of(
        new ExpertCard(
            id,
            1,
            List.of(),
            new ExpertKind.Llm(),
            embeds ? "Turns texts into vectors: " + model + "." : description,
            embeds ? List.of() : List.of(new Skill("general", 1)),
            Price.FREE,
            context,
            Set.of(Modality.TEXT),
            Set.of(),
            Set.of(embeds ? Service.EMBEDDINGS : Service.CHAT),
            Measures.NONE,
            Measures.NONE,
            null,
            null,
            endpoint,
            CardState.ROUTABLE,
            Owner.DISCOVERED,
            null));
  }
}
