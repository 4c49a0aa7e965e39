package io.consilium.adapters.openai;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.hc.core5.concurrent.Cancellable;

/**
 * Cancels requests whose deadline has passed or whose server has been silent for too long, within a
 * tick, whatever they are waiting for. A socket timeout would end silence only, not an upstream
 * that trickles, and a virtual thread that waits with a timeout wakes another thread for it each
 * time. Looking at all requests every tick is cheaper than a timer for each: entering and leaving
 * wakes nobody up. Sleeps while there are none.
 */
final class DeadlineWatch implements AutoCloseable {
  private static final long TICK = Duration.ofMillis(25).toNanos();

  private final Set<Watched> all = ConcurrentHashMap.newKeySet();
  private final long silence;
  private final Thread thread;
  private volatile boolean idle;
  private volatile boolean closed;

  /** One request under watch. */
  static final class Watched {
    private final Cancellable request;
    private volatile long end;
    private volatile long heard;
    private volatile boolean expired;
    private volatile boolean silent;

    private Watched(Cancellable request, long now, long end) {
      this.request = request;
      this.heard = now;
      this.end = end;
    }

    /** Notes that the server has just said something. */
    void heard() {
      heard = System.nanoTime();
    }

    /** Whether the request was cancelled because the server said nothing for too long. */
    boolean silent() {
      return silent;
    }

    /** Whether the request was cancelled because its time was over. */
    boolean expired() {
      return expired;
    }

    /** Leaves the request at most this much more time. */
    void atMost(Duration left) {
      long earlier = System.nanoTime() + left.toNanos();
      if (earlier - end < 0) {
        end = earlier;
      }
    }
  }

  /**
   * @param silence the longest a server may say nothing
   */
  DeadlineWatch(Duration silence) {
    this.silence = silence.toNanos();
    thread = Thread.ofPlatform().daemon().name("upstream-deadlines").start(this::run);
  }

  Watched watch(Cancellable request, Duration left) {
    long now = System.nanoTime();
    var watched = new Watched(request, now, now + left.toNanos());
    all.add(watched);
    if (idle) {
      idle = false;
      LockSupport.unpark(thread);
    }
    return watched;
  }

  void forget(Watched watched) {
    all.remove(watched);
  }

  private void run() {
    while (!closed) {
      if (all.isEmpty()) {
        idle = true;
        if (all.isEmpty() && !closed) {
          LockSupport.park(this);
        }
        idle = false;
      } else {
        LockSupport.parkNanos(this, TICK);
        long now = System.nanoTime();
        for (var watched : all) {
          if (watched.expired || watched.silent) {
            continue;
          }
          if (watched.end - now <= 0) {
            watched.expired = true;
            watched.request.cancel();
          } else if (now - watched.heard >= silence) {
            watched.silent = true;
            watched.request.cancel();
          }
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
