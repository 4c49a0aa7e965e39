package io.consilium.orchestrator.journal;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.KeptDecision;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.util.unit.DataSize;

/**
 * Records decisions as fast as it can until it is killed, and says each id once it is recorded. Its
 * store is a file of ids, or always away.
 */
final class CrashingRecorder {
  private CrashingRecorder() {}

  static final JournalSettings SETTINGS =
      new JournalSettings(
          Duration.ofMillis(20),
          Duration.ofMillis(20),
          DataSize.ofKilobytes(256),
          DataSize.ofGigabytes(1),
          Duration.ofMillis(50),
          64,
          Duration.ofMillis(5),
          Duration.ofMillis(20));

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws Exception {
    Consumer<List<KeptDecision>> store =
        args.length > 1 ? batch -> file(Path.of(args[1]), batch) : CrashingRecorder::away;
    var journal = new Journal(Path.of(args[0]), SETTINGS, store, new SimpleMeterRegistry());
    for (int i = 0; i < 4; i++) {
      Thread.startVirtualThread(() -> {
        while (true) {
          var decision = Decisions.decision();
          journal.record(decision);
          System.out.println(decision.id());
        }
      });
    }
    Thread.currentThread().join();
  }

  private static void away(List<KeptDecision> batch) {
    throw new ExpertException(FailureKind.STORE_UNAVAILABLE, "the store is away");
  }

  private static void file(Path file, List<KeptDecision> batch) {
    try (var out = new FileOutputStream(file.toFile(), true)) {
      for (var decision : batch) {
        out.write((decision.id() + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
