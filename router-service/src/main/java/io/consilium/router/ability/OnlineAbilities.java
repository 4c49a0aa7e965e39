package io.consilium.router.ability;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.Forecast;
import io.consilium.expert.Skill;
import io.consilium.router.Following;
import io.consilium.router.QuestionProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Learns from every outcome of use, one at a time: how far each expert does better or worse than
 * the router's version says, by the skill a question needs. The log-odds of being right are those
 * of the forecast, plus a level that all experts share (how hard the questions are that come), plus
 * what is special to the expert; both are Gaussians over a constant and one weight per skill tag,
 * moved by assumed-density steps with the other held at its mean. An expert's Gaussian forgets only
 * after its drift detector fired ({@link Followed}), never by a constant decay.
 *
 * <p>The order of outcomes matters little but does matter: replicas that hear the same ones in the
 * same order forecast alike. Starts over with every version of the router, which has learnt from
 * the earlier ones. Not for outcomes of which the forecast is unknown, such as those of pinned
 * experts.
 */
public final class OnlineAbilities implements Following {
  /** Standard deviation, in log-odds, of how far all experts together are off the forecast. */
  private static final double LEVEL = 1;

  /** Of how far one expert is off, where the card alone was known. */
  private static final double BY_CARD = 0.7;

  /** Where outcomes or an interview were. */
  private static final double BY_OUTCOMES = 0.3;

  /** The same per skill, as a share of it. */
  private static final double BY_SKILL = 0.5;

  /** A forecast of 0 or 1 would leave nothing to learn. */
  private static final double SUREST = 0.01;

  private final Map<String, Integer> skills = new HashMap<>();
  private final Tags tags;
  private final boolean forgets;
  private final Ability byCard;
  private final Ability byOutcomes;
  private final ReentrantLock learning = new ReentrantLock();
  private final Map<String, Known> experts = new ConcurrentHashMap<>();
  private volatile Ability level;
  private final AtomicLong heard = new AtomicLong();

  /** Under which a profile keeps what it asks, for all who know the same tags. */
  private record Tags(List<String> names) {}

  private record Known(Followed followed, Ability prior, int outcomes, int alarms) {}

  /**
   * One outcome of use.
   *
   * @param expert {@code id@version}
   * @param skills the tags of the question; unknown ones are passed over
   * @param prior the forecast that the router's version made, before what use taught moved it
   * @param correct 0 to 1
   * @param kappa how much it counts, 0 to 1: less for repeats and noisy sources
   */
  public record Heard(
      String expert, List<String> skills, Prior prior, double correct, double kappa) {
    public Heard {
      skills = List.copyOf(skills);
      if (!(correct >= 0 && correct <= 1) || !(kappa >= 0 && kappa <= 1)) {
        throw new IllegalArgumentException(
            "correct and kappa lie between 0 and 1, not %s and %s".formatted(correct, kappa));
      }
    }
  }

  /**
   * What is known of an expert.
   *
   * @param expert {@code id@version}
   * @param outcomes heard of it
   * @param shift in log-odds, against the forecasts and beyond what all experts share
   * @param doubt standard deviation of the shift
   * @param drift what has piled up in its detector; above {@link Drift#ALARM} it fires
   * @param alarms how often it fired
   */
  public record Standing(
      String expert, int outcomes, double shift, double doubt, Drift drift, int alarms) {}

  /**
   * Nothing heard yet.
   *
   * @param tags every skill tag a question may carry
   */
  public OnlineAbilities(List<String> tags) {
    this(tags, true);
  }

  private OnlineAbilities(List<String> tags, boolean forgets) {
    this.tags = new Tags(List.copyOf(tags));
    this.forgets = forgets;
    for (var tag : tags) {
      skills.put(tag, skills.size() + 1);
    }
    this.level = prior(LEVEL);
    this.byCard = prior(BY_CARD);
    this.byOutcomes = prior(BY_OUTCOMES);
  }

  /** The same without drift detectors: nothing is ever forgotten. For comparison. */
  public static OnlineAbilities steady(List<String> tags) {
    return new OnlineAbilities(tags, false);
  }

  private Ability prior(double deviation) {
    int size = skills.size() + 1;
    double[] covariance = new double[size * size];
    for (int k = 0; k < size; k++) {
      double own = k == 0 ? deviation : BY_SKILL * deviation;
      covariance[k * size + k] = own * own;
    }
    return new Ability(new double[size], covariance);
  }

