package io.consilium.expert.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Answer;
import io.consilium.expert.Assembly;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Frame;
import io.consilium.expert.Json;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.ToolCall;
import io.consilium.expert.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ChatRepliesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_790_000_000);
  private static final Question QUESTION =
      Question.of("12345678", Terms.within(Duration.ofSeconds(1), NOW));

  private static Answer read(String json) {
    return ChatReplies.answer(json.getBytes(UTF_8), QUESTION);
  }

  private static Delta.Framed chunk(String json) {
    var data = json.getBytes(UTF_8);
    return ChatReplies.chunk(ChatReplies.tree(data), data);
  }

  @Test
  void everythingInAReplyIsReadAndTheBodyIsKept() {
    var json =
        """
        {"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"Five.","refusal":null,
          "reasoning_content":"2 + 3","tool_calls":[{"id":"c1","type":"function",
          "function":{"name":"f","arguments":"{\\"a\\": 1.0}"}}]},
          "logprobs":{"content":[]},"finish_reason":"tool_calls"}],
         "usage":{"prompt_tokens":10,"completion_tokens":5,
          "prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}
        """;
    var answer = read(json);
    assertThat(answer.text()).isEqualTo("Five.");
    assertThat(answer.refusal()).isNull();
    assertThat(answer.reasoning()).isEqualTo("2 + 3");
    assertThat(answer.toolCalls()).containsExactly(new ToolCall("c1", "f", "{\"a\": 1.0}"));
    assertThat(answer.finish()).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(String.valueOf(answer.logprobs())).isEqualTo("{\"content\":[]}");
    assertThat(answer.usage()).isEqualTo(new Usage(10, 5, 4, 2, false));
    assertThat(answer.raw()).isNotNull().extracting(Frame::bytes).isEqualTo(json.getBytes(UTF_8));
  }

  @Test
  void missingUsageIsEstimatedAndMarked() {
    assertThat(read("{\"choices\":[{\"message\":{\"content\":\"123456789\"}}]}").usage())
        .isEqualTo(new Usage(2, 3, 0, 0, true));
    assertThat(read("{\"choices\":[{\"message\":{\"content\":\"\"}}],\"usage\":null}").usage())
        .isEqualTo(new Usage(2, 0, 0, 0, true));
  }

  @Test
  void contentMayBePartsAndImagesAreKept() {
    var content =
        read("{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"see\"},"
                + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:x\"}},{\"type\":\"scent\",\"of\":\"rain\"}]}}]}")
            .content();
    assertThat(content).hasSize(3);
    assertThat(content.getFirst()).isEqualTo(new Part.Text("see"));
    assertThat(((Part.Image) content.get(1)).url()).isEqualTo("data:x");
    assertThat(((Part.Other) content.get(2)).raw().path("of").asString()).isEqualTo("rain");
  }

  @Test
  void refusalsAndReasoningUnderItsOtherNameAreRead() {
    var answer =
        read(
            "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"No.\",\"reasoning\":\"hm\"}}]}");
    assertThat(answer.content()).isEmpty();
    assertThat(answer.refusal()).isEqualTo("No.");
    assertThat(answer.reasoning()).isEqualTo("hm");
  }

  @Test
  void aFieldGivenTwiceIsNoReasonToRefuseAReply() {
    assertThat(read("{\"x\":1,\"x\":2,\"choices\":[{\"message\":{\"content\":\"a\"}}]}").text())
        .isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "five",
        "[]",
        "7",
        "null",
        "{",
        "{}",
        "{\"choices\":[]}",
        "{\"choices\":[{}]}",
        "{\"choices\":[{\"message\":\"five\"}]}",
        "{} {}",
      })
  void whatIsNoReplyIsRefused(String body) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> assertThat(e.kind()).isEqualTo(FailureKind.UPSTREAM_INVALID))
        .hasMessageContaining("it begins with");
  }

  @Test
  void aChunkIsReadInTheOrderItIsToldAndKeepsItsBytes() {
    var json =
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\",\"reasoning\":\"r\",\"refusal\":\"n\",\"tool_calls\":"
            + "[{\"index\":1,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]},\"finish_reason\":\"length\"}],"
            + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}";
    var chunk = chunk(json);
    assertThat(chunk.parts())
        .containsExactly(
            new Delta.Reasoning("r"),
            new Delta.Text("a"),
            new Delta.Refusal("n"),
            new Delta.ToolCall(1, "c", "f", "{"),
            new Delta.Finish(FinishReason.LENGTH),
            new Delta.Used(new Usage(1, 2, 0, 0, false)));
    assertThat(chunk.frame().bytes()).isEqualTo(json.getBytes(UTF_8));
  }

  @Test
  void otherChoicesAndEmptyPiecesSayNothing() {
    assertThat(
            chunk(
                    "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}},{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}")
                .parts())
        .isEmpty();
    assertThat(chunk("{\"id\":\"ping\"}").parts()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "true  | {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}",
        "true  | {\"usage\":{\"prompt_tokens\":1}}",
        "false | {\"choices\":[],\"usage\":null}",
        "false | {\"choices\":[{\"delta\":{\"content\":\"\"}}],\"usage\":{\"prompt_tokens\":1}}",
        "false | {\"choices\":[]}",
      })
  void aChunkOfUsageOnlyIsKnownAsSuch(boolean only, String json) {
    assertThat(ChatReplies.usageOnly(ChatReplies.tree(json.getBytes(UTF_8)))).isEqualTo(only);
  }

  @Test
  void aWrittenReplyIsReadBackTheSame() {
    var logprobs = Json.object();
    logprobs.putArray("content").addObject().put("token", "a");
    var answers =
        List.of(
            Answer.of("Five.", new Usage(10, 5, 4, 2, false)),
            Answer.refused("I do not know."),
            new Answer(
                List.of(),
                List.of(new ToolCall("c1", "f", "{}"), new ToolCall("c2", "g", "")),
                FinishReason.TOOL_CALLS,
                null,
                "because",
                logprobs,
                new Usage(1, 2, 0, 0, false),
                null,
                null,
                List.of()));
    for (var answer : answers) {
      var body = Json.bytes(ChatReplies.body(answer, "id-1", "m", NOW));
      var read = ChatReplies.answer(body, QUESTION);
      assertThat(read.content()).isEqualTo(answer.content());
      assertThat(read.toolCalls()).isEqualTo(answer.toolCalls());
      assertThat(read.finish()).isEqualTo(answer.finish());
      assertThat(read.refusal()).isEqualTo(answer.refusal());
      assertThat(read.reasoning()).isEqualTo(answer.reasoning());
      assertThat(read.logprobs()).isEqualTo(answer.logprobs());
      assertThat(read.usage()).isEqualTo(answer.usage());
    }
  }

  @Test
  void aWrittenReplyHasTheFieldsThatSdksInsistOn() {
    var root = ChatReplies.body(Answer.of("a", Usage.estimate(4, 4)), "id-1", "m", NOW);
    assertThat(root.path("id").asString()).isEqualTo("id-1");
    assertThat(root.path("object").asString()).isEqualTo("chat.completion");
    assertThat(root.path("created").asLong()).isEqualTo(1_790_000_000);
    var choice = root.path("choices").path(0);
    assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
    assertThat(choice.has("logprobs")).isTrue();
    assertThat(choice.path("message").path("role").asString()).isEqualTo("assistant");
    assertThat(choice.path("message").has("refusal")).isTrue();
    assertThat(root.path("usage").path("total_tokens").asLong()).isEqualTo(2);
    assertThat(root.path("usage").path("estimated").asBoolean()).isTrue();
  }

  @Test
  void writtenChunksAreReadBackTheSame() {
    var pieces =
        List.of(
            new Delta.Reasoning("why"),
            new Delta.Text("Fi"),
            new Delta.Text("ve"),
            new Delta.Refusal("no"),
            new Delta.ToolCall(0, "c1", "f", "{\"a\""),
            new Delta.ToolCall(0, "", "", ":1}"),
            new Delta.Finish(FinishReason.CONTENT_FILTER),
            new Delta.Used(new Usage(3, 2, 1, 1, false)));
    var direct = new Assembly();
    var read = new Assembly();
    read.accept(chunk(text(ChatReplies.opening("id", "m", NOW))));
    for (var piece : pieces) {
      direct.accept(piece);
      var written = chunk(text(ChatReplies.chunk(piece, "id", "m", NOW)));
      assertThat(written.parts()).containsExactly(piece);
      read.accept(written);
    }
    assertThat(read.answer(Usage.NONE)).isEqualTo(direct.answer(Usage.NONE));
    assertThat(ChatReplies.chunk(new Delta.Progress("e", "busy"), "id", "m", NOW)).isNull();
  }

  private static String text(@Nullable Object node) {
    if (node == null) {
      throw new AssertionError("nothing was written");
    }
    return new String(Json.bytes(node), UTF_8);
  }

  @ParameterizedTest
  @EnumSource
  void finishReasonsHaveTheirNames(FinishReason reason) {
    assertThat(ChatReplies.finish(ChatReplies.name(reason))).isEqualTo(reason);
  }

  @Test
  void finishReasonsNobodyKnowsMeanStopAndTheOldOneMeansTools() {
    assertThat(ChatReplies.finish("eos")).isEqualTo(FinishReason.STOP);
    assertThat(ChatReplies.finish("function_call")).isEqualTo(FinishReason.TOOL_CALLS);
  }
}
