package io.consilium.orchestrator.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.Json;
import io.consilium.orchestrator.security.Caller;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class McpSessionsTest {
  private static final Caller ANNA = new Caller(Access.USER, "default", "key-anna", true);
  private static final Caller BEN = new Caller(Access.USER, "default", "key-ben", true);

  private Instant now = Instant.parse("2026-11-30T09:00:00Z");
  private final McpSessions sessions = new McpSessions(() -> now);

  @Test
  void aSessionBelongsToTheKeyThatOpenedIt() {
    var session = sessions.open(ANNA);

    assertThat(sessions.find(session.id(), ANNA)).contains(session);
    assertThat(sessions.find(session.id(), BEN)).isEmpty();
    assertThat(sessions.find(session.id(), Caller.LOCAL)).isEmpty();
  }

  @Test
  void aSessionEndsAnHourAfterItsLastRequest() {
    var session = sessions.open(ANNA);

    now = now.plus(Duration.ofMinutes(59));
    assertThat(sessions.find(session.id(), ANNA)).isPresent();
    now = now.plus(Duration.ofMinutes(59));
    assertThat(sessions.find(session.id(), ANNA)).isPresent();
    now = now.plus(Duration.ofMinutes(61));
    assertThat(sessions.find(session.id(), ANNA)).isEmpty();
    assertThat(sessions.find(session.id(), ANNA)).isEmpty();
  }

  @Test
  void theSessionNotUsedForLongestGivesWay() {
    var first = sessions.open(ANNA);
    var second = sessions.open(ANNA);
    for (int i = 0; i < 9_998; i++) {
      sessions.open(BEN);
    }
    sessions.find(first.id(), ANNA);

    sessions.open(BEN);

    assertThat(sessions.find(first.id(), ANNA)).isPresent();
    assertThat(sessions.find(second.id(), ANNA)).isEmpty();
  }

  @Test
  void cancellingInterruptsTheRequestAndNoOther() {
    var session = sessions.open(ANNA);
    var one = Json.MAPPER.readTree("1");

    session.cancel(one);
    assertThat(Thread.interrupted()).isFalse();
    try (var _ = session.running(one)) {
      session.cancel(Json.MAPPER.readTree("2"));
      assertThat(Thread.interrupted()).isFalse();
      session.cancel(one);
      assertThat(Thread.interrupted()).isTrue();
    }
    session.cancel(one);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void anEndedSessionIsGone() {
    var session = sessions.open(ANNA);

    sessions.end(session);

    assertThat(sessions.find(session.id(), ANNA)).isEmpty();
  }
}
