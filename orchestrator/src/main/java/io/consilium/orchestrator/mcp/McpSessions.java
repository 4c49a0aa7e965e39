package io.consilium.orchestrator.mcp;

import io.consilium.orchestrator.security.Caller;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The sessions of protocol versions that have them. A session knows nothing but whose it is, what
 * it has under way, so that a cancellation finds its request, and who listens to what it is told.
 * It ends an hour after its last request; beyond ten thousand the one not used for longest ends.
 */
final class McpSessions {
  private static final int MOST = 10_000;
  private static final int MOST_UNREAD = 16;
  private static final Duration IDLE = Duration.ofHours(1);

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Session> sessions =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
          return size() > MOST;
        }
      };

  McpSessions(InstantSource clock) {
    this.clock = clock;
  }

  /** One client's session. */
  static final class Session {
    private final String id = UUID.randomUUID().toString();
    private final @Nullable String key;
    private final Map<JsonNode, Thread> running = new ConcurrentHashMap<>();
    private final Map<Thread, BlockingQueue<String>> listening = new ConcurrentHashMap<>();
    private volatile Instant used;

    private Session(@Nullable String key, Instant used) {
      this.key = key;
      this.used = used;
    }

    String id() {
      return id;
    }

    /**
     * Hands what the session is told to {@code out}, as it comes, on the calling thread; a method's
     * name says it, and at least every {@code beat} a blank one.
     *
     * @throws InterruptedException when the session, the service or the caller is gone
     */
    void listen(Duration beat, Consumer<String> out) throws InterruptedException {
      var queue = new LinkedBlockingQueue<String>(MOST_UNREAD);
      listening.put(Thread.currentThread(), queue);
      try {
        while (true) {
          var said = queue.poll(beat.toNanos(), TimeUnit.NANOSECONDS);
          out.accept(said == null ? "" : said);
        }
      } finally {
        listening.remove(Thread.currentThread());
      }
    }

    /** Notes that a request is served by this thread, until the result is closed. */
    Running running(JsonNode request) {
      running.put(request, Thread.currentThread());
      return () -> running.remove(request);
    }

    /** Interrupts a request that is under way; nothing happens when it is not. */
    void cancel(JsonNode request) {
      running.computeIfPresent(
          request,
          (id, thread) -> {
            thread.interrupt();
            return thread;
          });
    }
  }

  /** A request under way. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  /** Opens a session that belongs to this caller's key. */
  Session open(Caller caller) {
    var session = new Session(caller.key(), clock.instant());
    lock.lock();
    try {
      sessions.put(session.id, session);
    } finally {
      lock.unlock();
    }
    return session;
  }

  /** The caller's session with this id; empty when it is not theirs, has ended, or never was. */
  Optional<Session> find(String id, Caller caller) {
    lock.lock();
    try {
      var session = sessions.get(id);
      if (session == null || !Objects.equals(session.key, caller.key())) {
        return Optional.empty();
      }
      var now = clock.instant();
      if (session.used.plus(IDLE).isBefore(now)) {
        sessions.remove(id);
        return Optional.empty();
      }
      session.used = now;
      return Optional.of(session);
    } finally {
      lock.unlock();
    }
  }

  /** Tells every session that somebody listens to. */
  void tell(String method) {
    all()
        .forEach(session ->
            session.listening.values().stream()
                .filter(queue -> !queue.contains(method))
                .forEach(queue -> queue.offer(method)));
  }

  /** Ends every listening, though not the sessions. */
  void stopListening() {
    all().forEach(session -> session.listening.keySet().forEach(Thread::interrupt));
  }

  private List<Session> all() {
    lock.lock();
    try {
      return List.copyOf(sessions.values());
    } finally {
      lock.unlock();
    }
  }

  /** Ends a session and what it has under way. */
  void end(Session session) {
    lock.lock();
    try {
      sessions.remove(session.id);
    } finally {
      lock.unlock();
    }
    session.running.values().forEach(Thread::interrupt);
    session.listening.keySet().forEach(Thread::interrupt);
  }
}
