package io.consilium.orchestrator.guard;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An expert that is asked no more than it can take: so many calls at once, so many per second. A
 * call beyond that is refused at once with {@link FailureKind#OVERLOADED} and the time after which
 * it may be made again; it never queues.
 */
final class LimitedExpert implements Expert {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** No call's end is known in advance; by then, some will have ended. */
  private static final Duration WHEN_FULL = Duration.ofSeconds(1);

  private final Expert expert;
  private final GuardSettings.Limits limits;
  private final @Nullable Semaphore permits;
  private final @Nullable AtomicRateLimiter rate;

  LimitedExpert(Expert expert, GuardSettings.Limits limits, Timing timing) {
    this.expert = expert;
    this.limits = limits;
    String id = expert.card().id();
    this.permits = limits.concurrent() == 0 ? null : new Semaphore(limits.concurrent());
    this.rate =
        limits.perSecond() == 0
            ? null
            : new AtomicRateLimiter(
                id,
                RateLimiterConfig.custom()
                    .limitForPeriod(limits.perSecond())
                    .limitRefreshPeriod(PERIOD)
                    .timeoutDuration(Duration.ZERO)
                    .build(),
                timing.nanos()::getAsLong);
  }

  @Override
  public ExpertCard card() {
    return expert.card();
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    if (permits == null) {
      return rated(question, out);
    }
    if (!permits.tryAcquire()) {
      throw refused(
          "%d calls are under way, its limit (consilium.guard: concurrent)"
              .formatted(limits.concurrent()),
          WHEN_FULL);
    }
    try {
      return rated(question, out);
    } finally {
      permits.release();
    }
  }

  private Answer rated(Question question, Consumer<Delta> out) {
    if (rate != null && rate.reservePermission(1) < 0) {
      throw refused(
          "%d calls began within a second, its limit (consilium.guard: per-second)"
              .formatted(limits.perSecond()),
          Duration.ofNanos(Math.max(1, rate.getDetailedMetrics().getNanosToWait())));
    }
    return expert.answer(question, out);
  }

  private ExpertException refused(String why, Duration wait) {
    return new ExpertException(
            FailureKind.OVERLOADED,
            "expert '%s' is not asked at present: %s".formatted(card().id(), why))
        .retryAfter(wait);
  }

  /** Calls that may still begin at once; as many as an int holds when there is no limit. */
  int free() {
    return permits == null ? Integer.MAX_VALUE : permits.availablePermits();
  }
}
