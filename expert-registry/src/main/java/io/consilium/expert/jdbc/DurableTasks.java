package io.consilium.expert.jdbc;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Work that outlives the process that began it: it stands in the store until it is done, each piece
 * is done by one process at a time, and another takes over where one died. A thin layer over
 * db-scheduler. Safe for concurrent use.
 */
public final class DurableTasks implements AutoCloseable {
  /** Missed so often, a heart is taken to have stopped; the library's least. */
  private static final int MISSED = 4;

  /** Work that failed is tried again after this, and after longer each further time. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Duration LOOKS = Duration.ofSeconds(5);
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  private final Scheduler scheduler;
  private final Map<String, OneTimeTask<Void>> once;

  /**
   * Work that is done once for each thing it is asked for.
   *
   * @param name of the work, in the store
   * @param work does it for the thing with this id, in any process and perhaps after an earlier try
   *     that did not end; throws when it is to be tried again
   */
  public record Once(String name, Consumer<String> work) {}

  /**
   * Work that is done over and over, by one process of all.
   *
   * @param name of the work, in the store
   * @param every the pause between the end of one and the next
   * @param work does it; what it throws is logged
   */
  public record Every(String name, Duration every, Runnable work) {}

  /**
   * Looks at nothing before {@link #start}.
   *
   * @param runner names this process and its later incarnations: what an earlier one had begun is
   *     free again at once
   * @param heartbeat how often this process says that it lives; after four that are missing its
   *     work is another's
   * @param atOnce pieces of work at the same time
   */
  public DurableTasks(
      Database database,
      String runner,
      Duration heartbeat,
      int atOnce,
      List<Once> once,
      List<Every> every) {
    this.once = new HashMap<>();
    for (var each : once) {
      this.once.put(
          each.name(),
          Tasks.oneTime(each.name())
              .onFailure(later())
              .execute((instance, context) -> each.work().accept(instance.getId())));
    }
    var recurring =
        every.stream()
            .<RecurringTask<Void>>map(each ->
                Tasks.recurring(each.name(), FixedDelay.of(each.every()))
                    .execute((instance, context) -> each.work().run()))
            .toList();
    release(database, runner);
    this.scheduler =
        Scheduler.create(database.dataSource(), List.<Task<?>>copyOf(this.once.values()))
            .startTasks(recurring)
            .threads(atOnce)
            .executorService(
                Executors.newFixedThreadPool(
                    atOnce, Thread.ofVirtual().name("durable-", 0).factory()))
            .schedulerName(new SchedulerName.Fixed(runner))
            .pollingInterval(LOOKS)
            .heartbeatInterval(heartbeat)
            .missedHeartbeatsLimit(MISSED)
            .shutdownMaxWait(LAST_WORDS)
            .failureLogging(LogLevel.WARN, false)
            .enableImmediateExecution()
            .jdbcCustomization(
                database.shared()
                    ? new PostgreSqlJdbcCustomization(false, false)
                    : new DefaultJdbcCustomization(false))
            .build();
  }

  private static FailureHandler<Void> later() {
    return (failed, operations) ->
        operations.reschedule(failed, failed.getTimeDone().plus(pause(failed)));
  }

  private static Duration pause(ExecutionComplete failed) {
    if (failed.getCause().orElse(null) instanceof ExpertException e
        && e.kind() == FailureKind.CANCELLED) {
      return Duration.ZERO; // the service stops; whoever is up takes it
    }
    int before = Math.min(10, failed.getExecution().consecutiveFailures);
    var pause = AGAIN.multipliedBy(1L << before);
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }

  private static void release(Database database, String runner) {
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                update scheduled_tasks set picked = false, picked_by = null, last_heartbeat = null,
                  version = version + 1
                where picked = true and picked_by = :runner
                """)
            .param("runner", runner)
            .update());
  }

  /** Begins to look for work. */
  public void start() {
    scheduler.start();
  }

  /**
   * Has a piece of work done, soon; one that stands there already stays.
   *
   * @param name of work given to the constructor
   * @param id of the thing to do it for
   */
  public void submit(String name, String id) {
    var task = once.get(name);
    if (task == null) {
      throw new IllegalArgumentException("there is no work '%s'".formatted(name));
    }
    try {
      var _ = scheduler.scheduleIfNotExists(task.instance(id), Instant.now());
    } catch (RuntimeException e) { // the library's own, around JDBC's
      throw new ExpertException(
          FailureKind.STORE_UNAVAILABLE, "the store does not take the work: try again", e);
    }
  }

  /** Lets the work under way end, but not for long. */
  @Override
  public void close() {
    scheduler.stop();
  }
}
