package io.consilium.router;

import io.consilium.expert.Forecast;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Route;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CascadeStep;
import io.consilium.router.planner.CoFailure;
import io.consilium.router.planner.Programmes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Forecasts and a policy to a plan: the most useful programme among those likely enough to be right
 * (an expert alone, a cascade, a panel, or nobody), and whom to ask should it fail. Nobody competes
 * like any other: where every price exceeds what a right answer is worth, the plan is to abstain,
 * unless the policy's minimum is 0, which wants an answer in any case. With {@code epsilon} above 0
 * a share of questions goes to programmes nearly as useful, so that the router learns of them: the
 * plan is (1 − ε) · the most useful + ε · a draw from a shortlist, and the probability of every
 * plan on it is exact. The draw weighs what is nearly as useful by a softmax, and who may be better
 * for all that is known by Maillard sampling with its exploitation boosted (Bian and Jun, "Maillard
 * Sampling: Boltzmann Exploration Done Optimally", 2022). Never under a policy that pins experts or
 * holds answers to a risk: there the caller decided, or was promised something.
 */
public final class Planner {
  private static final int FALLBACKS = 4;

  /** Explored are this many plans at most, the most useful ones. */
  static final int SHORTLIST = 16;

  /** Standard deviations below the best at which an uncertain expert is still worth a try. */
  private static final double REACH = 2;

  /**
   * How many times as much a gap counts as in plain Maillard sampling. That rule tries the worse
   * one so often that each try must teach; here only those answers teach that somebody judges.
   * Chosen on pools that no report shows (decision 21).
   */
  private static final double BOOST = 6;

  private final double epsilon;
  private final double within;
  private final Programmes programmes;
  private final AfterReplies afterReplies;

  /**
   * A planner that knows nothing of how experts fail together but what is usual.
   *
   * @param epsilon share of questions that explore, 0 to 1
   * @param within explore only plans whose utility is at most this much (of the policy's value)
   *     below the best; also the temperature of the choice among them
   */
  public Planner(double epsilon, double within) {
    this(epsilon, within, CoFailure.assumed(), AfterReplies.assumed());
  }

  /**
   * The same with what was fitted.
   *
   * @param coFailure how experts fail together
   * @param afterReplies P(correct) once replies are in
   */
  public Planner(double epsilon, double within, CoFailure coFailure, AfterReplies afterReplies) {
    if (!(epsilon >= 0 && epsilon <= 1) || !(within > 0)) {
      throw new IllegalArgumentException("epsilon lies between 0 and 1, within above 0");
    }
    this.epsilon = epsilon;
    this.within = within;
    this.programmes = new Programmes(coFailure);
    this.afterReplies = afterReplies;
  }

  /** The same planner with what was fitted. */
  Planner with(CoFailure coFailure, AfterReplies afterReplies) {
    return new Planner(epsilon, within, coFailure, afterReplies);
  }

  /** When the cascades of this planner stop. */
  public NextStep nextStep() {
    return new CascadeStep(programmes.coFailure(), afterReplies);
  }

  /** Never explores. */
  public static Planner greedy() {
    return new Planner(0, 0.05);
  }

  /**
   * A plan and the probability with which it was chosen.
   *
   * @param offer the programme behind it
   * @param choices all that might have been chosen, most useful first; empty when nothing was
   *     explored
   */
  public record Planned(
      Plan plan, double propensity, Programmes.Offer offer, List<Route.Choice> choices) {
    public Planned {
      choices = List.copyOf(choices);
    }

    /** Whether a more useful plan was passed over, to learn of this one. */
    public boolean exploring() {
      return !choices.isEmpty() && !choices.getFirst().plan().equals(plan);
    }
  }

  /** Whether questions under this policy may explore. */
  public static boolean explorable(Policy policy) {
    return policy.pin().isEmpty() && !policy.contract();
  }

  /**
   * What is to be planned.
   *
   * @param candidates affordable and in time
   * @param comparable those of them whose answers to this question can be compared; empty when no
   *     cascade or panel may be planned
   * @param kind the kind of question, as guessed; "" when unknown
   * @param budget the most the plan may be expected to cost, in US dollars
   */
  public record Case(
      List<Forecast> candidates, List<Forecast> comparable, String kind, double budget) {
    /** Experts alone, whatever they cost. */
    public static Case alone(List<Forecast> candidates) {
      return new Case(candidates, List.of(), "", Double.POSITIVE_INFINITY);
    }
  }

  /** What an expert is worth under a policy, in US dollars. */
  public static double utility(Forecast forecast, Policy policy) {
    return policy.value() * forecast.p()
        - policy.priceWeight() * forecast.usd()
        - policy.secondUsd() * forecast.millis() / 1_000;
  }

  /** Most useful first; ties by id, so that the order never depends on the roster's. */
  public static Comparator<Forecast> byUtility(Policy policy) {
    return Comparator.comparingDouble((Forecast forecast) -> utility(forecast, policy))
        .reversed()
        .thenComparing(Forecast::expert);
  }

  /**
   * Plans.
   *
   * @param policy what the caller wants
   * @param seed of the exploration
   * @return empty when no programme reaches the policy's minimum, or none is worth its price
   */
  public Optional<Planned> plan(Case asked, Policy policy, long seed) {
    boolean choosy = policy.minimum() > 0; // else an answer is wanted in any case
    List<Programmes.Offer> offers =
        new ArrayList<>(
            programmes.together(asked.comparable(), policy, asked.kind(), asked.budget()));
    offers.removeIf(offer -> choosy && unwanted(offer, policy));
    double best =
        offers.stream()
            .mapToDouble(Programmes.Offer::utility)
            .max()
            .orElse(Double.NEGATIVE_INFINITY);
    for (var forecast : asked.candidates()) {
      if (!choosy || wanted(forecast, policy)) {
        best = Math.max(best, utility(forecast, policy));
      }
    }
    if (best == Double.NEGATIVE_INFINITY) {
      return Optional.empty();
    }
    // of thousands only those near the best become offers
    boolean exploring = epsilon > 0 && explorable(policy);
    double reach = exploring ? REACH * policy.value() : 0;
    double span = within * policy.value();
    double least = best - span;
    offers.removeIf(offer -> offer.utility() < least);
    for (var forecast : asked.candidates()) {
      if (utility(forecast, policy) + reach * forecast.spread() >= least
          && (!choosy || wanted(forecast, policy))) {
        offers.add(Programmes.alone(forecast, policy));
      }
    }
    offers.sort(MOST_USEFUL);
    if (!exploring || offers.size() == 1) {
      var offer = offers.getFirst();
      return Optional.of(
          new Planned(withFallbacks(offer.plan(), asked, policy), 1, offer, List.of()));
    }
    var shortlist = shortlist(offers, reach);
    double[] chances = chances(shortlist, span, policy.value());
    List<Route.Choice> choices = new ArrayList<>();
    for (int i = 0; i < chances.length; i++) {
      choices.add(
          new Route.Choice(withFallbacks(shortlist.get(i).plan(), asked, policy), chances[i]));
    }
    int chosen = draw(chances, seed);
    return Optional.of(
        new Planned(choices.get(chosen).plan(), chances[chosen], shortlist.get(chosen), choices));
  }

  private static boolean wanted(Forecast forecast, Policy policy) {
    return forecast.p() >= policy.minimum()
        && policy.value() * forecast.p() >= policy.priceWeight() * forecast.usd();
  }

  private static boolean unwanted(Programmes.Offer offer, Policy policy) {
    // a cascade holds the minimum itself: it refuses where its answer stays below
    boolean unlikely = offer.p() < policy.minimum() && !(offer.plan() instanceof Plan.Cascade);
    return unlikely || policy.value() * offer.p() < policy.priceWeight() * offer.usd();
  }

  /** Plans among experts alone; see {@link #plan(Case, Policy, long)}. */
  public Optional<Planned> plan(List<Forecast> candidates, Policy policy, long seed) {
    return plan(Case.alone(candidates), policy, seed);
  }

  private static final Comparator<Programmes.Offer> MOST_USEFUL =
      Comparator.comparingDouble(Programmes.Offer::utility)
          .reversed()
          .thenComparing(offer -> offer.plan().type())
          .thenComparing(offer -> offer.plan().experts().getFirst());

  /** Whom to ask when everyone in the plan fails: the next most useful of all candidates. */
  private static Plan withFallbacks(Plan plan, Case asked, Policy policy) {
    List<String> members = plan.experts();
    var order = byUtility(policy);
    List<Forecast> next = new ArrayList<>(FALLBACKS + 1); // sorted, the best few of thousands
    for (var each : asked.candidates()) {
      boolean full = next.size() == FALLBACKS;
      if (each.p() >= policy.minimum()
          && !(full && order.compare(each, next.getLast()) >= 0)
          && !members.contains(each.expert())) {
        int at = next.size();
        while (at > 0 && order.compare(each, next.get(at - 1)) < 0) {
          at--;
        }
        next.add(at, each);
        if (full) {
          next.removeLast();
        }
      }
    }
    var fallbacks = next.stream().map(Forecast::expert).toList();
    return switch (plan) {
      case Plan.One one -> new Plan.One(one.expert(), fallbacks);
      case Plan.Cascade cascade ->
          new Plan.Cascade(cascade.members(), cascade.minimum(), cascade.kind(), fallbacks);
      case Plan.Panel panel ->
          new Plan.Panel(
              panel.members(),
              panel.aggregator(),
              panel.quorum(),
              panel.millis(),
              fallbacks,
              panel.hedge(),
              panel.kind());
      case Plan.Chain chain -> new Plan.Chain(chain.members(), fallbacks);
      case Plan.Abstain abstain -> abstain;
    };
  }

  /** Most useful first; when there are too many, those that may be most useful. */
  private static List<Programmes.Offer> shortlist(List<Programmes.Offer> offers, double reach) {
    if (offers.size() <= SHORTLIST) {
      return offers;
    }
    List<Programmes.Offer> kept = new ArrayList<>(offers);
    kept.subList(1, kept.size())
        .sort(
            Comparator.comparingDouble(
                    (Programmes.Offer offer) -> offer.utility() + reach * offer.spread())
                .reversed());
    kept = new ArrayList<>(kept.subList(0, SHORTLIST));
    kept.sort(MOST_USEFUL);
    return kept;
  }

  private double[] chances(List<Programmes.Offer> shortlist, double span, double value) {
    double best = shortlist.getFirst().utility();
    double[] chances = new double[shortlist.size()];
    double total = 0;
    for (int i = 0; i < chances.length; i++) {
      var offer = shortlist.get(i);
      double gap = best - offer.utility();
      double spread = value * offer.spread();
      double doubted = spread > 0 ? Math.exp(-BOOST * gap * gap / (2 * spread * spread)) : 0;
      chances[i] = Math.max(Math.exp(-gap / span), doubted);
      total += chances[i];
    }
    for (int i = 0; i < chances.length; i++) {
      chances[i] = epsilon * chances[i] / total + (i == 0 ? 1 - epsilon : 0);
    }
    return chances;
  }

  private static int draw(double[] chances, long seed) {
    double left = new SplittableRandom(seed).nextDouble();
    for (int i = 0; i < chances.length; i++) {
      left -= chances[i];
      if (left < 0) {
        return i;
      }
    }
    return 0;
  }
}
