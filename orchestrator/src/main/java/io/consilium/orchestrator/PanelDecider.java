package io.consilium.orchestrator;

import io.consilium.expert.ExpertKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a panel where the policy is {@link Policies#PANEL}, whatever else would be more useful: of
 * the pinned experts, else of the three most likely to be right among those who answer in words.
 * Where there are no two, and under every other policy, the decision stays as it was.
 */
public final class PanelDecider implements Decider {
  private static final int MEMBERS = 3;
  private static final int FALLBACKS = 3;

  private final Decider router;

  /** Panels of the experts whom {@code router} finds able to answer. */
  public PanelDecider(Decider router) {
    this.router = router;
  }

  @Override
  public Decided decide(Question question, Roster roster) {
    var decided = router.decide(question, roster);
    var policy = question.terms().policy();
    if (!policy.name().equals(Policies.PANEL.name())) {
      return decided;
    }
    var route = decided.route();
    var able = able(route, roster, policy);
    var members =
        affordable(
            able, policy.pin().isEmpty() ? MEMBERS : able.size(), question.terms().budgetUsd());
    if (members.size() < 2) {
      return decided;
    }
    var fallbacks =
        able.stream()
            .map(Forecast::expert)
            .filter(id -> !members.contains(id))
            .limit(FALLBACKS)
            .toList();
    return new Decided(
        decided.profile(),
        new Route(
            new Plan.Panel(members, Plan.WEIGHTED_VOTE, members.size(), 0, fallbacks),
            route.forecasts(),
            route.excluded(),
            1,
            route.seed(),
            route.routerVersion(),
            route.snapshot(),
            "the policy asks for a panel: the %d most likely to be right"
                .formatted(members.size())));
  }

  /** Who may answer, most likely to be right first. */
  private static List<Forecast> able(Route route, Roster roster, Policy policy) {
    Set<String> excluded = new HashSet<>();
    route.excluded().forEach(each -> excluded.add(each.expert()));
    return route.forecasts().stream()
        .filter(each -> !excluded.contains(each.expert()))
        .filter(each -> !policy.pin().isEmpty() || writes(each.expert(), roster))
        .sorted(Comparator.comparingDouble(Forecast::p).reversed().thenComparing(Forecast::expert))
        .toList();
  }

  /** The first whose prices together keep within the budget. */
  private static List<String> affordable(List<Forecast> able, int most, double budget) {
    List<String> members = new ArrayList<>();
    double usd = 0;
    for (var each : able) {
      if (members.size() < most && usd + each.usd() <= budget) {
        usd += each.usd();
        members.add(each.expert());
      }
    }
    return members;
  }

  private static boolean writes(String id, Roster roster) {
    return roster
        .find(id)
        .map(seat ->
            switch (seat.card().kind()) {
              case ExpertKind.Llm llm -> true;
              case ExpertKind.Adapter adapter -> true;
              case ExpertKind.Variant variant -> true;
              case ExpertKind.Composition composition -> true;
              case ExpertKind.Classifier classifier -> false;
              case ExpertKind.Tool tool -> false;
              case ExpertKind.Retriever retriever -> false;
            })
        .orElse(false);
  }
}
