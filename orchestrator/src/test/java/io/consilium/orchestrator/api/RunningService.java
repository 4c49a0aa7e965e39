package io.consilium.orchestrator.api;

import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Json;
import io.consilium.orchestrator.OrchestratorApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The real service on a free port with a data folder of its own and a fake upstream; started once
 * and shared by every test of this JVM.
 */
final class RunningService {
  private static final RunningService SHARED = new RunningService();

  private final Path home;
  private final FakeUpstream upstream = FakeUpstream.start();
  private final DescribedApi described = new DescribedApi(ApiDocument.tree());
  private final ConfigurableApplicationContext context;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(20))
          .build();

  /** A service with more settings than the shared one; whoever starts it stops it. */
  RunningService(String... settings) {
    this(List.of(OrchestratorApplication.class), Clock.systemUTC(), settings);
  }

  /** The same by another clock. */
  RunningService(Clock clock, String... settings) {
    this(List.of(OrchestratorApplication.class), clock, settings);
  }

  /**
   * The same made of more than the application; beans that are primary take the place of others.
   */
  RunningService(List<Class<?>> sources, Clock clock, String... settings) {
    try {
      home = Files.createTempDirectory("consilium-test");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--consilium.port=0",
                "--consilium.home=" + home,
                "--consilium.guard.retry.attempts=1",
                "--consilium.guard.breaker.enabled=false"));
    arguments.addAll(List.of(settings));
    var application = new SpringApplication(sources.toArray(Class<?>[]::new));
    application.addInitializers(starting ->
        starting
            .getBeanFactory()
            .addBeanPostProcessor(
                new BeanPostProcessor() {
                  @Override
                  public Object postProcessAfterInitialization(Object bean, String name) {
                    return name.equals("clock") ? clock : bean;
                  }
                }));
    context = application.run(arguments.toArray(String[]::new));
  }

  void stop() {
    context.close();
  }

  static RunningService shared() {
    return SHARED;
  }

  ConfigurableApplicationContext context() {
    return context;
  }

  FakeUpstream upstream() {
    return upstream;
  }

  Path home() {
    return home;
  }

  int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  URI at(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(at(path)).timeout(Duration.ofMinutes(2));
  }

  /** Sends a request, and fails when the exchange is not as the API document says. */
  HttpResponse<String> send(HttpRequest.Builder builder) {
    try {
      var request = builder.build();
      var response = http.send(request, BodyHandlers.ofString());
      described.check(request, response);
      return response;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(request(path));
  }

  HttpResponse<String> delete(String path) {
    return send(request(path).DELETE());
  }

  HttpResponse<String> post(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  HttpResponse<String> post(String path, JsonNode body) {
    return post(path, body.toString());
  }

  HttpResponse<String> chat(String body) {
    return post("/v1/chat/completions", body);
  }

  HttpResponse<String> chat(JsonNode body) {
    return chat(body.toString());
  }

  /** An expert behind the fake upstream that behaves as the fake's model of that name. */
  String expert(String behaviour) {
    var response = post("/v1/experts", card(behaviour, behaviour));
    if (response.statusCode() != 201 && response.statusCode() != 409) {
      throw new IllegalStateException(response.body());
    }
    return behaviour;
  }

  ObjectNode card(String id, String model) {
    var card =
        Json.object()
            .put("id", id)
            .put("kind", "llm")
            .put("description", "A fake model for tests.")
            .put("url", upstream.url().toString())
            .put("model", model);
    card.putArray("features").add("tools").add("structured_output").add("logprobs");
    card.putArray("serves").add("chat").add("embeddings");
    return card;
  }

  /** A chat body with one question. */
  static ObjectNode question(String model, String text) {
    var body = Json.object().put("model", model);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return body;
  }

  static JsonNode json(HttpResponse<String> response) {
    return Json.MAPPER.readTree(response.body());
  }
}
