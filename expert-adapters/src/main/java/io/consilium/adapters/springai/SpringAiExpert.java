package io.consilium.adapters.springai;

import io.consilium.adapters.Relay;
import io.consilium.expert.Answer;
import io.consilium.expert.Assembly;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Question;
import io.consilium.expert.Usage;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;

/**
 * Any Spring AI chat model. The caller's tools go down as definitions and their calls come back;
 * the application's own options of the model stay in force where the question sets none. Streams
 * are read on a thread that may block, so that interruption cancels them.
 */
public final class SpringAiExpert implements Expert {
  private final ExpertCard card;
  private final ChatModel model;
  private final Prompts prompts;
  private final ModelFailures failures;
  private final Relay relay;

  /**
   * @param card what it declares is what it is asked for
   * @param model its own retries should be off; ours are around it
   * @param clock that deadlines are read on
   */
  public SpringAiExpert(ExpertCard card, ChatModel model, InstantSource clock) {
    this.card = card;
    this.model = model;
    this.prompts = new Prompts(card);
    this.failures = new ModelFailures(card.id());
    this.relay = new Relay(card.id(), clock, cause -> failures.of(cause, false));
  }

  @Override
  public ExpertCard card() {
    return card;
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    card.require(question);
    var prompt = prompts.of(question, model.getOptions());
    return relay.run(
        question,
        out,
        pieces -> {
          var assembly = new Assembly();
          if (question.parameters().stream()) {
            stream(
                prompt,
                question,
                piece -> {
                  assembly.accept(piece);
                  pieces.accept(piece);
                });
          } else {
            new Responses(question, assembly).accept(model.call(prompt)).end();
          }
          return assembly.answer(Usage.NONE);
        });
  }

  private void stream(Prompt prompt, Question question, Consumer<Delta> pieces) {
    var responses = new Responses(question, pieces);
    // closing cancels the subscription, also when the reader is gone between two responses
    try (var stream = model.stream(prompt).toStream(1)) {
      stream.forEachOrdered(responses::accept);
    } catch (RuntimeException e) {
      throw failures.of(e, responses.said > 0);
    }
    responses.end();
  }

  /** Turns responses, one or a stream of them, into pieces. */
  private static final class Responses {
    private final Question question;
    private final Consumer<Delta> pieces;
    private int calls;
    private int said;
    private @Nullable FinishReason finish;
    private @Nullable Usage usage;

    Responses(Question question, Consumer<Delta> pieces) {
      this.question = question;
      this.pieces = pieces;
    }

    private void say(Delta piece) {
      pieces.accept(piece);
      said++;
    }

    Responses accept(ChatResponse response) {
      measure(response);
      var result = response.getResult();
      if (result == null) {
        return this; // the end of a stream that carries usage only
      }
      var message = result.getOutput();
      var reasoning = message.getMetadata().get("reasoningContent");
      if (reasoning instanceof String text && !text.isEmpty()) {
        say(new Delta.Reasoning(text));
      }
      var text = message.getText();
      if (text != null && !text.isEmpty()) {
        say(new Delta.Text(text));
      }
      message.getToolCalls().forEach(this::call);
      var reason = result.getMetadata().getFinishReason();
      if (reason != null && !reason.isBlank()) {
        finish = finish(reason);
      }
      return this;
    }

    private void call(AssistantMessage.ToolCall call) {
      var id =
          call.id() == null || call.id().isBlank()
              ? "call_%d_%d".formatted(question.messages().size(), calls)
              : call.id();
      say(new Delta.ToolCall(calls++, id, call.name(), call.arguments()));
    }

    private void measure(ChatResponse response) {
      var metadata = response.getMetadata();
      var given = metadata == null ? null : metadata.getUsage();
      if (given == null || given.getPromptTokens() == null || given.getPromptTokens() == 0) {
        return;
      }
      var output = given.getCompletionTokens();
      var cached = given.getCacheReadInputTokens();
      usage =
          new Usage(
              given.getPromptTokens(),
              output == null ? 0 : output,
              cached == null ? 0 : cached,
              0,
              false);
    }

    void end() {
      if (usage != null) {
        pieces.accept(new Delta.Used(usage));
      } else {
        long read =
            question.messages().stream().mapToLong(message -> message.text().length()).sum();
        pieces.accept(new Delta.Used(Usage.estimate(read, 4L * said)));
      }
      var reason = finish == null ? FinishReason.STOP : finish;
      pieces.accept(
          new Delta.Finish(
              calls > 0 && reason == FinishReason.STOP ? FinishReason.TOOL_CALLS : reason));
    }

    private static FinishReason finish(String reason) {
      return switch (reason.toLowerCase(Locale.ROOT)) {
        case "length", "max_tokens" -> FinishReason.LENGTH;
        case "tool_calls", "tool_use", "function_call" -> FinishReason.TOOL_CALLS;
        case "content_filter", "safety", "refusal" -> FinishReason.CONTENT_FILTER;
        default -> FinishReason.STOP;
      };
    }
  }
}
