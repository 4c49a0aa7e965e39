package io.consilium.adapters.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.consilium.adapters.testing.FakeExchange;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Answer;
import io.consilium.expert.Assembly;
import io.consilium.expert.Endpoint;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feature;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Json;
import io.consilium.expert.Provider;
import io.consilium.expert.Question;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ExpertContract;
import io.consilium.expert.wire.ChatWire;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What holds of every provider reached through LangChain4j, tested against a fake of it. */
abstract class ProviderContract extends ExpertContract {
  static final String KEY = "sk-test-0123456789abcdef";

  final FakeUpstream upstream = FakeUpstream.start();
  private final Map<String, FakeUpstream.Behaviour> byAddress = new ConcurrentHashMap<>();

  abstract Provider provider();

  /** The address of the fake as this provider's url. */
  abstract URI url();

  /** Answers "The answer is 5." as this provider does, whole or in pieces; 11 tokens in, 6 out. */
  abstract void say(FakeExchange exchange) throws IOException;

  /** Calls the tool {@code look_up} for the word "five". */
  abstract void call(FakeExchange exchange) throws IOException;

  /** Where in a request this provider puts the most tokens to write. */
  abstract JsonNode maxTokens(JsonNode body);

  /** Whether the fake sees the model's name in the body, or has to be told by its address. */
  boolean namesModel() {
    return true;
  }

  Map<String, String> options() {
    return Map.of();
  }

  @AfterEach
  void close() {
    upstream.close();
  }

  @Override
  protected Expert expert() {
    return expert("says", this::say);
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Override
  protected Optional<Expert> waiting() {
    return Optional.of(expert("waits", FakeExchange::hang));
  }

  @Override
  protected Optional<Expert> callingTools() {
    return Optional.of(expert("calls", this::call));
  }

  @Override
  protected List<Expert> failing() {
    return List.of(
        expert("says-no", exchange -> exchange.json(500, "{\"error\":{\"message\":\"no\"}}")));
  }

  Expert expert(String model, FakeUpstream.Behaviour behaviour) {
    if (namesModel()) {
      upstream.script(model, behaviour);
    } else {
      byAddress.put(model, behaviour);
      upstream.script("", this::byAddress);
    }
    var endpoint =
        new Endpoint(provider(), url(), model, new SecretRef("${TEST_KEY}"), Map.of(), options());
    var card =
        ExpertCard.of("tested", new ExpertKind.Llm(), "A model under test.", endpoint)
            .withFeatures(Set.of(Feature.TOOLS, Feature.STRUCTURED_OUTPUT));
    var models =
        new LangChain4jModels(
                secret -> KEY,
                address -> {},
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                InstantSource.system())
            .of(endpoint);
    return new LangChain4jExpert(card, models.whole(), models.streamed(), InstantSource.system());
  }

  private void byAddress(FakeExchange exchange) throws Exception {
    for (var entry : byAddress.entrySet()) {
      if (exchange.path().matches(".*/%s[:/].*".formatted(entry.getKey()))) {
        entry.getValue().serve(exchange);
        return;
      }
    }
    exchange.json(404, "{}");
  }

  static Question asked(ObjectNode body) {
    return ChatWire.question(body, Terms.within(Duration.ofSeconds(20), Instant.now()));
  }

  static ObjectNode body(boolean stream) {
    var body = Json.object().put("model", "any").put("stream", stream).put("max_tokens", 77);
    var messages = body.putArray("messages");
    messages.addObject().put("role", "system").put("content", "Be brief.");
    messages.addObject().put("role", "user").put("content", "What is 2 + 3?");
    return body;
  }

  Answer ask(Expert expert, ObjectNode body) {
    return expert.answer(asked(body), delta -> {});
  }

  JsonNode sent() {
    return upstream.exchanges().getLast().body();
  }

  @Test
  void textUsageAndFinishComeThroughWholeAndStreamed() {
    for (boolean stream : new boolean[] {false, true}) {
      var assembly = new Assembly();
      var answer = expert().answer(asked(body(stream)), assembly);
      assertThat(answer.text()).isEqualTo("The answer is 5.");
      assertThat(answer.finish()).isEqualTo(FinishReason.STOP);
      assertThat(answer.usage()).isEqualTo(new Usage(11, 6, 0, 0, false));
      if (stream) {
        assertThat(assembly.answer(Usage.NONE).usage()).isEqualTo(answer.usage());
        assertThat(assembly.finished()).isTrue();
      }
    }
  }

  @Test
  void instructionsTokensAndTemperatureGoDown() {
    ask(expert(), body(false).put("temperature", 0.5));
    assertThat(maxTokens(sent()).intValue()).isEqualTo(77);
    assertThat(sent().toString()).contains("Be brief.", "What is 2 + 3?", "\"temperature\":0.5");
  }

  @Test
  void toolSchemasGoDownAndCallsAndResultsComeBack() {
    var calling = callingTools().orElseThrow();
    for (boolean stream : new boolean[] {false, true}) {
      var first = withTool(body(stream));
      var answer = ask(calling, first);
      assertThat(sent().toString()).contains("look_up", "a word to look up");
      assertThat(answer.finish()).isEqualTo(FinishReason.TOOL_CALLS);
      var call = answer.toolCalls().getFirst();
      assertThat(Json.MAPPER.readTree(call.arguments()).path("word").asString()).isEqualTo("five");

      var second = withTool(body(stream));
      var messages = second.withArray("messages");
      var function =
          messages.addObject().put("role", "assistant").putArray("tool_calls").addObject();
      function.put("id", call.id()).put("type", "function");
      function.putObject("function").put("name", call.name()).put("arguments", call.arguments());
      messages
          .addObject()
          .put("role", "tool")
          .put("tool_call_id", call.id())
          .put("content", "the number after four");
      ask(calling, second);
      assertThat(sent().toString()).contains("the number after four", "five");
    }
  }

  private static ObjectNode withTool(ObjectNode body) {
    var function = body.putArray("tools").addObject().put("type", "function").putObject("function");
    function.put("name", "look_up").put("description", "Looks up.");
    var parameters = function.putObject("parameters").put("type", "object");
    parameters
        .putObject("properties")
        .putObject("word")
        .put("type", "string")
        .put("description", "a word to look up");
    parameters.putArray("required").add("word");
    return body;
  }

  @Test
  void picturesGoDownAsTheyCame() {
    var body = Json.object().put("model", "any");
    var parts = body.putArray("messages").addObject().put("role", "user").putArray("content");
    parts.addObject().put("type", "text").put("text", "What is this?");
    parts
        .addObject()
        .put("type", "image_url")
        .putObject("image_url")
        .put("url", "data:image/png;base64,iVBORw0KGgo=");
    var seeing = expert();
    var card = seeing.card();
    assertThat(catchThrowable(() -> ask(seeing, body)))
        .as("the card declares no images")
        .isInstanceOfSatisfying(
            ExpertException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNSUPPORTED));
    assertThat(new ChatRequests(card).of(asked(body)).messages().getFirst().toString())
        .contains("iVBORw0KGgo=", "image/png");
  }

