package io.consilium.expert.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Modality;
import io.consilium.expert.Parameters;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.Role;
import io.consilium.expert.Terms;
import io.consilium.expert.ToolCall;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

final class ChatWireTest {
  private static final Terms TERMS = Terms.within(Duration.ofSeconds(1), Instant.EPOCH);
  private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

  private static ObjectNode object(String json) {
    return Json.object(json.getBytes(UTF_8), "the request");
  }

  private static Question question(String json) {
    return ChatWire.question(object(json), TERMS);
  }

  private static String upstream(String json) {
    return new String(Json.bytes(ChatWire.request(question(json), "up-1")), UTF_8);
  }

  @Test
  void whatIsNotLookedAtTravelsOnAsItWasWrittenAndInItsOrder() {
    var rest =
        "\"z\":1,\"price\":0.10,\"big\":123456789012345678901234567890,\"tiny\":1.0,"
            + "\"deep\":{\"b\":[1,{\"a\":null}],\"a\":\"\\u00e9\\ud83d\\ude00\"},\"user\":\"u-1\"";
    assertThat(upstream("{\"model\":\"consilium/auto\"," + HELLO + "," + rest + "}"))
        .isEqualTo(
            "{\"model\":\"up-1\","
                + HELLO
                + ","
                + rest.replace("\\u00e9\\ud83d\\ude00", "é😀")
                + "}");
  }

  @Test
  void ourOwnObjectStaysHereAndTheCallersBodyIsNotChanged() {
    var json = "{\"model\":\"m\"," + HELLO + ",\"stream\":true,\"consilium\":{\"explain\":true}}";
    var question = question(json);
    var sent = ChatWire.request(question, "up-1");
    assertThat(sent.has("consilium")).isFalse();
    assertThat(question.body()).isEqualTo(object(json));
  }

