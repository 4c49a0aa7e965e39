package io.consilium.router;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Forecast;
import io.consilium.expert.Policy;
import io.consilium.expert.Roster;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is expected of the experts of a roster on one question. Means come first, for planning needs
 * no more; intervals and reasons are worked out for those that are shown. For one thread.
 */
final class Forecasts {
  /** Names, among the reasons of a forecast, what it was before {@link #USE} moved it. */
  static final String FITTED = "forecast";

  /** Names what outcomes since the fit make of it. */
  static final String USE = "use";

  private final QuestionProfile profile;
  private final Roster roster;
  private final BlendEstimator blend;
  private final Interviews interviews;
  private final @Nullable Learnt learnt;
  private final @Nullable Estimates fitted;
  private final double @Nullable [] tokens;
  private final String kind;
  private final @Nullable String given; // why nothing is estimated, or null
  private final List<Beside> beside;
  private final @Nullable Following following;
  private final boolean bound;
  private BlendEstimator.@Nullable Blended cold;

  /**
   * Looks at one question. Blocks for its embedding, unless a single expert is pinned.
   *
   * @param learnt from outcomes, or null
   * @param others whose say is added beside
   * @param following moves what was forecast by what use taught since, or null
   */
  Forecasts(
      QuestionProfile profile,
      Roster roster,
      Policy policy,
      BlendEstimator blend,
      Interviews interviews,
      @Nullable Learnt learnt,
      List<Estimator> others,
      @Nullable Following following) {
    this.profile = profile;
    this.roster = roster;
    this.blend = blend;
    this.interviews = interviews;
    boolean single = policy.pin().size() == 1 && !policy.contract();
    this.given =
        single
            ? "pinned"
            : profile.question().dialect() == Dialect.EMBEDDINGS ? "serves embeddings" : null;
    this.learnt = given == null ? learnt : null;
    this.fitted = this.learnt == null ? null : this.learnt.estimator().estimate(profile, roster);
    this.tokens = this.learnt == null ? null : this.learnt.tokens(profile, roster);
    this.kind = this.learnt == null ? "" : this.learnt.kind(profile);
    this.following = given == null ? following : null;
    this.bound = policy.contract();
    // a contract holds for forecasts as they were measured: nothing is added to them
    this.beside =
        given != null || policy.contract()
            ? List.of()
            : others.stream().map(each -> Beside.of(each, profile, roster)).toList();
  }

  /**
   * The say of an estimator that was not stacked with the others, for no outcomes are on record
   * with it. It moves the contrast between experts and never the level: what it says of an expert,
   * in log-odds, counts by the weight of its evidence and beyond its own mean.
   */
  private record Beside(String name, Estimates said, double mean) {
    private static Beside of(Estimator estimator, QuestionProfile profile, Roster roster) {
      var said = estimator.estimate(profile, roster);
      double sum = 0;
      double weights = 0;
      for (int seat = 0; seat < said.size(); seat++) {
        if (said.weight(seat) > 0) {
          sum += said.weight(seat) * Logistic.logit(said.p(seat));
          weights += said.weight(seat);
        }
      }
      return new Beside(estimator.name(), said, weights > 0 ? sum / weights : 0);
    }

    private double shift(int seat) {
      double weight = said.weight(seat);
      return weight > 0 ? weight * (Logistic.logit(said.p(seat)) - mean) : 0;
    }
  }

  /** How far those beside move the expert on a seat, in log-odds. */
  private double shift(int seat) {
    double shift = 0;
    for (var each : beside) {
      shift += each.shift(seat);
    }
    return shift;
  }

  private static double moved(double p, double shift) {
    return shift == 0 ? p : Logistic.sigmoid(Logistic.logit(p) + shift);
  }

  /** Whether anything is estimated: not where one expert is pinned, nor for embeddings. */
  boolean estimated() {
    return given == null;
  }

  /** The kind of question, as guessed; "" when unknown. */
  String kind() {
    return kind;
  }

  /**
   * What a risk comes to.
   *
   * @param comparable whose answers can be compared
   */
  Contract contract(Policy policy, List<Forecast> comparable) {
    return given != null
        ? Contract.NONE
        : learnt == null ? Contract.of(policy, null) : Contract.of(policy, learnt, comparable);
  }

  /** Whether the expert on a seat has enough outcomes to be held to a risk. */
  boolean binds(int seat, Policy policy) {
    return given != null || learnt == null || Contract.binds(policy, weight(seat));
  }

  /** How much the outcomes on record tell of the expert on a seat, 0 to 1. */
  double weight(int seat) {
    return fitted == null ? 0 : fitted.weight(seat);
  }

  /** Whether a router was fitted and has no outcomes of any of these experts. */
  boolean stranger(List<Integer> seats) {
    return learnt != null
        && profile.embedding().isPresent()
        && seats.stream().allMatch(seat -> weight(seat) <= 0);
  }

  private String unheard() {
    return profile.embedding().isPresent()
        ? "no outcomes on record: known by its card"
        : "the question has no embedding: known by its card";
  }

  /** Whether outcomes or an interview tell what the expert on a seat is worth. */
  boolean measured(int seat) {
    return 2 * weight(seat) >= 1 || tested(seat).isPresent();
  }

