package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What work in the store does, on any database. */
abstract class DurableTasksContract {
  private static final Duration HEARTBEAT = Duration.ofMillis(100);

  /** An empty database. */
  abstract Database database();

  private static DurableTasks tasks(Database database, String runner, Consumer<String> work) {
    return new DurableTasks(
        database, runner, HEARTBEAT, 2, List.of(new DurableTasks.Once("w", work)), List.of());
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void workIsDoneOnceHoweverOftenItIsAskedFor() throws Exception {
    var done = new ConcurrentLinkedQueue<String>();
    var both = new CountDownLatch(2);
    try (var tasks =
        tasks(
            database(),
            "here",
            id -> {
              done.add(id);
              both.countDown();
            })) {
      tasks.submit("w", "one");
      tasks.submit("w", "one");
      tasks.submit("w", "two");
      tasks.start();
      await(both);
    }
    assertThat(done).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void workThatDidNotEndIsDoneByTheNextProcessOfThatName() throws Exception {
    var database = database();
    var begun = new CountDownLatch(1);
    try (var first =
        tasks(
            database,
            "here",
            id -> {
              begun.countDown();
              throw new ExpertException(FailureKind.CANCELLED, "the service stops");
            })) {
      first.submit("w", "one");
      first.start();
      await(begun);
    }
    var again = new CountDownLatch(1);
    try (var second = tasks(database, "here", id -> again.countDown())) {
      second.start();
      await(again);
    }
  }

  @Test
  void workOfAProcessWhoseHeartStoppedIsAnothers() throws Exception {
    var database = database();
    try (var dead = tasks(database, "dead", id -> {})) {
      dead.submit("w", "one"); // and never started
    }
    database.attempt(() ->
        database
            .sql()
            .sql(
                """
                update scheduled_tasks set picked = true, picked_by = 'dead',
                  last_heartbeat = timestamp with time zone '2026-11-30 00:00:00+00'
                """)
            .update());
    var taken = new CountDownLatch(1);
    try (var other = tasks(database, "alive", id -> taken.countDown())) {
      other.start();
      await(taken);
    }
  }
}
