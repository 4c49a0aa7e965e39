package io.consilium.orchestrator.api;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.wire.ChatReplies;
import io.consilium.expert.wire.CompletionsWire;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer sent as server-sent events. Frames in the caller's own dialect go out byte for byte;
 * other pieces are rendered, and progress is sent as comments. Nothing is sent before the first
 * piece, so that a failure until then is still an HTTP status.
 */
final class StreamedReply implements Consumer<Delta> {
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] COMMENT = ": consilium ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

  private final Replying replying;
  private final HttpServletResponse response;
  private @Nullable OutputStream out;
  private boolean opened;
  private boolean finished;
  private boolean refused;
  private boolean measured;

  StreamedReply(Replying replying, HttpServletResponse response) {
    this.replying = replying;
    this.response = response;
  }

  /** Whether anything has been sent, so that the status can no longer change. */
  boolean started() {
    return out != null;
  }

  @Override
  public void accept(Delta piece) {
    switch (piece) {
      case Delta.Framed framed when framed.frame().dialect() == replying.dialect() ->
          verbatim(framed);
      case Delta.Framed framed -> framed.parts().forEach(this);
      // these two are sent once, at the end
      case Delta.Used used -> {}
      case Delta.Finish finish -> {}
      case Delta.Progress progress -> comment(progress);
      case Delta.Refusal refusal -> {
        refused = true;
        render(refusal);
      }
      case Delta.Text text -> render(text);
      case Delta.Reasoning reasoning -> render(reasoning);
      case Delta.ToolCall call -> render(call);
    }
  }

  /** A comment, which clients pass over; it opens the stream, for the answer is sure to come. */
  private void comment(Delta.Progress progress) {
    var said = Json.object().put("expert", progress.expert()).put("progress", progress.message());
    write(COMMENT);
    write(Json.bytes(said));
    write(END);
    flush();
  }

  private void verbatim(Delta.Framed framed) {
    if (onlyUsage(framed) && !replying.question().parameters().streamUsage()) {
      return; // we asked the expert for it, the caller did not ask us
    }
    opened = true;
    for (var part : framed.parts()) {
      finished |= part instanceof Delta.Finish;
      refused |= part instanceof Delta.Refusal;
      measured |= part instanceof Delta.Used;
    }
    send(framed.frame().bytes());
  }

  private static boolean onlyUsage(Delta.Framed framed) {
    return framed.parts().size() == 1 && framed.parts().getFirst() instanceof Delta.Used;
  }

  private void render(Delta piece) {
    if (!opened && replying.dialect() == Dialect.CHAT) {
      opened = true;
      send(Json.bytes(ChatReplies.opening(id(), model(), created())));
    }
    var chunk =
        replying.dialect() == Dialect.CHAT
            ? ChatReplies.chunk(piece, id(), model(), created())
            : CompletionsWire.chunk(piece, id(), model(), created());
    if (chunk != null) {
      send(Json.bytes(chunk));
    }
  }

  /** Sends what is missing of a whole stream: refusal, finish, usage, explanation, the end mark. */
  void finish(Answer answer) {
    if (answer.refusal() != null && !refused) {
      render(new Delta.Refusal(answer.refusal()));
    }
    if (!finished) {
      render(new Delta.Finish(answer.finish()));
    }
    if (replying.question().parameters().streamUsage() && !measured) {
      render(new Delta.Used(answer.usage()));
    }
    if (replying.extended()) {
      send(Json.bytes(extension(answer)));
    }
    write(DONE);
    flush();
  }

  /** An empty chunk that carries what was asked for; clients skip chunks without choices. */
  private ObjectNode extension(Answer answer) {
    var chunk =
        Json.object()
            .put("id", id())
            .put(
                "object",
                replying.dialect() == Dialect.CHAT ? "chat.completion.chunk" : "text_completion")
            .put("created", created().getEpochSecond())
            .put("model", model());
    chunk.putArray("choices");
    chunk.set("consilium", replying.extension(answer));
    return chunk;
  }

  /** Ends a stream that has started with an error event in place of the end mark. */
  void fail(ExpertException failure) {
    send(Json.bytes(Failures.openAi(failure)));
  }

  private String id() {
    return replying.id();
  }

  private String model() {
    return replying.model();
  }

  private Instant created() {
    return replying.created();
  }

  private void send(byte[] json) {
    write(DATA);
    write(json);
    write(END);
    flush();
  }

  private void write(byte[] bytes) {
    try {
      if (out == null) {
        response.setStatus(200);
        response.setContentType("text/event-stream;charset=utf-8");
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("X-Accel-Buffering", "no");
        replying.headers(response);
        out = response.getOutputStream();
      }
      out.write(bytes);
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private void flush() {
    try {
      if (out != null) {
        out.flush();
      }
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private static ExpertException gone(IOException cause) {
    return new ExpertException(
        FailureKind.CANCELLED, "the caller went away before the answer was whole", cause);
  }
}