  /** The means alone: P(correct), price and time. */
  Forecast mean(int seat) {
    var outlay =
        Outlay.of(profile, roster.seats().get(seat), tokens == null ? Double.NaN : tokens[seat]);
    double said = moved(p(seat), shift(seat));
    double p = said;
    double spread = 0;
    if (following != null) {
      var use = following.of(card(seat), profile, prior(seat, said)).orElse(null);
      p = use == null ? said : heeded(said, use);
      spread = use == null ? 0 : use.spread();
    }
    return new Forecast(
        card(seat).id(),
        p,
        Math.max(0, p - Forecast.EIGHTY * spread),
        Math.min(1, p + Forecast.EIGHTY * spread),
        outlay.usd(),
        outlay.millis(),
        List.of());
  }

  private Following.Prior prior(int seat, double p) {
    return new Following.Prior(p, measured(seat));
  }

  /** A contract's threshold was measured on forecasts as fitted: use may lower one, never raise. */
  private double heeded(double said, Following.Moved use) {
    return bound ? Math.min(said, use.p()) : use.p();
  }

  /** The same with its interval and the reasons. */
  Forecast whole(int seat, Forecast mean) {
    var said = said(seat);
    double shift = shift(seat);
    List<Forecast.Reason> why = said.why();
    for (var each : beside) {
      if (each.said.weight(seat) > 0) {
        why = new ArrayList<>(why);
        why.addAll(each.said.why(seat, each.name));
      }
    }
    double low = moved(said.low(), shift);
    double high = moved(said.high(), shift);
    if (following != null) {
      var prior = prior(seat, moved(said.p(), shift));
      why = new ArrayList<>(why);
      why.add(
          new Forecast.Reason(FITTED, prior.p(), prior.fitted() ? 1 : 0, "before what use taught"));
      var use = following.of(card(seat), profile, prior);
      if (use.isPresent()) {
        var found = use.get();
        double by = Logistic.logit(found.p()) - Logistic.logit(prior.p());
        low = mixed(found.share(), found.low(), moved(low, by));
        high = mixed(found.share(), found.high(), moved(high, by));
        why.add(new Forecast.Reason(USE, found.p(), found.share(), found.note()));
      }
    }
    return new Forecast(
        mean.expert(),
        mean.p(),
        Math.min(mean.p(), low),
        Math.max(mean.p(), high),
        mean.usd(),
        mean.millis(),
        why);
  }

  private ExpertCard card(int seat) {
    return roster.seats().get(seat).card();
  }

  /** How much of the say what was learnt has. */
  private double share(int seat) {
    return fitted == null ? 0 : Math.min(1, 2 * fitted.weight(seat));
  }

  private double p(int seat) {
    if (given != null) {
      return 1;
    }
    double share = share(seat);
    if (share >= 1 && fitted != null) {
      return fitted.p(seat);
    }
    double known = tested(seat).map(Interviews.Found::p).orElseGet(() -> cold().p(seat));
    return share <= 0 || fitted == null ? known : mixed(share, fitted.p(seat), known);
  }

  private BlendEstimator.Said said(int seat) {
    if (given != null) {
      var why = new Forecast.Reason(given.equals("pinned") ? "pin" : "service", 1, 1, given);
      return new BlendEstimator.Said(1, 0, 1, List.of(why));
    }
    double share = share(seat);
    if (learnt == null || fitted == null) {
      return byCard(seat);
    }
    if (share <= 0) {
      var known = byCard(seat);
      List<Forecast.Reason> why = new ArrayList<>(known.why());
      why.add(new Forecast.Reason(learnt.estimator().name(), known.p(), 0, unheard()));
      return new BlendEstimator.Said(known.p(), known.low(), known.high(), why);
    }
    List<Forecast.Reason> why = new ArrayList<>(fitted.why(seat, learnt.estimator().name()));
    if (share >= 1) {
      return new BlendEstimator.Said(fitted.p(seat), fitted.low(seat), fitted.high(seat), why);
    }
    var known = byCard(seat);
    why.addAll(known.why());
    return new BlendEstimator.Said(
        mixed(share, fitted.p(seat), known.p()),
        mixed(share, fitted.low(seat), known.low()),
        mixed(share, fitted.high(seat), known.high()),
        why);
  }

  /** What an interview found, where there was one; else what the card tells. */
  private BlendEstimator.Said byCard(int seat) {
    return tested(seat)
        .map(found ->
            new BlendEstimator.Said(
                found.p(),
                found.low(),
                found.high(),
                List.of(new Forecast.Reason("interview", found.p(), 1, found.note()))))
        .orElseGet(() -> cold().get(seat));
  }

  private Optional<Interviews.Found> tested(int seat) {
    return card(seat).kind().writes() ? interviews.of(card(seat), kind) : Optional.empty();
  }

  private BlendEstimator.Blended cold() {
    var known = cold;
    if (known == null) {
      known = blend.blend(profile, roster);
      cold = known;
    }
    return known;
  }

  /** A weighted mean of log-odds; certainty on one side stays certainty only where it is alone. */
  private static double mixed(double share, double fitted, double cold) {
    return Logistic.sigmoid(share * Logistic.logit(fitted) + (1 - share) * Logistic.logit(cold));
  }
}
