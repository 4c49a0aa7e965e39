package io.consilium.orchestrator.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcJobs;
import io.consilium.expert.jdbc.StoredJob.State;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class JobsTest {
  private final Database database = Database.inMemory();
  private final JdbcJobs store = new JdbcJobs(database);
  private final Jobs jobs = new Jobs(store, "here", 1, Clock.systemUTC());

  @AfterEach
  void close() {
    jobs.close();
    database.close();
  }

  private Jobs.Standing submit(Jobs.Work work) {
    return jobs.submit("fit", "default", Json.object(), work);
  }

  private Jobs.Standing await(Jobs.Standing job) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (System.nanoTime() < end) {
      var now = jobs.find(job.job().id()).orElseThrow();
      if (now.job().state().ended()) {
        return now;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("the job did not end");
  }

  private static ObjectNode blocked(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      throw new ExpertException(FailureKind.CANCELLED, "cancelled", e);
    }
    return Json.object();
  }

  @Test
  void whatCameOfAJobIsOnRecord() {
    var done = await(submit(progress -> Json.object().put("version", "r1")));
    var failed =
        await(
            submit(progress -> {
              throw new IllegalArgumentException("too few records");
            }));

    assertThat(done.job().state()).isEqualTo(State.DONE);
    assertThat(store.find(done.job().id()).orElseThrow().result())
        .isEqualTo(Json.object().put("version", "r1"));
    assertThat(failed.job().state()).isEqualTo(State.FAILED);
    assertThat(failed.job().failure()).isEqualTo("too few records");
  }

  @Test
  void progressIsSeenWhileItRuns() throws InterruptedException {
    var told = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var job =
        submit(progress -> {
          progress.at(0.25, "reading");
          told.countDown();
          return blocked(go);
        });
    told.await();

    var seen = jobs.find(job.job().id()).orElseThrow();
    go.countDown();

    assertThat(seen.share()).isEqualTo(0.25);
    assertThat(seen.doing()).isEqualTo("reading");
    assertThat(seen.job().state()).isEqualTo(State.RUNNING);
    assertThat(await(job).share()).isEqualTo(1);
  }

  @Test
  void aRunningJobAndAWaitingOneCanBeCancelled() throws InterruptedException {
    var began = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    var running =
        submit(progress -> {
          began.countDown();
          return blocked(never);
        });
    began.await();
    var waiting = submit(progress -> Json.object());

    jobs.cancel(waiting.job().id());
    jobs.cancel(running.job().id());

    assertThat(await(waiting).job().state()).isEqualTo(State.CANCELLED);
    assertThat(await(running).job().state()).isEqualTo(State.CANCELLED);
    assertThat(jobs.cancel("job_none")).isEmpty();
    assertThat(await(submit(progress -> Json.object())).job().state()).isEqualTo(State.DONE);
  }

  @Test
  void whoIsCancelledIsInterruptedWhileItWorksAndNotWhileItIsWrittenDown() throws Exception {
    for (int i = 0; i < 20; i++) {
      var began = new CountDownLatch(1);
      var job =
          submit(progress -> {
            began.countDown();
            while (!Thread.currentThread().isInterrupted()) {
              Thread.onSpinWait();
            }
            return Json.object().put("done", true); // it was too late to heed
          });
      began.await();
      jobs.cancel(job.job().id());
      jobs.cancel(job.job().id());

      while (!store.find(job.job().id()).orElseThrow().state().ended()) {
        Thread.onSpinWait();
      }
      assertThat(store.find(job.job().id()).orElseThrow().result())
          .isEqualTo(Json.object().put("done", true));
    }
    var interrupted =
        await(
            submit(progress -> {
              return Json.object().put("interrupted", Thread.currentThread().isInterrupted());
            }));
    assertThat(interrupted.job().result()).isEqualTo(Json.object().put("interrupted", false));
  }

  @Test
  void moreThanMayWaitIsRefused() throws InterruptedException {
    var began = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    submit(progress -> {
      began.countDown();
      return blocked(go);
    });
    began.await();
    submit(progress -> Json.object());

    assertThatThrownBy(() -> submit(progress -> Json.object()))
        .isInstanceOf(ExpertException.class)
        .extracting(e -> ((ExpertException) e).kind())
        .isEqualTo(FailureKind.OVERLOADED);
    go.countDown();
  }

  @Test
  void stoppingMarksWhatWasNotDone() throws InterruptedException {
    var began = new CountDownLatch(1);
    var job =
        submit(progress -> {
          began.countDown();
          return blocked(new CountDownLatch(1));
        });
    began.await();

    jobs.close();

    assertThat(store.find(job.job().id()).orElseThrow().state()).isEqualTo(State.INTERRUPTED);
  }
}
