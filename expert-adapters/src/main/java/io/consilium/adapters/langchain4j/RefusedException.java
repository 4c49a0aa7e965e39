package io.consilium.adapters.langchain4j;

import dev.langchain4j.exception.HttpException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A provider's reply with a status other than 2xx, with the wait it asks for. */
final class RefusedException extends HttpException {
  private static final long serialVersionUID = 1;

  private final @Nullable Duration retryAfter;

  RefusedException(int status, String body, @Nullable Duration retryAfter) {
    super(status, body);
    this.retryAfter = retryAfter;
  }

  @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
