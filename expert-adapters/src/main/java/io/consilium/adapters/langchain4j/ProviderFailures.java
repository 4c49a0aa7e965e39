package io.consilium.adapters.langchain4j;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import tools.jackson.core.JacksonException;

/** Says of everything that goes wrong at a provider who has to act, and how it is mended. */
record ProviderFailures(ExpertCard card) {
  private static final Pattern TOO_LONG =
      Pattern.compile(
          "context.?(length|window|size)|maximum.?context|too many (input )?tokens"
              + "|(prompt|input) (token count|is too long)|exceeds? the (model|available|maximum)",
          Pattern.CASE_INSENSITIVE);

  /** What providers' keys look like. */
  private static final Pattern SECRET =
      Pattern.compile("(?i)\\b(bearer\\s+\\S+|(sk|key|gsk)-[\\w-]{6,}|AIza[\\w-]{10,}|\\w{28,})");

  private static final int LONGEST = 240;

  /**
   * @param thrown by LangChain4j or below it
   * @param spoken whether a piece of the answer has gone out
   */
  ExpertException of(Throwable thrown, boolean spoken) {
    var causes = causes(thrown);
    boolean begun =
        spoken
            || causes.stream()
                .anyMatch(cause -> cause instanceof InterruptibleHttpClient.CutOffException);
    for (var cause : causes) {
      var failure = known(cause, begun);
      if (failure != null) {
        return failure;
      }
    }
    return failure(
        begun ? FailureKind.STREAM_BROKEN : FailureKind.UPSTREAM_INVALID,
        "%s gave something that is not an answer: %s"
            .formatted(name(), excerpt(causes.getFirst().getMessage())),
        thrown);
  }

  private static List<Throwable> causes(Throwable thrown) {
    List<Throwable> causes = new ArrayList<>();
    for (var cause = thrown; cause != null && causes.size() < 16; cause = cause.getCause()) {
      causes.addFirst(cause); // the innermost knows best
    }
    return causes;
  }

  private @Nullable ExpertException known(Throwable cause, boolean begun) {
    return switch (cause) {
      case ExpertException failure -> failure;
      case InterruptedException interrupted ->
          failure(FailureKind.CANCELLED, "the call of %s was interrupted".formatted(name()), cause);
      case RefusedException refused ->
          status(refused.statusCode(), refused.getMessage(), refused)
              .retryAfter(refused.retryAfter());
      case HttpException refused -> status(refused.statusCode(), refused.getMessage(), refused);
      case SdkServiceException refused ->
          status(refused.statusCode(), refused.getMessage(), refused);
      case HttpTimeoutException late ->
          failure(
              FailureKind.TIMEOUT,
              "%s did not begin to answer in time; is it overloaded?".formatted(name()),
              late);
      case java.net.ConnectException refused ->
          failure(
              FailureKind.UNAVAILABLE,
              "%s cannot be reached; is the address right and the server running?"
                  .formatted(name()),
              refused);
      // Jackson 2's, which LangChain4j reads replies with, is an IOException
      case IOException garbage
          when garbage.getClass().getName().startsWith("com.fasterxml.jackson") ->
          failure(
              FailureKind.UPSTREAM_INVALID,
              "%s answered what is not JSON; is the url of the expert right?".formatted(name()),
              garbage);
      case IOException broken ->
          begun
              ? failure(
                  FailureKind.STREAM_BROKEN,
                  "%s broke off in the middle of its answer".formatted(name()),
                  broken)
              : failure(
                  FailureKind.UNAVAILABLE,
                  "the connection to %s broke: %s".formatted(name(), excerpt(broken.getMessage())),
                  broken);
      case SdkClientException local ->
          excerpt(local.getMessage()).contains("credentials")
              ? failure(
                  FailureKind.UPSTREAM_AUTH,
                  "no credentials for %s; add key: ${NAME} with a Bedrock API key to it, or give the service AWS credentials"
                      .formatted(name()),
                  local)
              : null;
      case UnsupportedFeatureException unsupported ->
          failure(
              FailureKind.UNSUPPORTED,
              "%s cannot do this: %s".formatted(name(), excerpt(unsupported.getMessage())),
              unsupported);
      case ContentFilteredException filtered ->
          failure(
              FailureKind.UPSTREAM_REJECTED,
              "the content filter of %s stopped this question or its answer".formatted(name()),
              filtered);
      case AuthenticationException refused -> status(401, "", refused);
      case RateLimitException slower -> status(429, slower.getMessage(), slower);
      case ModelNotFoundException missing -> status(404, missing.getMessage(), missing);
      case InvalidRequestException wrong -> status(400, wrong.getMessage(), wrong);
      case dev.langchain4j.exception.TimeoutException late -> status(408, late.getMessage(), late);
      case IllegalArgumentException wrong ->
          failure(
              FailureKind.INVALID_REQUEST,
              "the question cannot be put to %s: %s".formatted(name(), excerpt(wrong.getMessage())),
              wrong);
      default -> null;
    };
  }

