package io.consilium.router;

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
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Decides who answers. {@link #route} is a pure function: the same profile, roster, policy and seed
 * give the same route, today and in a replay.
 */
public final class Router {
  /**
   * Forecasts of so many experts are worked out whole; the others are planned with by their means.
   */
  static final int SHOWN = 64;

  private final CardIndex cards;
  private final BlendEstimator blend;
  private final Planner planner;
  private final String version;
  private final @Nullable Learnt learnt;
  private final Interviews interviews;
  private final @Nullable Following following;
  private final List<Estimator> beside;

  private Router(
      CardIndex cards,
      BlendEstimator blend,
      Planner planner,
      String version,
      @Nullable Learnt learnt,
      Interviews interviews,
      @Nullable Following following,
      List<Estimator> beside) {
    this.cards = cards;
    this.blend = blend;
    this.planner = planner;
    this.version = version;
    this.learnt = learnt;
    this.interviews = interviews;
    this.following = following;
    this.beside = List.copyOf(beside);
  }

  /**
   * The same router that takes the word of interviews for experts that answer in their own words
   * and of which it has too few outcomes.
   */
  public Router with(Interviews found) {
    return new Router(cards, blend, planner, version, learnt, found, following, beside);
  }

  /** The same router with another planner, of which what was fitted is kept. */
  public Router with(Planner other) {
    var practised = learnt == null ? other : other.with(learnt.coFailure(), learnt.afterReplies());
    return new Router(cards, blend, practised, version, learnt, interviews, following, beside);
  }

  /** The same router whose forecasts are moved by what use taught since it was fitted. */
  public Router with(Following use) {
    return new Router(cards, blend, planner, version, learnt, interviews, use, beside);
  }

  /**
   * The same router that also listens to estimators for which no outcomes are on record, so that
   * nothing could be fitted: they move experts against each other, never all of them, and not under
   * a risk.
   */
  public Router beside(List<Estimator> others) {
    return new Router(cards, blend, planner, version, learnt, interviews, following, others);
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
    return new Router(
        cards, blend, practised, fittedVersion, fitted, interviews, following, beside);
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
        Interviews.NONE,
        null,
        List.of());
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
    return seed(decision, version);
  }

  /** The seed of a decision, or of a question on record, under a version of the router. */
  public static long seed(String decision, String version) {
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
    double budget = Math.min(profile.question().terms().budgetUsd(), policy.budgetUsd());
    var forecasts =
        new Forecasts(profile, roster, policy, blend, interviews, learnt, beside, following);
    boolean compared = forecasts.estimated() && ClosedQuestion.is(profile);
    boolean hurried = !(policy.pin().size() == 1 && !policy.contract());
    long left = profile.timeLeft().toMillis();
    List<Mean> means = new ArrayList<>(verdict.seats().size());
    List<Forecast> candidates = new ArrayList<>(verdict.seats().size());
    List<Forecast> comparable = new ArrayList<>();
    for (int seat : verdict.seats()) {
      var mean = forecasts.mean(seat);
      means.add(new Mean(seat, mean));
      if (!forecasts.binds(seat, policy)) {
        excluded.add(
            new Route.Exclusion(
                mean.expert(), "has too few outcomes on record to be held to a risk"));
      } else if (policy.pin().isEmpty()
          && chain(roster.seats().get(seat).card())
          && !forecasts.measured(seat)) {
        excluded.add(
            new Route.Exclusion(
                mean.expert(),
                "is a chain, and no outcomes or interview tell what editing brings; name or pin it"));
      } else if (mean.usd() > budget) {
        excluded.add(
            new Route.Exclusion(
                mean.expert(),
                String.format(
                    Locale.ROOT,
                    "would cost about %.5f USD; the budget is %.5f",
                    mean.usd(),
                    budget)));
      } else if (hurried && mean.millis() > left) {
        excluded.add(
            new Route.Exclusion(
                mean.expert(),
                String.format(
                    Locale.ROOT, "takes about %.0f ms; %d are left", mean.millis(), left)));
      } else {
        candidates.add(mean);
        if (compared && roster.seats().get(seat).card().kind().writes()) {
          comparable.add(mean);
        }
      }
    }
    var contract = forecasts.contract(policy, comparable);
    var planned =
        contract.plan(
            planner,
            new Planner.Case(candidates, comparable, forecasts.kind(), budget),
            policy,
            seed);
    var shown = shown(forecasts, means, policy, planned.orElse(null));
    if (planned.isEmpty()) {
      boolean dear = candidates.stream().anyMatch(each -> each.p() >= policy.minimum());
      return abstain(
          shown,
          excluded,
          seed,
          roster,
          contract.breaks(candidates)
              ? contract.broken(candidates)
              : dear
                  ? "every answer would cost more than a right one is worth"
                  : "no expert is likely enough to be right");
    }
    var plan = planned.get();
    return new Route(
        plan.plan(),
        shown,
        excluded,
        plan.propensity(),
        seed,
        version,
        roster.id(),
        why(plan)
            + contract.kept()
            + (forecasts.stranger(verdict.seats())
                ? "; %s has no outcomes of any of them, so their cards decide".formatted(version)
                : "")
            + unshown(shown.size(), means.size()),
        plan.choices());
  }

  private static boolean chain(ExpertCard card) {
    return card.kind() instanceof ExpertKind.Composition composition
        && composition.plan() instanceof Plan.Chain;
  }

  /** The means of the expert on a seat. */
  private record Mean(int seat, Forecast forecast) {}

  /** The most useful, and whoever might be asked, whole; most useful first. */
  private static List<Forecast> shown(
      Forecasts forecasts, List<Mean> means, Policy policy, Planner.@Nullable Planned planned) {
    Set<String> named = new HashSet<>();
    if (planned != null) {
      named.addAll(planned.plan().experts());
      planned.choices().forEach(choice -> named.addAll(choice.plan().experts()));
    }
    var order = Comparator.comparing(Mean::forecast, Planner.byUtility(policy));
    var best = new PriorityQueue<>(order.reversed());
    List<Mean> shown = new ArrayList<>();
    for (var each : means) {
      if (named.contains(each.forecast.expert())) {
        shown.add(each);
      } else if (best.size() < SHOWN) {
        best.add(each);
      } else if (order.compare(each, best.peek()) < 0) {
        best.poll();
        best.add(each);
      }
    }
    shown.addAll(best);
    shown.sort(order);
    return shown.stream().map(each -> forecasts.whole(each.seat, each.forecast)).toList();
  }

  private static String unshown(int shown, int all) {
    return shown == all
        ? ""
        : String.format(Locale.ROOT, "; of %,d who may answer %d are shown", all, shown);
  }

  /** The kind of a question, as guessed; "" where no router was fitted to tell. */
  public String kind(QuestionProfile profile) {
    return learnt == null ? "" : learnt.kind(profile);
  }

  /** When cascades of this router's routes stop; hand it to whoever runs them. */
  public NextStep nextStep() {
    return planner.nextStep();
  }

  private static String why(Planner.Planned planned) {
    if (planned.exploring()) {
      return String.format(
          Locale.ROOT,
          "%s was tried to learn of it, as happens to one question in %.0f; the most useful plan starts with %s",
          planned.plan().experts().getFirst(),
          1 / planned.propensity(),
          planned.choices().getFirst().plan().experts().getFirst());
    }
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
