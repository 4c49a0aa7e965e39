package io.consilium.orchestrator.guard;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Question;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An expert whose call ends at the caller's deadline: the calling thread is interrupted then, and
 * {@link FailureKind#DEADLINE_EXCEEDED} says what was being waited for. The deadline bounds
 * everything inside, retries included. An interrupt sent here never outlives the call.
 */
final class DeadlineExpert implements Expert {
  /** Later deadlines are not watched; nobody waits a year. */
  private static final Duration FOREVER = Duration.ofDays(365);

  /** An interrupt may be swallowed on the way, as Tomcat does in a blocked write. */
  private static final Duration AGAIN = Duration.ofMillis(50);

  private final Expert expert;
  private final Timing timing;

  DeadlineExpert(Expert expert, Timing timing) {
    this.expert = expert;
    this.timing = timing;
  }

  @Override
  public ExpertCard card() {
    return expert.card();
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    Duration left = question.terms().left(timing.clock().instant());
    if (left.isZero()) {
      throw new ExpertException(
          FailureKind.DEADLINE_EXCEEDED,
          "the deadline had passed before expert '%s' could be asked; allow more time"
              .formatted(card().id()));
    }
    if (left.compareTo(FOREVER) > 0) {
      return expert.answer(question, out);
    }
    var call = new Call(Thread.currentThread(), timing.scheduler());
    call.expireIn(left);
    try {
      return expert.answer(
          question,
          piece -> {
            call.pieces++;
            out.accept(piece);
            call.check();
          });
    } catch (RuntimeException e) {
      throw call.end() ? exceeded(left, call.pieces, e) : e;
    } finally {
      call.end();
    }
  }

  private ExpertException exceeded(Duration allowed, int pieces, @Nullable Throwable cause) {
    return new ExpertException(
        FailureKind.DEADLINE_EXCEEDED,
        "the deadline passed after %d ms, while waiting for %s of expert '%s'; allow more time or choose a faster expert"
            .formatted(
                allowed.toMillis(),
                pieces == 0 ? "the answer" : "the rest of the answer (after piece " + pieces + ")",
                card().id()),
        cause);
  }

  /** One call: expired by the timer or ended by the caller, whichever comes first. */
  private static final class Call {
    private final Thread thread;
    private final ScheduledExecutorService scheduler;
    private int pieces; // only touched by the calling thread
    private Future<?> timer = CompletableFuture.completedFuture(null);
    private boolean over;
    private boolean expired;

    Call(Thread thread, ScheduledExecutorService scheduler) {
      this.thread = thread;
      this.scheduler = scheduler;
    }

    /** Not a periodic task: one that is cancelled while it runs would be queued once more. */
    synchronized void expireIn(Duration time) {
      timer = scheduler.schedule(this::expire, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void expire() {
      if (!over) {
        expired = true;
        thread.interrupt();
        expireIn(AGAIN);
      }
    }

    /** Ends a stream whose interrupt got lost. */
    synchronized void check() {
      if (expired) {
        throw new ExpertException(FailureKind.DEADLINE_EXCEEDED, "the deadline passed");
      }
    }

    /** Ends the call, takes back an interrupt that was sent; says whether one was. */
    synchronized boolean end() {
      timer.cancel(false);
      if (!over && expired) {
        Thread.interrupted();
      }
      over = true;
      return expired;
    }
  }
}
