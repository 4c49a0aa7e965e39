package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.adapters.testing.FakeExchange;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.jdbc.JdbcDecisions.Filter;
import io.consilium.expert.jdbc.JdbcFeedback;
import io.consilium.orchestrator.RegisteredTools;
import io.consilium.orchestrator.ToolOffers;
import io.consilium.tools.ToolNeed;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A model of the service that calls registered tools, against the bundled tool server. */
class ToolCallsTest {
  private static final String MODEL = "tool-caller";
  private static final String ASKED = "What is 17.5 % of 2,340?";

  private final RunningService service = RunningService.shared();

  @BeforeEach
  void register() {
    service.upstream().script(MODEL, ToolCallsTest::answer);
    service.expert(MODEL);
  }

  /** Calls the first calculator it is offered, then says what it heard. */
  private static void answer(FakeExchange exchange) throws IOException {
    var messages = exchange.body().path("messages");
    var last = messages.path(messages.size() - 1);
    var message = Json.object().put("role", "assistant");
    var finish = "stop";
    var offered =
        exchange
            .body()
            .path("tools")
            .valueStream()
            .map(tool -> tool.path("function").path("name").asString())
            .toList();
    if (last.path("role").asString().equals("tool")) {
      message.put("content", "I heard: " + last.path("content").asString());
    } else if (offered.contains("calculator")) {
      message.putNull("content");
      var call = message.putArray("tool_calls").addObject().put("id", "c1").put("type", "function");
      call.putObject("function")
          .put("name", "calculator")
          .put("arguments", "{\"question\":\"17.5 % of 2340\"}");
      finish = "tool_calls";
    } else {
      message.put("content", "About four hundred.");
    }
    var root = Json.object().put("id", "x").put("object", "chat.completion");
    var choice = root.putArray("choices").addObject().put("index", 0).put("finish_reason", finish);
    choice.set("message", message);
    root.putObject("usage")
        .put("prompt_tokens", 10)
        .put("completion_tokens", 5)
        .put("total_tokens", 15);
    exchange.json(200, root.toString());
  }

  private static ObjectNode wishing(String tools) {
    var body = question(MODEL, ASKED);
    body.putObject("consilium").put("tools", tools);
    return body;
  }

  private static String said(JsonNode reply) {
    return reply.path("choices").path(0).path("message").path("content").asString("");
  }

  @Test
  void aModelCallsARegisteredToolAndTheDecisionRecordsIt() {
    var response = service.chat(wishing("any"));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(said(json(response))).contains("409.5").contains("untrusted");
    assertThat(json(response).path("usage").path("prompt_tokens").asInt()).isEqualTo(20);
    var id = response.headers().firstValue("x-consilium-decision").orElseThrow();
    var replies = json(service.get("/v1/decisions/" + id)).path("replies");
    assertThat(replies.valueStream().map(reply -> reply.path("expert").asString()))
        .containsExactly("calculator", MODEL);
  }

  @Test
  void theToolsOfNamedServersOnlyAreOffered() {
    var body = question(MODEL, ASKED);
    body.putObject("consilium").putArray("tools").add("unit-converter");

    assertThat(said(json(service.chat(body)))).isEqualTo("About four hundred.");

    body.putObject("consilium").putArray("tools").add("everyday");
    assertThat(said(json(service.chat(body)))).contains("409.5");
  }

  @Test
  void aToolThatTheCallerExcludesIsNotOffered() {
    var body = wishing("any");
    ((ObjectNode) body.path("consilium")).putArray("exclude").add("calculator");

    assertThat(said(json(service.chat(body)))).isEqualTo("About four hundred.");
  }

  @Test
  void whoNamesAModelGetsItAsItIs() {
    assertThat(said(json(service.chat(question(MODEL, ASKED))))).isEqualTo("About four hundred.");
    assertThat(said(json(service.chat(wishing("none"))))).isEqualTo("About four hundred.");
  }

  @Test
  void whereNothingIsOnRecordToolsAreNotOfferedUnasked() {
    assertThat(said(json(service.chat(wishing("auto"))))).isEqualTo("About four hundred.");
  }

  /** Asks with this wish for tools and says how right the answer was. */
  private void taught(String model, String text, String tools, double correct, int times) {
    for (int i = 0; i < times; i++) {
      var body = question(model, text);
      body.putObject("consilium").put("tools", tools);
      var decision = service.chat(body).headers().firstValue("x-consilium-decision").orElseThrow();
      var kept =
          service.post(
              "/v1/feedback", Json.object().put("decision", decision).put("score", correct));
      assertThat(kept.statusCode()).as(kept.body()).isEqualTo(201);
    }
  }

  private String unasked(String model, String text) {
    var body = question(model, text);
    body.putObject("consilium").put("tools", "auto");
    return said(json(service.chat(body)));
  }

  @Test
  void theRecordDecidesWhetherAToolIsNeededAndOutlivesARestart() {
    var model = "gated-caller";
    service.upstream().script(model, ToolCallsTest::answer);
    service.expert(model);
    var convert = "How many kilometres are 3 miles?";
    taught(model, ASKED, "any", 1, 6);
    taught(model, ASKED, "none", 0, 6);
    taught(model, convert, "none", 1, 6);

    assertThat(unasked(model, ASKED)).as("a tool is needed").contains("409.5");
    assertThat(unasked(model, convert)).as("none is").isEqualTo("About four hundred.");

    var need = new ToolNeed();
    var restarted =
        new ToolOffers(service.context().getBean(RegisteredTools.class), need, System::nanoTime);
    assertThat(need.knows(model)).isFalse();
    var decisions = service.context().getBean(JdbcDecisions.class);
    var feedback = service.context().getBean(JdbcFeedback.class);
    restarted.recall(
        decisions
            .list(new Filter(model, null, null, null, null, null, null, null), 100, null)
            .data()
            .reversed(),
        feedback::of,
        Instant.MAX);

    assertThat(need.knows(model)).isTrue();
    var gain = need.gain(model, "calculator");
    assertThat(gain.with()).isEqualTo(0.8, within(1e-9)); // (2 + 6) of (4 + 6)
    assertThat(gain.without()).isEqualTo(0.2, within(1e-9));
  }

  @Test
  void aCallerWhoChoosesToolsHimselfIsLeftAlone() {
    var body = wishing("any").put("tool_choice", "none");

    assertThat(said(json(service.chat(body)))).isEqualTo("About four hundred.");
  }

  @Test
  void aWishThatIsNoneIsRefused() {
    var unknown = question(MODEL, ASKED);
    unknown.putObject("consilium").putArray("tools").add("everday");

    assertThat(service.chat(wishing("all")).statusCode()).isEqualTo(400);
    var response = service.chat(unknown);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("everday", "everyday");
  }
}
