package io.consilium.adapters.embedding;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Texts waiting for their vectors, in lanes by length. The lane whose oldest text is most overdue
 * goes first, and longer lanes are allowed to wait longer. So a burst of long prompts delays a
 * short one by at most the one text that is being computed, and long ones still come to their turn.
 */
final class TextQueue {
  private final int limit;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Lane, ArrayDeque<Waiting>> lanes = new EnumMap<>(Lane.class);
  private int size;
  private boolean closed;

  /** How long a text may wait before it is as urgent as a fresh short one. */
  private enum Lane {
    SHORT(0),
    MEDIUM(30),
    LONG(250),
    BULK(500);

    private final long patienceNanos;

    Lane(long millis) {
      this.patienceNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static Lane of(String text, boolean bulk) {
      if (bulk) {
        return BULK;
      }
      return text.length() <= 160 ? SHORT : text.length() <= 640 ? MEDIUM : LONG;
    }
  }

  /** A text and the promise of its vector. */
  record Waiting(String text, CompletableFuture<float[]> vector, long since) {}

  /**
   * A queue that holds at most {@code limit} texts.
   *
   * @param nanos a monotonic clock in nanoseconds
   */
  TextQueue(int limit, LongSupplier nanos) {
    this.limit = limit;
    this.nanos = nanos;
    for (var lane : Lane.values()) {
      lanes.put(lane, new ArrayDeque<>());
    }
  }

  /** Queues a text; empty when the queue is full or closed. */
  Optional<CompletableFuture<float[]>> offer(String text, boolean bulk) {
    lock.lock();
    try {
      if (closed || size >= limit) {
        return Optional.empty();
      }
      var waiting = new Waiting(text, new CompletableFuture<>(), nanos.getAsLong());
      lane(Lane.of(text, bulk)).add(waiting);
      size++;
      changed.signal();
      return Optional.of(waiting.vector);
    } finally {
      lock.unlock();
    }
  }

  /** The next text, waiting for one; empty when the queue is closed. */
  Optional<Waiting> take() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (closed) {
          return Optional.empty();
        }
        var next = next();
        if (next.isPresent()) {
          return next;
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Waiting> next() {
    Lane urgent = Lane.SHORT;
    long earliest = Long.MAX_VALUE;
    long now = nanos.getAsLong();
    for (var lane : Lane.values()) {
      var queue = lane(lane);
      while (!queue.isEmpty() && queue.element().vector.isDone()) {
        queue.remove(); // its caller went away
        size--;
      }
      if (!queue.isEmpty()) {
        long due = queue.element().since - now + lane.patienceNanos;
        if (due < earliest) {
          earliest = due;
          urgent = lane;
        }
      }
    }
    var next = Optional.ofNullable(lane(urgent).poll());
    next.ifPresent(taken -> size--);
    return next;
  }

  private ArrayDeque<Waiting> lane(Lane lane) {
    return lanes.computeIfAbsent(lane, missing -> new ArrayDeque<>());
  }

  /** Takes in no more and hands back what was waiting. */
  List<Waiting> close() {
    lock.lock();
    try {
      closed = true;
      List<Waiting> left = new ArrayList<>();
      lanes.values().forEach(left::addAll);
      lanes.values().forEach(ArrayDeque::clear);
      size = 0;
      changed.signalAll();
      return left;
    } finally {
      lock.unlock();
    }
  }
}
