package io.consilium.router;

import io.consilium.expert.Dialect;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.router.planner.Programmes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Decides who answers. {@link #route} is a pure function: the same profile, roster, policy and seed
 * give the same route, today and in a replay.
 */
public final class Router {
  private final CardIndex cards;
  private final BlendEstimator blend;
  private final Planner planner;
  private final String version;
  private final @Nullable Learnt learnt;
  private final Interviews interviews;

  private Router(
      CardIndex cards,
      BlendEstimator blend,
      Planner planner,
      String version,
      @Nullable Learnt learnt,
      Interviews interviews) {
    this.cards = cards;
    this.blend = blend;
    this.planner = planner;
    this.version = version;
    this.learnt = learnt;
    this.interviews = interviews;
  }

  /**
   * The same router that takes the word of interviews for experts that answer in their own words
   * and of which it has too few outcomes.
   */
  public Router with(Interviews found) {
    return new Router(cards, blend, planner, version, learnt, found);
  }

  /**
   * The same router with what was learnt from outcomes: where an expert has at least as many as the
   * estimator takes for half its weight, what was learnt decides, below that in proportion; an
   * expert without records is known by its card.
   *
   * @param fitted knows some of the experts
   * @param fittedVersion names it in decisions
   */
  public Router with(Learnt fitted, String fittedVersion) {
    var practised = planner.with(fitted.coFailure(), fitted.afterReplies());
    return new Router(cards, blend, practised, fittedVersion, fitted, interviews);
  }

  private static BlendEstimator.Blended mixed(
      BlendEstimator.Blended cold, Estimates fitted, int seat, String name) {
    double share = Math.min(1, 2 * fitted.weight(seat));
    if (share <= 0) {
      return cold;
    }
    List<Forecast.Reason> why = new ArrayList<>(fitted.why(seat, name));
    if (share < 1) {
      why.addAll(cold.why());
    }
    return new BlendEstimator.Blended(
        mixed(share, fitted.p(seat), cold.p()),
        mixed(share, fitted.low(seat), cold.low()),
        mixed(share, fitted.high(seat), cold.high()),
        why);
  }

  /** A weighted mean of log-odds; certainty on one side stays certainty only where it is alone. */
  private static double mixed(double share, double fitted, double cold) {
    return share >= 1
        ? fitted
        : Logistic.sigmoid(share * Logistic.logit(fitted) + (1 - share) * Logistic.logit(cold));
  }

  /**
   * A router that knows nothing but cards: descriptions and skills.
   *
   * @param embedder compares texts; blocks
   * @param background computes vectors of new cards; give it threads that may block, or {@code
   *     Runnable::run} to have them before {@link #prepare} returns
   * @param planner makes the plan
   */
  public static Router cold(Embedder embedder, Executor background, Planner planner) {
    return cold(embedder, ColdWeights.shipped(), background, planner);
  }

  /** The same with other fitted numbers. */
  public static Router cold(
      Embedder embedder, ColdWeights weights, Executor background, Planner planner) {
    var cards = new CardIndex(embedder, SkillTags.shipped().names(), background);
    return new Router(
        cards,
        BlendEstimator.cold(cards, weights),
        planner,
        weights.version(),
        null,
        Interviews.NONE);
  }

  /** Names the fitted parts, so that a decision can be made again by the same router. */
  public String version() {
    return version;
  }

  /**
   * Looks at a new roster ahead of questions, in the background. Call it at start and after every
   * change of a card; a roster that was not announced works as well, by words only at first.
   */
  public void prepare(Roster roster) {
    cards.prepare(roster);
  }

  /** The seed of a decision: replicas with the same router draw alike. */
  public long seed(String decision) {
    return Long.parseUnsignedLong(Texts.hash(decision, version).substring(0, 16), 16);
  }

  /**
   * Decides. Blocks only for the question's embedding, and not even for that when a single expert
   * is pinned. Never throws because nobody fits: then the plan is to abstain, and {@code forecasts}
   * is empty when nobody was eligible at all.
   */
  public Route route(QuestionProfile profile, Roster roster, Policy policy, long seed) {
    var verdict = Eligibility.of(profile, roster, policy);
    var excluded = new ArrayList<>(verdict.excluded());
    if (verdict.seats().isEmpty()) {
      return abstain(List.of(), excluded, seed, roster, "no expert may answer this question");
    }
    boolean single = policy.pin().size() == 1 && !policy.contract();
    double budget = Math.min(profile.question().terms().budgetUsd(), policy.budgetUsd());
    List<Forecast> forecasts = new ArrayList<>();
    List<Forecast> candidates = new ArrayList<>();
    var blended =
        single || profile.question().dialect() == Dialect.EMBEDDINGS
            ? null
            : blend.blend(profile, roster);
    var known = blended == null ? null : learnt;
    var fitted = known == null ? null : known.estimator().estimate(profile, roster);
    double[] tokens = known == null ? null : known.tokens(profile, roster);
    var guessed = known == null ? "" : known.kind(profile);
    for (int index : verdict.seats()) {
      var seat = roster.seats().get(index);
      var outlay = Outlay.of(profile, seat, tokens == null ? Double.NaN : tokens[index]);
      Forecast forecast;
      if (blended == null) {
        var why =
            List.of(
                new Forecast.Reason(
                    single ? "pin" : "service", 1, 1, single ? "pinned" : "serves embeddings"));
        forecast = new Forecast(seat.card().id(), 1, 0, 1, outlay.usd(), outlay.millis(), why);
      } else {
        var said =
            fitted == null || known == null
                ? tested(seat.card(), guessed, blended.get(index))
                : mixed(
                    tested(seat.card(), guessed, blended.get(index)),
                    fitted,
                    index,
                    known.estimator().name());
        forecast =
            new Forecast(
                seat.card().id(),
                said.p(),
                said.low(),
                said.high(),
                outlay.usd(),
                outlay.millis(),
                said.why());
      }
      forecasts.add(forecast);
      if (fitted != null && policy.contract() && 2 * fitted.weight(index) < 1) {
        excluded.add(
            new Route.Exclusion(
                forecast.expert(), "has too few outcomes on record to be held to a risk"));
      } else if (forecast.usd() > budget) {
        excluded.add(
            new Route.Exclusion(
                forecast.expert(),
                String.format(
                    Locale.ROOT,
                    "would cost about %.5f USD; the budget is %.5f",
                    forecast.usd(),
                    budget)));
      } else if (!single && forecast.millis() > profile.timeLeft().toMillis()) {
        excluded.add(
            new Route.Exclusion(
                forecast.expert(),
                String.format(
                    Locale.ROOT,
                    "takes about %.0f ms; %d are left",
                    forecast.millis(),
                    profile.timeLeft().toMillis())));
      } else {
        candidates.add(forecast);
      }
    }
    forecasts.sort(Planner.byUtility(policy));
    candidates.sort(Planner.byUtility(policy));
    List<Forecast> comparable =
        blended == null || policy.contract() || !ClosedQuestion.is(profile)
            ? List.of()
            : candidates.stream().filter(each -> writes(each.expert(), roster)).toList();
    var contract = blended == null ? Contract.NONE : Contract.of(policy, known);
    if (contract.least().isEmpty()) {
      return abstain(forecasts, excluded, seed, roster, contract.broken(candidates));
    }
    var held = policy.withMinimum(Math.max(policy.minimum(), contract.least().getAsDouble()));
    var planned =
        planner.plan(new Planner.Case(candidates, comparable, guessed, budget), held, seed);
    if (planned.isEmpty() && contract.breaks(candidates)) {
      return abstain(forecasts, excluded, seed, roster, contract.broken(candidates));
    }
    if (planned.isEmpty()) {
      boolean dear = candidates.stream().anyMatch(each -> each.p() >= policy.minimum());
      return abstain(
          forecasts,
          excluded,
          seed,
          roster,
          dear
              ? "every answer would cost more than a right one is worth"
              : "no expert is likely enough to be right");
    }
    var plan = planned.get().plan();
    var why = why(planned.get()) + contract.kept();
    return new Route(
        plan, forecasts, excluded, planned.get().propensity(), seed, version, roster.id(), why);
  }

  /** When cascades of this router's routes stop; hand it to whoever runs them. */
  public NextStep nextStep() {
    return planner.nextStep();
  }

  /** What an interview found, where there was one; else what the card tells. */
  private BlendEstimator.Blended tested(ExpertCard card, String kind, BlendEstimator.Blended cold) {
    var found = writes(card) ? interviews.of(card, kind) : Optional.<Interviews.Found>empty();
    return found
        .map(each ->
            new BlendEstimator.Blended(
                each.p(),
                each.low(),
                each.high(),
                List.of(new Forecast.Reason("interview", each.p(), 1, each.note()))))
        .orElse(cold);
  }

  /** Whether an expert answers in its own words, so that others may be asked the same. */
  private static boolean writes(String id, Roster roster) {
    for (var seat : roster.seats()) {
      if (seat.card().id().equals(id)) {
        return writes(seat.card());
      }
    }
    return false;
  }

  private static boolean writes(ExpertCard card) {
    return switch (card.kind()) {
      case ExpertKind.Llm llm -> true;
      case ExpertKind.Adapter adapter -> true;
      case ExpertKind.Variant variant -> true;
      case ExpertKind.Composition composition -> true;
      case ExpertKind.Classifier classifier -> false;
      case ExpertKind.Tool tool -> false;
      case ExpertKind.Retriever retriever -> false;
    };
  }

  private static String why(Planner.Planned planned) {
    return switch (planned.plan()) {
      case Plan.One one -> one.expert() + " is the most useful";
      case Plan.Cascade cascade ->
          together("starting with " + cascade.members().getFirst(), planned.offer());
      case Plan.Panel panel -> together("a panel of " + panel.members().size(), planned.offer());
      case Plan.Chain chain -> together("a chain of " + chain.members().size(), planned.offer());
      case Plan.Abstain abstain -> abstain.reason();
    };
  }

  private static String together(String who, Programmes.Offer offer) {
    return String.format(
        Locale.ROOT,
        "%s is the most useful: right with a probability of %.2f for about %.5f USD",
        who,
        offer.p(),
        offer.usd());
  }

  private Route abstain(
      List<Forecast> forecasts,
      List<Route.Exclusion> excluded,
      long seed,
      Roster roster,
      String reason) {
    return new Route(
        new Plan.Abstain(reason), forecasts, excluded, 1, seed, version, roster.id(), reason);
  }
}
