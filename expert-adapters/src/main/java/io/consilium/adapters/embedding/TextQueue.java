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

/**
 * Texts waiting for their vectors, in lanes by length. A batch is taken from one lane, so that
 * short prompts are never padded to long ones; the lane whose oldest text is most overdue goes
 * first, and longer lanes are allowed to wait longer. So a burst of long prompts delays a short one
 * by at most the one batch that is being computed, and long ones still come to their turn.
 */
final class TextQueue {
  /** Padded characters of one batch; about 500 tokens, a tenth of a second of work. */
  private static final int BATCH_CHARACTERS = 2_048;

  private static final int BATCH_TEXTS = 16;

  private final int limit;
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

  /** A queue that holds at most {@code limit} texts. */
  TextQueue(int limit) {
    this.limit = limit;
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
      var waiting = new Waiting(text, new CompletableFuture<>(), System.nanoTime());
      lane(Lane.of(text, bulk)).add(waiting);
      size++;
      changed.signal();
      return Optional.of(waiting.vector);
    } finally {
      lock.unlock();
    }
  }

  /** The next batch, waiting for one; empty when the queue is closed. */
  List<Waiting> take() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (closed) {
          return List.of();
        }
        var batch = next();
        if (!batch.isEmpty()) {
          return batch;
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Waiting> next() {
    Lane urgent = Lane.SHORT;
    long earliest = Long.MAX_VALUE;
    long now = System.nanoTime();
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
    var queue = lane(urgent);
    List<Waiting> batch = new ArrayList<>();
    int longest = 0;
    while (!queue.isEmpty() && batch.size() < BATCH_TEXTS) {
      longest = Math.max(longest, queue.element().text.length());
      if (!batch.isEmpty() && longest * (batch.size() + 1) > BATCH_CHARACTERS) {
        break;
      }
      var waiting = queue.remove();
      size--;
      if (!waiting.vector.isDone()) {
        batch.add(waiting);
      }
    }
    return batch;
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
