package io.consilium.adapters.langchain4j;

import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.googleai.GeminiThinkingConfig;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiStreamingChatModel;
import dev.langchain4j.model.mistralai.MistralAiChatModel;
import dev.langchain4j.model.mistralai.MistralAiStreamingChatModel;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.SecretRef;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds LangChain4j models from endpoints, without retries of their own and with connections that
 * end when the calling thread is interrupted. {@code url} replaces the provider's own address, with
 * the version path where there is one ({@code https://api.anthropic.com/v1}, {@code
 * http://localhost:11434}). Options:
 *
 * <ul>
 *   <li>Anthropic: {@code max_tokens} to write when the caller sets none (4096), {@code
 *       thinking_budget} in tokens (none)
 *   <li>Gemini: {@code thinking_budget}
 *   <li>Ollama: {@code num_ctx}, its context window
 *   <li>Bedrock: {@code region}
 * </ul>
 */
public final class LangChain4jModels {
  private final Function<SecretRef, String> secrets;
  private final Consumer<URI> outbound;
  private final Duration patience;
  private final InterruptibleHttpClient.Builder http;

  /**
   * A model both ways.
   *
   * @param whole for questions that are not streamed
   * @param streamed for those that are
   */
  public record Models(ChatModel whole, StreamingChatModel streamed) {}

  /**
   * @param secrets reads a credential
   * @param outbound throws when an address may not be called
   * @param connect the longest a connection may take
   * @param patience the longest until a reply begins
   * @param clock for Retry-After dates
   */
  public LangChain4jModels(
      Function<SecretRef, String> secrets,
      Consumer<URI> outbound,
      Duration connect,
      Duration patience,
      InstantSource clock) {
    this.secrets = secrets;
    this.outbound = outbound;
    this.patience = patience;
    this.http = new InterruptibleHttpClient.Builder(connect, patience, outbound, clock);
  }

  /**
   * The models at an endpoint.
   *
   * @throws ExpertException {@code CONFIGURATION} when the endpoint is incomplete, has options that
   *     are not known, or is not LangChain4j's
   */
  public Models of(Endpoint endpoint) {
    return switch (endpoint.provider()) {
      case ANTHROPIC -> anthropic(endpoint);
      case GEMINI -> gemini(endpoint);
      case MISTRAL -> mistral(endpoint);
      case OLLAMA -> ollama(endpoint);
      case BEDROCK -> {
        options(endpoint, Set.of("region"));
        yield BedrockModels.of(endpoint, key(endpoint), headers(endpoint), patience, outbound);
      }
      case OPENAI, SPRING_AI, MCP, DOCUMENTS, CLASSIFIER, EMBEDDER, COMPOSITION ->
          throw new ExpertException(
              FailureKind.CONFIGURATION,
              "provider %s is not reached through LangChain4j".formatted(endpoint.provider()));
    };
  }

  private Models anthropic(Endpoint endpoint) {
    options(endpoint, Set.of("max_tokens", "thinking_budget"));
    var key = required(endpoint);
    int maxTokens = number(endpoint, "max_tokens", 4096);
    int thinking = number(endpoint, "thinking_budget", 0);
    var whole =
        AnthropicChatModel.builder()
            .httpClientBuilder(http)
            .apiKey(key)
            .modelName(endpoint.model())
            .maxTokens(maxTokens)
            .returnThinking(true)
            .customHeaders(headers(endpoint))
            .maxRetries(0);
    var streamed =
        AnthropicStreamingChatModel.builder()
            .httpClientBuilder(http)
            .apiKey(key)
            .modelName(endpoint.model())
            .maxTokens(maxTokens)
            .returnThinking(true)
            .customHeaders(headers(endpoint));
    if (thinking > 0) {
      whole.thinkingType("enabled").thinkingBudgetTokens(thinking);
      streamed.thinkingType("enabled").thinkingBudgetTokens(thinking);
    }
    if (endpoint.url() != null) {
      whole.baseUrl(url(endpoint.url()));
      streamed.baseUrl(url(endpoint.url()));
    }
    return new Models(whole.build(), streamed.build());
  }

  private Models gemini(Endpoint endpoint) {
    options(endpoint, Set.of("thinking_budget"));
    var key = required(endpoint);
    int thinking = number(endpoint, "thinking_budget", 0);
    var whole =
        GoogleAiGeminiChatModel.builder()
            .httpClientBuilder(http)
            .apiKey(key)
            .modelName(endpoint.model())
            .returnThinking(true)
            .customHeaders(headers(endpoint))
            .maxRetries(0);
    var streamed =
        GoogleAiGeminiStreamingChatModel.builder()
            .httpClientBuilder(http)
            .apiKey(key)
            .modelName(endpoint.model())
            .returnThinking(true)
            .customHeaders(headers(endpoint));
    if (thinking > 0) {
      var thoughts =
          GeminiThinkingConfig.builder().includeThoughts(true).thinkingBudget(thinking).build();
      whole.thinkingConfig(thoughts);
      streamed.thinkingConfig(thoughts);
    }
    if (endpoint.url() != null) {
      whole.baseUrl(url(endpoint.url()));
      streamed.baseUrl(url(endpoint.url()));
    }
    return new Models(whole.build(), streamed.build());
  }

  private Models mistral(Endpoint endpoint) {
    options(endpoint, Set.of());
    var key = required(endpoint);
    var whole =
        MistralAiChatModel.builder()
            .httpClientBuilder(http)
            .apiKey(key)
            .modelName(endpoint.model())
            .returnThinking(true)
            .customHeaders(headers(endpoint))
            .maxRetries(0);
    var streamed =
        MistralAiStreamingChatModel.builder()
            .httpClientBuilder(http)
            .apiKey(key)
            .modelName(endpoint.model())
            .returnThinking(true)
            .customHeaders(headers(endpoint));
    if (endpoint.url() != null) {
      whole.baseUrl(url(endpoint.url()));
      streamed.baseUrl(url(endpoint.url()));
    }
    return new Models(whole.build(), streamed.build());
  }

  private Models ollama(Endpoint endpoint) {
    options(endpoint, Set.of("num_ctx"));
    var url = endpoint.url() == null ? "http://localhost:11434" : url(endpoint.url());
    Integer window = number(endpoint, "num_ctx", 0) == 0 ? null : number(endpoint, "num_ctx", 0);
    return new Models(
        OllamaChatModel.builder()
            .httpClientBuilder(http)
            .baseUrl(url)
            .modelName(endpoint.model())
            .numCtx(window)
            .returnThinking(true)
            .customHeaders(headers(endpoint))
            .maxRetries(0)
            .build(),
        OllamaStreamingChatModel.builder()
            .httpClientBuilder(http)
            .baseUrl(url)
            .modelName(endpoint.model())
            .numCtx(window)
            .returnThinking(true)
            .customHeaders(headers(endpoint))
            .build());
  }

  private static String url(URI url) {
    return url.toString();
  }

  private String required(Endpoint endpoint) {
    var key = key(endpoint);
    if (key == null || key.isBlank()) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "provider %s needs a key; add key: ${NAME} to the expert and set that variable"
              .formatted(endpoint.provider()));
    }
    return key;
  }

  private @Nullable String key(Endpoint endpoint) {
    return endpoint.key() == null ? null : secrets.apply(endpoint.key());
  }

  private Map<String, String> headers(Endpoint endpoint) {
    Map<String, String> headers = new LinkedHashMap<>();
    endpoint.headers().forEach((name, value) -> headers.put(name, secrets.apply(value)));
    return headers;
  }

  private static void options(Endpoint endpoint, Set<String> known) {
    for (var option : endpoint.options().keySet()) {
      if (!known.contains(option)) {
        throw new ExpertException(
            FailureKind.CONFIGURATION,
            "provider %s has no option '%s'; it knows %s"
                .formatted(
                    endpoint.provider(),
                    option,
                    known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known))));
      }
    }
  }

  private static int number(Endpoint endpoint, String option, int otherwise) {
    var value = endpoint.options().get(option);
    if (value == null) {
      return otherwise;
    }
    if (!value.matches("[1-9][0-9]{0,7}")) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "option '%s' must be a whole number from 1, not '%s'".formatted(option, value));
    }
    return Integer.parseInt(value);
  }
}
