package io.consilium.expert.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Answer;
import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Frame;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class EmbeddingsWireTest {
  private static Question question(String json) {
    return EmbeddingsWire.question(
        Json.object(json.getBytes(UTF_8), "the request"),
        Terms.within(Duration.ofSeconds(1), Instant.EPOCH));
  }

  private static JsonNode body(Answer answer) {
    if (answer.raw() == null) {
      throw new AssertionError("the answer has no body");
    }
    assertThat(answer.raw().dialect()).isEqualTo(Dialect.EMBEDDINGS);
    return Json.object(answer.raw().bytes(), "the reply");
  }

  @Test
  void everyInputBecomesAUserTurn() {
    assertThat(question("{\"model\":\"m\",\"input\":\"a\"}").messages()).hasSize(1);
    assertThat(question("{\"model\":\"m\",\"input\":[\"a\",\"b\"]}").messages())
        .extracting(message -> message.text())
        .containsExactly("a", "b");
  }

  @Test
  void theRequestTravelsOnWithTheServersModelName() {
    var question =
        question(
            "{\"model\":\"m\",\"input\":[\"a\"],\"dimensions\":8,\"novel\":1.0,\"consilium\":{}}");
    assertThat(new String(Json.bytes(EmbeddingsWire.request(question, "up-1")), UTF_8))
        .isEqualTo("{\"model\":\"up-1\",\"input\":[\"a\"],\"dimensions\":8,\"novel\":1.0}");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model           | {\"input\":\"a\"}",
        "input           | {\"model\":\"m\"}",
        "input           | {\"model\":\"m\",\"input\":[]}",
        "input           | {\"model\":\"m\",\"input\":7}",
        "input           | {\"model\":\"m\",\"input\":[[1,2]]}",
        "encoding_format | {\"model\":\"m\",\"input\":\"a\",\"encoding_format\":\"hex\"}",
        "encoding_format | {\"model\":\"m\",\"input\":\"a\",\"encoding_format\":7}",
        "dimensions      | {\"model\":\"m\",\"input\":\"a\",\"dimensions\":0}",
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
  void vectorsAreWrittenAsNumbersOrInBase64() {
    var vectors = List.of(new float[] {0.5f, -1.25f}, new float[] {0.1f, 0});
    var numbers =
        body(
            EmbeddingsWire.answer(
                question("{\"model\":\"m\",\"input\":[\"a\",\"b\"]}"),
                vectors,
                "m",
                new Usage(4, 0, 0, 0, false)));
    assertThat(numbers.path("data").path(0).path("embedding").toString()).isEqualTo("[0.5,-1.25]");
    assertThat(numbers.path("data").path(1).path("index").asInt()).isEqualTo(1);
    assertThat(numbers.path("data").path(1).path("embedding").path(0).floatValue()).isEqualTo(0.1f);
    assertThat(numbers.path("usage").path("total_tokens").asLong()).isEqualTo(4);

    var encoded =
        body(
            EmbeddingsWire.answer(
                question("{\"model\":\"m\",\"input\":\"a\",\"encoding_format\":\"base64\"}"),
                vectors,
                "m",
                Usage.NONE));
    var bytes =
        Base64.getDecoder().decode(encoded.path("data").path(0).path("embedding").asString());
    var floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    assertThat(new float[] {floats.get(), floats.get()}).containsExactly(0.5f, -1.25f);
  }

  @Test
  void aReplyIsKeptByteForByteAndItsUsageRead() {
    for (var embedding : new String[] {"[0.10,1e-3]", "\"AAAAPwAAoL8=\""}) {
      var json =
          "{\"object\":\"list\",\"novel\":{\"data\":1},\"data\":[{\"index\":0,\"embedding\":"
              + embedding
              + "}],\"usage\":{\"prompt_tokens\":6,\"total_tokens\":6}}";
      var answer =
          EmbeddingsWire.answer(
              json.getBytes(UTF_8), question("{\"model\":\"m\",\"input\":\"a\"}"));
      assertThat(answer.raw()).isNotNull().extracting(Frame::bytes).isEqualTo(json.getBytes(UTF_8));
      assertThat(answer.usage()).isEqualTo(new Usage(6, 0, 0, 0, false));
    }
  }

  @Test
  void missingUsageIsEstimatedAndMarked() {
    assertThat(
            EmbeddingsWire.answer(
                    "{\"data\":[]}".getBytes(UTF_8),
                    question("{\"model\":\"m\",\"input\":[\"1234\",\"5678\"]}"))
                .usage())
        .isEqualTo(new Usage(2, 0, 0, 0, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "five", "[]", "{}", "{\"data\":7}", "{\"data\":[", "{\"data\":[1,}]}"})
  void whatIsNoReplyIsRefused(String json) {
    assertThatThrownBy(() ->
            EmbeddingsWire.answer(
                json.getBytes(UTF_8), question("{\"model\":\"m\",\"input\":\"a\"}")))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> assertThat(e.kind()).isEqualTo(FailureKind.UPSTREAM_INVALID));
  }
}
