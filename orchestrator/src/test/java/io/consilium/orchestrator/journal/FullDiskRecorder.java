package io.consilium.orchestrator.journal;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.springframework.util.unit.DataSize;

/**
 * Records decisions, and says each id once it is recorded, until its file takes no more; then says
 * so, waits until questions are admitted again, records a few more, and hangs.
 */
final class FullDiskRecorder {
  private FullDiskRecorder() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws Exception {
    var settings =
        new JournalSettings(
            Duration.ofMillis(10),
            Duration.ofMillis(10),
            DataSize.ofMegabytes(16),
            DataSize.ofGigabytes(1),
            Duration.ofMillis(10),
            100,
            Duration.ofMillis(5),
            Duration.ofMillis(50));
    var journal =
        new Journal(
            Path.of(args[0]),
            settings,
            batch -> {
              throw new ExpertException(FailureKind.STORE_UNAVAILABLE, "the store is away");
            },
            new SimpleMeterRegistry());
    try {
      while (true) {
        record(journal);
      }
    } catch (ExpertException e) {
      System.out.println("refused " + e.kind() + " " + e.message());
    }
    while (true) {
      try {
        journal.admit();
        break;
      } catch (ExpertException e) {
        System.out.println("not admitted " + e.kind());
        LockSupport.parkNanos(5_000_000);
      }
    }
    for (int i = 0; i < 10; i++) {
      record(journal);
    }
    System.out.println("done");
    Thread.currentThread().join();
  }

  @SuppressWarnings("SystemOut")
  private static void record(Journal journal) {
    var decision = Decisions.decision();
    journal.record(decision);
    System.out.println(decision.id());
  }
}
