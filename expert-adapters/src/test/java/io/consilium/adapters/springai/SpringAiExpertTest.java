package io.consilium.adapters.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Answer;
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
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ExpertContract;
import io.consilium.expert.wire.ChatWire;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import tools.jackson.databind.node.ObjectNode;

class SpringAiExpertTest extends ExpertContract {
  private static final List<ChatResponse> FIVE =
      List.of(
          FakeChatModel.response(new AssistantMessage("The answer "), "", 0, 0),
          FakeChatModel.response(new AssistantMessage("is 5."), "stop", 11, 6));

  private static final ChatResponse CALL =
      FakeChatModel.response(
          AssistantMessage.builder()
              .content("")
              .toolCalls(
                  List.of(
                      new AssistantMessage.ToolCall(
                          "c1", "function", "look_up", "{\"word\":\"five\"}")))
              .build(),
          "tool_calls",
          11,
          6);

  private final FakeChatModel model = new FakeChatModel(prompt -> FIVE);

  @Override
  protected Expert expert() {
    return over(model);
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Override
  protected Optional<Expert> waiting() {
    return Optional.of(over(FakeChatModel.stuck()));
  }

  @Override
  protected Optional<Expert> callingTools() {
    return Optional.of(over(new FakeChatModel(prompt -> List.of(CALL))));
  }

  @Override
  protected List<Expert> failing() {
    return List.of(over(throwing("broken")));
  }

  private static FakeChatModel throwing(String message) {
    return new FakeChatModel(prompt -> {
      throw new IllegalStateException(message);
    });
  }

  private static Expert over(FakeChatModel model) {
    var card =
        ExpertCard.of(
                "bean",
                new ExpertKind.Llm(),
                "A chat model of the application.",
                new Endpoint(Provider.SPRING_AI, null, "chatModel", null, Map.of(), Map.of()))
            .withFeatures(Set.of(Feature.TOOLS, Feature.STRUCTURED_OUTPUT));
    return new SpringAiExpert(card, model, InstantSource.system());
  }

  private static ObjectNode body(String text) {
    var body = Json.object().put("model", "bean");
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return body;
  }

  private static Question asked(ObjectNode body) {
    return ChatWire.question(body, Terms.within(Duration.ofSeconds(20), Instant.now()));
  }

  private Answer ask(ObjectNode body) {
    return expert().answer(asked(body), delta -> {});
  }

  @Test
  void usageAndFinishComeThrough() {
    for (boolean stream : new boolean[] {false, true}) {
      var answer = ask(body("2 + 3?").put("stream", stream));
      assertThat(answer.text()).isEqualTo("The answer is 5.");
      assertThat(answer.usage()).isEqualTo(new Usage(11, 6, 0, 0, false));
      assertThat(answer.finish()).isEqualTo(FinishReason.STOP);
    }
  }

  @Test
  void whatTheQuestionSetsOverridesTheModelsOptionsAndTheRestStays() {
    ask(body("hi").put("max_tokens", 77));
    var options =
        (ToolCallingChatOptions) Objects.requireNonNull(model.prompts.element().getOptions());
    assertThat(options.getMaxTokens()).isEqualTo(77);
    assertThat(options.getTemperature()).isEqualTo(0.9);
    assertThat(options.getModel()).isEqualTo("fake");
  }

  @Test
  void toolsCallsAndResultsGoDown() {
    var body = body("look it up");
    var messages = body.withArray("messages");
    var call = messages.addObject().put("role", "assistant").putArray("tool_calls").addObject();
    call.put("id", "c1").put("type", "function");
    call.putObject("function").put("name", "look_up").put("arguments", "{}");
    messages.addObject().put("role", "tool").put("tool_call_id", "c1").put("content", "five");
    body.putArray("tools")
        .addObject()
        .put("type", "function")
        .putObject("function")
        .put("name", "look_up");
    ask(body);
    var prompt = model.prompts.element();
    assertThat(
            ((ToolCallingChatOptions) Objects.requireNonNull(prompt.getOptions()))
                .getToolCallbacks())
        .singleElement()
        .satisfies(tool -> assertThat(tool.getToolDefinition().name()).isEqualTo("look_up"));
    assertThat(prompt.getInstructions().get(2))
        .isInstanceOfSatisfying(
            ToolResponseMessage.class,
            message ->
                assertThat(message.getResponses().getFirst().responseData()).isEqualTo("five"));
  }

  @Test
  void picturesGoDownAsBytesAndLinksAreRefused() {
    var card = expert().card();
    var body = Json.object().put("model", "bean");
    var image =
        body.putArray("messages")
            .addObject()
            .put("role", "user")
            .putArray("content")
            .addObject()
            .put("type", "image_url")
            .putObject("image_url")
            .put("url", "data:image/png;base64,AQID");
    var user = (UserMessage) new Prompts(card).of(asked(body), null).getInstructions().getFirst();
    assertThat(user.getMedia().getFirst().getDataAsByteArray()).containsExactly(1, 2, 3);
    image.put("url", "http://example.com/a.png");
    assertThatThrownBy(() -> new Prompts(card).of(asked(body), null))
        .hasMessageContaining("not as links");
  }

  @Test
  void anOptionTheModelHasNoWordForIsRefused() {
    var body = body("hi");
    body.putObject("response_format").put("type", "json_object");
    assertThatThrownBy(() -> ask(body))
        .isInstanceOfSatisfying(
            ExpertException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNSUPPORTED));
  }

  @Test
  void failuresAreToldApartByTheStatusInTheirMessage() {
    var kinds =
        Map.of(
            "HTTP 401 - key sk-secret is wrong", FailureKind.UPSTREAM_AUTH,
            "429: slow down", FailureKind.RATE_LIMITED,
            "503 - later", FailureKind.UNAVAILABLE,
            "HTTP 400 - no", FailureKind.UPSTREAM_REJECTED,
            "nonsense", FailureKind.UPSTREAM_INVALID);
    kinds.forEach((message, kind) -> {
      for (boolean stream : new boolean[] {false, true}) {
        var failure =
            (ExpertException)
                catchThrowable(() ->
                    over(throwing(message))
                        .answer(asked(body("hi").put("stream", stream)), delta -> {}));
        assertThat(failure.kind()).as(message).isEqualTo(kind);
        assertThat(failure.message()).doesNotContain("secret");
      }
    });
  }

  @Test
  void aReaderWhoLeavesCancelsTheStream() {
    assertThatThrownBy(() ->
            expert()
                .answer(
                    asked(body("go on").put("stream", true)),
                    delta -> {
                      throw new IllegalStateException("gone");
                    }))
        .hasMessage("gone");
    FakeUpstream.await("the stream to be cancelled", () -> model.cancelled.get() == 1);
  }
}
