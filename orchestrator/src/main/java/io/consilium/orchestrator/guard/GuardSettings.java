package io.consilium.orchestrator.guard;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How experts are guarded.
 *
 * @param deadline whether the caller's deadline ends a call that is still waiting
 * @param retry of failed calls
 * @param breaker per expert
 * @param limits of every expert that has none of its own
 * @param experts limits by expert id, for those that can take less or more
 */
public record GuardSettings(
    @DefaultValue("true") boolean deadline,
    @DefaultValue Retry retry,
    @DefaultValue Breaker breaker,
    @DefaultValue Limits limits,
    @DefaultValue Map<String, Limits> experts) {
  /** What holds when nothing is set. */
  public static final GuardSettings DEFAULT =
      new GuardSettings(true, Retry.DEFAULT, Breaker.DEFAULT, Limits.DEFAULT, Map.of());

  public GuardSettings {
    experts = Map.copyOf(experts);
  }

  /** The limits of one expert. */
  public Limits limits(String expert) {
    return experts.getOrDefault(expert, limits);
  }

  /**
   * When a failed call is made again.
   *
   * @param attempts calls in all, the first included; 1 for no retry
   * @param first the wait before the second attempt, doubled for each later one
   * @param longest the longest wait; an expert that asks for more is not waited for, so that its
   *     fallback is asked instead
   * @param jitter share of the wait that is random, 0 to 1: waits lie in [1 − jitter, 1 + jitter]
   */
  public record Retry(
      @DefaultValue("3") int attempts,
      @DefaultValue("200ms") Duration first,
      @DefaultValue("5s") Duration longest,
      @DefaultValue("0.5") double jitter) {
    /** What holds when nothing is set. */
    public static final Retry DEFAULT =
        new Retry(3, Duration.ofMillis(200), Duration.ofSeconds(5), 0.5);

    /** One attempt only. */
    public static final Retry OFF =
        new Retry(1, Duration.ofMillis(200), Duration.ofSeconds(5), 0.5);

    public Retry {
      Range.require(
          attempts >= 1 && attempts <= 10, "retry.attempts", "between 1 (no retry) and 10");
      Range.require(Range.positive(first), "retry.first", "a positive time, such as 200ms");
      Range.require(longest.compareTo(first) >= 0, "retry.longest", "at least retry.first");
      Range.require(jitter >= 0 && jitter <= 1, "retry.jitter", "between 0 and 1");
    }
  }

  /**
   * When an expert is left alone for a while.
   *
   * @param enabled whether there is a breaker
   * @param window how many of the latest calls are looked at
   * @param minimum how many calls must be seen before it opens
   * @param failures the share of them that must have failed, in percent
   * @param slow how long a call may take until its first piece, or as a whole when not streamed,
   *     before it counts as slow
   * @param slowCalls the share that must have been slow, in percent
   * @param open how long the expert is left alone the first time, doubled each time a probe fails
   * @param longestOpen the most it is left alone
   * @param probes calls let through afterwards to see how it fares
   */
  public record Breaker(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("50") int window,
      @DefaultValue("10") int minimum,
      @DefaultValue("50") int failures,
      @DefaultValue("2m") Duration slow,
      @DefaultValue("80") int slowCalls,
      @DefaultValue("15s") Duration open,
      @DefaultValue("5m") Duration longestOpen,
      @DefaultValue("3") int probes) {
    /** What holds when nothing is set. */
    public static final Breaker DEFAULT =
        new Breaker(
            true,
            50,
            10,
            50,
            Duration.ofMinutes(2),
            80,
            Duration.ofSeconds(15),
            Duration.ofMinutes(5),
            3);

    public Breaker {
      Range.require(
          window >= 1 && window <= 10_000, "breaker.window", "between 1 and 10,000 calls");
      Range.require(
          minimum >= 1 && minimum <= window, "breaker.minimum", "between 1 and breaker.window");
      Range.require(failures >= 1 && failures <= 100, "breaker.failures", "a percentage, 1 to 100");
      Range.require(
          slowCalls >= 1 && slowCalls <= 100, "breaker.slow-calls", "a percentage, 1 to 100");
      Range.require(Range.positive(slow), "breaker.slow", "a positive time, such as 2m");
      Range.require(Range.positive(open), "breaker.open", "a positive time, such as 15s");
      Range.require(
          longestOpen.compareTo(open) >= 0, "breaker.longest-open", "at least breaker.open");
      Range.require(probes >= 1, "breaker.probes", "at least 1 call");
    }
  }

  /**
   * How much one expert is asked at once.
   *
   * @param concurrent calls in flight; 0 for no limit
   * @param perSecond calls begun in one second; 0 for no limit
   */
  public record Limits(@DefaultValue("4096") int concurrent, @DefaultValue("0") int perSecond) {
    /** What holds when nothing is set. */
    public static final Limits DEFAULT = new Limits(4096, 0);

    /** No limit. */
    public static final Limits NONE = new Limits(0, 0);

    public Limits {
      Range.require(concurrent >= 0, "limits.concurrent", "0 (no limit) or more calls");
      Range.require(perSecond >= 0, "limits.per-second", "0 (no limit) or more calls");
    }
  }

  /** Apart from the outer record, whose constants need the nested ones first. */
  private static final class Range {
    static boolean positive(Duration duration) {
      return duration.compareTo(Duration.ZERO) > 0;
    }

    static void require(boolean holds, String key, String range) {
      if (!holds) {
        throw new ExpertException(
            FailureKind.CONFIGURATION, "consilium.guard.%s must be %s".formatted(key, range));
      }
    }
  }
}