  @Test
  void usageIsAskedForAtTheEndOfAStreamWhateverTheCallerSaid() {
    assertThat(upstream("{\"model\":\"m\"," + HELLO + ",\"stream\":true}"))
        .endsWith("\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    var refused =
        "{\"model\":\"m\","
            + HELLO
            + ",\"stream\":true,\"stream_options\":{\"include_usage\":false,\"novel\":1}}";
    assertThat(upstream(refused)).contains("{\"include_usage\":true,\"novel\":1}");
    assertThat(question(refused).parameters().streamUsage()).isFalse();
  }

  @Test
  void aStepThatDoesNotStreamAsksForAWholeAnswer() {
    var asked =
        question(
            "{\"model\":\"m\","
                + HELLO
                + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    var whole =
        new Question(
            asked.dialect(),
            asked.model(),
            asked.body(),
            asked.messages(),
            asked.tools(),
            Parameters.DEFAULT,
            TERMS);
    var sent = ChatWire.request(whole, "up-1");
    assertThat(sent.has("stream")).isFalse();
    assertThat(sent.has("stream_options")).isFalse();
  }

  @Test
  void theConversationIsRead() {
    var question =
        question(
            """
            {"model":"m","messages":[
              {"role":"developer","content":"Be brief."},
              {"role":"user","content":[
                {"type":"text","text":"What is this?"},
                {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},
                {"type":"input_audio","input_audio":{"data":"AA","format":"wav"}},
                {"type":"file","file":{"file_id":"f"}},
                {"type":"hologram","shape":"cube"}]},
              {"role":"assistant","content":null,"tool_calls":[
                {"id":"c1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"42"},
              {"role":"function","name":"f","content":"43"}]}
            """);
    assertThat(question.dialect()).isEqualTo(Dialect.CHAT);
    assertThat(question.messages())
        .extracting(message -> message.role())
        .containsExactly(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL, Role.TOOL);
    var parts = question.messages().get(1).content();
    assertThat(parts.getFirst()).isEqualTo(new Part.Text("What is this?"));
    assertThat(((Part.Image) parts.get(1)).url()).isEqualTo("https://x/y.png");
    assertThat(((Part.Other) parts.get(2)).modality()).isEqualTo(Modality.AUDIO);
    assertThat(((Part.Other) parts.get(3)).modality()).isEqualTo(Modality.FILE);
    assertThat(((Part.Other) parts.get(4)).raw().path("shape").asString()).isEqualTo("cube");
    assertThat(question.messages().get(2).toolCalls())
        .containsExactly(new ToolCall("c1", "f", "{\"a\":1}"));
    assertThat(question.messages().get(3).toolCallId()).isEqualTo("c1");
    assertThat(question.lastUserText()).isEqualTo("What is this?");
  }

  @Test
  void theParametersAreRead() {
    var parameters =
        question(
                """
                {"model":"m","messages":[{"role":"user","content":"x"}],"stream":true,
                 "stream_options":{"include_usage":true},"max_tokens":10,"max_completion_tokens":20,
                 "temperature":0.5,"response_format":{"type":"json_schema","json_schema":{}},
                 "logprobs":true,"top_logprobs":3}
                """)
            .parameters();
    assertThat(parameters).isEqualTo(new Parameters(true, true, 20, 0.5, true, true));
    assertThat(question("{\"model\":\"m\"," + HELLO + "}").parameters())
        .isEqualTo(Parameters.DEFAULT);
    assertThat(
            question(
                    "{\"model\":\"m\","
                        + HELLO
                        + ",\"response_format\":{\"type\":\"text\"},\"logprobs\":false,\"stream\":null}")
                .parameters())
        .isEqualTo(Parameters.DEFAULT);
  }

  @Test
  void toolsAreReadAndThoseWithoutAFunctionTravelOn() {
    var tools =
        question(
                "{\"model\":\"m\","
                    + HELLO
                    + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}}},"
                    + "{\"type\":\"function\",\"function\":{\"name\":\"g\"}},{\"type\":\"web_search\"}]}")
            .tools();
    assertThat(tools).extracting(tool -> tool.name()).containsExactly("f", "g", "web_search");
    assertThat(tools.getFirst().schema().path("type").asString()).isEqualTo("object");
    assertThat(tools.get(1).schema().isEmpty()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model                     | {%s}",
        "model                     | {\"model\":\" \",%s}",
        "model                     | {\"model\":7,%s}",
        "messages                  | {\"model\":\"m\"}",
        "messages                  | {\"model\":\"m\",\"messages\":[]}",
        "messages                  | {\"model\":\"m\",\"messages\":\"hi\"}",
        "messages[0]               | {\"model\":\"m\",\"messages\":[\"hi\"]}",
        "messages[0].role          | {\"model\":\"m\",\"messages\":[{\"content\":\"hi\"}]}",
        "messages[0].role          | {\"model\":\"m\",\"messages\":[{\"role\":\"king\",\"content\":\"hi\"}]}",
        "messages[0].role          | {\"model\":\"m\",\"messages\":[{\"role\":1,\"content\":\"hi\"}]}",
        "messages[0].content       | {\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":5}]}",
        "messages[0].content[0]    | {\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[5]}]}",
        "messages[0].content[0].type | {\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{}]}]}",
        "messages[0].content[0].text | {\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":5}]}]}",
        "messages[0].content[0]    | {\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}",
        "messages[0].content[0].image_url.url | {\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}]}",
        "messages[0].tool_calls    | {\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":{}}]}",
        "messages[0].tool_calls[0] | {\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{}]}]}",
        "messages[0].tool_calls[0] | {\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[7]}]}",
        "messages[0].tool_calls[0].id | {\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}]}",
        "messages[0].tool_calls[0].function.name | {\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"function\":{}}]}]}",
        "messages[0].tool_calls[0].function.arguments | {\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":{}}}]}]}",
        "messages[0].tool_call_id  | {\"model\":\"m\",\"messages\":[{\"role\":\"tool\",\"tool_call_id\":7}]}",
        "tools                     | {\"model\":\"m\",%s,\"tools\":{}}",
        "tools[0]                  | {\"model\":\"m\",%s,\"tools\":[7]}",
        "tools[0].type             | {\"model\":\"m\",%s,\"tools\":[{}]}",
        "tools[0].function         | {\"model\":\"m\",%s,\"tools\":[{\"function\":7}]}",
        "tools[0].function.name    | {\"model\":\"m\",%s,\"tools\":[{\"function\":{}}]}",
        "tools[0].function.description | {\"model\":\"m\",%s,\"tools\":[{\"function\":{\"name\":\"f\",\"description\":7}}]}",
        "stream                    | {\"model\":\"m\",%s,\"stream\":\"yes\"}",
        "stream_options            | {\"model\":\"m\",%s,\"stream_options\":7}",
        "stream_options.include_usage | {\"model\":\"m\",%s,\"stream_options\":{\"include_usage\":1}}",
        "max_tokens                | {\"model\":\"m\",%s,\"max_tokens\":0}",
        "max_tokens                | {\"model\":\"m\",%s,\"max_tokens\":1.5}",
        "max_tokens                | {\"model\":\"m\",%s,\"max_tokens\":99999999999}",
        "max_completion_tokens     | {\"model\":\"m\",%s,\"max_completion_tokens\":-1}",
        "temperature               | {\"model\":\"m\",%s,\"temperature\":-0.1}",
        "temperature               | {\"model\":\"m\",%s,\"temperature\":2.1}",
        "temperature               | {\"model\":\"m\",%s,\"temperature\":\"NaN\"}",
        "temperature               | {\"model\":\"m\",%s,\"temperature\":1e999}",
        "top_p                     | {\"model\":\"m\",%s,\"top_p\":1.1}",
        "presence_penalty          | {\"model\":\"m\",%s,\"presence_penalty\":-3}",
        "frequency_penalty         | {\"model\":\"m\",%s,\"frequency_penalty\":3}",
        "n                         | {\"model\":\"m\",%s,\"n\":0}",
        "logprobs                  | {\"model\":\"m\",%s,\"logprobs\":\"yes\"}",
        "response_format           | {\"model\":\"m\",%s,\"response_format\":\"json\"}",
        "response_format.type      | {\"model\":\"m\",%s,\"response_format\":{}}",
      })
  void anErrorNamesItsField(String field, String json) {
    assertThatThrownBy(() -> question(json.replace("%s", HELLO)))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
              assertThat(e.parameter()).contains(field);
              assertThat(e.message()).contains(field);
            });
  }

  @Test
  void aLongWrongValueIsCutInItsError() {
    assertThatThrownBy(
            () -> question("{\"model\":\"m\",\"messages\":\"" + "x".repeat(10_000) + "\"}"))
        .hasMessageContaining("…")
        .message()
        .hasSizeLessThan(150);
  }
}
