package io.consilium.adapters.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.card.InferenceServer;
import io.consilium.expert.card.InferenceServer.Engine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Shapes of vLLM and SGLang, from source, not from a run; {@code deploy/flags} says where each was
 * read, and in which version. Neither runs on a machine without a GPU; what the embedded worker can
 * stand in for is tested with real tokens in {@link WorkerClientTest}.
 */
class EnginesFromSourceTest {
  private final List<String> asked = new ArrayList<>();
  private final HttpServer http;

  EnginesFromSourceTest() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.start();
  }

  @AfterEach
  void stop() {
    http.stop(0);
  }

  private void says(String path, int status, String body) {
    http.createContext(
        path,
        exchange -> {
          asked.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          var bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private InferenceServer server(Engine engine) {
    return new InferenceServer(
        "gpu",
        URI.create("http://127.0.0.1:%d/v1".formatted(http.getAddress().getPort())),
        engine,
        null,
        Map.of());
  }

  private WorkerClient client(Engine engine) {
    return new WorkerClient(server(engine), reference -> "", new OutboundRules(true, Set.of()));
  }

  private static final String MODELS =
      """
      {"object":"list","data":[
      {"id":"base","object":"model","created":1,"owned_by":"vllm","root":"Qwen/Qwen3-30B-A3B","parent":null,"max_model_len":16384},
      {"id":"math","object":"model","created":1,"owned_by":"vllm","root":"/adapters/math","parent":"base","max_model_len":null}]}\
      """;

  @Test
  void vllmListsItsBaseAndAdaptersByTheirParent() {
    says("/v1/models", 200, MODELS);

    try (var client = client(Engine.VLLM)) {
      var cards = WorkerCards.of(server(Engine.VLLM), client.models());

      assertThat(cards).extracting(ExpertCard::id).containsExactly("gpu/base", "gpu/math");
      assertThat(cards.get(1).kind()).isEqualTo(new ExpertKind.Adapter("gpu/base"));
      assertThat(cards.get(1).endpoint().model()).isEqualTo("math");
      assertThat(cards.get(0).contextWindow()).isEqualTo(16384);
    }
  }

  @Test
  void sglangIsAskedForAnAdapterTogetherWithItsBase() {
    says("/v1/models", 200, MODELS);

    try (var client = client(Engine.SGLANG)) {
      var cards = WorkerCards.of(server(Engine.SGLANG), client.models());

      assertThat(cards.get(1).endpoint().model()).isEqualTo("base:math");
    }
  }

  @Test
  void vllmSaysSuccessInWordsAndSglangInABody() {
    says("/v1/load_lora_adapter", 200, "Success: LoRA adapter 'x' added successfully.");
    says(
        "/load_lora_adapter",
        200,
        "{\"success\":false,\"error_message\":\"rank 64 is too large\",\"loaded_adapters\":{}}");

    try (var vllm = client(Engine.VLLM);
        var sglang = client(Engine.SGLANG)) {
      vllm.load("x", "/adapters/x", true);
      assertThatThrownBy(() -> sglang.load("x", "/adapters/x", true))
          .hasMessageContaining("rank 64 is too large");
    }
    assertThat(asked)
        .containsExactly(
            "POST /v1/load_lora_adapter {\"lora_name\":\"x\",\"lora_path\":\"/adapters/x\"}",
            "POST /load_lora_adapter {\"lora_name\":\"x\",\"lora_path\":\"/adapters/x\",\"pinned\":true}");
  }

  @Test
  void vllmWithoutRunTimeLoadingHasNoSuchPath() {
    says("/v1/load_lora_adapter", 404, "{\"detail\":\"Not Found\"}");

    try (var client = client(Engine.VLLM)) {
      assertThatThrownBy(() -> client.load("x", "/adapters/x", false))
          .hasMessageContaining("started with what /v1/load_lora_adapter needs");
    }
  }

  @Test
  void eachEngineSleepsInItsOwnWay() {
    says("/sleep", 200, "");
    says("/release_memory_occupation", 200, "");

    try (var vllm = client(Engine.VLLM);
        var sglang = client(Engine.SGLANG)) {
      vllm.sleep();
      sglang.sleep();
    }
    assertThat(asked)
        .containsExactly("POST /sleep?level=1 {}", "POST /release_memory_occupation {}");
  }

  @Test
  void nothingIsAskedThatTheSourceOfTheEngineDoesNotName() throws IOException {
    says("/", 200, "{\"success\":true,\"is_sleeping\":false}");

    for (var engine : List.of(Engine.VLLM, Engine.SGLANG)) {
      asked.clear();
      try (var client = client(engine)) {
        client.load("x", "/adapters/x", true);
        client.unload("x");
        client.sleep();
        client.wake();
        client.asleep();
      }
      var name = engine.name().toLowerCase(Locale.ROOT);
      var known = Files.readAllLines(Path.of("../deploy/flags/%s.txt".formatted(name)));
      assertThat(asked)
          .hasSizeGreaterThanOrEqualTo(4)
          .allSatisfy(request -> {
            var parts = request.split(" ", 3);
            var fields = parts[2].isBlank() ? List.<String>of() : List.copyOf(names(parts[2]));
            var line =
                Stream.concat(
                        Stream.of(parts[0], parts[1].replaceFirst("=.*", "")), fields.stream())
                    .collect(Collectors.joining(" "));
            assertThat(known).contains(line);
          });
    }
  }

  @Test
  void theLoadIsReadUnderTheNamesThatTheSourceGivesIts() throws IOException {
    for (var engine : List.of("vllm", "sglang")) {
      var meters =
          Files.readAllLines(Path.of("../deploy/flags/%s.txt".formatted(engine))).stream()
              .filter(line -> line.startsWith("METER "))
              .map(line -> line.substring("METER ".length()))
              .toList();
      assertThat(meters).hasSize(3);
      assertThat(WorkerLoad.of("%s 1\n%s 2\n%s 0.5\n".formatted(meters.toArray())))
          .isEqualTo(new WorkerLoad(1, 2, 0.5));
    }
  }

  private static Collection<String> names(String body) {
    return Json.MAPPER.readTree(body).propertyNames();
  }

  @Test
  void anEngineThatTakesNoScalesMixesNothingAndIsNotAsked() {
    for (var engine : List.of(Engine.VLLM, Engine.SGLANG)) {
      var fuser = new WorkerFuser(new Unasked(server(engine)), server(engine), List.of());

      assertThat(fuser.abilities()).isEmpty();
      assertThatThrownBy(() ->
              fuser.mixed(
                  Question.of("hello", Terms.within(Duration.ofMinutes(1), Instant.now())),
                  Map.of("gpu/math", 1.0),
                  piece -> {}))
          .isInstanceOfSatisfying(
              ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.UNSUPPORTED))
          .hasMessageContaining(engine.title())
          .hasMessageContaining("no scales");
    }
  }

  /** A base model that must not be asked. */
  private record Unasked(InferenceServer server) implements Expert {
    @Override
    public ExpertCard card() {
      return WorkerCards.of(
              server,
              List.of(
                  new WorkerModel(
                      "base", WorkerModel.Kind.BASE, null, 0, 0, "", true, -1, "", List.of())))
          .getFirst();
    }

    @Override
    public Answer answer(Question question, Consumer<Delta> out) {
      throw new AssertionError("asked");
    }
  }

  @Test
  void loadIsReadUnderTheNamesOfEachEngine() {
    assertThat(
            WorkerLoad.of(
                """
                # TYPE vllm:num_requests_running gauge
                vllm:num_requests_running{model_name="base",engine="0"} 3.0
                vllm:num_requests_running{model_name="base",engine="1"} 2.0
                vllm:num_requests_waiting{model_name="base",engine="0"} 7.0
                vllm:gpu_cache_usage_perc{model_name="base"} 0.25
                """))
        .isEqualTo(new WorkerLoad(5, 7, 0.25));
    assertThat(
            WorkerLoad.of(
                "sglang:num_running_reqs 1\nsglang:num_queue_reqs 4\nsglang:token_usage 0.5\nodd line\n"))
        .isEqualTo(new WorkerLoad(1, 4, 0.5));
    assertThat(WorkerLoad.of("llamacpp:requests_processing 2\nllamacpp:requests_deferred 1"))
        .isEqualTo(new WorkerLoad(2, 1, 0));
  }

  @Test
  void aPageThatIsNoWorkerIsSaidToBeNone() {
    says("/v1/models", 200, "<html>It works!</html>");

    try (var client = client(Engine.VLLM)) {
      assertThatThrownBy(client::models)
          .isInstanceOfSatisfying(
              ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFIGURATION))
          .hasMessageContaining("is no vLLM");
    }
  }
}
