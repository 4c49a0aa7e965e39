package io.consilium.adapters.springai;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says who has to act on what a chat model threw. Spring AI has no exception all its models share,
 * so the HTTP status is read from where they all write it: the start of the message. The message
 * itself is not passed on, as it may hold what was sent.
 *
 * @param expert its id
 */
record ModelFailures(String expert) {
  private static final Pattern STATUS =
      Pattern.compile("^(?:HTTP |\\[)?([45][0-9][0-9])\\b", Pattern.CASE_INSENSITIVE);

  ExpertException of(Throwable thrown, boolean spoken) {
    for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case ExpertException failure -> {
          return failure;
        }
        case InterruptedException interrupted -> {
          return failure(FailureKind.CANCELLED, "the call of %s was interrupted", thrown);
        }
        case HttpTimeoutException late -> {
          return timeout(thrown);
        }
        case SocketTimeoutException late -> {
          return timeout(thrown);
        }
        case TimeoutException late -> {
          return timeout(thrown);
        }
        case ConnectException refused -> {
          return unreachable(thrown);
        }
        case UnknownHostException unknown -> {
          return unreachable(thrown);
        }
        case IOException broken -> {
          return spoken
              ? failure(
                  FailureKind.STREAM_BROKEN, "%s broke off in the middle of its answer", thrown)
              : unreachable(thrown);
        }
        default -> {
          var status = STATUS.matcher(String.valueOf(cause.getMessage()));
          if (status.find()) {
            return status(Integer.parseInt(status.group(1)), thrown);
          }
        }
      }
    }
    return spoken
        ? failure(FailureKind.STREAM_BROKEN, "%s broke off in the middle of its answer", thrown)
        : failure(
            FailureKind.UPSTREAM_INVALID,
            "%s failed with " + thrown.getClass().getSimpleName() + "; the log has the details",
            thrown);
  }

  private ExpertException status(int status, Throwable thrown) {
    return switch (status) {
      case 401, 402, 403 ->
          failure(
              FailureKind.UPSTREAM_AUTH,
              "%s was refused by its provider (" + status + "); check the key of the chat model",
              thrown);
      case 404 ->
          failure(
              FailureKind.CONFIGURATION,
              "the provider of %s does not know the model or the address (404)",
              thrown);
      case 408, 504 -> timeout(thrown);
      case 413 ->
          failure(FailureKind.TOO_LARGE, "the question is larger than %s accepts (413)", thrown);
      case 429 -> failure(FailureKind.RATE_LIMITED, "%s asks us to slow down (429)", thrown);
      default ->
          status >= 500
              ? failure(FailureKind.UNAVAILABLE, "%s failed (" + status + ")", thrown)
              : failure(
                  FailureKind.UPSTREAM_REJECTED,
                  "%s rejected the request (" + status + "); the log has the details",
                  thrown);
    };
  }

  private ExpertException timeout(Throwable thrown) {
    return failure(FailureKind.TIMEOUT, "%s did not answer in time", thrown);
  }

  private ExpertException unreachable(Throwable thrown) {
    return failure(
        FailureKind.UNAVAILABLE,
        "%s cannot be reached; is the address right and the server running?",
        thrown);
  }

  private ExpertException failure(FailureKind kind, String message, Throwable cause) {
    return new ExpertException(kind, message.replace("%s", expert), cause);
  }
}
