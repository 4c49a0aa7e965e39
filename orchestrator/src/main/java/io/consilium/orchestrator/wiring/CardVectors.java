package io.consilium.orchestrator.wiring;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Where the router computes the vectors of cards: a virtual thread each, and a way to wait. */
final class CardVectors implements Executor {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private int underWay;

  @Override
  public void execute(Runnable task) {
    count(1);
    Thread.ofVirtual()
        .name("card-vectors")
        .start(() -> {
          try {
            task.run();
          } finally {
            count(-1);
          }
        });
  }

  private void count(int more) {
    lock.lock();
    try {
      underWay += more;
      if (underWay == 0) {
        idle.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything begun is done; false when {@code patience} was over before. */
  boolean await(Duration patience) {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (underWay > 0 && left > 0) {
        left = idle.awaitNanos(left);
      }
      return underWay == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
