package io.consilium.orchestrator.net;

import io.consilium.orchestrator.telemetry.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Interrupts the thread of a request whose client went away, before the first byte of the answer as
 * well as later. Containers notice that only when they write.
 *
 * <p>One thread waits on a selector for all connections that have a request under way. A connection
 * becomes readable when the client closed or reset it, or when it sent the next request already;
 * which of them it is, Tomcat's own buffered read tells, so that an early request is not lost.
 *
 * <ul>
 *   <li>A client that closes only its sending half counts as gone, as it does for most proxies: the
 *       two look the same from here.
 *   <li>A client that has sent its next request early is not watched until that one's turn.
 *   <li>Connections that Tomcat itself encrypts are not watched; their loss shows at the next
 *       write.
 * </ul>
 */
public final class ClientWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);

  /**
   * Requests that last longer than this are watched, so that shorter ones cost no system call; and
   * interrupts are repeated so often.
   */
  private static final Duration BEAT = Duration.ofMillis(25);

  private final Selector selector;
  private final Thread thread;
  private final Counter lost;
  private final AtomicInteger watched = new AtomicInteger();

  /** Begun, and not in the selector yet. */
  private final Set<Watch> fresh = ConcurrentHashMap.newKeySet();

  /** Lost, and not ended yet. */
  private final Set<Watch> leaving = ConcurrentHashMap.newKeySet();

  public ClientWatch(MeterRegistry meters) {
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.lost = Metric.CLIENTS_LOST.counter(meters);
    Metric.CLIENTS_WATCHED.gauge(meters, watched::get);
    this.thread = Thread.ofPlatform().name("client-watch").daemon().start(this::run);
  }

  /**
   * Begins to watch the client of a request whose body has been read; close the watch on the same
   * thread, before the handler returns. Without {@link WatchableHttp11Protocol} the watch is empty.
   *
   * @param request of the calling thread
   * @param thread to interrupt, again and again until the watch is closed, once the client is gone
   */
  public Watch watch(HttpServletRequest request, Thread thread) {
    if (request.getAttribute(WatchableHttp11Protocol.CONNECTION) instanceof SocketWrapperBase<?> s
        && s.getSocket() instanceof NioChannel channel
        && !(channel instanceof SecureNioChannel)) {
      var watch = new Watch(s, channel.getIOChannel(), thread);
      watched.incrementAndGet();
      fresh.add(watch);
      return watch;
    }
    return new Watch(null, null, thread);
  }

  private void run() {
    long lastBeat = System.nanoTime();
    while (selector.isOpen()) {
      try {
        selector.select(
            key -> {
              if (key.attachment() instanceof Watch watch) {
                watch.readable();
              }
            },
            BEAT.toMillis());
        if (System.nanoTime() - lastBeat >= BEAT.toNanos()) {
          lastBeat = System.nanoTime();
          fresh.forEach(Watch::begin);
          leaving.forEach(Watch::interrupt);
        }
      } catch (ClosedSelectorException e) {
        LOG.debug("closed", e);
      } catch (CancelledKeyException e) {
        LOG.debug("a connection closed meanwhile", e);
      } catch (IOException e) {
        throw new UncheckedIOException("clients that go away are no longer noticed", e);
      }
    }
  }

  /** Ends the watching thread; watches that are open see nothing more. */
  @Override
  public void close() {
    try {
      selector.close();
      thread.join();
    } catch (IOException e) {
      LOG.debug("closing", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The watch over one request's client. */
  public final class Watch implements AutoCloseable {
    private final @Nullable SocketWrapperBase<?> socket;
    private final @Nullable SocketChannel connection;
    private final Thread worker;
    private @Nullable SelectionKey key;
    private volatile boolean gone;
    private volatile boolean early;
    private boolean over;

    private Watch(
        @Nullable SocketWrapperBase<?> socket, @Nullable SocketChannel connection, Thread worker) {
      this.socket = socket;
      this.connection = connection;
      this.worker = worker;
    }

    /** Whether the client went away. */
    public boolean lost() {
      return gone;
    }

    /** Whether the client sent its next request already. */
    boolean early() {
      return early;
    }

    private synchronized void begin() {
      fresh.remove(this);
      if (over || connection == null) {
        return;
      }
      try {
        var present = connection.keyFor(selector); // a connection keeps its key, which dies with it
        if (present == null) {
          key = connection.register(selector, SelectionKey.OP_READ, this);
        } else {
          present.attach(this);
          present.interestOps(SelectionKey.OP_READ);
          key = present;
        }
      } catch (ClosedChannelException | CancelledKeyException e) {
        leave();
      } catch (ClosedSelectorException e) {
        LOG.debug("the watch has ended", e);
      }
    }

    private synchronized void readable() {
      if (over || gone || socket == null || key == null) {
        return;
      }
      try {
        if (socket.isReadyForRead()) {
          early = true;
          key.interestOps(0); // it stays readable, and says no more
        }
      } catch (IOException | CancelledKeyException e) {
        ignore(key);
        leave();
      }
    }

    private void leave() {
      gone = true;
      lost.increment();
      leaving.add(this);
      worker.interrupt();
    }

    private synchronized void interrupt() {
      if (!over) {
        worker.interrupt();
      }
    }

    private static void ignore(SelectionKey key) {
      try {
        key.interestOps(0);
      } catch (CancelledKeyException e) {
        LOG.trace("closed meanwhile", e);
      }
    }

    /**
     * Ends the watch. No interrupt comes from here afterwards, and one that has come is taken back
     * when the watched thread closes.
     */
    @Override
    public synchronized void close() {
      if (over) {
        return;
      }
      over = true;
      if (socket != null) {
        watched.decrementAndGet();
      }
      if (key == null) {
        fresh.remove(this);
      } else {
        ignore(key);
      }
      if (gone) {
        leaving.remove(this);
        if (Thread.currentThread().equals(worker)) {
          Thread.interrupted();
        }
      }
    }
  }
}
