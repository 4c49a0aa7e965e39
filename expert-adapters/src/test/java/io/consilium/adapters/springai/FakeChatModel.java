package io.consilium.adapters.springai;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.core.publisher.Flux;

/** A fake chat model that says what it is told to, and remembers its prompts. */
final class FakeChatModel implements ChatModel {
  final ConcurrentLinkedQueue<Prompt> prompts = new ConcurrentLinkedQueue<>();
  final AtomicInteger cancelled = new AtomicInteger();
  private final Function<Prompt, List<ChatResponse>> script;

  /** Says the responses one after the other; their texts joined when not streamed. */
  FakeChatModel(Function<Prompt, List<ChatResponse>> script) {
    this.script = script;
  }

  /** Never answers. */
  static FakeChatModel stuck() {
    return new FakeChatModel(prompt -> {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return List.of();
    });
  }

  static ChatResponse response(AssistantMessage message, String finish, int input, int output) {
    return new ChatResponse(
        List.of(
            new Generation(message, ChatGenerationMetadata.builder().finishReason(finish).build())),
        ChatResponseMetadata.builder().usage(new DefaultUsage(input, output)).build());
  }

  @Override
  public ChatOptions getOptions() {
    return ToolCallingChatOptions.builder().model("fake").temperature(0.9).build();
  }

  @Override
  public ChatResponse call(Prompt prompt) {
    prompts.add(prompt);
    var responses = script.apply(prompt);
    if (responses.size() == 1) {
      return responses.getFirst();
    }
    var text = new StringBuilder();
    responses.forEach(
        response -> text.append(response.getResults().getFirst().getOutput().getText()));
    var usage = responses.getLast().getMetadata().getUsage();
    return response(
        new AssistantMessage(text.toString()),
        "stop",
        usage.getPromptTokens(),
        usage.getCompletionTokens());
  }

  @Override
  public Flux<ChatResponse> stream(Prompt prompt) {
    prompts.add(prompt);
    return Flux.defer(() -> Flux.fromIterable(script.apply(prompt)))
        .concatWith(prompt.getContents().contains("go on") ? Flux.never() : Flux.empty())
        .doOnCancel(cancelled::incrementAndGet);
  }
}
