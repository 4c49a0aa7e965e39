package io.consilium.adapters.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.consilium.expert.Answer;
import io.consilium.expert.Assembly;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.expert.wire.ChatReplies;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One streamed reply on its way to the caller. Frames go out as they came; those before the first
 * piece of the answer are held back, so that an error up to there can still be answered by another
 * expert. For one thread, once.
 */
final class ChatStream {
  private static final byte[] DONE = "[DONE]".getBytes(UTF_8);
  private static final int MOST_HELD = 64;

  /**
   * How long the end of the body may take after {@code [DONE]}; then the connection is given up.
   */
  private static final Duration TAIL = Duration.ofMillis(150);

  private final Question question;
  private final Consumer<Delta> out;
  private final OpenAiClient.Limits limits;
  private final UpstreamFailures failures;
  private final Assembly assembly = new Assembly();
  private final List<Delta> held = new ArrayList<>();
  private boolean started;
  private boolean any;
  private long bytes;
  private @Nullable ObjectNode logprobs;

  ChatStream(
      Question question,
      Consumer<Delta> out,
      OpenAiClient.Limits limits,
      UpstreamFailures failures) {
    this.question = question;
    this.out = out;
    this.limits = limits;
    this.failures = failures;
  }

  Answer read(InputStream in, DeadlineWatch.Watched watched) throws IOException {
    var events = new EventStream(in, limits.event());
    boolean done = false;
    for (var data = events.next(); data != null; data = events.next()) {
      if (Arrays.equals(data, DONE)) {
        done = true;
        watched.atMost(TAIL);
        drain(in);
        break;
      }
      accept(data);
    }
    if (!done && !assembly.finished()) {
      throw new ExpertException(
          FailureKind.STREAM_BROKEN,
          "%s ended its stream before the answer was whole".formatted(failures.upstream().name()));
    }
    if (!any) {
      throw new ExpertException(
          FailureKind.UPSTREAM_INVALID,
          "%s sent a stream without a single piece".formatted(failures.upstream().name()));
    }
    return finish();
  }

  private void accept(byte[] data) {
    bytes += data.length;
    if (bytes > limits.body()) {
      throw failures.tooLarge(limits.body());
    }
    var root = parse(data);
    any = true;
    var chunk = ChatReplies.chunk(root, data);
    assembly.accept(chunk);
    if (question.parameters().logprobs()) {
      collect(root.path("choices").path(0).path("logprobs"));
    }
    if (ChatReplies.usageOnly(root) && !question.parameters().streamUsage()) {
      return; // asked for by us, not by the caller
    }
    if (started) {
      out.accept(chunk);
      return;
    }
    held.add(chunk);
    if (held.size() >= MOST_HELD || chunk.parts().stream().anyMatch(ChatStream::ofTheAnswer)) {
      release();
    }
  }

  private JsonNode parse(byte[] data) {
    try {
      var root = ChatReplies.tree(data);
      var error = root.get("error");
      if (error != null && !error.isNull()) {
        throw failures.reported(error);
      }
      if ("error".equals(root.path("object").asString(""))) {
        throw failures.reported(root);
      }
      return root;
    } catch (ExpertException e) {
      throw started ? new ExpertException(FailureKind.STREAM_BROKEN, e.message(), e) : e;
    }
  }

  private static boolean ofTheAnswer(Delta part) {
    return switch (part) {
      case Delta.Text text -> true;
      case Delta.Reasoning reasoning -> true;
      case Delta.Refusal refusal -> true;
      case Delta.ToolCall call -> true;
      case Delta.Finish finish -> true;
      case Delta.Progress progress -> false;
      case Delta.Used used -> false;
      case Delta.Framed framed -> framed.parts().stream().anyMatch(ChatStream::ofTheAnswer);
    };
  }

  private void release() {
    started = true;
    held.forEach(out);
    held.clear();
  }

  private Answer finish() {
    if (!started) {
      release();
    }
    var estimate = ChatReplies.estimate(question, assembly.characters());
    if (!assembly.measured() && question.parameters().streamUsage()) {
      out.accept(new Delta.Used(estimate));
    }
    var answer = assembly.answer(estimate);
    return logprobs == null ? answer : answer.with(logprobs);
  }

  private void collect(JsonNode piece) {
    var content = piece.path("content");
    if (content.isArray()) {
      if (logprobs == null) {
        logprobs = Json.object();
        logprobs.putArray("content");
      }
      content.forEach(logprobs.withArray("content")::add);
    }
  }

  /** Reads the little that follows {@code [DONE]}, so that the connection can be used again. */
  private static void drain(InputStream in) {
    var rest = new byte[256];
    try {
      for (int i = 0; i < 16 && in.read(rest) >= 0; i++) {}
    } catch (IOException e) {
      // the answer is whole; only the connection is lost
    }
  }
}
