package io.consilium.adapters.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.adapters.openai.OpenAiClient;
import io.consilium.adapters.openai.OpenAiExpert;
import io.consilium.expert.CardState;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Question;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Terms;
import io.consilium.expert.card.InferenceServer;
import io.consilium.expert.card.InferenceServer.Engine;
import io.consilium.worker.Demo;
import io.consilium.worker.http.WorkerServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The client against the real embedded worker, in each dialect that the worker speaks too: its own,
 * and those parts of vLLM's and of llama.cpp's server that it serves in the same shapes.
 */
class WorkerClientTest {
  private static final String KEY = "correct horse";
  private static final OutboundRules ANYWHERE = new OutboundRules(true, java.util.Set.of());

  @TempDir static Path folder;
  private static Demo demo;
  private static io.consilium.worker.engine.Engine engine;
  private static WorkerServer server;

  @BeforeAll
  static void start() {
    demo = Demo.unpack(folder);
    engine = new io.consilium.worker.engine.Engine(demo.settings(folder, List.of(1)));
    server =
        new WorkerServer(engine, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), KEY);
  }

  @AfterAll
  static void stop() {
    server.close();
    engine.close();
  }

  private static InferenceServer as(Engine kind, String url, @Nullable SecretRef key) {
    return new InferenceServer("w", URI.create(url), kind, key, Map.of());
  }

  private static InferenceServer as(Engine kind) {
    return as(kind, "http://127.0.0.1:" + server.port(), new SecretRef("${KEY}"));
  }

  private static WorkerClient client(InferenceServer server) {
    return new WorkerClient(server, reference -> KEY, ANYWHERE);
  }

  private static ExpertCard card(Engine kind, String id) {
    try (var client = client(as(kind))) {
      return WorkerCards.of(as(kind), client.models()).stream()
          .filter(card -> card.id().equals(id))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String answer(Engine kind, String id) {
    try (var http = new OpenAiClient(ANYWHERE::check)) {
      var expert = ScaledExpert.of(new OpenAiExpert(card(kind, id), http, reference -> KEY));
      var terms = Terms.within(Duration.ofSeconds(30), Instant.now());
      return expert
          .answer(Question.of("Intent: turn on the lights in the kitchen", terms), delta -> {})
          .text();
    }
  }

  @Test
  void whatTheEmbeddedWorkerServesBecomesExpertsOfTheRightKind() {
    var adapter = card(Engine.EMBEDDED, "w/triage");
    var variant = card(Engine.EMBEDDED, "w/consilium-demo-k1");

    assertThat(adapter.kind()).isEqualTo(new ExpertKind.Adapter("w/consilium-demo"));
    assertThat(adapter.state()).isEqualTo(CardState.ROUTABLE);
    assertThat(adapter.description()).contains("intent");
    assertThat(adapter.skills()).isNotEmpty();
    assertThat(variant.kind())
        .isEqualTo(new ExpertKind.Variant("w/consilium-demo", Map.of("active_experts", "1")));
    assertThat(variant.state()).isEqualTo(CardState.PROFILED);
    assertThat(card(Engine.EMBEDDED, "w/consilium-demo").contextWindow()).isEqualTo(512);
  }

  @Test
  void anAdapterAnswersInEveryDialectTheWorkerSpeaks() {
    assertThat(answer(Engine.EMBEDDED, "w/triage")).isEqualTo("lights");
    assertThat(answer(Engine.VLLM, "w/triage")).isEqualTo("lights");
    // llama.cpp knows adapters by number and file, and chooses them by scales
    assertThat(answer(Engine.LLAMA_CPP, "w/demo-triage")).isEqualTo("lights");
  }

  @Test
  void adaptersComeAndGoInVllmsWords() {
    for (var kind : List.of(Engine.EMBEDDED, Engine.VLLM)) {
      try (var client = client(as(kind))) {
        client.load("more", demo.adapter("triage").toString(), false);
        assertThat(client.models()).extracting(WorkerModel::name).contains("more");
        assertThatThrownBy(() -> client.load("more", demo.adapter("triage").toString(), false))
            .hasMessageContaining("already been loaded");
        client.unload("more");
        assertThat(client.models()).extracting(WorkerModel::name).doesNotContain("more");
        assertThatThrownBy(() -> client.unload("more"))
            .isInstanceOfSatisfying(
                ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.NOT_FOUND));
      }
    }
  }

  @Test
  void itSleepsAndWakesAndSaysHowBusyItIs() {
    try (var client = client(as(Engine.EMBEDDED))) {
      client.sleep();
      assertThat(client.asleep()).isTrue();
      client.wake();
      assertThat(client.asleep()).isFalse();
      assertThat(client.load()).isEqualTo(new WorkerLoad(0, 0, 0));
    }
  }

  @Test
  void whatAnEngineCannotDoIsRefusedBeforeItIsAsked() {
    try (var client = client(as(Engine.LLAMA_CPP, "http://127.0.0.1:9", null))) {
      assertThatThrownBy(() -> client.load("a", "/a.gguf", false))
          .isInstanceOfSatisfying(
              ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.UNSUPPORTED))
          .hasMessageContaining("llama.cpp");
      assertThatThrownBy(client::sleep).hasMessageContaining("cannot sleep");
    }
  }

  @Test
  void aWrongKeyAndAnAddressWithoutAWorkerAreSaid() {
    var wrong = new WorkerClient(as(Engine.EMBEDDED), reference -> "wrong", ANYWHERE);
    assertThatThrownBy(wrong::models)
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.UPSTREAM_AUTH))
        .hasMessageContaining("key");
    wrong.close();
    try (var nobody = client(as(Engine.VLLM, "http://127.0.0.1:9", null))) {
      assertThatThrownBy(nobody::models)
          .isInstanceOfSatisfying(
              ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.UNAVAILABLE));
    }
  }
}
