package io.consilium.adapters.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Message;
import io.consilium.expert.Part;
import io.consilium.expert.Provider;
import io.consilium.expert.Question;
import io.consilium.expert.ToolSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Questions as LangChain4j's chat requests. */
final class ChatRequests {
  private static final Pattern DATA =
      Pattern.compile("data:([a-z]+/[A-Za-z0-9.+-]+);base64,(.+)", Pattern.DOTALL);

  private final ExpertCard card;

  ChatRequests(ExpertCard card) {
    this.card = card;
  }

  ChatRequest of(Question question) {
    var parameters = question.parameters();
    var body = question.body();
    var choice = body.path("tool_choice");
    var request =
        ChatRequest.builder()
            .messages(messages(question))
            .temperature(parameters.temperature())
            .maxOutputTokens(parameters.maxTokens())
            .topP(number(body, "top_p"))
            .frequencyPenalty(number(body, "frequency_penalty"))
            .presencePenalty(number(body, "presence_penalty"));
    var stops = stops(body.path("stop"));
    if (!stops.isEmpty()) {
      request.stopSequences(stops);
    }
    var tools = tools(question.tools(), choice);
    if (!tools.isEmpty()) {
      request.toolSpecifications(tools);
      var chosen = choice(choice);
      if (chosen != null) {
        request.toolChoice(chosen);
      }
    }
    if (parameters.structured()) {
      request.responseFormat(format(body.path("response_format")));
    }
    return request.build();
  }

  private List<ChatMessage> messages(Question question) {
    Map<String, String> called = new HashMap<>();
    List<ChatMessage> messages = new ArrayList<>();
    for (var message : question.messages()) {
      message.toolCalls().forEach(call -> called.put(call.id(), call.name()));
      messages.add(message(message, called));
    }
    return messages;
  }

  private ChatMessage message(Message message, Map<String, String> called) {
    return switch (message.role()) {
      case SYSTEM -> SystemMessage.from(message.text());
      case USER -> UserMessage.from(message.content().stream().map(this::content).toList());
      case ASSISTANT -> {
        var spoken = AiMessage.builder();
        if (!message.text().isEmpty()) {
          spoken.text(message.text());
        }
        yield spoken
            .toolExecutionRequests(
                message.toolCalls().stream()
                    .map(call ->
                        ToolExecutionRequest.builder()
                            .id(call.id())
                            .name(call.name())
                            .arguments(call.arguments())
                            .build())
                    .toList())
            .build();
      }
      case TOOL -> {
        var id = message.toolCallId();
        var name = id == null ? null : called.get(id);
        if (name == null) {
          throw ExpertException.invalid(
              "messages",
              "the tool message answers the call '%s', which no earlier assistant message makes"
                  .formatted(id));
        }
        yield ToolExecutionResultMessage.from(id, name, message.text());
      }
    };
  }

  private Content content(Part part) {
    return switch (part) {
      case Part.Text text -> TextContent.from(text.text());
      case Part.Image image -> ImageContent.from(image(image.url()));
      case Part.Other other ->
          throw new ExpertException(
              FailureKind.UNSUPPORTED,
              "%s reads text and images only, not parts of type '%s'"
                  .formatted(card.id(), other.raw().path("type").asString("?")));
    };
  }

  private Image image(String url) {
    var data = DATA.matcher(url);
    if (data.matches()) {
      return Image.builder().mimeType(data.group(1)).base64Data(data.group(2)).build();
    }
    // other schemes, and links for the other providers, would be opened on this machine
    if (url.matches("https?://.*") && readsLinks(card.endpoint().provider())) {
      return Image.builder().url(url).build();
    }
    throw new ExpertException(
        FailureKind.UNSUPPORTED,
        "%s takes images as data:…;base64, URLs%s"
            .formatted(
                card.id(),
                readsLinks(card.endpoint().provider()) ? " or http(s) links" : ", not as links"));
  }

  /** Whether the provider itself fetches what a link points to. */
  private static boolean readsLinks(Provider provider) {
    return switch (provider) {
      case ANTHROPIC, MISTRAL -> true;
      case GEMINI,
          BEDROCK,
          OLLAMA,
          OPENAI,
          SPRING_AI,
          MCP,
          DOCUMENTS,
          CLASSIFIER,
          EMBEDDER,
          COMPOSITION ->
          false;
    };
  }

  private static List<ToolSpecification> tools(List<ToolSpec> tools, JsonNode choice) {
    var only = choice.path("function").path("name").asString("");
    return tools.stream()
        .filter(tool -> only.isEmpty() || only.equals(tool.name()))
        .map(tool ->
            ToolSpecification.builder()
                .name(tool.name())
                .description(tool.description().isEmpty() ? null : tool.description())
                .parameters(Schemas.object(tool.schema()))
                .build())
        .toList();
  }

  private static @Nullable ToolChoice choice(JsonNode choice) {
    if (choice.isObject()) {
      return ToolChoice.REQUIRED;
    }
    return switch (choice.asString("")) {
      case "required" -> ToolChoice.REQUIRED;
      case "none" -> ToolChoice.NONE;
      case "auto" -> ToolChoice.AUTO;
      default -> null;
    };
  }

  private static ResponseFormat format(JsonNode format) {
    var wanted = format.path("json_schema");
    var schema = wanted.path("schema");
    var builder = ResponseFormat.builder().type(ResponseFormatType.JSON);
    if (schema.isObject()) {
      builder.jsonSchema(
          JsonSchema.builder()
              .name(wanted.path("name").asString("answer"))
              .rootElement(Schemas.object(schema))
              .build());
    }
    return builder.build();
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

  private static @Nullable Double number(JsonNode body, String field) {
    return body.path(field).isNumber() ? body.path(field).doubleValue() : null;
  }
}
