package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Caching;
import io.consilium.expert.Decision;
import io.consilium.expert.FailureKind;
import io.consilium.expert.KeptDecision;
import io.consilium.expert.testing.TestDecisions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What decisions add up to, on any database. */
abstract class TrafficContract {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final Instant ONE = NOON.plusSeconds(3600);
  private static final Duration STEP = Duration.ofMinutes(10);

  private JdbcTraffic traffic = new JdbcTraffic(database());

  /** An empty database. */
  abstract Database database();

  /** Two answers of a (one of b besides) in the first step, a failure in the third, one outside. */
  @BeforeEach
  void fill() {
    var database = database();
    traffic = new JdbcTraffic(database);
    new JdbcDecisions(database)
        .keep(
            TestDecisions.kept(
                TestDecisions.answered("dec_1", NOON, "a"),
                TestDecisions.answered("dec_2", NOON.plusSeconds(599), "a", "b"),
                TestDecisions.failed("dec_3", NOON.plusSeconds(1300), FailureKind.TIMEOUT, "b"),
                TestDecisions.answered("dec_4", NOON.plusSeconds(1400)),
                TestDecisions.answered("dec_5", ONE, "a")));
  }

  @Test
  void sumsCountAnswersFailuresAndAbstentions() {
    var sums = traffic.over(NOON, ONE, STEP).total();

    assertThat(sums.requests()).isEqualTo(4);
    assertThat(sums.failed()).isEqualTo(1);
    assertThat(sums.abstained()).isEqualTo(1);
    var one = TestDecisions.answered("dec_1", NOON, "a");
    assertThat(sums.p50()).isCloseTo(one.millis(), within(1e-9));
    assertThat(sums.own99()).isCloseTo(one.overheadMillis(), within(1e-9));
  }

  @Test
  void answersOfTheCacheAreCounted() {
    var made = TestDecisions.answered("dec_6", NOON, "a");
    var again =
        new Decision(
            made.id(),
            made.at(),
            made.tenant(),
            null,
            null,
            made.model(),
            made.policy(),
            null,
            made.profile(),
            made.route(),
            List.of(),
            null,
            null,
            0,
            1,
            1,
            List.of(),
            new Decision.Cached(Caching.EXACT, "dec_1", NOON, 1, 0.001),
            List.of(),
            List.of());
    var database = database();
    new JdbcDecisions(database).keep(List.of(KeptDecision.of(again)));

    assertThat(new JdbcTraffic(database).over(NOON, ONE, STEP).total().cached()).isEqualTo(1);
  }

  @Test
  void nothingAddsUpToNothing() {
    var none = traffic.over(NOON.minusSeconds(60), NOON, STEP);

    assertThat(none.total())
        .isEqualTo(new JdbcTraffic.Sums(0, 0, 0, 0, 0, null, null, null, null, null, null));
    assertThat(none.steps()).isEmpty();
    assertThat(none.work()).isEmpty();
    assertThat(none.uses()).isEmpty();
  }

  @Test
  void percentilesLieBetweenTheirNeighbours() {
    var database = database();
    var store = new JdbcDecisions(database);
    for (int i = 1; i <= 4; i++) { // 10, 20, 30, 40 ms
      var one = KeptDecision.of(TestDecisions.answered("dec_" + i, NOON, "a"));
      store.keep(
          List.of(
              new KeptDecision(
                  one.id(),
                  one.at(),
                  one.tenant(),
                  one.key(),
                  one.model(),
                  one.policy(),
                  one.plan(),
                  one.usd(),
                  10 * i,
                  i,
                  null,
                  one.asked(),
                  one.json())));
    }
    var sums = new JdbcTraffic(database).over(NOON, ONE, STEP).total();

    assertThat(sums.p50()).isCloseTo(25, within(1e-9));
    assertThat(sums.p99()).isCloseTo(39.7, within(1e-9));
    assertThat(sums.own50()).isCloseTo(2.5, within(1e-9));
    assertThat(sums.upstream50()).isCloseTo(22.5, within(1e-9)); // of 9, 18, 27, 36
    assertThat(sums.upstream99()).isCloseTo(35.73, within(1e-9));
  }

  @Test
  void whereNobodyWasAskedNobodyWasWaitedFor() {
    var abstained = traffic.over(NOON.plusSeconds(1400), ONE, STEP).total();

    assertThat(abstained.requests()).isEqualTo(1);
    assertThat(abstained.own50()).isNotNull();
    assertThat(abstained.upstream50()).isNull();
    assertThat(abstained.upstream99()).isNull();
  }

  @Test
  void stepsBeginAtWholeMultiplesOfTheirLength() {
    assertThat(traffic.over(NOON, ONE, STEP).steps())
        .extracting(JdbcTraffic.Step::at, step -> step.sums().requests())
        .containsExactly(tuple(NOON, 2L), tuple(NOON.plusSeconds(1200), 2L));
  }

  @Test
  void whoeverWasAskedIsCountedWithItsOwnPrice() {
    var work = traffic.over(NOON, ONE, STEP).work();

    assertThat(work)
        .extracting(JdbcTraffic.Work::expert, JdbcTraffic.Work::calls)
        .containsExactly(tuple("a", 2L), tuple("b", 1L), tuple("b", 1L));
    assertThat(work.getFirst().usd()).isCloseTo(0.002, within(1e-12));
    assertThat(work.getFirst().millis()).isCloseTo(24, within(1e-9));
  }

  @Test
  void useIsCountedByKey() {
    assertThat(traffic.over(NOON, ONE, STEP).uses())
        .singleElement()
        .satisfies(use -> {
          assertThat(use.key()).isEqualTo("key_1");
          assertThat(use.requests()).isEqualTo(4);
        });
  }
}
