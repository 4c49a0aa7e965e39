package io.consilium.adapters.openai;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Collection;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Says of everything that goes wrong at a server who has to act, and how it is mended.
 *
 * @param secrets what was sent as credentials; blotted out should the server repeat it
 */
record UpstreamFailures(Upstream upstream, Collection<String> secrets) {
  private static final Pattern TOO_LONG =
      Pattern.compile(
          "context.?length|context.?window|context.?size|maximum.?context|too many tokens"
              + "|prompt is too long|input is too long|exceeds? the (model|available)",
          Pattern.CASE_INSENSITIVE);

  /**
   * The connection failed.
   *
   * @param answered whether the head of a reply had come
   * @param late whether the deadline has passed
   */
  ExpertException broken(
      IOException e, boolean answered, boolean late, OpenAiClient.Limits limits) {
    if (Thread.currentThread().isInterrupted()) {
      return new ExpertException(
          FailureKind.CANCELLED, "the call of %s was cancelled".formatted(name()), e);
    }
    if (late) {
      return new ExpertException(
          FailureKind.DEADLINE_EXCEEDED,
          "%s did not finish before the deadline; allow more time or ask a faster expert"
              .formatted(name()),
          e);
    }
    return switch (e) {
      case ConnectTimeoutException timeout ->
          failure(
              FailureKind.TIMEOUT,
              "no connection to %s within %d ms; is the address right and the way to it open?"
                  .formatted(name(), limits.connect().toMillis()),
              e);
      case ConnectionRequestTimeoutException full ->
          failure(
              FailureKind.OVERLOADED,
              "all %d connections to %s are in use".formatted(limits.connections(), name()),
              e);
      case SocketTimeoutException silent ->
          failure(
              FailureKind.TIMEOUT,
              "%s sent nothing for %d s".formatted(name(), limits.silence().toSeconds()),
              e);
      case UnknownHostException unknown ->
          failure(
              FailureKind.UNAVAILABLE,
              "the host name of %s is unknown; check the url of the expert and the DNS"
                  .formatted(name()),
              e);
      case SSLException tls ->
          failure(
              FailureKind.UNAVAILABLE,
              "no TLS connection to %s: %s. Check the certificate, or use http:// if the server does not speak TLS"
                  .formatted(name(), tls.getMessage()),
              e);
      case ClientProtocolException garbage ->
          failure(
              FailureKind.UPSTREAM_INVALID,
              "%s does not answer in HTTP; check scheme and port of the expert's url"
                  .formatted(name()),
              e);
      case NoHttpResponseException closed ->
          failure(
              FailureKind.UNAVAILABLE,
              "%s closed the connection without an answer; is it an HTTP server, and up?"
                  .formatted(name()),
              e);
      default ->
          answered
              ? failure(
                  FailureKind.STREAM_BROKEN,
                  "%s broke off in the middle of its answer".formatted(name()),
                  e)
              : failure(
                  FailureKind.UNAVAILABLE,
                  "%s cannot be reached: %s. Is the server running?".formatted(name(), reason(e)),
                  e);
    };
  }

  private static String reason(IOException e) {
    var message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** The server answered with another status than 200. */
  ExpertException status(int status, MessageHeaders headers, byte[] body, Instant now) {
    if (status >= 300 && status < 400) {
      var to = headers.getFirstHeader("Location");
      return failure(
          FailureKind.CONFIGURATION,
          "%s redirects%s; redirects are not followed, so put the final address into the expert's url"
              .formatted(name(), to == null ? "" : " to " + Excerpt.of(to.getValue())),
          null);
    }
    return error(status, ErrorBody.of(body)).retryAfter(RetryAfter.of(headers, now));
  }

  /** The server reported an error inside a reply with status 200, whole or streamed. */
  ExpertException reported(JsonNode error) {
    var body = ErrorBody.of(error);
    return error(body.status(), body);
  }

  private ExpertException error(int status, ErrorBody body) {
    var said = blot(body.message());
    if (body.is("insufficient_quota") || body.is("billing_hard_limit_reached") || status == 402) {
      return failure(
          FailureKind.UPSTREAM_AUTH,
          "the account behind %s at %s has no credit left: %s".formatted(key(), name(), said),
          null);
    }
    if (body.is("context_length_exceeded")
        || ((status == 400 || status == 413 || status == 422) && TOO_LONG.matcher(said).find())) {
      return failure(
          FailureKind.CONTEXT_TOO_LONG,
          "the question is too long for %s at %s: %s".formatted(upstream.model(), name(), said),
          null);
    }
    return switch (status) {
      case 401, 403 ->
          failure(
              FailureKind.UPSTREAM_AUTH,
              "%s refused our credentials (%d): %s. %s"
                  .formatted(
                      name(),
                      status,
                      said,
                      upstream.key() == null
                          ? "The expert has no key; add key: ${NAME} to it"
                          : "Check the key in " + key()),
              null);
      case 404, 405 ->
          failure(
              FailureKind.CONFIGURATION,
              "%s does not know the model '%s' or the path %s (%d): %s. GET %s lists what it serves"
                  .formatted(
                      name(),
                      upstream.model(),
                      upstream.base().getPath(),
                      status,
                      said,
                      upstream.at("models")),
              null);
      case 408 -> failure(FailureKind.TIMEOUT, name() + " timed out (408): " + said, null);
      case 413 ->
          failure(
              FailureKind.CONTEXT_TOO_LONG,
              "the question is larger than %s accepts (413): %s".formatted(name(), said),
              null);
      case 429 ->
          failure(
              FailureKind.RATE_LIMITED,
              "%s asks us to slow down (429): %s".formatted(name(), said),
              null);
      default ->
          status >= 500 || status < 400
              ? failure(
                  FailureKind.UNAVAILABLE,
                  "%s failed (%d): %s".formatted(name(), status, said),
                  null)
              : failure(
                  FailureKind.UPSTREAM_REJECTED,
                  "%s rejected the request (%d): %s".formatted(name(), status, said),
                  null);
    };
  }

  private String blot(String text) {
    var clean = text;
    for (var secret : secrets) {
      clean = clean.replace(secret, "***").replace(secret.replaceFirst("^Bearer ", ""), "***");
    }
    return clean;
  }

  /** The reply is a web page, as a proxy's or a captive portal's is. */
  ExpertException page(byte[] body) {
    return failure(
        FailureKind.UPSTREAM_INVALID,
        "%s answered a web page instead of JSON; the url of the expert is probably wrong (it usually ends in /v1): %s"
            .formatted(name(), Excerpt.of(body)),
        null);
  }

  ExpertException tooLarge(int limit) {
    return failure(
        FailureKind.UPSTREAM_INVALID,
        "%s answered more than the %,d bytes accepted".formatted(name(), limit),
        null);
  }

  private ExpertException failure(FailureKind kind, String message, @Nullable Exception cause) {
    return new ExpertException(kind, message, cause);
  }

  private String name() {
    return upstream.name();
  }

  private String key() {
    return upstream.key() == null ? "the expert" : upstream.key().toString();
  }
}
