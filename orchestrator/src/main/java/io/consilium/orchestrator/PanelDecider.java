package io.consilium.orchestrator;

import io.consilium.expert.Compositions;
import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a panel where the policy is {@link Policies#PANEL}, whatever else would be more useful: of
 * the pinned experts, else of the three most likely to be right among those who answer in words.
 * Where there are no two the decision stays as it was; under every other policy a panel that the
 * router planned is fused as the policy says. Where the expert that the aggregator asks is absent,
 * excluded or too dear, votes are weighed. Under a risk the router decides alone, for no other
 * panel is known to keep it.
 */
public final class PanelDecider implements Decider {
  private static final int MEMBERS = 3;
  private static final int FALLBACKS = 3;

  private static final int USUAL_ANSWER_TOKENS = 256;

  private final Decider router;
  private final String aggregator;

  /**
   * Panels of the experts whom {@code router} finds able to answer.
   *
   * @param aggregator how their answers become one where the policy does not say, as plans write it
   */
  public PanelDecider(Decider router, String aggregator) {
    this.router = router;
    this.aggregator = aggregator;
  }

  @Override
  public Decided decide(Question question, Roster roster) {
    var decided = router.decide(question, roster);
    var policy = question.terms().policy();
    // what keeps a risk was practised by the router: no panel is made beside that
    if (!policy.name().equals(Policies.PANEL.name()) || policy.contract()) {
      return fused(decided, policy, roster);
    }
    var route = decided.route();
    var wished = policy.aggregator().isEmpty() ? aggregator : policy.aggregator();
    var able = able(route, roster, policy);
    int most = policy.pin().isEmpty() ? MEMBERS : able.size();
    double budget = question.terms().budgetUsd();
    var fusing = wished;
    var members =
        affordable(
            able, most, budget - helperUsd(wished, roster, policy, decided.profile().tokens()));
    var without = "";
    if (members.size() < 2) {
      members = affordable(able, most, budget);
      fusing = Plan.WEIGHTED_VOTE;
      without = without(wished);
    }
    if (members.size() < 2) {
      return decided;
    }
    var chosen = members;
    var fallbacks =
        able.stream()
            .map(Forecast::expert)
            .filter(id -> !chosen.contains(id))
            .limit(FALLBACKS)
            .toList();
    return new Decided(
        decided.profile(),
        new Route(
            Compositions.of(roster)
                .byId(new Plan.Panel(chosen, fusing, chosen.size(), 0, fallbacks))
                .ofKind(decided.kind()),
            route.forecasts(),
            route.excluded(),
            1,
            route.seed(),
            route.routerVersion(),
            route.snapshot(),
            "the policy asks for a panel: the %d most likely to be right%s"
                .formatted(chosen.size(), without)),
        decided.kind());
  }

  /** A panel that the router planned, fused as the policy says. */
  private Decided fused(Decided decided, Policy policy, Roster roster) {
    var route = decided.route();
    var wished = policy.aggregator();
    if (wished.isEmpty() || !(route.plan() instanceof Plan.Panel panel)) {
      return decided;
    }
    boolean able =
        !Double.isInfinite(helperUsd(wished, roster, policy, decided.profile().tokens()));
    return new Decided(
        decided.profile(),
        new Route(
            able
                ? Compositions.of(roster)
                    .byId(
                        new Plan.Panel(
                            panel.members(),
                            wished,
                            panel.quorum(),
                            panel.millis(),
                            panel.fallbacks(),
                            panel.hedge(),
                            panel.kind()))
                : panel,
            route.forecasts(),
            route.excluded(),
            route.propensity(),
            route.seed(),
            route.routerVersion(),
            route.snapshot(),
            route.why() + (able ? "; fused by " + wished + " as asked" : without(wished))),
        decided.kind());
  }

  private static String without(String wished) {
    return "; votes are weighed, for " + wished + " is absent, excluded or too dear";
  }

  /** What the aggregator's own expert is expected to cost; infinite where it may not be asked. */
  private static double helperUsd(String wished, Roster roster, Policy policy, int tokens) {
    int colon = wished.indexOf(':');
    if (colon < 0) {
      return 0;
    }
    return roster
        .find(wished.substring(colon + 1))
        .map(Roster.Seat::card)
        .filter(card -> policy.exclude().stream().noneMatch(card::answersTo))
        .map(card ->
            card.price().of(new Usage((MEMBERS + 1L) * tokens, USUAL_ANSWER_TOKENS, 0, 0, true)))
        .orElse(Double.POSITIVE_INFINITY);
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
    return roster.find(id).filter(seat -> seat.card().kind().writes()).isPresent();
  }
}
