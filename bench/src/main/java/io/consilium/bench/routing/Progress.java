package io.consilium.bench.routing;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Says on a stream what is going on, each line with the time since the start. */
public final class Progress {
  private final PrintStream out;
  private final InstantSource clock;
  private final Instant start;

  /** Writes to a stream. */
  public Progress(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
    this.start = clock.instant();
  }

  /** Says it. */
  public void say(String what) {
    out.printf("%5d s  %s%n", elapsed().toSeconds(), what);
  }

  private Duration elapsed() {
    return Duration.between(start, clock.instant());
  }

  /** The time since the start, in words. */
  public String spent() {
    var elapsed = elapsed();
    return "%d min %d s".formatted(elapsed.toMinutes(), elapsed.toSecondsPart());
  }
}
