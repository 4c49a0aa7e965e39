package io.consilium.orchestrator.journal;

import io.consilium.expert.KeptDecision;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decisions the store lacks: files of a folder, the last of which is written, and the newest
 * decisions in memory as well, so that a drain that keeps up reads no file. One lock guards it all;
 * under it lies one write and some book-keeping.
 */
final class Backlog {
  private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);
  private static final Pattern NAME = Pattern.compile("\\d{12}\\.ndjson");

  /** Where files go of which something could not be read. */
  static final String DAMAGED = "damaged";

  /** A file that cannot be read so often in a row is set aside, so that those behind it drain. */
  private static final int READS = 3;

  /** About the longest usual line. */
  private static final int PROBE = 64 << 10;

  private final Path folder;
  private final JournalSettings settings;
  private final BiConsumer<Path, Long> damaged;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition written = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Condition end = lock.newCondition();
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  private final List<Segment> full = new ArrayList<>();
  private final ArrayDeque<Recent> recent = new ArrayDeque<>();
  private final AtomicLong bytes = new AtomicLong();
  private List<KeptDecision> inHand = List.of();
  private Segment active;
  private boolean closing;

  /** A decision and where its line lies. */
  private record Recent(KeptDecision decision, Segment segment, long start, long end) {}

  /**
   * What goes to the store next.
   *
   * @param decisions in order
   * @param unreadable whole lines of another version
   * @param end position in the segment behind them
   */
  record Batch(Segment segment, List<KeptDecision> decisions, List<byte[]> unreadable, long end) {}

  /**
   * Finds what an earlier run left.
   *
   * @param damaged is told file and position of each line that is skipped
   */
  Backlog(Path folder, JournalSettings settings, BiConsumer<Path, Long> damaged)
      throws IOException {
    this.folder = folder;
    this.settings = settings;
    this.damaged = damaged;
    try (var files = Files.list(folder)) {
      for (var file :
          files.filter(f -> NAME.matcher(f.getFileName().toString()).matches()).sorted().toList()) {
        var segment = Segment.left(file);
        segments.add(segment);
        bytes.addAndGet(segment.length());
      }
    }
    this.active = begin();
    syncFolder();
  }

  private Segment begin() throws IOException {
    long number = segments.isEmpty() ? 1 : segments.getLast().number() + 1;
    var segment = Segment.create(folder, number);
    segments.add(segment);
    return segment;
  }

  /** Bytes the store lacks. */
  long bytes() {
    return bytes.get();
  }

  /** Waits until fewer than {@code limit} bytes are left; false when that took too long. */
  boolean awaitRoom(long limit, Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      for (long left = patience.toNanos(); bytes.get() >= limit; ) {
        if (left <= 0) {
          return false;
        }
        left = room.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Writes a line, whole or not at all; blind to interrupts. */
  void append(byte[] line, KeptDecision decision) throws IOException {
    lock.lock();
    try {
      if (closing) {
        throw new IOException("it is closed");
      }
      ready(line.length);
      active.append(line);
      bytes.addAndGet(line.length);
      if (recent.size() >= 4 * settings.batch()) {
        recent.clear(); // the drain is far behind and reads the file until it has caught up
      }
      recent.add(new Recent(decision, active, active.length() - line.length, active.length()));
      written.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a line could be written now. */
  boolean writable() {
    lock.lock();
    try {
      ready(PROBE);
      active.probe(PROBE);
      return true;
    } catch (IOException e) {
      LOG.debug("still not writable", e);
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void ready(int bytes) throws IOException {
    if (active.isTorn()
        || (active.length() > 0 && active.length() + bytes > settings.segment().toBytes())) {
      turnOver();
    }
  }

  private void turnOver() throws IOException {
    var finished = active;
    active = begin();
    full.add(finished);
  }

  /** A decision the store may lack, if it is still in memory. */
  Optional<KeptDecision> find(String id) {
    lock.lock();
    try {
      return Stream.concat(inHand.stream(), recent.stream().map(Recent::decision))
          .filter(decision -> decision.id().equals(id))
          .findFirst();
    } finally {
      lock.unlock();
    }
  }

  // ---- to the disk

  /** Waits for something to sync; false when the backlog closes. */
  boolean awaitUnsynced() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closing && full.isEmpty() && !active.needsSync()) {
        written.await();
      }
      return !closing;
    } finally {
      lock.unlock();
    }
  }

  /** Brings all that is written to the disk, and closes the files that are full. */
  void sync() throws IOException {
    List<Segment> done;
    Segment present;
    lock.lock();
    try {
      done = List.copyOf(full);
      full.clear();
      present = active;
    } finally {
      lock.unlock();
    }
    for (var segment : done) {
      segment.sync();
      segment.close();
    }
    present.sync();
    if (!done.isEmpty()) {
      syncFolder();
      lock.lock();
      try {
        sweep();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Begins a new file, so that those before it go once the store has what they hold.
   *
   * @return the number of the file that is written from now on
   */
  long turn() throws IOException {
    lock.lock();
    try {
      if (active.length() > 0) {
        turnOver();
        written.signalAll();
      }
      return active.number();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no file before this number is left; false when that took too long. */
  boolean awaitGone(long number, Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      for (long left = patience.toNanos(); segments.getFirst().number() < number; ) {
        if (left <= 0) {
          return false;
        }
        left = room.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Deletes the files that the store has wholly; under the lock. */
  private void sweep() {
    while (segments.getFirst() != active
        && segments.getFirst().isDrained()
        && segments.getFirst().isClosed()) {
      delete(segments.removeFirst());
    }
    room.signalAll();
  }

  private void syncFolder() throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  // ---- to the store

  /** Waits until the store lacks something; false when the backlog closes. */
  boolean awaitUndrained() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closing && oldest() == null) {
        written.await();
      }
      return !closing;
    } finally {
      lock.unlock();
    }
  }

  /** The next decisions, from memory or file; null when the store has all. */
  @Nullable Batch next() throws IOException {
    Segment segment;
    lock.lock();
    try {
      segment = oldest();
      if (segment == null) {
        return null;
      }
      var batch = fromMemory(segment);
      if (batch != null) {
        inHand = batch.decisions();
        return batch;
      }
    } finally {
      lock.unlock();
    }
    return fromFile(segment);
  }

  private @Nullable Segment oldest() {
    for (var segment : segments) {
      if (!segment.isDrained()) {
        return segment;
      }
    }
    return null;
  }

  private @Nullable Batch fromMemory(Segment segment) {
    while (!recent.isEmpty() && recent.getFirst().end() <= recent.getFirst().segment().drained()) {
      recent.removeFirst(); // drained from the file meanwhile
    }
    List<KeptDecision> decisions = new ArrayList<>();
    long end = segment.drained();
    while (!recent.isEmpty()
        && recent.getFirst().segment() == segment
        && recent.getFirst().start() == end
        && decisions.size() < settings.batch()) {
      var next = recent.removeFirst();
      decisions.add(next.decision());
      end = next.end();
    }
    return decisions.isEmpty() ? null : new Batch(segment, decisions, List.of(), end);
  }

  private Batch fromFile(Segment segment) throws IOException {
    var read = read(segment);
    List<KeptDecision> decisions = new ArrayList<>();
    List<byte[]> unreadable = new ArrayList<>();
    for (var line : read.lines()) {
      var decision = Line.decision(line);
      if (decision == null) {
        unreadable.add(line);
      } else {
        decisions.add(decision);
      }
    }
    return new Batch(segment, decisions, unreadable, read.end());
  }

  private Segment.Read read(Segment segment) throws IOException {
    try {
      return segment.read(settings.batch(), at -> damaged(segment, at));
    } catch (IOException e) {
      if (!segment.isClosed() || segment.readFailed() < READS) {
        throw e;
      }
      LOG.error("{} cannot be read: {}", segment.file(), e.getMessage());
      damaged(segment, segment.drained());
      return new Segment.Read(List.of(), segment.length());
    }
  }

  private void damaged(Segment segment, long at) {
    segment.damage();
    damaged.accept(segment.file(), at);
  }

  /** The store has this batch; files it has wholly are deleted. */
  void drained(Batch batch) {
    lock.lock();
    try {
      bytes.addAndGet(batch.segment().drained() - batch.end());
      batch.segment().drainedTo(batch.end());
      inHand = List.of();
      sweep();
    } finally {
      lock.unlock();
    }
  }

  private void delete(Segment segment) {
    try {
      if (segment.isDamaged()) {
        setAside(segment.file());
      } else {
        Files.deleteIfExists(segment.file());
      }
    } catch (IOException e) {
      LOG.warn("{} is drained but cannot be deleted: {}", segment.file(), e.getMessage());
    }
  }

  private void setAside(Path file) throws IOException {
    var aside = Files.createDirectories(folder.resolve(DAMAGED));
    var name = String.valueOf(file.getFileName());
    var target = aside.resolve(name);
    for (int i = 2; Files.exists(target); i++) { // numbers begin anew with an empty folder
      target = aside.resolve(name + "." + i);
    }
    Files.move(file, target);
    LOG.warn("{} is kept as {}", file, target);
  }

  // ---- the end

  /** Waits; true at once when the backlog closes. */
  boolean awaitClosing(Duration time) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      for (long left = time.toNanos(); left > 0 && !closing; ) {
        left = end.awaitNanos(left);
      }
      return closing;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more and wakes everyone who waits. */
  void beginClosing() {
    lock.lock();
    try {
      closing = true;
      written.signalAll();
      end.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Closes every file and deletes those the store has wholly. */
  void close() throws IOException {
    lock.lock();
    try {
      for (var segment : segments) {
        segment.close();
        if (segment.isDrained()) {
          delete(segment);
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
