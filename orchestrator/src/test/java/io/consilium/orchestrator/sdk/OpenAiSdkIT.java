package io.consilium.orchestrator.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.consilium.adapters.testing.Behaviours;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Feature;
import io.consilium.expert.Plan;
import io.consilium.expert.Provider;
import io.consilium.expert.Service;
import io.consilium.expert.testing.NodePrograms;
import io.consilium.orchestrator.OrchestratorApplication;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * OpenAI's Java and Node libraries, unchanged but for base address and key, against the running
 * service with a fake server behind it. There is none for Python here: its library does not install
 * from this build.
 */
final class OpenAiSdkIT {
  private static final String KEY = "sk-consilium-0123456789abcdef0123456789abcdef0123456789abcdef";

  private static FakeUpstream upstream;
  private static ConfigurableApplicationContext service;
  private static OpenAIClient client;

  @BeforeAll
  static void start(@TempDir Path home) {
    upstream = FakeUpstream.start();
    upstream.script(
        "sum",
        exchange ->
            Behaviours.saying(
                    exchange.body().path("response_format").has("json_schema")
                        ? "{\"sum\":5}"
                        : "no schema came")
                .serve(exchange));
    service =
        OrchestratorApplication.application()
            .run(
                "--consilium.port=0",
                "--consilium.home=" + home,
                "--consilium.admin.key=" + KEY,
                "--consilium.guard.retry.attempts=1");
    var registry = service.getBean(ExpertRegistry.class);
    for (var model : List.of("plain", "tools", "sum", "429-retry-after", "500", "too-long")) {
      registry.put(card(model, Service.CHAT));
    }
    registry.put(card("embed", Service.EMBEDDINGS));
    registry.put(
        ExpertCard.of(
            "jury",
            new ExpertKind.Composition(
                new Plan.Panel(
                    List.of("plain", "429-retry-after", "500"),
                    Plan.MAJORITY_VOTE,
                    3,
                    0,
                    List.of()),
                0),
            "A panel.",
            new Endpoint(Provider.COMPOSITION, null, "jury", null, Map.of(), Map.of())));
    client = client(KEY);
  }

  @AfterAll
  static void stop() {
    client.close();
    service.close();
    upstream.close();
  }

  private static ExpertCard card(String model, Service serves) {
    return ExpertCard.of(
            model,
            new ExpertKind.Llm(),
            "A fake model.",
            new Endpoint(Provider.OPENAI, upstream.url(), model, null, Map.of(), Map.of()))
        .withFeatures(Set.of(Feature.values()))
        .withServices(Set.of(serves));
  }

  private static String url() {
    return "http://127.0.0.1:" + service.getEnvironment().getProperty("local.server.port") + "/v1";
  }