  @Test
  void localFilesAreNeverReadAsPictures() {
    var body = Json.object().put("model", "any");
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .putArray("content")
        .addObject()
        .put("type", "image_url")
        .putObject("image_url")
        .put("url", "file:///etc/hostname");
    assertThat(catchThrowable(() -> new ChatRequests(expert().card()).of(asked(body))))
        .isInstanceOfSatisfying(
            ExpertException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNSUPPORTED));
  }

  @Test
  void whatTheProviderRefusesIsSaidWithItsKindAndWithoutTheKey() {
    var body =
        "{\"error\":{\"message\":\"no: %s, the request is bad\"},\"message\":\"no: %s\"}"
            .formatted(KEY, KEY);
    var kinds =
        Map.of(
            400, FailureKind.UPSTREAM_REJECTED,
            401, FailureKind.UPSTREAM_AUTH,
            404, FailureKind.CONFIGURATION,
            429, FailureKind.RATE_LIMITED,
            503, FailureKind.UNAVAILABLE);
    kinds.forEach((status, kind) -> {
      for (boolean stream : new boolean[] {false, true}) {
        int before = upstream.exchanges().size();
        var refusing = expert("refuses", exchange -> exchange.json(status, body));
        var failure = failure(() -> ask(refusing, body(stream)));
        assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
        assertThat(failure.message()).contains("tested").doesNotContain(KEY);
        assertThat(upstream.exchanges()).as("no retries of its own").hasSize(before + 1);
      }
    });
  }

  @Test
  void aServerThatIsNotThereIsUnavailable() {
    var lonely = expert();
    upstream.close();
    for (boolean stream : new boolean[] {false, true}) {
      assertThat(failure(() -> ask(lonely, body(stream))).kind())
          .isEqualTo(FailureKind.UNAVAILABLE);
    }
  }

  static ExpertException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return (ExpertException) catchThrowable(call);
  }
}
