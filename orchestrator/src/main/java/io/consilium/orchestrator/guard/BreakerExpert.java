package io.consilium.orchestrator.guard;

import io.consilium.expert.Answer;
import io.consilium.expert.Blame;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import io.consilium.expert.Question;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An expert that is left alone for a while after it failed or tarried too often, then tried with a
 * few calls. Only what the expert is to blame for counts, and refused credentials, which fail every
 * call alike; a caller's mistake does not. A call counts by the time to its first piece, or to the
 * whole answer when it is not streamed; one that was given up counts when it had been slow by then.
 *
 * <p>While it is left alone its health is DOWN, so that routers choose others; then DEGRADED until
 * the trial calls have shown how it fares.
 */
final class BreakerExpert implements Expert {
  private final Expert expert;
  private final GuardSettings.Breaker settings;
  private final Timing timing;
  private final Consumer<Health> health;
  private final CircuitBreaker breaker;
  private volatile Instant openUntil = Instant.EPOCH;
  private volatile String lastFailure = "calls took too long";

  BreakerExpert(
      Expert expert, GuardSettings.Breaker settings, Timing timing, Consumer<Health> health) {
    this.expert = expert;
    this.settings = settings;
    this.timing = timing;
    this.health = health;
    var openFor = IntervalFunction.ofExponentialBackoff(settings.open(), 2, settings.longestOpen());
    this.breaker =
        CircuitBreaker.of(
            expert.card().id(),
            CircuitBreakerConfig.custom()
                .clock(timing.clock())
                .slidingWindow(
                    settings.window(),
                    settings.minimum(),
                    CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(settings.failures())
                .slowCallDurationThreshold(settings.slow())
                .slowCallRateThreshold(settings.slowCalls())
                .permittedNumberOfCallsInHalfOpenState(settings.probes())
                .waitIntervalFunctionInOpenState(
                    // counts the times it opened in a row, from 1
                    times -> {
                      long millis = openFor.apply(times);
                      openUntil = timing.clock().instant().plusMillis(millis);
                      return millis;
                    })
                .ignoreException(failure -> !counts(failure))
                .recordException(BreakerExpert::counts)
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(event -> changed(event.getStateTransition().getToState()));
  }

  private static boolean counts(Throwable failure) {
    return failure instanceof ExpertException e
        && (e.kind().blame() == Blame.EXPERT || e.kind() == FailureKind.UPSTREAM_AUTH);
  }

  @Override
  public ExpertCard card() {
    return expert.card();
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    if (!breaker.tryAcquirePermission()) {
      throw refused();
    }
    var call = new Call(out, timing.nanos().getAsLong());
    boolean settled = false;
    try {
      var answer = expert.answer(question, call);
      breaker.onSuccess(call.nanos(), TimeUnit.NANOSECONDS);
      settled = true;
      return answer;
    } catch (ExpertException e) {
      settle(e, call.nanos());
      settled = true;
      throw e;
    } finally {
      if (!settled) { // what the caller's own consumer threw, or a defect
        breaker.releasePermission();
      }
    }
  }

  private void settle(ExpertException failure, long nanos) {
    if (counts(failure)) {
      lastFailure = failure.message();
      breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
    } else if (failure.kind() == FailureKind.CANCELLED && nanos >= settings.slow().toNanos()) {
      lastFailure = "no answer came within " + settings.slow().toSeconds() + " s";
      breaker.onError(
          nanos, TimeUnit.NANOSECONDS, new ExpertException(FailureKind.TIMEOUT, lastFailure));
    } else {
      breaker.releasePermission();
    }
  }

  private ExpertException refused() {
    Duration left = Duration.between(timing.clock().instant(), openUntil);
    Duration wait = left.compareTo(Duration.ofSeconds(1)) > 0 ? left : Duration.ofSeconds(1);
    return new ExpertException(
            FailureKind.UNAVAILABLE,
            "expert '%s' is left alone for another %d s because it failed or tarried too often; the last failure: %s"
                .formatted(card().id(), wait.toSeconds(), lastFailure),
            CallNotPermittedException.createCallNotPermittedException(breaker))
        .retryAfter(wait);
  }

  private void changed(CircuitBreaker.State state) {
    var now = timing.clock().instant();
    switch (state) {
      case OPEN -> {
        Duration wait = Duration.between(now, openUntil);
        health.accept(
            new Health(
                Health.Status.DOWN,
                "failed or tarried too often, asked again in %d s; the last failure: %s"
                    .formatted(wait.toSeconds(), lastFailure),
                now));
        // no router asks an expert that is down, so its trial has to be announced
        var _ =
            timing
                .scheduler()
                .schedule(this::announceTrial, wait.toMillis(), TimeUnit.MILLISECONDS);
      }
      case HALF_OPEN -> trial(now);
      case CLOSED -> health.accept(new Health(Health.Status.UP, "", now));
      case DISABLED, METRICS_ONLY, FORCED_OPEN -> {} // never set here
    }
  }

  private void announceTrial() {
    if (breaker.getState() == CircuitBreaker.State.OPEN) {
      trial(timing.clock().instant());
    }
  }

  private void trial(Instant now) {
    health.accept(
        new Health(
            Health.Status.DEGRADED, "on trial after failures; the last one: " + lastFailure, now));
  }

  /** 0 closed, 1 on trial, 2 open. */
  int state() {
    return switch (breaker.getState()) {
      case CLOSED, DISABLED, METRICS_ONLY -> 0;
      case HALF_OPEN -> 1;
      case OPEN, FORCED_OPEN -> 2;
    };
  }

  /** One call and the time to its first piece. */
  private final class Call implements Consumer<Delta> {
    private final Consumer<Delta> out;
    private final long start;
    private long first = -1;

    Call(Consumer<Delta> out, long start) {
      this.out = out;
      this.start = start;
    }

    @Override
    public void accept(Delta piece) {
      if (first < 0) {
        first = timing.nanos().getAsLong() - start;
      }
      out.accept(piece);
    }

    long nanos() {
      return first < 0 ? timing.nanos().getAsLong() - start : first;
    }
  }
}
