package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One expert under way, with a second one asked where it says nothing for a while: the first to say
 * a piece of its answer is heard out, the other is cancelled (Dean and Barroso, "The Tail at
 * Scale", 2013). One that fails is replaced by the next at once.
 */
final class HedgedRun {
  /** Pieces that may wait for a slow reader. */
  private static final int WAITING = 256;

  private final Asking asking;
  private final ThreadFactory threads;
  private final long delay;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(WAITING);
  private final Map<String, Thread> out = new LinkedHashMap<>();
  private @Nullable String heardOut;

  /** A piece, or the end. */
  private record Event(String id, @Nullable Delta piece, Asking.@Nullable Heard end) {}

  HedgedRun(Asking asking, ThreadFactory threads, long delayMillis) {
    this.asking = asking;
    this.threads = threads;
    this.delay = TimeUnit.MILLISECONDS.toNanos(delayMillis);
  }

  Answer run(List<String> experts) {
    Deque<String> next = new ArrayDeque<>(experts);
    long start = asking.now();
    try {
      ask(next);
      boolean hedged = false;
      long hedgeAt = System.nanoTime() + delay;
      while (!out.isEmpty()) {
        boolean mayHedge = !hedged && heardOut == null && !next.isEmpty();
        var event = take(mayHedge ? hedgeAt - System.nanoTime() : -1, mayHedge);
        if (event == null) {
          hedged = true;
          ask(next);
        } else if (event.piece() != null) {
          hear(event.id(), event.piece(), start);
        } else if (event.end() != null) {
          var answer = ended(event.end());
          if (answer != null) {
            return answer;
          }
          if (heardOut == null && !next.isEmpty() && !asking.over()) {
            ask(next);
          }
        }
      }
      throw asking.nobody();
    } finally {
      cancelOthers("", start);
    }
  }

  private void ask(Deque<String> next) {
    var id = next.remove();
    var thread =
        threads.newThread(() -> {
          var heard = asked(id);
          try {
            events.put(new Event(id, null, heard));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // no longer needed
          }
        });
    out.put(id, thread);
    thread.start();
  }

  private Asking.Heard asked(String id) {
    try {
      return asking.askAloud(id, piece -> put(id, piece));
    } catch (RuntimeException e) {
      return new Asking.Heard(
          id,
          null,
          new ExpertException(FailureKind.INTERNAL, id + " failed: " + e.getMessage(), e));
    }
  }

  private void put(String id, Delta piece) {
    try {
      events.put(new Event(id, piece, null));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, id + " was no longer needed", e);
    }
  }

  /** The next event; null when the time to ask another has come. */
  private @Nullable Event take(long nanos, boolean limited) {
    try {
      return limited ? events.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS) : events.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the caller went away", e);
    }
  }

  private void hear(String id, Delta piece, long start) {
    if (!out.containsKey(id)) {
      return; // of one that was cancelled
    }
    if (heardOut == null && !(piece instanceof Delta.Progress)) {
      heardOut = id;
      cancelOthers(id, start);
    }
    asking.out().accept(piece);
  }

  private @Nullable Answer ended(Asking.Heard heard) {
    if (out.remove(heard.id()) == null) {
      return null; // of one that was cancelled
    }
    asking.note(heard);
    return heard.answered().map(reply -> reply.answer()).orElse(null);
  }

  private void cancelOthers(String kept, long start) {
    for (var id : List.copyOf(out.keySet())) {
      if (!id.equals(kept)) {
        var thread = out.remove(id);
        if (thread != null) {
          thread.interrupt();
        }
        asking.noteCancelled(asking.cancelled(id, start));
      }
    }
  }
}
