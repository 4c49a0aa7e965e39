package io.consilium.orchestrator.guard;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * An expert that is asked again after a failure that may pass: exponential back-off with jitter, or
 * the wait the expert itself asked for. It gives up at once when a piece has gone out, when the
 * breaker is open, when the wait would outlast the deadline or {@link GuardSettings.Retry#longest}.
 * Earlier failures are suppressed exceptions of the last one.
 */
final class RetryingExpert implements Expert {
  private final Expert expert;
  private final GuardSettings.Retry settings;
  private final IntervalFunction backOff;
  private final Timing timing;
  private final Runnable onRetry;

  /**
   * @param onRetry called before each further attempt
   */
  RetryingExpert(Expert expert, GuardSettings.Retry settings, Timing timing, Runnable onRetry) {
    this.expert = expert;
    this.settings = settings;
    this.backOff = IntervalFunction.ofExponentialBackoff(settings.first(), 2, settings.longest());
    this.timing = timing;
    this.onRetry = onRetry;
  }

  @Override
  public ExpertCard card() {
    return expert.card();
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    var pieces = new Pieces(out);
    List<ExpertException> failures = new ArrayList<>(0);
    for (int attempt = 1; ; attempt++) {
      try {
        return expert.answer(question, pieces);
      } catch (ExpertException e) {
        if (attempt == settings.attempts() || pieces.any || !mayPass(e)) {
          throw with(failures, e);
        }
        Duration wait = wait(attempt, e);
        boolean tooLong =
            wait.compareTo(settings.longest()) > 0
                || wait.compareTo(question.terms().left(timing.clock().instant())) >= 0;
        if (tooLong) {
          throw with(failures, e);
        }
        failures.add(e);
        pause(wait, e);
        onRetry.run();
      }
    }
  }

  private static boolean mayPass(ExpertException failure) {
    return failure.kind().retryable()
        && !(failure.getCause() instanceof CallNotPermittedException)
        && !Thread.currentThread().isInterrupted();
  }

  /** The longer of the expert's own wish and the back-off with its jitter. */
  private Duration wait(int attempt, ExpertException failure) {
    double spread = 1 + settings.jitter() * (2 * timing.randomness().getAsDouble() - 1);
    long millis = Math.round(backOff.apply(attempt) * spread);
    Duration own = Duration.ofMillis(Math.min(millis, settings.longest().toMillis()));
    return failure.retryAfter().filter(wish -> wish.compareTo(own) > 0).orElse(own);
  }

  private void pause(Duration wait, ExpertException failure) {
    try {
      timing.pause().of(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var cancelled =
          new ExpertException(
              FailureKind.CANCELLED,
              "the call ended while expert '%s' was to be asked again after: %s"
                  .formatted(card().id(), failure.message()),
              e);
      cancelled.addSuppressed(failure);
      throw cancelled;
    }
  }

  private static ExpertException with(List<ExpertException> earlier, ExpertException last) {
    for (var failure : earlier) {
      if (failure != last) { // a fake may throw the same instance twice
        last.addSuppressed(failure);
      }
    }
    return last;
  }

  /** Passes pieces on and remembers that there were any. */
  private static final class Pieces implements Consumer<Delta> {
    private final Consumer<Delta> out;
    private boolean any;

    Pieces(Consumer<Delta> out) {
      this.out = out;
    }

    @Override
    public void accept(Delta piece) {
      any = true;
      out.accept(piece);
    }
  }
}
