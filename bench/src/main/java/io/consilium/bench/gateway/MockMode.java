package io.consilium.bench.gateway;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the mock upstream answers, named by the model of the request: {@code instant}, {@code
 * delay-20} (milliseconds before the reply) or {@code paced-64x20} (a stream of 64 frames, 20 ms
 * apart).
 *
 * @param delay before the reply begins
 * @param frames content frames of a streamed reply
 * @param pause between two frames
 */
public record MockMode(Duration delay, int frames, Duration pause) {
  /** Frames of a stream that is not paced. */
  public static final int FRAMES = 64;

  private static final Pattern NAME =
      Pattern.compile("instant|delay-(\\d{1,5})|paced-(\\d{1,4})x(\\d{1,5})");

  /** Reads a model name; empty when it names no mode. */
  public static Optional<MockMode> of(String model) {
    Matcher name = NAME.matcher(model);
    if (!name.matches()) {
      return Optional.empty();
    }
    if (name.group(1) != null) {
      return Optional.of(new MockMode(millis(name.group(1)), FRAMES, Duration.ZERO));
    }
    if (name.group(2) != null) {
      int frames = Integer.parseInt(name.group(2));
      return Optional.of(new MockMode(Duration.ZERO, frames, millis(name.group(3))));
    }
    return Optional.of(new MockMode(Duration.ZERO, FRAMES, Duration.ZERO));
  }

  private static Duration millis(String digits) {
    return Duration.ofMillis(Long.parseLong(digits));
  }
}
