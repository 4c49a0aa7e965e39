package io.consilium.adapters.langchain4j;

import dev.langchain4j.model.bedrock.BedrockChatModel;
import dev.langchain4j.model.bedrock.BedrockStreamingChatModel;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.token.credentials.StaticTokenProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.auth.spi.scheme.AuthSchemeOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeBaseClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Models on Amazon Bedrock. The key is a Bedrock API key, sent as a bearer token; without one the
 * AWS credentials of the environment sign the requests.
 */
final class BedrockModels {
  private BedrockModels() {}

  static LangChain4jModels.Models of(
      Endpoint endpoint,
      @Nullable String key,
      Map<String, String> headers,
      Duration patience,
      Consumer<URI> outbound) {
    if (endpoint.url() != null) {
      outbound.accept(endpoint.url());
    }
    var region = region(endpoint);
    var calls = ClientOverrideConfiguration.builder().retryStrategy(AwsRetryStrategy.doNotRetry());
    headers.forEach(calls::putHeader);
    var client = configured(BedrockRuntimeClient.builder(), endpoint, key);
    var stream = configured(BedrockRuntimeAsyncClient.builder(), endpoint, key);
    if (endpoint.url() != null && "http".equals(endpoint.url().getScheme())) {
      // the SDK would speak HTTP/2 without asking, which proxies on plain http do not
      stream.httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1));
    }
    return new LangChain4jModels.Models(
        BedrockChatModel.builder()
            .client(
                client
                    .region(region)
                    .overrideConfiguration(calls.apiCallTimeout(patience).build())
                    .build())
            .modelId(endpoint.model())
            .returnThinking(true)
            .maxRetries(0)
            .build(),
        BedrockStreamingChatModel.builder()
            .client(
                stream
                    .region(region)
                    // a stream may take longer than its head; the deadline bounds it
                    .overrideConfiguration(calls.apiCallTimeout(null).build())
                    .build())
            .modelId(endpoint.model())
            .returnThinking(true)
            .build());
  }

  private static <B extends BedrockRuntimeBaseClientBuilder<B, C>, C> B configured(
      B builder, Endpoint endpoint, @Nullable String key) {
    if (endpoint.url() != null) {
      builder.endpointOverride(endpoint.url());
    }
    return key == null
        ? builder.credentialsProvider(DefaultCredentialsProvider.builder().build())
        : builder
            .tokenProvider(StaticTokenProvider.create(() -> key))
            .authSchemeProvider(parameters ->
                List.of(AuthSchemeOption.builder().schemeId("smithy.api#httpBearerAuth").build()));
  }

  private static Region region(Endpoint endpoint) {
    var named = endpoint.options().get("region");
    try {
      return named == null ? new DefaultAwsRegionProviderChain().getRegion() : Region.of(named);
    } catch (SdkClientException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "Bedrock needs a region; add options: {region: eu-central-1} to the expert or set AWS_REGION",
          e);
    }
  }
}
