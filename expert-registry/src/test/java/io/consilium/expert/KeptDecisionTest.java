package io.consilium.expert;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.testing.TestDecisions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class KeptDecisionTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00.123456789Z");

  private static Stream<Decision> all() {
    return Stream.of(
        TestDecisions.answered("dec_1", NOON, "calculator"),
        TestDecisions.answered("dec_2", NOON, "calculator", "general"),
        TestDecisions.answered("dec_3", NOON),
        TestDecisions.failed("dec_4", NOON, FailureKind.TIMEOUT, "general", "calculator"),
        TestDecisions.decision("dec_5", NOON, "half \ud800 pair", "nul \u0000 \"q\"\n", null, "a"),
        bare(TestDecisions.failed("dec_6", NOON, FailureKind.NO_EXPERT)),
        unlike(TestDecisions.answered("dec_7", NOON, "calculator")));
  }

  /** Without contents, keys and conversations. */
  private static Decision bare(Decision whole) {
    var failed =
        new Decision.Told(
            "general",
            2,
            null,
            3,
            null,
            0,
            new Decision.Failure(FailureKind.TIMEOUT, "too slow"),
            null);
    return new Decision(
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
        List.of(failed, new Decision.Told("calculator", 1, 0.5, 1, Usage.NONE, 1e-9, null, null)),
        null,
        null,
        1e-9,
        123456.25,
        0,
        List.of(new Decision.Told("general", 2, 0.85, 3, Usage.NONE, 0.25, null, "85")),
        new Decision.Cached(Caching.SEMANTIC, "dec_0", whole.at(), 0.9, 0.5),
        List.of(new Decision.Noted("note_1", Note.Kind.FACT, 0.5, 0.25)),
        List.of(new Decision.Shown("calculator", "general", 0.5)));
  }

  /** With a reply that is not the answer. */
  private static Decision unlike(Decision whole) {
    return whole.with(
        List.of(
            whole.replies().getFirst(),
            new Decision.Told("b", 1, 0.5, 1, Usage.NONE, 0, null, "410")));
  }

  @Test
  void itsJsonIsWhatTheMapperMakesOfTheDecision() {
    all()
        .forEach(decision -> {
          var expected = (ObjectNode) Json.MAPPER.readTree(Json.bytes(decision));
          for (var told : expected.withArray("replies")) {
            if (told.get("text").equals(expected.get("answer"))) {
              ((ObjectNode) told).putNull("text");
            }
          }
          assertThat(KeptDecision.of(decision).json())
              .asString()
              .isEqualTo(new String(Json.bytes(expected), StandardCharsets.UTF_8));
        });
  }

  @Test
  void itIsReadBackAsItWas() {
    all()
        .forEach(decision -> {
          var kept = KeptDecision.of(decision);
          assertThat(kept.decision()).isEqualTo(decision);
          assertThat(KeptDecision.decision(kept.text())).isEqualTo(decision);
          assertThat(KeptDecision.read(kept.json())).usingRecursiveComparison().isEqualTo(kept);
        });
  }

  @Test
  void whatAnEarlierVersionKeptIsReadAsWell() {
    all()
        .forEach(decision ->
            assertThat(KeptDecision.read(Json.bytes(decision)).decision()).isEqualTo(decision));
  }

  @Test
  void itIsOneLineAndSaysTheAnswerOnce() {
    var kept = KeptDecision.of(TestDecisions.answered("dec_1", NOON, "calculator"));
    assertThat(kept.text()).containsOnlyOnce("409.5\"").doesNotContain("\n");
    assertThat(kept.json()).isEqualTo(kept.text().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void everyoneAskedIsNamedOnce() {
    var decision = TestDecisions.answered("dec_1", NOON, "b", "a", "b");
    assertThat(KeptDecision.of(decision).experts()).containsExactly("b", "a");
    assertThat(KeptDecision.of(TestDecisions.answered("dec_2", NOON)).experts()).isEmpty();
  }

  @Test
  void oneKeptBeforePlansWereExploredAndEvidenceBoughtIsReadAsWithout() {
    var node = (ObjectNode) Json.MAPPER.readTree(Json.bytes(all().findFirst().orElseThrow()));
    ((ObjectNode) node.get("route")).remove("choices");
    node.remove("bought");

    var read = KeptDecision.decision(node.toString());
    assertThat(read.route().choices()).isEmpty();
    assertThat(read.bought()).isEmpty();
  }
}
