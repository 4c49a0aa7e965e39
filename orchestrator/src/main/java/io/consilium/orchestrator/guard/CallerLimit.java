package io.consilium.orchestrator.guard;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many requests a minute each caller may send. One limit for every key, as many as there are.
 */
public final class CallerLimit {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final int perMinute;
  private final LongSupplier nanos;
  private final Map<String, AtomicRateLimiter> limits = new ConcurrentHashMap<>();

  /**
   * @param perMinute 0 for no limit
   * @param nanos a steadily rising count of nanoseconds
   */
  public CallerLimit(int perMinute, LongSupplier nanos) {
    this.perMinute = perMinute;
    this.nanos = nanos;
  }

  /**
   * Lets a request in.
   *
   * @param key the id of the caller's key, or null for callers who need none
   * @throws ExpertException {@code RATE_LIMITED}, with the time to wait
   */
  public void admit(@Nullable String key) {
    if (perMinute == 0) {
      return;
    }
    var limit = limits.computeIfAbsent(key == null ? "" : key, this::limit);
    if (limit.reservePermission(1) < 0) {
      throw new ExpertException(
              FailureKind.RATE_LIMITED,
              "more than %d requests in a minute; wait, or raise consilium.mcp.rate"
                  .formatted(perMinute))
          .retryAfter(Duration.ofNanos(Math.max(1, limit.getDetailedMetrics().getNanosToWait())));
    }
  }

  private AtomicRateLimiter limit(String key) {
    return new AtomicRateLimiter(
        "mcp " + key,
        RateLimiterConfig.custom()
            .limitForPeriod(perMinute)
            .limitRefreshPeriod(MINUTE)
            .timeoutDuration(Duration.ZERO)
            .build(),
        nanos::getAsLong);
  }
}
