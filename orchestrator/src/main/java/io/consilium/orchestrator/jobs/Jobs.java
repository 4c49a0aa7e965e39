package io.consilium.orchestrator.jobs;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.jdbc.JdbcJobs;
import io.consilium.expert.jdbc.Page;
import io.consilium.expert.jdbc.StoredJob;
import io.consilium.expert.jdbc.StoredJob.State;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs long work, one piece at a time, on a platform thread of its own, so that fitting a router
 * takes at most one core from answering. What was asked and what came of it is on record; a job
 * whose process stopped is marked as interrupted when the process starts again.
 */
public final class Jobs implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Jobs.class);
  private static final Duration LATER = Duration.ofSeconds(30);

  private final JdbcJobs store;
  private final String runner;
  private final Clock clock;
  private final ThreadPoolExecutor worker;
  private final int waiting;
  private final Map<String, Live> live = new ConcurrentHashMap<>();
  private volatile boolean closing;

  /** The work of a job. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does it, heeding interruption.
     *
     * @return what came of it, for people and programs
     * @throws ExpertException when it cannot be done; the message is shown
     */
    ObjectNode run(Progress progress);
  }

  /**
   * A job as it stands.
   *
   * @param job on record
   * @param share done, 0 to 1
   * @param doing what is being done, or empty
   */
  public record Standing(StoredJob job, double share, String doing) {}

  private static final class Live {
    private volatile StoredJob job;
    private volatile double share;
    private volatile String doing = "";
    private volatile boolean cancelled;
    private volatile @Nullable Runnable task;
    private @Nullable Thread working;

    private Live(StoredJob job) {
      this.job = job;
    }

    private synchronized void begin() {
      if (cancelled) {
        throw new ExpertException(FailureKind.CANCELLED, "cancelled");
      }
      working = Thread.currentThread();
    }

    /** What is written down from here on is not interrupted. */
    private synchronized void leave() {
      working = null;
      var _ = Thread.interrupted();
    }

    private synchronized void cancel() {
      cancelled = true;
      if (working != null) {
        working.interrupt();
      }
    }
  }

  /**
   * Jobs of one process.
   *
   * @param runner names this process and its next incarnations
   * @param waiting how many may wait besides the one that runs
   */
  public Jobs(JdbcJobs store, String runner, int waiting, Clock clock) {
    this.store = store;
    this.runner = runner;
    this.clock = clock;
    this.waiting = waiting;
    this.worker =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            Thread.ofPlatform().name("jobs").daemon().factory());
    int interrupted = store.interrupt(runner, clock.instant());
    if (interrupted > 0) {
      log.warn("{} jobs were interrupted when the service stopped", interrupted);
    }
  }

  /**
   * Takes a job.
   *
   * @param kind what it does: fit, replay, interview
   * @param asked for the record, without bulky data
   * @throws ExpertException {@code OVERLOADED} when too many wait
   */
  public Standing submit(String kind, String tenant, ObjectNode asked, Work work) {
    var job =
        new StoredJob(
            newId(), kind, State.QUEUED, tenant, runner, clock.instant(), null, asked, null, null);
    store.keep(job);
    var mine = new Live(job);
    live.put(job.id(), mine);
    try {
      Runnable task = () -> run(mine, work);
      mine.task = task;
      worker.execute(task);
    } catch (RejectedExecutionException e) {
      end(mine, State.FAILED, null, "too many jobs were waiting");
      throw new ExpertException(
              FailureKind.OVERLOADED,
              "%d jobs wait already: ask again when some are done, or cancel one"
                  .formatted(waiting),
              e)
          .retryAfter(LATER);
    }
    return standing(mine);
  }

  private String newId() {
    return "job_"
        + HexFormat.of().toHexDigits(clock.millis(), 11)
        + HexFormat.of().toHexDigits(UUID.randomUUID().getMostSignificantBits(), 8);
  }

  private void run(Live mine, Work work) {
    if (mine.cancelled) {
      return;
    }
    keep(mine, with(mine.job, State.RUNNING, null, null));
    try {
      end(mine, State.DONE, done(mine, work), null);
    } catch (ExpertException e) {
      var stopped = mine.cancelled || e.kind() == FailureKind.CANCELLED;
      end(mine, stopped ? stopped() : State.FAILED, null, e.message());
    } catch (IllegalArgumentException e) {
      // fitting says so what is wrong with the records
      end(mine, State.FAILED, null, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("job {} ({}) failed", mine.job.id(), mine.job.kind(), e);
      end(mine, mine.cancelled ? stopped() : State.FAILED, null, "it broke; the log says how");
    } catch (OutOfMemoryError e) {
      log.error("job {} ({}) ran out of memory", mine.job.id(), mine.job.kind(), e);
      end(
          mine,
          State.FAILED,
          null,
          "it ran out of memory: give the service more (CONSILIUM_HEAP), or take fewer records");
    }
  }

  private static ObjectNode done(Live mine, Work work) {
    mine.begin();
    try {
      return work.run((share, doing) -> {
        if (mine.cancelled || Thread.currentThread().isInterrupted()) {
          throw new ExpertException(FailureKind.CANCELLED, "cancelled");
        }
        mine.share = Math.clamp(share, 0, 1);
        mine.doing = doing;
      });
    } finally {
      mine.leave();
    }
  }

  private State stopped() {
    return closing ? State.INTERRUPTED : State.CANCELLED;
  }

  private void end(Live mine, State state, @Nullable ObjectNode result, @Nullable String failure) {
    keep(mine, with(mine.job, state, result, failure));
    live.remove(mine.job.id());
  }

  private StoredJob with(
      StoredJob job, State state, @Nullable ObjectNode result, @Nullable String failure) {
    return new StoredJob(
        job.id(),
        job.kind(),
        state,
        job.tenant(),
        job.runner(),
        job.created(),
        state.ended() ? clock.instant() : null,
        job.asked(),
        result,
        failure);
  }

  private void keep(Live mine, StoredJob now) {
    mine.job = now;
    try {
      store.keep(now);
    } catch (ExpertException e) {
      log.error(
          "job {} is {}, and the store does not take it: {}", now.id(), now.state(), e.message());
    }
  }

  /** The job with this id, as it stands. */
  public Optional<Standing> find(String id) {
    var mine = live.get(id);
    return mine != null
        ? Optional.of(standing(mine))
        : store.find(id).map(job -> standing(job, 0, ""));
  }

  /** Some jobs, newest first; see {@link JdbcJobs#newest}. */
  public Page<Standing> newest(@Nullable String kind, int limit, @Nullable String after) {
    var page = store.newest(kind, limit, after);
    return new Page<>(
        page.data().stream().map(job -> find(job.id()).orElse(standing(job, 0, ""))).toList(),
        page.next());
  }

  /**
   * Cancels a job, waiting or running; one that has ended stays as it is.
   *
   * @throws ExpertException {@code CONFLICT} when another process runs it
   */
  public Optional<Standing> cancel(String id) {
    var mine = live.get(id);
    if (mine == null) {
      var found = find(id);
      if (found.isPresent() && !found.get().job().state().ended()) {
        throw new ExpertException(
            FailureKind.CONFLICT,
            "job '%s' runs in another process of this service (%s): cancel it there"
                .formatted(id, found.get().job().runner()));
      }
      return found;
    }
    mine.cancel();
    var task = mine.task;
    if (task != null && worker.remove(task)) {
      end(mine, State.CANCELLED, null, "cancelled");
    }
    return Optional.of(standing(mine));
  }

  private static Standing standing(Live mine) {
    return standing(mine.job, mine.share, mine.doing);
  }

  /** A job that is done is done whole, however far it last said it was. */
  private static Standing standing(StoredJob job, double share, String doing) {
    boolean done = job.state() == State.DONE;
    return new Standing(job, done ? 1 : share, done ? "" : doing);
  }

  /** Stops the running job; it and those that wait are marked as interrupted. */
  @Override
  public void close() {
    closing = true;
    worker.shutdown();
    worker.getQueue().clear();
    live.values().forEach(Live::cancel);
    try {
      if (!worker.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("a job does not heed that the service stops");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      store.interrupt(runner, clock.instant());
    } catch (ExpertException e) {
      log.warn("jobs are marked at the next start: {}", e.message());
    }
  }
}
