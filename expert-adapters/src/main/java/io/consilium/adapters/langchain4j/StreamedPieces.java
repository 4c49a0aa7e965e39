package io.consilium.adapters.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.consilium.expert.Delta;
import io.consilium.expert.Question;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns LangChain4j's callbacks into pieces, and waits for the end. */
final class StreamedPieces implements StreamingChatResponseHandler {
  private final Question question;
  private final Consumer<Delta> pieces;
  private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
  private final Map<Integer, String> arguments = new ConcurrentHashMap<>();
  private volatile @Nullable StreamingHandle handle;
  private volatile boolean spoken;

  StreamedPieces(Question question, Consumer<Delta> pieces) {
    this.question = question;
    this.pieces = pieces;
  }

  /** The whole response; interruption cancels the stream. */
  ChatResponse await() throws InterruptedException, ExecutionException {
    try {
      return end.get();
    } catch (InterruptedException e) {
      var stream = handle;
      if (stream != null) {
        stream.cancel();
      }
      throw e;
    }
  }

  /** Whether a piece has gone out. */
  boolean spoken() {
    return spoken;
  }

  private void say(Delta piece) {
    spoken = true;
    pieces.accept(piece);
  }

  @Override
  public void onPartialResponse(String text) {
    say(new Delta.Text(text));
  }

  @Override
  public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
    handle = context.streamingHandle();
    onPartialResponse(piece.text());
  }

  @Override
  public void onPartialThinking(PartialThinking piece) {
    say(new Delta.Reasoning(piece.text()));
  }

  @Override
  public void onPartialThinking(PartialThinking piece, PartialThinkingContext context) {
    handle = context.streamingHandle();
    onPartialThinking(piece);
  }

  @Override
  public void onPartialToolCall(PartialToolCall piece) {
    var id = piece.id();
    if (id == null || id.isBlank()) {
      return; // said when complete, under a name of ours
    }
    var before = arguments.get(piece.index());
    arguments.merge(piece.index(), piece.partialArguments(), String::concat);
    say(
        new Delta.ToolCall(
            piece.index(),
            before == null ? id : "",
            before == null ? piece.name() : "",
            piece.partialArguments()));
  }

  @Override
  public void onPartialToolCall(PartialToolCall piece, PartialToolCallContext context) {
    handle = context.streamingHandle();
    onPartialToolCall(piece);
  }

  @Override
  public void onCompleteToolCall(CompleteToolCall whole) {
    var call = ChatAnswers.call(whole.toolExecutionRequest(), whole.index(), question);
    var before = arguments.put(whole.index(), call.arguments());
    if (before == null) {
      say(new Delta.ToolCall(whole.index(), call.id(), call.name(), call.arguments()));
    } else if (before.isEmpty()) {
      say(new Delta.ToolCall(whole.index(), "", "", call.arguments()));
    }
  }

  @Override
  public void onCompleteResponse(ChatResponse response) {
    end.complete(response);
  }

  @Override
  public void onError(Throwable error) {
    end.completeExceptionally(error);
  }
}
