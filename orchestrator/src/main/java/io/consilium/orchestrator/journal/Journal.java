package io.consilium.orchestrator.journal;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.KeptDecision;
import io.consilium.orchestrator.telemetry.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every decision. When {@link #record} returns, the decision is written to a file and
 * survives the death of the process; within {@link JournalSettings#sync} it is on the disk and
 * survives the death of the machine; soon after, it is in the store. While the store is away,
 * decisions wait in the files, across restarts if need be.
 *
 * <p>The store gets every decision at least once and in order, so it must ignore an id it has. What
 * it refuses for another reason than being away is kept in {@code rejected.ndjson}. A file with
 * something in it that cannot be read ends up in the folder {@code damaged}, once the rest of it is
 * in the store.
 *
 * <p>Two platform threads of its own sync and drain, because file calls hold the carriers of
 * virtual threads.
 */
public final class Journal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final Duration DRAIN_ON_CLOSE = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Path folder;
  private final JournalSettings settings;
  private final FileLock folderLock;
  private final Backlog backlog;
  private final Drain drain;
  private final Thread syncer;
  private final Thread drainer;
  private final Timer appends;
  private final Timer syncs;
  private final Counter refused;
  private final AtomicLong nextLook = new AtomicLong();
  private volatile @Nullable String unwritable;

  /**
   * Opens the journal and begins to drain what an earlier run left.
   *
   * @param folder made when missing; used by one process at a time
   * @param store takes decisions in batches on the journal's own thread; idempotent by id; throws
   *     {@link FailureKind#STORE_UNAVAILABLE} when it is away
   * @throws ExpertException {@link FailureKind#CONFIGURATION} when the folder cannot be used
   */
  public Journal(
      Path folder,
      JournalSettings settings,
      Consumer<List<KeptDecision>> store,
      MeterRegistry meters) {
    this.folder = folder;
    this.settings = settings;
    this.appends = Metric.JOURNAL_APPEND.timer(meters);
    this.syncs = Metric.JOURNAL_SYNC.timer(meters);
    this.refused = Metric.JOURNAL_REFUSED.counter(meters);
    var damaged = Metric.JOURNAL_DAMAGED.counter(meters);
    try {
      Files.createDirectories(folder);
      this.folderLock = lock(folder);
      this.backlog =
          new Backlog(
              folder,
              settings,
              (file, position) -> {
                damaged.increment();
                LOG.warn(
                    "{}: the line at byte {} was cut off by a crash or is damaged; it is skipped, and the file kept in the folder damaged",
                    file,
                    position);
              });
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "the journal folder %s cannot be written (%s); mend its permissions or set CONSILIUM_HOME to a folder that can"
              .formatted(folder, e.getMessage()),
          e);
    }
    this.drain = new Drain(backlog, settings, store, folder.resolve("rejected.ndjson"), meters);
    Metric.JOURNAL_PENDING.gauge(meters, backlog::bytes);
    this.syncer = Thread.ofPlatform().name("journal-sync").daemon().start(this::sync);
    this.drainer = Thread.ofPlatform().name("journal-drain").daemon().start(drain);
  }

  private static FileLock lock(Path folder) throws IOException {
    var channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock held;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      held = null; // by this process
    }
    if (held != null) {
      return held;
    }
    channel.close();
    throw new ExpertException(
        FailureKind.CONFIGURATION,
        "the journal in %s is in use by another Consilium; stop it or give this one its own CONSILIUM_HOME"
            .formatted(folder));
  }

  /**
   * Waits a moment for room, then refuses: call it before a question is taken on.
   *
   * @throws ExpertException {@link FailureKind#STORE_UNAVAILABLE} when the journal is full, or its
   *     file cannot be written, as when the disk is full
   */
  public void admit() {
    var broken = unwritable;
    if (broken != null && !mended()) {
      refused.increment();
      throw cannotWrite(broken, null).retryAfter(RETRY);
    }
    long limit = settings.limit().toBytes();
    if (backlog.bytes() < limit) {
      return;
    }
    try {
      if (backlog.awaitRoom(limit, settings.patience())) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(
          FailureKind.CANCELLED, "the call ended while the journal was full", e);
    }
    refused.increment();
    String trouble = drain.trouble();
    throw new ExpertException(
            FailureKind.STORE_UNAVAILABLE,
            "the journal in %s holds %d MB that the store has not taken (%s); mend the store or raise consilium.journal.limit"
                .formatted(
                    folder,
                    backlog.bytes() >> 20,
                    trouble == null ? "it is slower than the questions come" : trouble))
        .retryAfter(RETRY);
  }

  /** Looks, now and then, whether the file can be written again. */
  private boolean mended() {
    long now = System.nanoTime();
    long next = nextLook.get();
    if (now - next < 0 || !nextLook.compareAndSet(next, now + settings.firstWait().toNanos())) {
      return unwritable == null;
    }
    if (backlog.writable()) {
      unwritable = null;
      LOG.info("the journal in {} can be written again", folder);
      return true;
    }
    return false;
  }

  private ExpertException cannotWrite(String why, @Nullable IOException e) {
    return new ExpertException(
        FailureKind.STORE_UNAVAILABLE,
        "the journal in %s cannot be written (%s): make room there, or mend the disk"
            .formatted(folder, why),
        e);
  }

  /**
   * Writes the decision to the file. An interrupt neither ends nor spoils it. It always takes what
   * was admitted: only {@link #admit} heeds the limit.
   *
   * @throws ExpertException {@link FailureKind#STORE_UNAVAILABLE} when the file cannot be written;
   *     the decision is not kept then and must not be acknowledged
   */
  public void record(Decision decision) {
    long start = System.nanoTime();
    var kept = KeptDecision.of(Scrub.failures(decision));
    byte[] line = Line.of(kept.json());
    try {
      backlog.append(line, kept);
    } catch (IOException e) {
      var why = String.valueOf(e.getMessage());
      if (unwritable == null) {
        LOG.error("the journal in {} cannot be written: {}", folder, why);
        nextLook.set(System.nanoTime() + settings.firstWait().toNanos());
      }
      unwritable = why;
      throw cannotWrite(why, e);
    }
    appends.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
  }

  /** A decision that is recorded but perhaps not in the store yet, if it is still in memory. */
  public Optional<Decision> find(String id) {
    return backlog.find(id).map(KeptDecision::decision);
  }

  /**
   * Waits until the store has every decision recorded so far and no file holds one of them.
   *
   * @throws ExpertException {@link FailureKind#STORE_UNAVAILABLE} when that takes too long
   */
  public void settle(Duration patience) {
    try {
      if (backlog.awaitGone(backlog.turn(), patience)) {
        return;
      }
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.STORE_UNAVAILABLE,
          "the journal in %s cannot be written: %s".formatted(folder, e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the call ended while it waited", e);
    }
    throw new ExpertException(
            FailureKind.STORE_UNAVAILABLE,
            "the journal in %s still holds decisions that the store has not taken; try again once it has"
                .formatted(folder))
        .retryAfter(Duration.ofSeconds(5));
  }

  /**
   * Takes out of {@code rejected.ndjson}, and of files put aside as damaged, the decisions of which
   * the line passes.
   *
   * @return how many
   * @throws ExpertException {@link FailureKind#STORE_UNAVAILABLE} when the file cannot be written
   */
  public int purge(Predicate<String> which) {
    try {
      return drain.purge(which);
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.STORE_UNAVAILABLE,
          "what was rejected or damaged in %s cannot be written: %s"
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  private void sync() {
    try {
      while (backlog.awaitUnsynced()) {
        backlog.awaitClosing(settings.sync().dividedBy(2)); // gather a group
        syncOnce();
      }
    } catch (InterruptedException e) {
      LOG.debug("syncing ends", e);
    }
    syncOnce();
  }

  private void syncOnce() {
    long start = System.nanoTime();
    try {
      backlog.sync();
      syncs.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    } catch (IOException e) {
      LOG.error("the journal in {} could not be brought to the disk", folder, e);
    }
  }

  /**
   * Takes no more decisions, drains for a few seconds at most, brings the rest to the disk for the
   * next start, and ends both threads. Closing twice does nothing.
   */
  @Override
  public void close() {
    backlog.beginClosing();
    try {
      drainer.join(DRAIN_ON_CLOSE);
      drainer.interrupt();
      drainer.join(DRAIN_ON_CLOSE);
      syncer.join(DRAIN_ON_CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      backlog.close();
      folderLock.acquiredBy().close();
    } catch (IOException e) {
      LOG.warn("the journal in {} did not close cleanly: {}", folder, e.getMessage());
    }
  }
}
