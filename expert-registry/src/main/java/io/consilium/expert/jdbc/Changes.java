package io.consilium.expert.jdbc;

import io.consilium.expert.ExpertException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a process what others change in the PostgreSQL they share, usually within milliseconds: the
 * tables notify, on the channel {@code consilium}. Every so often, and whenever the connection was
 * lost, all listeners are told, in case a notice was missed. In the embedded database there are no
 * others, and nothing is told.
 *
 * <p>Listeners run on one thread of its own, one after the other; they look for what is new and may
 * find nothing. A process is told of its own changes as well.
 */
public final class Changes implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Changes.class);
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(10);

  /** After so long a listener that could not look is told once more. */
  private static final Duration AGAIN = Duration.ofMillis(500);

  /** What can change, each known by the table that tells of it. */
  public enum Kind {
    CARDS("card_version"),
    KEYS("api_key"),
    ROUTERS("router_version"),
    OUTCOMES("outcome"),
    JOBS("job"),
    ANSWERS("kept_answer");

    private final String table;

    Kind(String table) {
      this.table = table;
    }
  }

  private final Database database;
  private final Duration poll;
  private final Map<Kind, Runnable> listeners;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition end = lock.newCondition();
  private final Thread thread =
      Thread.ofPlatform().name("store-changes").daemon().unstarted(this::run);
  private volatile @Nullable Connection listening;
  private volatile boolean closed;

  /**
   * Begins to listen.
   *
   * @param poll how often all listeners are told although nothing was heard
   * @param listeners what is done about a change of each kind
   */
  public Changes(Database database, Duration poll, Map<Kind, Runnable> listeners) {
    this.database = database;
    this.poll = poll;
    this.listeners = new EnumMap<>(listeners);
    if (database.shared()) {
      thread.start();
    }
  }

  private void run() {
    Duration wait = SHORTEST_WAIT;
    while (!closed) {
      try (var connection = database.connect()) {
        listening = connection;
        // of waiting for notices this says nothing
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(SILENCE.toMillis()));
        try (var statement = connection.createStatement()) {
          statement.execute("listen consilium");
        }
        wait = SHORTEST_WAIT;
        listen(connection);
      } catch (SQLException e) {
        if (!closed) {
          log.debug("changes of other processes are not heard of at present", e);
          pause(wait);
          wait = wait.multipliedBy(2);
          wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        }
      } finally {
        listening = null;
      }
    }
  }

  private void listen(Connection connection) throws SQLException {
    var postgres = connection.unwrap(PGConnection.class);
    while (!closed) {
      var missed = tell(EnumSet.allOf(Kind.class));
      long next = System.nanoTime() + poll.toNanos();
      for (long left = poll.toMillis(); left > 0; left = (next - System.nanoTime()) / 1_000_000) {
        long wait = missed.isEmpty() ? left : Math.min(left, AGAIN.toMillis());
        var notices = postgres.getNotifications((int) Math.min(wait, Integer.MAX_VALUE));
        var changed = missed;
        if (notices != null) {
          for (var notice : notices) {
            for (var kind : Kind.values()) {
              if (kind.table.equals(notice.getParameter())) {
                changed.add(kind);
              }
            }
          }
        }
        missed = tell(changed);
      }
      if (!connection.isValid(5)) {
        throw new SQLException("the connection is gone");
      }
    }
  }

  /** Tells of changes, and gives those that could not be looked at now. */
  private Set<Kind> tell(Set<Kind> changed) {
    Set<Kind> missed = EnumSet.noneOf(Kind.class);
    for (var kind : changed) {
      var listener = listeners.get(kind);
      if (listener != null && !closed) {
        try {
          listener.run();
        } catch (ExpertException e) {
          log.debug("what changed is looked at again soon: {}", e.message());
          missed.add(kind);
        } catch (RuntimeException e) { // what is thrown here would end the listening
          log.error("a change of {} could not be taken over", kind, e);
        }
      }
    }
    return missed;
  }

  private void pause(Duration time) {
    lock.lock();
    try {
      for (long left = time.toNanos(); left > 0 && !closed; ) {
        left = end.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Tells no more. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      end.signalAll();
    } finally {
      lock.unlock();
    }
    var connection = listening;
    if (connection != null) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        log.debug("the connection was gone before", e);
      }
    }
  }
}
