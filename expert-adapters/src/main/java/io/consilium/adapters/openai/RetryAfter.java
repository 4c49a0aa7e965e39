package io.consilium.adapters.openai;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.MessageHeaders;
import org.jspecify.annotations.Nullable;

/**
 * How long a server asks us to wait: {@code retry-after-ms}, {@code Retry-After} in seconds or as a
 * date (RFC 9110), else the {@code x-ratelimit-reset-*} of whatever is used up.
 */
final class RetryAfter {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
  private static final Pattern RESET =
      Pattern.compile(
          "(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:([0-9.]{1,9})s)?(?:([0-9.]{1,9})ms)?");

  private RetryAfter() {}

  /** The wait from {@code now}, or null when none is named. */
  static @Nullable Duration of(MessageHeaders headers, Instant now) {
    var millis = number(value(headers, "retry-after-ms"));
    if (millis != null) {
      return seconds(millis / 1000);
    }
    var after = value(headers, "retry-after");
    var whole = number(after);
    if (whole != null) {
      return seconds(whole);
    }
    var date = DateUtils.parseStandardDate(after);
    if (date != null) {
      return date.isAfter(now) ? Duration.between(now, date) : Duration.ZERO;
    }
    return longer(reset(headers, "requests"), reset(headers, "tokens"));
  }

  private static @Nullable Duration reset(MessageHeaders headers, String what) {
    var remaining = number(value(headers, "x-ratelimit-remaining-" + what));
    return remaining != null && remaining < 1
        ? parse(value(headers, "x-ratelimit-reset-" + what))
        : null;
  }

  private static @Nullable Duration parse(String text) {
    var plain = number(text);
    if (plain != null) {
      return seconds(plain);
    }
    var match = RESET.matcher(text);
    if (text.isEmpty() || !match.matches()) {
      return null;
    }
    double sum = 0;
    double[] units = {86_400, 3600, 60, 1, 0.001};
    for (int i = 0; i < units.length; i++) {
      var part = match.group(i + 1) == null ? null : number(match.group(i + 1));
      sum += part == null ? 0 : part * units[i];
    }
    return seconds(sum);
  }

  private static @Nullable Duration longer(@Nullable Duration a, @Nullable Duration b) {
    return a == null ? b : b == null || a.compareTo(b) > 0 ? a : b;
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis((long) Math.ceil(seconds * 1000));
  }

  private static @Nullable Double number(String text) {
    return NUMBER.matcher(text).matches() ? Double.valueOf(text) : null;
  }

  private static String value(MessageHeaders headers, String name) {
    var header = headers.getFirstHeader(name);
    return header == null || header.getValue() == null ? "" : header.getValue().strip();
  }
}
