package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.KeptDecision;
import io.consilium.expert.testing.TestDecisions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the decisions on record do, on any database. */
abstract class DecisionsContract {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00.123456789Z");

  private final Database database = database();
  private JdbcDecisions decisions = new JdbcDecisions(database);

  /** An empty database. */
  abstract Database database();

  @BeforeEach
  void open() {
    decisions = new JdbcDecisions(database());
  }

  private static List<String> ids(Page<Decision> page) {
    return page.data().stream().map(Decision::id).toList();
  }

  @Test
  void aDecisionIsReadBackAsItWasKept() {
    var decision = TestDecisions.answered("dec_1", NOON, "calculator", "general");
    decisions.keep(TestDecisions.kept(decision));

    assertThat(decisions.find("dec_1")).hasValue(decision);
    assertThat(decisions.find("dec_2")).isEmpty();
  }

  @Test
  void whatIsNotRecordedStaysAway() {
    var whole = TestDecisions.failed("dec_1", NOON, FailureKind.TIMEOUT);
    var bare =
        new Decision(
            whole.id(),
            whole.at(),
            whole.tenant(),
            null,
            null,
            whole.model(),
            whole.policy(),
            null,
            whole.profile(),
            whole.route(),
            List.of(),
            null,
            whole.failure(),
            0,
            0,
            0);
    decisions.keep(TestDecisions.kept(bare));

    assertThat(decisions.find("dec_1")).hasValue(bare);
  }

  @Test
  void theSameBatchTwiceIsKeptOnce() {
    var first = TestDecisions.answered("dec_1", NOON, "a");
    var second = TestDecisions.answered("dec_2", NOON.plusSeconds(1), "b");
    decisions.keep(TestDecisions.kept(first));
    decisions.keep(TestDecisions.kept(first, second, second));
    decisions.keep(List.of());

    assertThat(ids(decisions.list(JdbcDecisions.Filter.ALL, 10, null)))
        .containsExactly("dec_2", "dec_1");
  }

  @Test
  void pagesGoBackInTimeAndMissNothing() {
    List<Decision> all = new ArrayList<>();
    for (int i = 0; i < 25; i++) { // five at each moment, so that ties are crossed
      all.add(TestDecisions.answered("dec_%02d".formatted(i), NOON.plusSeconds(i / 5), "a"));
    }
    List<Decision> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, new Random(7));
    decisions.keep(TestDecisions.kept(shuffled));

    List<String> seen = new ArrayList<>();
    String mark = null;
    do {
      var page = decisions.list(JdbcDecisions.Filter.ALL, 4, mark);
      assertThat(page.data()).hasSizeLessThanOrEqualTo(4);
      seen.addAll(ids(page));
      mark = page.next();
    } while (mark != null);

