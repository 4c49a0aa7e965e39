package io.consilium.tools;

import static java.util.Objects.requireNonNull;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Health;
import io.consilium.expert.ToolSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One configured MCP server, kept connected: one long-lived session for all calls, begun again with
 * back-off when the server dies.
 *
 * <p>The first loss is mended at once; further ones wait 0.25 s, 0.5 s … 30 s, until a session has
 * held for a minute. A call waits for a session that is being opened and fails at once while the
 * back-off runs, saying when to come back. A server that exceeds its call timeout {@value #STRIKES}
 * times in a row is taken for lost, though it may still say that it lives. Thread-safe; all methods
 * but {@link #start} may block.
 */
public final class McpConnection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(McpConnection.class);

  private static final int STRIKES = 5;

  private enum State {
    NEW,
    OPENING,
    OPEN,
    WAITING,
    CLOSED
  }

  private final McpServerSettings settings;
  private final Consumer<List<ToolSpec>> onTools;
  private final InstantSource clock;
  private final AtomicLong calls = new AtomicLong();
  private final AtomicInteger strikes = new AtomicInteger();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private State state = State.NEW;
  private @Nullable McpSession session;
  private List<ToolSpec> tools = List.of();
  private final Backoff backoff = new Backoff();
  private @Nullable ExpertException failure;
  private Instant since;
  private Instant next;

  /**
   * @param onTools is given the server's tools after every start and every change, from a thread of
   *     its own and never two lists at once
   */
  public McpConnection(
      McpServerSettings settings, Consumer<List<ToolSpec>> onTools, InstantSource clock) {
    this.settings = settings;
    this.onTools = onTools;
    this.clock = clock;
    this.since = clock.instant();
    this.next = since;
  }

  public McpServerSettings settings() {
    return settings;
  }

  /** Begins to connect, in the background; does nothing when already begun. */
  public void start() {
    lock.lock();
    try {
      if (state == State.NEW) {
        enter(State.OPENING);
        Thread.ofVirtual().name("mcp-" + settings.name()).start(this::keepOpen);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The server's tools; waits for the first session until the start timeout. */
  public List<ToolSpec> tools() {
    session(clock.instant().plus(settings.startTimeout()));
    lock.lock();
    try {
      return tools;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Calls a tool and waits for its result; interruption and the time limits cancel the call at the
   * server too.
   *
   * @param arguments JSON values by name, as plain Java objects
   * @param deadline when the result is of no use any more
   * @throws ExpertException {@code UNAVAILABLE} when the server is away, {@code TIMEOUT} or {@code
   *     DEADLINE_EXCEEDED}, {@code CANCELLED}, {@code UPSTREAM_REJECTED} when it refuses the call
   *     itself; a tool that fails is a {@link ToolResult} that says so
   */
  public ToolResult call(String tool, Map<String, Object> arguments, Instant deadline) {
    var now = clock.instant();
    if (!deadline.isAfter(now)) {
      throw timedOut(
          true, "tool '%s' was not called, for it could not have answered".formatted(tool));
    }
    var limit = now.plus(settings.callTimeout());
    boolean callersLimit = !deadline.isAfter(limit);
    var until = callersLimit ? deadline : limit;
    var current = session(until);
    long call = calls.incrementAndGet();
    try {
      var result = current.call(call, tool, arguments, Duration.between(clock.instant(), until));
      strikes.set(0);
      return result;
    } catch (McpSession.TimedOut e) {
      if (!callersLimit && strikes.incrementAndGet() >= STRIKES) {
        lost(current, "gave no result in time %d times in a row".formatted(STRIKES));
      }
      probe(current);
      throw timedOut(callersLimit, "tool '%s' gave no result".formatted(tool));
    } catch (McpSession.Left e) {
      probe(current); // callers who leave early may be the only ones to notice
      throw new ExpertException(
          FailureKind.CANCELLED, "the call of tool '%s' was cancelled".formatted(tool), e);
    } catch (McpSession.Broken e) {
      lost(current, e.reason());
      throw unavailable(e.reason(), e);
    }
  }

  /** How the server fares. */
  public Health health() {
    lock.lock();
    try {
      var reason = failure == null ? "" : failure.message();
      return switch (state) {
        case NEW -> Health.UNKNOWN;
        case OPENING ->
            failure == null ? Health.UNKNOWN : new Health(Health.Status.DEGRADED, reason, since);
        case OPEN -> new Health(Health.Status.UP, "", since);
        case WAITING -> new Health(Health.Status.DOWN, reason, since);
        case CLOSED -> new Health(Health.Status.DOWN, "closed", since);
      };
    } finally {
      lock.unlock();
    }
  }

  /** Ends the session and the child process; calls under way fail. */
  @Override
  public void close() {
    McpSession last;
    lock.lock();
    try {
      enter(State.CLOSED);
      last = session;
      session = null;
    } finally {
      lock.unlock();
    }
    if (last != null) {
      last.close();
    }
  }

  private McpSession session(Instant until) {
    start();
    lock.lock();
    try {
      while (true) {
        switch (state) {
          case NEW, OPENING -> {
            var left = Duration.between(clock.instant(), until);
            if (!left.isPositive()) {
              throw timedOut(true, "it is still starting");
            }
            changed.await(left.toNanos(), TimeUnit.NANOSECONDS);
          }
          case OPEN -> {
            return requireNonNull(session);
          }
          case WAITING -> {
            var cause = requireNonNull(failure);
            var wait = Duration.between(clock.instant(), next);
            throw new ExpertException(cause.kind(), cause.message(), cause)
                .retryAfter(wait.isPositive() ? wait : null);
          }
          case CLOSED -> throw unavailable("is closed", null);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(
          FailureKind.CANCELLED, "waiting for MCP server " + settings.name() + " was cancelled", e);
    } finally {
      lock.unlock();
    }
  }

  private void keepOpen() {
    while (true) {
      McpSession opened = null;
      ExpertException problem = null;
      try {
        opened = McpSession.open(settings, this::toolsChanged);
      } catch (ExpertException e) {
        problem = e;
      }
      if (opened == null ? !failed(problem) : !hold(opened)) {
        return;
      }
    }
  }

  /** Serves with a session until it is lost; false when closed. */
  private boolean hold(McpSession opened) {
    lock.lock();
    try {
      if (state == State.CLOSED) {
        opened.close();
        return false;
      }
      session = opened;
      tools = opened.tools();
      enter(State.OPEN);
      log.info("MCP server {} is connected with {} tools", settings.name(), tools.size());
    } finally {
      lock.unlock();
    }
    var _ = opened.ended().thenAccept(reason -> lost(opened, reason));
    deliver();
    lock.lock();
    try {
      while (state == State.OPEN) {
        changed.awaitUninterruptibly();
      }
      return waited();
    } finally {
      lock.unlock();
    }
  }

  private boolean failed(@Nullable ExpertException problem) {
    lock.lock();
    try {
      if (state == State.CLOSED) {
        return false;
      }
      backoff.failed();
      failure = problem;
      next = clock.instant().plus(backoff.delay());
      enter(State.WAITING);
      log.warn("{}", problem == null ? "" : problem.message());
      return waited();
    } finally {
      lock.unlock();
    }
  }

  private void lost(McpSession which, String reason) {
    lock.lock();
    try {
      if (session != which || state != State.OPEN) {
        return;
      }
      session = null;
      strikes.set(0);
      backoff.lost(Duration.between(since, clock.instant()));
      failure = unavailable(reason, null);
      next = clock.instant().plus(backoff.delay());
      enter(backoff.delay().isZero() ? State.OPENING : State.WAITING);
      log.warn("{}; starting it again in {} ms", failure.message(), backoff.delay().toMillis());
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().start(which::close);
  }

  private void probe(McpSession which) {
    var _ =
        which
            .probe()
            .whenComplete((ok, hung) -> {
              if (hung != null) {
                lost(which, "does not answer any more");
              }
            });
  }

  /** Waits the back-off out, holding the lock; false when closed meanwhile. */
  private boolean waited() {
    long left = state == State.WAITING ? backoff.delay().toNanos() : 0;
    boolean interrupted = false;
    while (left > 0 && state == State.WAITING) {
      try {
        left = changed.awaitNanos(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (state == State.CLOSED) {
      return false;
    }
    enter(State.OPENING);
    return true;
  }

  private void enter(State to) {
    if (state != to) {
      state = to;
      since = clock.instant();
      changed.signalAll();
    }
  }

  private void toolsChanged(List<ToolSpec> now) {
    lock.lock();
    try {
      tools = now;
    } finally {
      lock.unlock();
    }
    Thread.ofVirtual().start(this::deliver);
  }

  private final ReentrantLock delivering = new ReentrantLock();

  private void deliver() {
    delivering.lock();
    try {
      List<ToolSpec> now;
      lock.lock();
      try {
        now = tools;
      } finally {
        lock.unlock();
      }
      onTools.accept(now);
    } finally {
      delivering.unlock();
    }
  }

  private ExpertException timedOut(boolean callersLimit, String what) {
    return new ExpertException(
        callersLimit ? FailureKind.DEADLINE_EXCEEDED : FailureKind.TIMEOUT,
        "MCP server %s: %s within %s"
            .formatted(
                settings.name(),
                what,
                callersLimit
                    ? "the question's deadline"
                    : "its call timeout of " + settings.callTimeout().toMillis() + " ms"));
  }

  private ExpertException unavailable(String reason, @Nullable Throwable cause) {
    return new ExpertException(
        FailureKind.UNAVAILABLE, "MCP server " + settings.name() + " " + reason, cause);
  }
}
