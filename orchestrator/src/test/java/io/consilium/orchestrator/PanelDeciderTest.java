package io.consilium.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PanelDeciderTest {
  private static final List<String> EXPERTS = List.of("a", "b", "c", "d");

  @Test
  void thePanelIsFusedAsConfigured() {
    assertThat(panel("weighted_vote", Policies.PANEL).aggregator()).isEqualTo("weighted_vote");
    var panel = panel("synthesis:writer", Policies.PANEL);
    assertThat(panel.aggregator()).isEqualTo("synthesis:writer");
    assertThat(panel.members()).containsExactly("a", "b", "c");
    assertThat(panel.fallbacks()).containsExactly("d");
  }

  @Test
  void votesAreWeighedWhereTheWriterIsAbsentOrExcludedAndTheDecisionSaysSo() {
    for (var route :
        List.of(
            route("synthesis:nobody", Policies.PANEL),
            route("synthesis:writer", Policies.PANEL.among(List.of(), Set.of("writer"))))) {
      assertThat(((Plan.Panel) route.plan()).aggregator()).isEqualTo(Plan.WEIGHTED_VOTE);
      assertThat(route.why()).contains("votes are weighed, for synthesis:");
    }
    assertThat(route("synthesis:writer", Policies.PANEL).why()).doesNotContain("weighed");
  }

  @Test
  void anotherPolicyIsLeftAlone() {
    assertThat(route("synthesis:writer", Policy.BALANCED).plan()).isInstanceOf(Plan.One.class);
  }

  @Test
  void underARiskTheRouterDecidesForNoOtherPanelIsKnownToKeepIt() {
    var panel = Policies.PANEL;
    var careful =
        new Policy(
            panel.name(),
            panel.value(),
            panel.priceWeight(),
            panel.secondUsd(),
            panel.minimum(),
            List.of(),
            Set.of(),
            0.05,
            1);

    assertThat(route("weighted_vote", careful).plan()).isInstanceOf(Plan.One.class);
  }

  @Test
  void aPolicySaysHowItsPanelsAreFused() {
    var wished = Policies.PANEL.fusedBy("majority_vote");
    assertThat(panel("synthesis:writer", wished).aggregator()).isEqualTo("majority_vote");
    assertThat(panel("weighted_vote", Policies.PANEL.fusedBy("synthesis:writer")).aggregator())
        .isEqualTo("synthesis:writer");
    assertThat(route("weighted_vote", Policies.PANEL.fusedBy("synthesis:nobody")).why())
        .contains("votes are weighed, for synthesis:nobody");
  }

  @Test
  void aPanelThatTheRouterPlannedIsFusedAsItsPolicySays() {
    var planned =
        new Plan.Panel(List.of("a", "b"), Plan.WEIGHTED_VOTE, 2, 0, List.of(), null, "gsm");
    var asWished = route("weighted_vote", Policy.BALANCED.fusedBy("majority_vote"), planned, "");
    assertThat(asWished.plan())
        .isEqualTo(
            new Plan.Panel(List.of("a", "b"), "majority_vote", 2, 0, List.of(), null, "gsm"));
    assertThat(asWished.why()).contains("fused by majority_vote as asked");
    var without = route("weighted_vote", Policy.BALANCED.fusedBy("best_of:nobody"), planned, "");
    assertThat(without.plan()).isEqualTo(planned);
    assertThat(without.why()).contains("votes are weighed, for best_of:nobody");
    assertThat(route("majority_vote", Policy.BALANCED, planned, "").plan()).isEqualTo(planned);
  }

  @Test
  void aPanelKnowsTheKindOfItsQuestion() {
    var route =
        route("weighted_vote", Policies.PANEL, new Plan.One("a", List.of()), "multiple-choice");
    assertThat(route.plan().kind()).isEqualTo("multiple-choice");
  }

  private static Plan.Panel panel(String aggregator, Policy policy) {
    return (Plan.Panel) route(aggregator, policy).plan();
  }

  private static Route route(String aggregator, Policy policy) {
    return route(aggregator, policy, new Plan.One("a", List.of()), "");
  }

  private static Route route(String aggregator, Policy policy, Plan routed, String kind) {
    List<ExpertCard> cards =
        Stream.concat(EXPERTS.stream(), Stream.of("writer")).map(ScriptedExpert::card).toList();
    var forecasts =
        EXPERTS.stream()
            .map(id -> new Forecast(id, 0.9 - EXPERTS.indexOf(id) / 10.0, 0, 1, 0, 0, List.of()))
            .toList();
    Decider router =
        (question, roster) ->
            new Decider.Decided(
                new Decision.Profile("h", 10, 3, List.of(), List.of(), 0),
                new Route(routed, forecasts, List.of(), 1, 0, "test", "s", "why"),
                kind);
    var terms = Terms.within(Duration.ofMinutes(1), Instant.EPOCH).under(policy);
    return new PanelDecider(router, aggregator)
        .decide(Question.of("Describe it.", terms), Roster.of("s", cards))
        .route();
  }
}