  private static OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder().baseUrl(url()).apiKey(key).maxRetries(0).build();
  }

  private static ChatCompletionCreateParams.Builder asking(String model) {
    return ChatCompletionCreateParams.builder().model(model).addUserMessage("What is 2 + 3?");
  }

  private static ChatCompletion streamed(ChatCompletionCreateParams question) {
    var whole = ChatCompletionAccumulator.create();
    try (var stream = client.chat().completions().createStreaming(question)) {
      stream.stream().forEach(whole::accumulate);
    }
    return whole.chatCompletion();
  }

  @Test
  void aCompletionIsRead() {
    var completion = client.chat().completions().create(asking("plain").build());
    var choice = completion.choices().getFirst();
    assertThat(choice.message().content()).contains(Behaviours.ANSWER);
    assertThat(choice.finishReason().toString()).isEqualTo("stop");
    assertThat(completion.usage().orElseThrow().totalTokens()).isEqualTo(18);
  }

  @Test
  void aStreamIsRead() {
    var completion = streamed(asking("plain").build());
    assertThat(completion.choices().getFirst().message().content()).contains(Behaviours.ANSWER);
    assertThat(completion.usage()).isEmpty();
    var counted =
        streamed(
            asking("plain")
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build());
    assertThat(counted.usage().orElseThrow().totalTokens()).isEqualTo(18);
  }

  private static Map<String, JsonValue> schema(String field, String type) {
    return Map.of(
        "type", JsonValue.from("object"),
        "properties", JsonValue.from(Map.of(field, Map.of("type", type))));
  }

  @Test
  void toolCallsAreReadWholeAndStreamed() {
    var lookUp =
        FunctionDefinition.builder()
            .name("look_up")
            .parameters(
                FunctionParameters.builder()
                    .putAllAdditionalProperties(schema("word", "string"))
                    .build())
            .build();
    var question =
        asking("tools")
            .addTool(ChatCompletionFunctionTool.builder().function(lookUp).build())
            .build();
    for (var completion :
        List.of(client.chat().completions().create(question), streamed(question))) {
      var calls = completion.choices().getFirst().message().toolCalls().orElseThrow();
      assertThat(calls).hasSize(1);
      var call = calls.getFirst().asFunction();
      assertThat(call.id()).isEqualTo("call_1");
      assertThat(call.function().name()).isEqualTo("look_up");
      assertThat(call.function().arguments()).isEqualTo("{\"word\":\"five\"}");
    }
  }

  @Test
  void structuredOutputIsRead() {
    var shape =
        ResponseFormatJsonSchema.JsonSchema.builder()
            .name("sum")
            .strict(true)
            .schema(
                ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                    .putAllAdditionalProperties(schema("sum", "integer"))
                    .build())
            .build();
    var question =
        asking("sum")
            .responseFormat(ResponseFormatJsonSchema.builder().jsonSchema(shape).build())
            .build();
    for (var completion :
        List.of(client.chat().completions().create(question), streamed(question))) {
      assertThat(completion.choices().getFirst().message().content()).contains("{\"sum\":5}");
    }
  }

  @Test
  void olderCompletionsAreRead() {
    var completion =
        client
            .completions()
            .create(CompletionCreateParams.builder().model("plain").prompt("Say it").build());
    assertThat(completion.choices().getFirst().text()).isEqualTo(Behaviours.ANSWER);
  }

  @Test
  void embeddingsAreRead() {
    var reply =
        client
            .embeddings()
            .create(EmbeddingCreateParams.builder().model("embed").input("five").build());
    assertThat(reply.data().getFirst().embedding()).containsExactly(0.6f, 0.8f);
  }

  @Test
  void modelsAreListed() {
    assertThat(client.models().list().data())
        .extracting(model -> model.id())
        .contains("consilium/auto", "plain", "embed");
  }

  @Test
  void errorsBecomeTheLibrarysOwnExceptions() {
    var unknown =
        thrown(
            NotFoundException.class,
            () -> client.chat().completions().create(asking("plian").build()));
    assertThat(unknown.code()).contains("model_not_found");
    assertThat(unknown.getMessage()).contains("plain");

    var invalid =
        thrown(
            BadRequestException.class,
            () -> client.chat().completions().create(asking("plain").temperature(7).build()));
    assertThat(invalid.param()).contains("temperature");

    var tooLong =
        thrown(
            BadRequestException.class,
            () -> client.chat().completions().create(asking("too-long").build()));
    assertThat(tooLong.code()).contains("context_length_exceeded");

    var limited =
        thrown(
            RateLimitException.class,
            () -> client.chat().completions().create(asking("429-retry-after").build()));
    assertThat(limited.headers().values("Retry-After")).containsExactly("7");

    thrown(
        InternalServerException.class,
        () -> client.chat().completions().create(asking("500").build()));
    thrown(InternalServerException.class, () -> streamed(asking("500").build()));

    var stranger = client("sk-wrong");
    thrown(
        UnauthorizedException.class,
        () -> stranger.chat().completions().create(asking("plain").build()));
    stranger.close();
  }

  private static <E extends Throwable> E thrown(Class<E> type, Runnable call) {
    var thrown = catchThrowableOfType(type, call::run);
    if (thrown == null) {
      throw new AssertionError("expected " + type);
    }
    return thrown;
  }

  @Test
  void fieldsTheLibraryDoesNotKnowReachTheServer() {
    client
        .chat()
        .completions()
        .create(asking("plain").putAdditionalBodyProperty("min_p", JsonValue.from(0.05)).build());
    assertThat(upstream.await("plain").body().path("min_p").asDouble()).isEqualTo(0.05);
  }

  /** Runs {@code src/test/node/sdk.test.mjs}; what it prints is the failure message. */
  @Test
  void theNodeLibraryIsServedTheSame() {
    NodePrograms.installed()
        .run(
            Map.of("OPENAI_BASE_URL", url(), "OPENAI_API_KEY", KEY),
            "node",
            "--test",
            "--test-reporter=spec",
            "sdk.test.mjs");
  }
}