    assertThat(seen).containsExactlyElementsOf(all.reversed().stream().map(Decision::id).toList());
  }

  @Test
  void thePageThatHoldsTheLastDecisionSaysSo() {
    decisions.keep(
        TestDecisions.kept(
            TestDecisions.answered("dec_1", NOON, "a"),
            TestDecisions.answered("dec_2", NOON, "a")));

    assertThat(decisions.list(JdbcDecisions.Filter.ALL, 2, null).next()).isNull();
    assertThat(decisions.list(JdbcDecisions.Filter.ALL, 1, null).next()).isNotNull();
  }

  @Test
  void decisionsAreFoundByExpertModelTenantTimeAndFailure() {
    decisions.keep(
        TestDecisions.kept(
            TestDecisions.answered("dec_1", NOON, "calculator"),
            TestDecisions.failed(
                "dec_2", NOON.plusSeconds(1), FailureKind.ALL_FAILED, "general", "calculator"),
            TestDecisions.decision(
                "dec_3", NOON.plusSeconds(2), "acme", "consilium/economy", null, "general")));

    assertThat(found("calculator", null, null, null, null, null)).containsExactly("dec_2", "dec_1");
    assertThat(found(null, "consilium/economy", null, null, null, null)).containsExactly("dec_3");
    assertThat(found(null, null, "acme", null, null, null)).containsExactly("dec_3");
    assertThat(found(null, null, null, NOON.plusSeconds(1), NOON.plusSeconds(2), null))
        .containsExactly("dec_2");
    assertThat(found(null, null, null, null, null, true)).containsExactly("dec_2");
    assertThat(found(null, null, null, null, null, false)).containsExactly("dec_3", "dec_1");
    assertThat(found("general", null, "default", null, null, true)).containsExactly("dec_2");
    assertThat(found("nobody", null, null, null, null, null)).isEmpty();
  }

  private List<String> found(
      @Nullable String expert,
      @Nullable String model,
      @Nullable String tenant,
      @Nullable Instant from,
      @Nullable Instant to,
      @Nullable Boolean failed) {
    return ids(
        decisions.list(
            new JdbcDecisions.Filter(expert, model, tenant, from, to, failed, null, null),
            10,
            null));
  }

  @Test
  void decisionsAreFoundByWhatWasSaidInThem() {
    decisions.keep(
        List.of(
            asking("dec_1", NOON, "50% \"off\""),
            asking("dec_2", NOON.plusSeconds(1), "50 of_f"),
            asking("dec_3", NOON.plusSeconds(2), "none")));

    assertThat(saying("OFF")).containsExactly("dec_1");
    assertThat(saying("of_")).containsExactly("dec_2");
    assertThat(saying("50% \"o")).containsExactly("dec_1");
    assertThat(saying("50")).containsExactly("dec_2", "dec_1");
    assertThat(saying("409.5")).as("the answer").containsExactly("dec_3", "dec_2", "dec_1");
    assertThat(saying("dec_1")).as("nobody said its id").isEmpty();
    assertThat(saying("calculator")).as("nor its expert").isEmpty();
  }

  @Test
  void whatWasSaidIsFoundPageByPage() {
    List<KeptDecision> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(asking("dec_" + i, NOON.plusSeconds(i), i == 2 ? "other" : "wanted"));
    }
    decisions.keep(all);
    var filter = new JdbcDecisions.Filter(null, null, null, null, null, null, null, "wanted");

    var first = decisions.list(filter, 3, null);
    var second = decisions.list(filter, 3, first.next());

    assertThat(ids(first)).containsExactly("dec_4", "dec_3", "dec_1");
    assertThat(ids(second)).containsExactly("dec_0");
    assertThat(second.next()).isNull();
  }

  @Test
  void aSearchReportsHowFarItLookedThoughItFoundNothing() {
    List<KeptDecision> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(asking("dec_" + i, NOON.plusSeconds(i / 2), i == 3 || i == 2 ? "wanted" : "other"));
    }
    var filter = new JdbcDecisions.Filter(null, null, null, null, null, null, null, "wanted");
    var near = new JdbcDecisions(database(), Sampling.NONE, 4);
    near.keep(all);

    var first = near.list(filter, 3, null);
    var second = near.list(filter, 3, first.next());
    var third = near.list(filter, 3, second.next());

    assertThat(ids(first)).isEmpty();
    assertThat(ids(second)).containsExactly("dec_3", "dec_2");
    assertThat(ids(third)).isEmpty();
    assertThat(third.next()).isNull();
  }

  private static KeptDecision asking(String id, Instant at, String question) {
    var usual = TestDecisions.answered(id, at, "calculator");
    return KeptDecision.read(
        KeptDecision.of(usual)
            .text()
            .replace(
                Json.MAPPER.writeValueAsString(usual.question()),
                Json.MAPPER.writeValueAsString(question))
            .getBytes(StandardCharsets.UTF_8));
  }

  private List<String> saying(String text) {
    return ids(
        decisions.list(
            new JdbcDecisions.Filter(null, null, null, null, null, null, null, text), 10, null));
  }

  @Test
  void textsNoDatabaseTakesAreKeptAllTheSame() {
    var nul = "a\u0000b";
    var half = "half \ud800 pair";
    decisions.keep(
        TestDecisions.kept(
            TestDecisions.decision("dec_1", NOON, nul, half, null, "a"),
            TestDecisions.decision("dec_2", NOON, "default", "x".repeat(100_000), null, "a")));

    assertThat(decisions.find("dec_1")).get().extracting(Decision::tenant).isEqualTo(nul);
    assertThat(decisions.find("dec_2"))
        .get()
        .extracting(decision -> decision.model().length())
        .isEqualTo(100_000);
  }

  @Test
  void aWrongPageMarkOrLimitIsTheCallersFault() {
    for (var mark : List.of("x", "%%%", "bm90IGEgbnVtYmVy", "")) {
      assertThatThrownBy(() -> decisions.list(JdbcDecisions.Filter.ALL, 10, mark))
          .isInstanceOfSatisfying(
              ExpertException.class,
              e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
          .hasMessageContaining("'after'");
    }
    for (var limit : List.of(0, -1, JdbcDecisions.MOST + 1)) {
      assertThatThrownBy(() -> decisions.list(JdbcDecisions.Filter.ALL, limit, null))
          .hasMessageContaining("limit");
    }
  }
}
