package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The end of the service: requests under way finish, new ones are refused with 503. It stops before
 * everything else does, the web server included, so that whoever comes meanwhile hears why and when
 * to come again. What outlasts the time given is interrupted, and recorded as cancelled.
 */
public final class Draining implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Draining.class);

  /** How long interrupted requests are given to write down what became of them. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private static final Duration BEAT = Duration.ofMillis(10);

  private final Duration patience;
  private final Set<Thread> underWay = ConcurrentHashMap.newKeySet();
  private final List<Runnable> atBegin = new CopyOnWriteArrayList<>();
  private volatile boolean running;
  private volatile boolean draining;

  /**
   * @param patience how long requests under way may take once the service is to stop
   */
  public Draining(Duration patience) {
    this.patience = patience;
  }

  /**
   * Lets the request of the calling thread in; {@link #leave} ends it.
   *
   * @throws ExpertException {@link FailureKind#OVERLOADED} once the service is stopping
   */
  void enter() {
    underWay.add(Thread.currentThread());
    if (draining) {
      leave();
      throw new ExpertException(
              FailureKind.OVERLOADED,
              "this Consilium is stopping and takes no new requests; ask again in a moment, or ask another one")
          .retryAfter(Duration.ofSeconds(5));
    }
  }

  void leave() {
    underWay.remove(Thread.currentThread());
  }

  /** Whether new requests are refused. */
  boolean begun() {
    return draining;
  }

  @Override
  public void start() {
    running = true;
  }

  /** Has this done when the service begins to stop, for what would never end by itself. */
  public void whenItBegins(Runnable task) {
    atBegin.add(task);
  }

  @Override
  public void stop() {
    draining = true;
    atBegin.forEach(Runnable::run);
    if (!underWay.isEmpty()) {
      log.info("stopping: {} requests are under way", underWay.size());
    }
    if (!empty(patience, false)) {
      log.warn(
          "{} requests outlasted consilium.drain ({}) and are cut off", underWay.size(), patience);
      empty(LAST_WORDS, true);
    }
    running = false;
  }

  /** Waits until nothing is under way, interrupting it over and over if so wished. */
  private boolean empty(Duration atMost, boolean interrupting) {
    long end = System.nanoTime() + atMost.toNanos();
    while (!underWay.isEmpty()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      if (interrupting) {
        underWay.forEach(Thread::interrupt);
      }
      LockSupport.parkNanos(BEAT.toNanos());
    }
    return true;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