  /**
   * Learns.
   *
   * @return whether the expert's drift detector fired
   */
  public boolean hear(Heard outcome) {
    double[] demand = demand(outcome.skills);
    double said = logit(outcome.prior.p());
    learning.lock();
    try {
      var fresh = outcome.prior.fitted() ? byOutcomes : byCard;
      var known = experts.getOrDefault(outcome.expert, new Known(Followed.of(fresh), fresh, 0, 0));
      var ability = known.followed.ability();
      var shared = level;
      var asksExpert = new Traits(demand, -said - dot(demand, shared.mean()), shared.doubt(demand));
      var asksLevel =
          new Traits(demand, -said - dot(demand, ability.mean()), ability.doubt(demand));
      var next =
          forgets
              ? known.followed.after(asksExpert, outcome.correct, outcome.kappa, known.prior)
              : Followed.of(ability.after(asksExpert, outcome.correct, outcome.kappa));
      boolean fired = next.restless() > known.followed.restless();
      // once an expert has changed, its surprises are its own
      if (next.restless() == 0) {
        level = shared.after(asksLevel, outcome.correct, outcome.kappa);
      }
      experts.put(
          outcome.expert,
          new Known(next, known.prior, known.outcomes + 1, known.alarms + (fired ? 1 : 0)));
      heard.incrementAndGet();
      return fired;
    } finally {
      learning.unlock();
    }
  }

  /** Forgets all that was heard. */
  public void clear() {
    learning.lock();
    try {
      experts.clear();
      level = prior(LEVEL);
      heard.set(0);
    } finally {
      learning.unlock();
    }
  }

  @Override
  public Optional<Moved> of(ExpertCard card, QuestionProfile profile, Prior prior) {
    if (heard.get() == 0) {
      return Optional.empty();
    }
    double[] demand =
        profile.derived(tags, asked -> demand(asked.skills().stream().map(Skill::name).toList()));
    return Optional.of(moved(card.reference(), demand, prior));
  }

  private Moved moved(String expert, double[] demand, Prior prior) {
    var fresh = prior.fitted() ? byOutcomes : byCard;
    var known = experts.get(expert);
    var ability = known == null ? fresh : known.followed.ability();
    var shared = level;
    double own = ability.doubt(demand);
    double mu = logit(prior.p()) + dot(demand, shared.mean()) + dot(demand, ability.mean());
    double variance = own + shared.doubt(demand);
    double p = Probit.mean(mu, variance);
    double reach = Forecast.EIGHTY * Math.sqrt(variance);
    return new Moved(
        p,
        Math.min(p, Probit.sigma(mu - reach)),
        Math.max(p, Probit.sigma(mu + reach)),
        p * (1 - p) * Math.sqrt(own),
        Math.clamp(1 - own / fresh.doubt(demand), 0, 1),
        known == null
            ? "no outcome of it since; others moved all"
            : String.format(
                Locale.ROOT,
                "%d outcomes since%s",
                known.outcomes,
                known.alarms > 0 ? ", it changed " + times(known.alarms) : ""));
  }

  private static String times(int alarms) {
    return alarms == 1 ? "once" : alarms + " times";
  }

  /** What is known of every expert of which something was heard, by name. */
  public List<Standing> standings() {
    List<Standing> all = new ArrayList<>();
    experts.forEach((expert, known) -> {
      var ability = known.followed.ability();
      double[] any = demand(List.of());
      all.add(
          new Standing(
              expert,
              known.outcomes,
              dot(any, ability.mean()),
              Math.sqrt(ability.doubt(any)),
              known.followed.drift(),
              known.alarms));
    });
    all.sort(Comparator.comparing(Standing::expert));
    return all;
  }

  @Override
  public long heard() {
    return heard.get();
  }

  private double[] demand(List<String> tags) {
    double[] demand = new double[skills.size() + 1];
    demand[0] = 1;
    for (var tag : tags) {
      var at = skills.get(tag);
      if (at != null) {
        demand[at] = 1;
      }
    }
    return demand;
  }

  private static double dot(double[] demand, double[] mean) {
    double sum = 0;
    for (int k = 0; k < demand.length; k++) {
      sum += demand[k] * mean[k];
    }
    return sum;
  }

  private static double logit(double p) {
    double bounded = Math.clamp(p, SUREST, 1 - SUREST);
    return Math.log(bounded / (1 - bounded));
  }
}
