package io.consilium.adapters.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.adapters.testing.Behaviours;
import io.consilium.adapters.testing.FakeExchange;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Frame;
import io.consilium.expert.Json;
import io.consilium.expert.Modality;
import io.consilium.expert.Question;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.wire.ChatWire;
import io.consilium.expert.wire.CompletionsWire;
import io.consilium.expert.wire.EmbeddingsWire;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class OpenAiExpertTest {
  private final FakeUpstream upstream = FakeUpstream.start();
  private final OpenAiClient client = new OpenAiClient(address -> {});

  @AfterEach
  void close() {
    FakeUpstream.await("every connection to be given back", () -> client.leased() == 0);
    client.close();
    upstream.close();
  }

  private OpenAiExpert expert(String model) {
    return new OpenAiExpert(FakeCards.card(upstream.url(), model), client, ref -> "sk-secret");
  }

  private static Terms terms() {
    return Terms.within(Duration.ofSeconds(20), Instant.now());
  }

  private static Question chat(String more) {
    var body =
        "{\"model\":\"consilium/auto\",\"messages\":[{\"role\":\"user\",\"content\":\"What is 2 + 3?\"}]"
            + more
            + "}";
    return ChatWire.question(Json.object(body.getBytes(UTF_8), "the request"), terms());
  }

  private static void unused(Delta delta) {
    throw new AssertionError("not streamed, yet a piece came: " + delta);
  }

  private Answer ask(String model, String more) {
    return expert(model).answer(chat(more), OpenAiExpertTest::unused);
  }

  private record Streamed(List<Delta> pieces, Answer answer) {}

  private Streamed stream(String model, String more) {
    List<Delta> pieces = new ArrayList<>();
    var answer = expert(model).answer(chat(",\"stream\":true" + more), pieces::add);
    return new Streamed(pieces, answer);
  }

  private ObjectNode sent(String model) {
    return upstream.await(model).body();
  }

  private static String text(@Nullable Frame frame) {
    if (frame == null) {
      throw new AssertionError("the frame is missing");
    }
    return new String(frame.bytes(), UTF_8);
  }

  @Test
  void unknownFieldsOfTheRequestTravelOnInTheirOrder() {
    ask(
        "plain",
        ",\"min_p\":0.050,\"seed\":123456789012345678901234567890,\"consilium\":{\"policy\":\"economy\"},\"x\":{\"b\":1,\"a\":[null,1e5]}");
    assertThat(new String(upstream.await("plain").bytes(), UTF_8))
        .isEqualTo(
            "{\"model\":\"plain\",\"messages\":[{\"role\":\"user\",\"content\":\"What is 2 + 3?\"}],"
                + "\"min_p\":0.050,\"seed\":123456789012345678901234567890,\"x\":{\"b\":1,\"a\":[null,1E+5]}}");
  }

  @Test
  void aWholeReplyIsKeptByteForByte() {
    var raw = ask("unknown-fields", "").raw();
    assertThat(text(raw))
        .contains("\"future\":{\"n\":1.50,\"big\":123456789012345678901234567890}")
        .contains("\"novel\":true");
  }

  @Test
  void theKeyAndFurtherHeadersAreSent() {
    var card =
        FakeCards.card(upstream.url(), "plain", Map.of("api-key", new SecretRef("${OTHER}")));
    new OpenAiExpert(card, client, ref -> ref.reference().equals("${OTHER}") ? "abc\n" : "sk-1")
        .answer(chat(""), OpenAiExpertTest::unused);
    FakeExchange sent = upstream.await("plain");
    assertThat(sent.path()).isEqualTo("/v1/chat/completions");
    assertThat(sent.header("Authorization")).isEqualTo("Bearer sk-1");
    assertThat(sent.header("api-key")).isEqualTo("abc");
    assertThat(sent.header("Content-Type")).startsWith("application/json");
    assertThat(sent.header("Upgrade")).isEmpty();
    assertThat(sent.header("Accept-Encoding")).isEmpty();
  }

  @Test
  void aQueryOfTheUrlStays() {
    var url = URI.create(upstream.url() + "/?api-version=2026-01-01");
    new OpenAiExpert(FakeCards.card(url, "plain"), client, ref -> "k")
        .answer(chat(""), OpenAiExpertTest::unused);
    assertThat(upstream.await("plain").path())
        .isEqualTo("/v1/chat/completions?api-version=2026-01-01");
  }

  @Test
  void framesAreForwardedByteForByte() {
    var extra =
        "{\"id\":\"z\", \"choices\":[{\"index\":0,\"delta\":{\"content\":\"hé\"},\"novel\":1.0}]}";
    upstream.script(
        "frames",
        exchange -> {
          exchange.open();
          exchange.event(extra);
          exchange.event(Behaviours.chunk(Json.object(), "stop"));
          exchange.done();
        });
    var streamed = stream("frames", "");
    assertThat(streamed.pieces()).hasSize(2);
    var first = (Delta.Framed) streamed.pieces().getFirst();
    assertThat(text(first.frame())).isEqualTo(extra);
    assertThat(first.parts()).containsExactly(new Delta.Text("hé"));
    assertThat(streamed.answer().text()).isEqualTo("hé");
    assertThat(streamed.answer().finish()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void streamUsageIsAskedForAndStrippedUnlessTheCallerWantsIt() {
    var streamed = stream("plain", "");
    var plain = streamed.pieces();
    assertThat(sent("plain").path("stream_options").path("include_usage").asBoolean()).isTrue();
    assertThat(streamed.answer().usage()).isEqualTo(new Usage(11, 7, 3, 2, false));
    assertThat(plain).noneMatch(OpenAiExpertTest::tellsUsage);

    var wanted = stream("plain", ",\"stream_options\":{\"include_usage\":true}").pieces();
    assertThat(wanted).filteredOn(OpenAiExpertTest::tellsUsage).hasSize(1);
    assertThat(wanted).hasSize(plain.size() + 1);
  }

  private static boolean tellsUsage(Delta delta) {
    return delta instanceof Delta.Used
        || (delta instanceof Delta.Framed framed
            && framed.parts().stream().anyMatch(part -> part instanceof Delta.Used));
  }

  @Test
  void missingUsageIsEstimatedAndMarked() {
    // 14 characters asked, 24 answered
    var expected = new Usage(4, 6, 0, 0, true);
    assertThat(ask("no-usage", "").usage()).isEqualTo(expected);
    var streamed = stream("no-usage", "");
    assertThat(streamed.pieces()).noneMatch(OpenAiExpertTest::tellsUsage);
    assertThat(streamed.answer().usage()).isEqualTo(expected);
    assertThat(
            stream("no-usage", ",\"stream_options\":{\"include_usage\":true}").pieces().getLast())
        .isEqualTo(new Delta.Used(expected));
  }

  @Test
  void aServerThatRejectsStreamOptionsIsAskedWithout() {
    upstream.script(
        "strict",
        exchange -> {
          if (exchange.body().has("stream_options")) {
            Behaviours.failing(422, "Extra inputs are not permitted: stream_options", "extra")
                .serve(exchange);
          } else {
            Behaviours.saying("fine").serve(exchange);
          }
        });
    var strict = expert("strict");
    for (int i = 0; i < 2; i++) {
      assertThat(strict.answer(chat(",\"stream\":true"), delta -> {}).text()).isEqualTo("fine");
    }
    assertThat(upstream.exchanges("strict")).as("it is remembered").hasSize(3);
    assertThatThrownBy(() ->
            strict.answer(
                chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"), delta -> {}))
        .isInstanceOf(ExpertException.class);
  }

  @Test
  void aServerThatDoesNotStreamIsStillAnExpert() {
    upstream.script(
        "stubborn",
        exchange ->
            exchange.json(
                200,
                "{\"choices\":[{\"message\":{\"content\":\"five\",\"reasoning\":\"hm\"},\"finish_reason\":\"length\"}]}"));
    var streamed = stream("stubborn", "");
    assertThat(streamed.pieces())
        .containsExactly(
            new Delta.Reasoning("hm"),
            new Delta.Text("five"),
            new Delta.Finish(FinishReason.LENGTH));
    assertThat(streamed.answer().text()).isEqualTo("five");
  }

  @Test
  void toolCallsReasoningRefusalsAndJsonSurvive() {
    for (var model : List.of("tools", "reasoning", "refusal", "json")) {
      var whole = ask(model, ",\"response_format\":{\"type\":\"json_object\"}");
      var streamed = stream(model, ",\"response_format\":{\"type\":\"json_object\"}").answer();
      assertThat(sent(model).path("response_format").path("type").asString())
          .isEqualTo("json_object");
      for (var each : List.of(whole, streamed)) {
        assertThat(each.toolCalls()).hasSize(model.equals("tools") ? 1 : 0);
        assertThat(each.reasoning()).isEqualTo(model.equals("reasoning") ? "2 + 3" : null);
        assertThat(each.refusal()).isEqualTo(model.equals("refusal") ? "I will not." : null);
        assertThat(each.text()).startsWith(model.equals("json") ? "{\"sum\":5}" : "");
      }
      assertThat(streamed.finish()).isEqualTo(whole.finish());
    }
  }

  @Test
  void imagesReachTheServer() {
    var part =
        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\",\"detail\":\"low\"}}";
    var card = FakeCards.card(upstream.url(), "plain");
    var body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[" + part + "]}]}";
    var question = ChatWire.question(Json.object(body.getBytes(UTF_8), "the request"), terms());
    assertThatThrownBy(() -> expert("plain").answer(question, delta -> {}))
        .hasMessageContaining("modality image");
    new OpenAiExpert(seeing(card), client, ref -> "k").answer(question, delta -> {});
    assertThat(new String(upstream.await("plain").bytes(), UTF_8)).contains(part);
  }

  private static ExpertCard seeing(ExpertCard card) {
    return new ExpertCard(
        card.id(),
        card.version(),
        card.aliases(),
        card.kind(),
        card.description(),
        card.skills(),
        card.price(),
        card.contextWindow(),
        Set.of(Modality.values()),
        card.features(),
        card.services(),
        card.claimed(),
        card.measured(),
        card.lineage(),
        card.licence(),
        card.endpoint(),
        card.state(),
        card.owner(),
        card.gate());
  }

  @Test
  void logprobsSurviveStreamedAndWhole() {
    var streamed = stream("logprobs", ",\"logprobs\":true").answer();
    for (var each : List.of(ask("logprobs", ",\"logprobs\":true"), streamed)) {
      assertThat(each.logprobs()).isNotNull();
      assertThat(String.valueOf(each.logprobs()))
          .isEqualTo("{\"content\":[{\"token\":\"five\",\"logprob\":-0.25}]}");
    }
  }

  @Test
  void olderCompletionsAreAskedAsChat() {
    var body =
        Json.object()
            .put("model", "m")
            .put("prompt", "Say it")
            .put("max_tokens", 5)
            .put("top_k", 3);
    var question = CompletionsWire.question(body, terms());
    assertThat(expert("plain").answer(question, OpenAiExpertTest::unused).text())
        .isEqualTo(Behaviours.ANSWER);
    var sent = sent("plain");
    assertThat(sent.path("messages").path(0).path("content").asString()).isEqualTo("Say it");
    assertThat(sent.path("max_tokens").asInt()).isEqualTo(5);
    assertThat(sent.path("top_k").asInt()).isEqualTo(3);
    assertThat(sent.has("prompt")).isFalse();
  }

  @Test
  void embeddingsPassThrough() {
    var body = Json.object().put("model", "m").put("input", "five").put("encoding_format", "float");
    var answer =
        expert("embed").answer(EmbeddingsWire.question(body, terms()), OpenAiExpertTest::unused);
    assertThat(upstream.await("embed").path()).isEqualTo("/v1/embeddings");
    assertThat(sent("embed").path("encoding_format").asString()).isEqualTo("float");
    assertThat(text(answer.raw())).contains("[0.6,0.8]");
    assertThat(answer.usage()).isEqualTo(new Usage(5, 0, 0, 0, false));
  }

  @Test
  void connectionsAreUsedAgainAlsoAfterStreams() {
    for (int i = 0; i < 20; i++) {
      ask("plain", "");
      stream("plain", "");
    }
    assertThat(upstream.accepted()).isEqualTo(1);
  }

  @Test
  void aNewKeyIsFetchedOnceTheOldOneWasRefused() {
    upstream.script(
        "locked",
        exchange -> {
          var right = exchange.header("Authorization").equals("Bearer new");
          (right ? Behaviours.saying("in") : Behaviours.failing(401, "no", "invalid_api_key"))
              .serve(exchange);
        });
    var keys = new CopyOnWriteArrayList<>(List.of("old", "new", "newer"));
    var locked =
        new OpenAiExpert(
            FakeCards.card(upstream.url(), "locked"), client, ref -> keys.removeFirst());
    assertThatThrownBy(() -> locked.answer(chat(""), delta -> {}))
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.UPSTREAM_AUTH));
    assertThat(locked.answer(chat(""), delta -> {}).text()).isEqualTo("in");
    assertThat(locked.answer(chat(""), delta -> {}).text()).isEqualTo("in");
    assertThat(keys).containsExactly("newer");
  }
}
