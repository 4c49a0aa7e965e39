package io.consilium.adapters.springai;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Message;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.ToolSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.DefaultToolDefinition;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.util.MimeType;
import tools.jackson.databind.JsonNode;

/** Questions as Spring AI's prompts. */
final class Prompts {
  private static final Pattern DATA =
      Pattern.compile("data:([a-z]+/[A-Za-z0-9.+-]+);base64,(.+)", Pattern.DOTALL);

  private final ExpertCard card;

  Prompts(ExpertCard card) {
    this.card = card;
  }

  /**
   * @param defaults the model's own options, which carry its type and what the application set
   */
  Prompt of(Question question, @Nullable ChatOptions defaults) {
    Map<String, String> called = new HashMap<>();
    List<org.springframework.ai.chat.messages.Message> messages = new ArrayList<>();
    for (var message : question.messages()) {
      message.toolCalls().forEach(call -> called.put(call.id(), call.name()));
      messages.add(message(message, called));
    }
    return new Prompt(
        messages,
        options(question, defaults == null ? ToolCallingChatOptions.builder() : defaults.mutate()));
  }

  private ChatOptions options(Question question, ChatOptions.Builder<?> options) {
    var parameters = question.parameters();
    var body = question.body();
    if (parameters.maxTokens() != null) {
      options.maxTokens(parameters.maxTokens());
    }
    if (parameters.temperature() != null) {
      options.temperature(parameters.temperature());
    }
    if (body.path("top_p").isNumber()) {
      options.topP(body.path("top_p").doubleValue());
    }
    if (body.path("frequency_penalty").isNumber()) {
      options.frequencyPenalty(body.path("frequency_penalty").doubleValue());
    }
    if (body.path("presence_penalty").isNumber()) {
      options.presencePenalty(body.path("presence_penalty").doubleValue());
    }
    var stops = stops(body.path("stop"));
    if (!stops.isEmpty()) {
      options.stopSequences(stops);
    }
    var tools = tools(question);
    if (!tools.isEmpty()) {
      if (!(options instanceof ToolCallingChatOptions.Builder<?> calling)) {
        throw unsupported("tools");
      }
      calling.toolCallbacks(tools);
    }
    if (parameters.structured()) {
      if (!(options instanceof StructuredOutputChatOptions.Builder<?> structured)) {
        throw unsupported("a response_format");
      }
      structured.outputSchema(schema(body.path("response_format")));
    }
    return options.build();
  }

  private ExpertException unsupported(String what) {
    return new ExpertException(
        FailureKind.UNSUPPORTED,
        "the chat model behind %s takes no %s; remove that feature from its card"
            .formatted(card.id(), what));
  }

  private static String schema(JsonNode format) {
    var schema = format.path("json_schema").path("schema");
    return schema.isObject() ? schema.toString() : "{\"type\":\"object\"}";
  }

  private static List<String> stops(JsonNode stop) {
    List<String> stops = new ArrayList<>();
    if (stop.isString()) {
      stops.add(stop.stringValue());
    }
    if (stop.isArray()) {
      stop.forEach(sequence -> stops.add(sequence.asString()));
    }
    return stops;
  }

  /** Spring AI has no word for tool_choice: "none" and a named tool narrow what is offered. */
  private static List<ToolCallback> tools(Question question) {
    var choice = question.body().path("tool_choice");
    if (choice.asString("").equals("none")) {
      return List.of();
    }
    var only = choice.path("function").path("name").asString("");
    return question.tools().stream()
        .filter(tool -> only.isEmpty() || only.equals(tool.name()))
        .<ToolCallback>map(CallersTool::new)
        .toList();
  }

  /** A tool that only its owner, the caller, can run. */
  private record CallersTool(ToolSpec tool) implements ToolCallback {
    @Override
    public ToolDefinition getToolDefinition() {
      return DefaultToolDefinition.builder()
          .name(tool.name())
          .description(tool.description().isEmpty() ? tool.name() : tool.description())
          .inputSchema(
              tool.schema().isEmpty()
                  ? "{\"type\":\"object\",\"properties\":{}}"
                  : tool.schema().toString())
          .build();
    }

    @Override
    public String call(String arguments) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "the chat model runs tools by itself; give the expert one that hands calls back to its caller");
    }
  }

  private org.springframework.ai.chat.messages.Message message(
      Message message, Map<String, String> called) {
    return switch (message.role()) {
      case SYSTEM -> new SystemMessage(message.text());
      case USER ->
          UserMessage.builder().text(message.text()).media(media(message.content())).build();
      case ASSISTANT ->
          AssistantMessage.builder()
              .content(message.text())
              .toolCalls(
                  message.toolCalls().stream()
                      .map(call ->
                          new AssistantMessage.ToolCall(
                              call.id(), "function", call.name(), call.arguments()))
                      .toList())
              .build();
      case TOOL -> {
        var id = message.toolCallId();
        var name = id == null ? null : called.get(id);
        if (id == null || name == null) {
          throw ExpertException.invalid(
              "messages",
              "the tool message answers the call '%s', which no earlier assistant message makes"
                  .formatted(id));
        }
        yield ToolResponseMessage.builder()
            .responses(List.of(new ToolResponseMessage.ToolResponse(id, name, message.text())))
            .build();
      }
    };
  }

  private List<Media> media(List<Part> parts) {
    List<Media> media = new ArrayList<>();
    for (var part : parts) {
      switch (part) {
        case Part.Text text -> {}
        case Part.Image image -> media.add(image(image.url()));
        case Part.Other other ->
            throw new ExpertException(
                FailureKind.UNSUPPORTED,
                "%s reads text and images only, not parts of type '%s'"
                    .formatted(card.id(), other.raw().path("type").asString("?")));
      }
    }
    return media;
  }

  /** Links are refused: some chat models open them on this machine. */
  private Media image(String url) {
    var data = DATA.matcher(url);
    if (!data.matches()) {
      throw new ExpertException(
          FailureKind.UNSUPPORTED,
          card.id() + " takes images as data:…;base64, URLs, not as links");
    }
    try {
      return Media.builder()
          .mimeType(MimeType.valueOf(data.group(1)))
          .data((Object) Base64.getMimeDecoder().decode(data.group(2)))
          .build();
    } catch (IllegalArgumentException e) {
      throw ExpertException.invalid("messages", "an image is not valid base64");
    }
  }
}
