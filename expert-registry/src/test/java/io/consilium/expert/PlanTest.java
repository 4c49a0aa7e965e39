package io.consilium.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlanTest {
  static List<Plan> everyPlan() {
    return List.of(
        new Plan.One("a", List.of("b")),
        new Plan.Cascade(List.of("a", "b"), 0.4, "history", List.of("c")),
        new Plan.Panel(List.of("a", "b", "c"), Plan.WEIGHTED_VOTE, 2, 5_000, List.of()),
        new Plan.Chain(List.of("a", "a"), List.of("b")),
        new Plan.Abstain("nobody knows"));
  }

  @ParameterizedTest
  @MethodSource("everyPlan")
  void everyPlanComesBackFromJson(Plan plan) {
    var json = Json.MAPPER.valueToTree(plan);

    assertThat(json.path("type").asString("")).isEqualTo(plan.type());
    assertThat(Json.MAPPER.treeToValue(json, Plan.class)).isEqualTo(plan);
  }

  @Test
  void aPlanOnRecordWithoutAHedgeIsRead() {
    var plan =
        Json.MAPPER.readValue(
            "{\"type\":\"panel\",\"members\":[\"a\",\"b\"],\"aggregator\":\"x\",\"quorum\":2,\"millis\":0,\"fallbacks\":[]}",
            Plan.class);

    assertThat(plan).isEqualTo(new Plan.Panel(List.of("a", "b"), "x", 2, 0, List.of()));
    assertThat(Json.MAPPER.valueToTree(plan).has("hedge")).isFalse();
  }

  @Test
  void aHedgeAtThe95thPercentileTakesTheTimesMeasured() {
    var one = new Plan.One("a", List.of("b"), Plan.AT_P95);
    var panel = new Plan.Panel(List.of("a", "b"), "x", 2, 0, List.of("c"), Plan.AT_P95, "history");

    assertThat(one.hedged(id -> id.equals("a") ? 120.2 : 900))
        .as("its own")
        .isEqualTo(new Plan.One("a", List.of("b"), 121L));
    assertThat(panel.hedged(id -> id.equals("a") ? 120 : 300))
        .as("that of the slowest member")
        .isEqualTo(new Plan.Panel(List.of("a", "b"), "x", 2, 0, List.of("c"), 300L, "history"));
    assertThat(panel.hedged(id -> id.equals("a") ? 120 : 0))
        .as("too few answers of b to tell")
        .isEqualTo(new Plan.Panel(List.of("a", "b"), "x", 2, 0, List.of("c"), null, "history"));
    assertThat(new Plan.One("a", List.of("b"), 50L).hedged(id -> 300))
        .as("a time of one's own stays")
        .isEqualTo(new Plan.One("a", List.of("b"), 50L));
  }

  @Test
  void aPlanLearnsTheKindOfItsQuestionOnce() {
    var panel = new Plan.Panel(List.of("a", "b"), "x", 2, 0, List.of());

    assertThat(panel.ofKind("crux").kind()).isEqualTo("crux");
    assertThat(panel.ofKind("crux").ofKind("gsm").kind()).isEqualTo("crux");
    assertThat(panel.ofKind("crux").among(id -> true).renamed(id -> id + "1").kind())
        .isEqualTo("crux");
    assertThat(new Plan.Cascade(List.of("a", "b"), 0, "", List.of()).ofKind("gsm").kind())
        .isEqualTo("gsm");
    assertThat(new Plan.One("a", List.of()).ofKind("gsm").kind()).isEmpty();
  }

  @Test
  void leavesPeopleOut() {
    var panel = new Plan.Panel(List.of("a", "b", "c"), "x", 3, 0, List.of("d"));

    assertThat(panel.among(id -> !id.equals("b")))
        .isEqualTo(new Plan.Panel(List.of("a", "c"), "x", 2, 0, List.of("d")));
    assertThat(panel.among(id -> id.equals("b") || id.equals("d")))
        .isEqualTo(new Plan.One("b", List.of("d")));
    assertThat(new Plan.One("a", List.of("b"), 50L).among(id -> id.equals("b")))
        .isEqualTo(new Plan.One("b", List.of(), 50L));
    assertThat(panel.among(id -> false)).isInstanceOf(Plan.Abstain.class);
  }

  @Test
  void anAggregatorsOwnExpertIsNamedRenamedAndLeftOut() {
    var panel = new Plan.Panel(List.of("a", "b"), "synthesis:w", 2, 0, List.of());

    assertThat(panel.helper()).contains("w");
    assertThat(panel.renamed(id -> id + "1"))
        .isEqualTo(new Plan.Panel(List.of("a1", "b1"), "synthesis:w1", 2, 0, List.of()));
    assertThat(panel.among(id -> !id.equals("w")))
        .isEqualTo(new Plan.Panel(List.of("a", "b"), Plan.WEIGHTED_VOTE, 2, 0, List.of()));
    assertThat(new ExpertKind.Composition(panel, 0).members()).containsExactly("a", "b", "w");
  }

  @Test
  void aPanelNeedsTwoDifferentMembersAndAQuorumAmongThem() {
    assertThatThrownBy(() -> new Plan.Panel(List.of("a"), "x", 1, 0, List.of()))
        .hasMessageContaining("at least 2 different members");
    assertThatThrownBy(() -> new Plan.Cascade(List.of("a", "a"), 0, "", List.of()))
        .hasMessageContaining("at least 2 different members");
    assertThatThrownBy(() -> new Plan.Panel(List.of("a", "b"), "x", 0, 0, List.of()))
        .hasMessageContaining("quorum");
    assertThatThrownBy(() -> new Plan.Cascade(List.of("a", "b"), 1.5, "", List.of()))
        .hasMessageContaining("between 0 and 1");
  }

  @Test
  void namesEveryoneItMayAskFallbacksLast() {
    assertThat(everyPlan())
        .extracting(Plan::experts)
        .containsExactly(
            List.of("a", "b"),
            List.of("a", "b", "c"),
            List.of("a", "b", "c"),
            List.of("a", "a", "b"),
            List.of());
  }
}
