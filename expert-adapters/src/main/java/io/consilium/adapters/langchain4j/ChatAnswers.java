package io.consilium.adapters.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.anthropic.AnthropicTokenUsage;
import dev.langchain4j.model.bedrock.BedrockTokenUsage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.googleai.GoogleAiGeminiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;
import io.consilium.expert.Answer;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Json;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.ToolCall;
import io.consilium.expert.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** LangChain4j's responses as answers. */
final class ChatAnswers {
  private ChatAnswers() {}

  static Answer of(ChatResponse response, Question question) {
    var message = response.aiMessage();
    List<ToolCall> calls = new ArrayList<>();
    for (var request : message.toolExecutionRequests()) {
      calls.add(call(request, calls.size(), question));
    }
    var text = message.text();
    return new Answer(
        text == null || text.isEmpty() ? List.of() : List.of(new Part.Text(text)),
        calls,
        finish(response.finishReason(), !calls.isEmpty()),
        null,
        message.thinking(),
        null,
        usage(response.tokenUsage(), question, text),
        null,
        null,
        List.of());
  }

  /** Not every provider names its calls; a name must then be unique in the conversation. */
  static ToolCall call(ToolExecutionRequest request, int index, Question question) {
    var id = request.id();
    var arguments = request.arguments();
    return new ToolCall(
        id == null || id.isBlank() ? "call_%d_%d".formatted(question.messages().size(), index) : id,
        request.name(),
        arguments == null || arguments.isBlank() ? "{}" : onOneLine(arguments));
  }

  /** LangChain4j prints the arguments it had parsed over several lines. */
  private static String onOneLine(String arguments) {
    if (!arguments.contains("\n")) {
      return arguments;
    }
    try {
      return Json.MAPPER.readTree(arguments).toString();
    } catch (JacksonException e) {
      return arguments; // the caller judges what the expert wrote
    }
  }

  private static FinishReason finish(
      dev.langchain4j.model.output.@Nullable FinishReason reason, boolean calls) {
    if (reason == null) {
      return calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
    }
    return switch (reason) {
      // Gemini and Ollama say STOP when they call tools
      case STOP, OTHER -> calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
      case LENGTH -> FinishReason.LENGTH;
      case TOOL_EXECUTION -> FinishReason.TOOL_CALLS;
      case CONTENT_FILTER -> FinishReason.CONTENT_FILTER;
    };
  }

  private static Usage usage(@Nullable TokenUsage usage, Question question, @Nullable String text) {
    if (usage == null || usage.inputTokenCount() == null || usage.outputTokenCount() == null) {
      long read = question.messages().stream().mapToLong(message -> message.text().length()).sum();
      return Usage.estimate(read, text == null ? 0 : text.length());
    }
    long input = usage.inputTokenCount();
    long output = usage.outputTokenCount();
    return switch (usage) {
      // these two count what came from or went to their cache apart
      case AnthropicTokenUsage cached ->
          new Usage(
              input
                  + count(cached.cacheReadInputTokens())
                  + count(cached.cacheCreationInputTokens()),
              output,
              count(cached.cacheReadInputTokens()),
              0,
              false);
      case BedrockTokenUsage cached ->
          new Usage(
              input + count(cached.cacheReadInputTokens()) + count(cached.cacheWriteInputTokens()),
              output,
              count(cached.cacheReadInputTokens()),
              0,
              false);
      case GoogleAiGeminiTokenUsage gemini ->
          new Usage(
              input,
              output + count(gemini.thoughtsTokenCount()),
              count(gemini.cachedContentTokenCount()),
              count(gemini.thoughtsTokenCount()),
              false);
      default -> new Usage(input, output, 0, 0, false);
    };
  }

  private static long count(@Nullable Integer tokens) {
    return tokens == null ? 0 : tokens;
  }
}