  private ExpertException status(int status, @Nullable String body, Throwable cause) {
    var said = excerpt(message(body));
    if ((status == 400 || status == 413 || status == 422) && TOO_LONG.matcher(said).find()) {
      return failure(
          FailureKind.CONTEXT_TOO_LONG,
          "the question is too long for %s: %s".formatted(name(), said),
          cause);
    }
    return switch (status) {
      case 401, 402, 403 -> failure(FailureKind.UPSTREAM_AUTH, refused(status), cause);
      case 404, 405 ->
          failure(
              FailureKind.CONFIGURATION,
              "%s does not know the model '%s', or its url is wrong (%d): %s"
                  .formatted(name(), card.endpoint().model(), status, said),
              cause);
      case 408, 504 ->
          failure(FailureKind.TIMEOUT, "%s timed out (%d)".formatted(name(), status), cause);
      case 413 ->
          failure(
              FailureKind.TOO_LARGE,
              "the question is larger than %s accepts (413): %s".formatted(name(), said),
              cause);
      case 429 ->
          failure(
              FailureKind.RATE_LIMITED,
              "%s asks us to slow down (429): %s".formatted(name(), said),
              cause);
      default ->
          status >= 500
              ? failure(
                  FailureKind.UNAVAILABLE,
                  "%s failed (%d): %s".formatted(name(), status, said),
                  cause)
              : failure(
                  status < 400 ? FailureKind.CONFIGURATION : FailureKind.UPSTREAM_REJECTED,
                  "%s rejected the request (%d): %s".formatted(name(), status, said),
                  cause);
    };
  }

  private String refused(int status) {
    var key = card.endpoint().key();
    return "%s refused our credentials or has no credit left (%d). %s"
        .formatted(
            name(),
            status,
            key == null
                ? "The expert has no key; add key: ${NAME} to it"
                : "Check the key in " + key);
  }

  /** The sentence inside an error body, however the provider wraps it. */
  private static @Nullable String message(@Nullable String body) {
    if (body == null) {
      return null;
    }
    try {
      var root = Json.MAPPER.readTree(body);
      var error = root.path("error");
      for (var node : List.of(error.path("message"), error, root.path("message"))) {
        if (node.isString()) {
          return node.stringValue();
        }
      }
      return body;
    } catch (JacksonException e) {
      return body;
    }
  }

  private static String excerpt(@Nullable String text) {
    var line = text == null ? "" : SECRET.matcher(text).replaceAll("***").replaceAll("\\s+", " ");
    return line.length() <= LONGEST ? line.strip() : line.substring(0, LONGEST).strip() + "…";
  }

  private String name() {
    return card.id();
  }

  private static ExpertException failure(FailureKind kind, String message, Throwable cause) {
    return new ExpertException(kind, message, cause);
  }
}
