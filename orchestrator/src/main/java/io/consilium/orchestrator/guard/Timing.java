package io.consilium.orchestrator.guard;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Everything guards know of time and chance, so that tests decide both.
 *
 * @param clock wall time, for deadlines
 * @param nanos a steadily rising count of nanoseconds, for durations
 * @param scheduler for deadlines and breaker periods; its tasks are short
 * @param pause how a retry waits
 * @param randomness uniform in [0, 1)
 */
public record Timing(
    Clock clock,
    LongSupplier nanos,
    ScheduledExecutorService scheduler,
    Pause pause,
    DoubleSupplier randomness) {
  /** A wait that ends early when the thread is interrupted. */
  public interface Pause {
    /** Waits. */
    void of(Duration time) throws InterruptedException;
  }

  /** The machine's own clock; close the scheduler when done. */
  public static Timing system() {
    return new Timing(
        Clock.systemUTC(),
        System::nanoTime,
        timer(),
        Thread::sleep,
        () -> ThreadLocalRandom.current().nextDouble());
  }

  /** One daemon thread for all deadlines; a cancelled task is gone at once. */
  private static ScheduledExecutorService timer() {
    var scheduler =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("guard-timer").daemon().factory());
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }
}
