package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What jobs on record do, on any database. */
abstract class JobsContract {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  /** An empty database. */
  abstract Database database();

  private static StoredJob job(String id, StoredJob.State state, String runner) {
    return new StoredJob(
        id, "fit", state, "default", runner, NOON, null, Json.object().put("seed", 1), null, null);
  }

  @Test
  void aJobIsKeptWithItsResult() {
    var jobs = new JdbcJobs(database());
    jobs.keep(job("j1", StoredJob.State.QUEUED, "here"));
    var done =
        new StoredJob(
            "j1",
            "fit",
            StoredJob.State.DONE,
            "default",
            "here",
            NOON,
            NOON.plusSeconds(3),
            Json.object().put("seed", 1),
            Json.object().put("version", "r1"),
            null);
    jobs.keep(done);

    assertThat(jobs.find("j1")).hasValue(done);
    assertThat(jobs.find("j2")).isEmpty();
    assertThat(jobs.newest(null, 10, null).data()).containsExactly(done);
  }

  @Test
  void aRestartInterruptsWhatItsProcessDidNotFinish() {
    var jobs = new JdbcJobs(database());
    jobs.keep(job("j1", StoredJob.State.RUNNING, "here"));
    jobs.keep(job("j2", StoredJob.State.RUNNING, "elsewhere"));

    assertThat(jobs.interrupt("here", NOON)).isEqualTo(1);
    assertThat(jobs.find("j1")).map(StoredJob::state).hasValue(StoredJob.State.INTERRUPTED);
    assertThat(jobs.find("j2")).map(StoredJob::state).hasValue(StoredJob.State.RUNNING);
  }

  @Test
  void jobsComeInPagesAndByTheirKind() {
    var jobs = new JdbcJobs(database());
    for (var id : List.of("j1", "j2", "j3")) {
      jobs.keep(job(id, StoredJob.State.QUEUED, "here")); // all of the same time
    }
    var first = jobs.newest(null, 2, null);
    var second = jobs.newest("fit", 2, first.next());

    assertThat(first.data()).extracting(StoredJob::id).containsExactly("j3", "j2");
    assertThat(second.data()).extracting(StoredJob::id).containsExactly("j1");
    assertThat(second.next()).isNull();
    assertThat(jobs.newest("replay", 2, null).data()).isEmpty();
    assertThatThrownBy(() -> jobs.newest(null, 2, "j9")).hasMessageContaining("page mark");
  }
}
