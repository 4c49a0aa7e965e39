package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What router versions do, on any database. */
abstract class RoutersContract {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  /** An empty database. */
  abstract Database database();

  private static StoredRouter version(String id, int second) {
    return new StoredRouter(
        id,
        NOON.plusSeconds(second),
        StoredRouter.State.DRAFT,
        0,
        null,
        "minilm",
        "sha256:1234",
        List.of("small", "large"),
        Json.object().put("items", 5));
  }

  @Test
  void aLargeVersionComesBackWhole() {
    var routers = new JdbcRouters(database());
    byte[] bytes = new byte[3_000_001];
    new Random(7).nextBytes(bytes);
    routers.keep(version("r1", 0), bytes);

    assertThat(routers.bytes("r1")).isEqualTo(bytes);
    assertThat(routers.find("r1")).hasValue(version("r1", 0));
    assertThat(routers.promoted()).isEmpty();
  }

  @Test
  void oneVersionServesAtATime() {
    var routers = new JdbcRouters(database());
    routers.keep(version("r1", 0), new byte[] {1});
    routers.keep(version("r2", 1), new byte[] {2});

    routers.promote("r1", NOON);
    routers.promote("r2", NOON.plusSeconds(9));

    assertThat(routers.promoted()).map(StoredRouter::id).hasValue("r2");
    assertThat(routers.list())
        .extracting(StoredRouter::state)
        .containsExactly(StoredRouter.State.PROMOTED, StoredRouter.State.RETIRED);
  }

  @Test
  void promotingNothingLeavesTheOldOneServing() {
    var routers = new JdbcRouters(database());
    routers.keep(version("r1", 0), new byte[] {1});
    routers.promote("r1", NOON);

    assertThatThrownBy(() -> routers.promote("r9", NOON))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("r9");
    assertThat(routers.promoted()).map(StoredRouter::id).hasValue("r1");
    assertThatThrownBy(() -> routers.bytes("r9")).isInstanceOf(ExpertException.class);
  }

  @Test
  void oneVersionIsOnTrialAtATimeAndIsAfterwardsWhatItWas() {
    var routers = new JdbcRouters(database());
    for (var id : List.of("r1", "r2", "r3")) {
      routers.keep(version(id, 0), new byte[] {1});
    }
    routers.promote("r1", NOON);
    routers.promote("r2", NOON.plusSeconds(9));

    routers.tryOut("r3", StoredRouter.State.SHADOW, 0);
    assertThat(routers.tryOut("r1", StoredRouter.State.CANARY, 0.1).share()).isEqualTo(0.1);

    assertThat(routers.onTrial()).map(StoredRouter::id).hasValue("r1");
    assertThat(routers.find("r3")).map(StoredRouter::state).hasValue(StoredRouter.State.DRAFT);
    assertThat(routers.before()).as("the one that served is on trial").isEmpty();
    routers.endTrial();
    assertThat(routers.onTrial()).isEmpty();
    assertThat(routers.before()).map(StoredRouter::id).hasValue("r1");
    assertThat(routers.tryOut("r2", StoredRouter.State.CANARY, 0.5).state())
        .as("the one that serves is not tried out")
        .isEqualTo(StoredRouter.State.PROMOTED);
    assertThatThrownBy(() -> routers.tryOut("r9", StoredRouter.State.SHADOW, 0))
        .isInstanceOf(ExpertException.class);
  }
}
