package io.consilium.router.planner;

import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The programmes that may answer a question, each with what it is expected to come to: every expert
 * alone, the best cascade, panels of three and five. How experts fail together is measured, never
 * assumed independent.
 *
 * <p>A cascade or panel is offered only while it lies on the cost-of-pass frontier (Erol et al.,
 * "Cost-of-Pass", 2025): no other programme is as likely right at no more price and time.
 */
public final class Programmes {
  /** Experts among whom cascades and panels are sought; the best programmes seldom need more. */
  static final int SHORTLIST = 5;

  /** Replies looked ahead: two cheap ones that may agree, and a strong one if they do not. */
  static final int DEPTH = 3;

  /** How much price counts against P(correct) when the shortlist is drawn: several tastes. */
  private static final double[] TASTES = {1, 0.3, 3, 0.1, 10, 0, 30};

  private final CoFailure coFailure;

  public Programmes(CoFailure coFailure) {
    this.coFailure = coFailure;
  }

  /**
   * A programme and what it is expected to come to.
   *
   * @param plan without fallbacks
   * @param p P(its answer is right)
   * @param usd its price
   * @param millis its time
   * @param utility under the policy
   * @param spread standard deviation of {@code p} by what is not known of an expert alone; 0 for
   *     several, and where no use is followed
   */
  public record Offer(
      Plan plan, double p, double usd, double millis, double utility, double spread) {}

  /** How experts fail together. */
  public CoFailure coFailure() {
    return coFailure;
  }

  /** An expert alone. */
  public static Offer alone(Forecast forecast, Policy policy) {
    return new Offer(
        new Plan.One(forecast.expert(), List.of()),
        forecast.p(),
        forecast.usd(),
        forecast.millis(),
        utility(forecast.p(), forecast.usd(), forecast.millis(), 1, policy),
        forecast.spread());
  }

  private static double utility(double p, double usd, double millis, double asks, Policy policy) {
    return policy.value() * (p - asks * Lookahead.CALL)
        - policy.priceWeight() * usd
        - policy.secondUsd() * millis / 1_000;
  }

  /**
   * Cascades and panels of these candidates, those on the frontier.
   *
   * @param candidates who may be asked; their answers can be compared
   * @param kind the kind of question, as guessed; "" when unknown
   * @param budget the most all calls together may be expected to cost
   */
  public List<Offer> together(
      List<Forecast> candidates, Policy policy, String kind, double budget) {
    var members = shortlist(candidates, policy, coFailure);
    if (members.size() < 2) {
      return List.of();
    }
    var ids = members.stream().map(Forecast::expert).toList();
    double sameWrong = coFailure.sameWrong(kind, ids);
    List<Offer> offers = new ArrayList<>();
    var ahead =
        new Lookahead(members, policy, policy.minimum(), coFailure.of(kind), sameWrong, DEPTH);
    ahead.look();
    var expected = ahead.expected();
    if (expected.asks() > 1 + 1e-9 && ahead.next() >= 0) {
      List<String> order = new ArrayList<>(ids);
      var first = order.remove(ahead.next());
      order.addFirst(first);
      offers.add(
          offer(
              new Plan.Cascade(order, policy.minimum(), kind, List.of()),
              expected.p(),
              expected.usd(),
              expected.millis(),
              expected.asks(),
              policy));
    }
    members.sort(
        Comparator.comparingDouble((Forecast forecast) ->
                utility(forecast.p(), forecast.usd(), forecast.millis(), 1, policy))
            .reversed()
            .thenComparing(Forecast::expert));
    for (int size = 3; size <= members.size(); size += 2) {
      offers.add(panel(members.subList(0, size), policy, kind));
    }
    offers.removeIf(offer -> offer.usd() > budget);
    // who may not answer alone is no alternative
    var able = candidates.stream().filter(each -> each.p() >= policy.minimum()).toList();
    return offers.stream()
        .filter(offer ->
            able.stream().noneMatch(alone -> dominates(alone(alone, policy), offer))
                && offers.stream().noneMatch(other -> dominates(other, offer)))
        .toList();
  }

  private Offer panel(List<Forecast> members, Policy policy, String kind) {
    var ids = members.stream().map(Forecast::expert).toList();
    var all =
        new Lookahead(
            members, policy, 0, coFailure.of(kind), coFailure.sameWrong(kind, ids), ids.size());
    return offer(
        new Plan.Panel(ids, Plan.WEIGHTED_VOTE, ids.size(), 0, List.of(), null, kind),
        all.everyone(),
        members.stream().mapToDouble(Forecast::usd).sum(),
        members.stream().mapToDouble(Forecast::millis).max().orElse(0),
        ids.size(),
        policy);
  }

  private static Offer offer(
      Plan plan, double p, double usd, double millis, double asks, Policy policy) {
    return new Offer(plan, p, usd, millis, utility(p, usd, millis, asks, policy), 0);
  }

  /** Whether one programme is at least as good in every respect and better in one. */
  private static boolean dominates(Offer one, Offer other) {
    return one.p() >= other.p()
        && one.usd() <= other.usd()
        && one.millis() <= other.millis()
        && (one.p() > other.p() || one.usd() < other.usd() || one.millis() < other.millis());
  }

  /**
   * A few candidates in a fixed order: for each taste of price the best two, then the most useful
   * of the rest. Where all cost the same there is but one taste. Those that err like one already
   * chosen count less.
   */
  static List<Forecast> shortlist(List<Forecast> candidates, Policy policy, CoFailure coFailure) {
    int size = Math.min(SHORTLIST, candidates.size());
    List<Forecast> chosen = new ArrayList<>();
    boolean priced = false;
    for (var each : candidates) {
      priced |= Lookahead.cost(each, policy) != Lookahead.cost(candidates.getFirst(), policy);
    }
    for (int i = 0; priced && i < TASTES.length; i++) {
      for (var each : bestTwo(candidates, policy, TASTES[i])) {
        if (chosen.size() < size && !chosen.contains(each)) {
          chosen.add(each);
        }
      }
    }
    double[] alike = new double[candidates.size()];
    chosen.forEach(each -> coFailure.likeness(each, candidates, alike));
    while (chosen.size() < size) {
      Forecast best = null;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < alike.length; i++) {
        var each = candidates.get(i);
        double less = each.p() * (1 - each.p()) * alike[i]; // a step in log-odds moves p so much
        double score = policy.value() * (each.p() - less) - Lookahead.cost(each, policy);
        if (ahead(score, each, most, best) && !chosen.contains(each)) {
          most = score;
          best = each;
        }
      }
      if (best == null) {
        break;
      }
      chosen.add(best);
      coFailure.likeness(best, candidates, alike);
    }
    return chosen;
  }

  /** Ties go by id, so that the order of the roster does not matter. */
  private static boolean ahead(double score, Forecast each, double most, @Nullable Forecast best) {
    return score > most
        || (score == most && best != null && each.expert().compareTo(best.expert()) < 0);
  }

  private static List<Forecast> bestTwo(List<Forecast> candidates, Policy policy, double taste) {
    Forecast best = null;
    Forecast second = null;
    double most = Double.NEGATIVE_INFINITY;
    double less = Double.NEGATIVE_INFINITY;
    for (var each : candidates) {
      double score = policy.value() * each.p() - taste * Lookahead.cost(each, policy);
      if (ahead(score, each, most, best)) {
        second = best;
        less = most;
        best = each;
        most = score;
      } else if (ahead(score, each, less, second)) {
        second = each;
        less = score;
      }
    }
    return Stream.of(best, second).filter(Objects::nonNull).map(Objects::requireNonNull).toList();
  }
}
