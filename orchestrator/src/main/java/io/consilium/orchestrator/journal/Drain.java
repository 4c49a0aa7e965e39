package io.consilium.orchestrator.journal;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.KeptDecision;
import io.consilium.orchestrator.telemetry.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves decisions from the backlog into the store, in batches and in order, on one thread. While
 * the store is away it tries again, less and less often.
 */
final class Drain implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private final Backlog backlog;
  private final JournalSettings settings;
  private final Consumer<List<KeptDecision>> store;
  private final Path rejects;
  private final Counter drained;
  private final Counter failures;
  private final Counter rejected;
  private volatile @Nullable String trouble;

  Drain(
      Backlog backlog,
      JournalSettings settings,
      Consumer<List<KeptDecision>> store,
      Path rejects,
      MeterRegistry meters) {
    this.backlog = backlog;
    this.settings = settings;
    this.store = store;
    this.rejects = rejects;
    this.drained = Metric.JOURNAL_DRAINED.counter(meters);
    this.failures = Metric.JOURNAL_FAILURES.counter(meters);
    this.rejected = Metric.JOURNAL_REJECTED.counter(meters);
  }

  /** What keeps the store from taking decisions, or null. */
  @Nullable String trouble() {
    return trouble;
  }

  /** Drains until the backlog closes, and then what is left while the store takes it. */
  @Override
  public void run() {
    try {
      Duration wait = settings.firstWait();
      boolean closing = false;
      while (!closing) {
        closing = !backlog.awaitUndrained() || backlog.awaitClosing(settings.gather());
        try {
          drainAll();
          wait = settings.firstWait();
        } catch (RuntimeException | IOException e) {
          failed(e);
          closing = backlog.awaitClosing(wait);
          Duration next = wait.multipliedBy(2);
          wait = next.compareTo(settings.longestWait()) > 0 ? settings.longestWait() : next;
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("draining ends; the rest is drained at the next start", e);
    }
  }

  private void failed(Exception e) {
    failures.increment();
    if (trouble == null) {
      LOG.warn("the store takes no decisions; they wait beside {}: {}", rejects, e.getMessage());
    }
    trouble = String.valueOf(e.getMessage());
  }

  private void drainAll() throws IOException {
    for (var batch = backlog.next(); batch != null; batch = backlog.next()) {
      for (var line : batch.unreadable()) {
        reject(line, "this version cannot read it");
      }
      hand(batch.decisions());
      drained.increment(batch.decisions().size());
      backlog.drained(batch);
      if (trouble != null) {
        LOG.info("the store takes decisions again");
        trouble = null;
      }
    }
  }

  /**
   * Gives the store a batch. When it fails for another reason than being away, one by one: what
   * fails for good, or alone while others pass, is rejected.
   */
  private void hand(List<KeptDecision> decisions) throws IOException {
    if (decisions.isEmpty()) {
      return;
    }
    try {
      store.accept(decisions);
    } catch (RuntimeException e) {
      if (isAway(e)) {
        throw e;
      }
      handSingly(decisions, e);
    }
  }

  private void handSingly(List<KeptDecision> decisions, RuntimeException first) throws IOException {
    List<KeptDecision> failed = new ArrayList<>();
    List<RuntimeException> why = new ArrayList<>();
    for (var decision : decisions) {
      try {
        store.accept(List.of(decision));
      } catch (RuntimeException e) {
        if (isAway(e)) {
          throw e;
        }
        failed.add(decision);
        why.add(e);
      }
    }
    boolean forGood = first instanceof ExpertException e && !e.kind().retryable();
    if (failed.size() == decisions.size() && !forGood) {
      throw first; // nothing passes: more likely the store than the decisions
    }
    for (int i = 0; i < failed.size(); i++) {
      reject(failed.get(i).json(), String.valueOf(why.get(i).getMessage()));
    }
  }

  private static boolean isAway(RuntimeException e) {
    return e instanceof ExpertException failure && failure.kind() == FailureKind.STORE_UNAVAILABLE;
  }

  /**
   * Takes lines out of what was rejected, and out of files that were put aside as damaged.
   *
   * @return how many
   */
  synchronized int purge(Predicate<String> which) throws IOException {
    int taken = Files.exists(rejects) ? purge(rejects, which) : 0;
    var damaged = rejects.resolveSibling(Backlog.DAMAGED);
    if (Files.isDirectory(damaged)) {
      try (var files = Files.list(damaged)) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          taken += purge(file, which);
        }
      }
    }
    return taken;
  }

  /** Reads bytes as they are: what is damaged need not be text. */
  private static int purge(Path file, Predicate<String> which) throws IOException {
    var lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    var left =
        lines.stream()
            .filter(line ->
                !which.test(
                    new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)))
            .toList();
    if (left.size() < lines.size()) {
      var fresh = file.resolveSibling(file.getFileName() + ".tmp");
      Files.write(fresh, left, StandardCharsets.ISO_8859_1);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return lines.size() - left.size();
  }

  private synchronized void reject(byte[] json, String why) throws IOException {
    LOG.error("a decision could not be stored and is kept in {}: {}", rejects, why);
    try (var out = new FileOutputStream(rejects.toFile(), true)) {
      out.write(json);
      out.write('\n');
      out.getFD().sync();
    }
    rejected.increment();
  }
}
