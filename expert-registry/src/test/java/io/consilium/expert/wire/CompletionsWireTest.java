package io.consilium.expert.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CompletionsWireTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_790_000_000);

  private static Question question(String json) {
    return CompletionsWire.question(
        Json.object(json.getBytes(UTF_8), "the request"), Terms.within(Duration.ofSeconds(1), NOW));
  }

  @Test
  void thePromptBecomesAUserTurn() {
    for (var prompt : new String[] {"\"Say it\"", "[\"Say it\"]"}) {
      var question = question("{\"model\":\"m\",\"prompt\":" + prompt + "}");
      assertThat(question.dialect()).isEqualTo(Dialect.COMPLETIONS);
      assertThat(question.lastUserText()).isEqualTo("Say it");
    }
  }

  @Test
  void theChatRequestCarriesEveryFieldThatMeansTheSameThere() {
    var question =
        question(
            "{\"model\":\"m\",\"prompt\":\"p\",\"max_tokens\":5,\"temperature\":0.50,\"stop\":[\"x\"],\"seed\":7,"
                + "\"top_k\":3,\"n\":1,\"best_of\":1,\"echo\":false,\"suffix\":null,\"logprobs\":2,\"stream\":true,"
                + "\"consilium\":{\"explain\":true}}");
    assertThat(new String(Json.bytes(ChatWire.request(question, "up-1")), UTF_8))
        .isEqualTo(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"p\"}],\"model\":\"up-1\",\"max_tokens\":5,"
                + "\"temperature\":0.50,\"stop\":[\"x\"],\"seed\":7,\"top_k\":3,\"stream\":true,"
                + "\"logprobs\":true,\"top_logprobs\":2,\"stream_options\":{\"include_usage\":true}}");
    assertThat(question.parameters().logprobs()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model    | {\"prompt\":\"p\"}",
        "prompt   | {\"model\":\"m\"}",
        "prompt   | {\"model\":\"m\",\"prompt\":[]}",
        "prompt   | {\"model\":\"m\",\"prompt\":[\"a\",\"b\"]}",
        "prompt   | {\"model\":\"m\",\"prompt\":[1,2]}",
        "suffix   | {\"model\":\"m\",\"prompt\":\"p\",\"suffix\":\"end\"}",
        "echo     | {\"model\":\"m\",\"prompt\":\"p\",\"echo\":true}",
        "best_of  | {\"model\":\"m\",\"prompt\":\"p\",\"best_of\":3}",
        "n        | {\"model\":\"m\",\"prompt\":\"p\",\"n\":2}",
        "n        | {\"model\":\"m\",\"prompt\":\"p\",\"n\":\"two\"}",
        "logprobs | {\"model\":\"m\",\"prompt\":\"p\",\"logprobs\":\"many\"}",
        "temperature | {\"model\":\"m\",\"prompt\":\"p\",\"temperature\":7}",
      })
  void anErrorNamesItsField(String field, String json) {
    assertThatThrownBy(() -> question(json))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
              assertThat(e.parameter()).contains(field);
              assertThat(e.message()).contains(field);
            });
  }

  @Test
  void repliesAndPiecesAreWrittenInTheOlderShape() {
    var body = CompletionsWire.body(Answer.of("five", Usage.NONE), "id", "m", NOW);
    assertThat(body.path("object").asString()).isEqualTo("text_completion");
    assertThat(body.path("choices").path(0).path("text").asString()).isEqualTo("five");
    assertThat(body.path("choices").path(0).path("finish_reason").asString()).isEqualTo("stop");
    assertThat(body.path("usage").path("total_tokens").asLong(-1)).isZero();
    assertThat(CompletionsWire.body(Answer.refused("no"), "id", "m", NOW).toString())
        .contains("\"text\":\"no\"");

    assertThat(String.valueOf(CompletionsWire.chunk(new Delta.Text("fi"), "id", "m", NOW)))
        .contains("\"text\":\"fi\"")
        .contains("\"finish_reason\":null");
    assertThat(
            String.valueOf(
                CompletionsWire.chunk(new Delta.Finish(FinishReason.LENGTH), "id", "m", NOW)))
        .contains("\"finish_reason\":\"length\"");
    assertThat(String.valueOf(CompletionsWire.chunk(new Delta.Used(Usage.NONE), "id", "m", NOW)))
        .contains("\"choices\":[]")
        .contains("\"usage\"");
    assertThat(CompletionsWire.chunk(new Delta.Reasoning("r"), "id", "m", NOW)).isNull();
    assertThat(CompletionsWire.chunk(new Delta.ToolCall(0, "c", "f", ""), "id", "m", NOW)).isNull();
    assertThat(CompletionsWire.chunk(new Delta.Progress("e", "busy"), "id", "m", NOW)).isNull();
  }
}
