package io.consilium.orchestrator.routers;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Forecast;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.orchestrator.telemetry.Metric;
import io.consilium.router.Following;
import io.consilium.router.SkillTags;
import io.consilium.router.ability.OnlineAbilities;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets outcomes of decisions move the forecasts of the router version that made them. The outcomes
 * on record are the one log of it: each replica reads what is new there, its own and others', so
 * none is lost, and after a start all are heard again.
 */
public final class Learner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Learner.class);

  private static final int PAGE = 500;

  /** Numbers below the latest that are looked at again: of two writers the later may be first. */
  static final int OVERLAP = 1_000;

  private final JdbcOutcomes outcomes;
  private final Function<String, Optional<Decision>> decisions;
  private final Set<String> without;
  private final Counter heard;
  private final Counter alarms;
  private volatile boolean watching;
  private final Map<String, Ears> versions = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("learner").daemon().factory());

  /** What a version of the router has heard; for the learner's thread alone but for abilities. */
  private static final class Ears {
    private final OnlineAbilities abilities = new OnlineAbilities(SkillTags.shipped().names());
    private final NavigableSet<Long> known = new TreeSet<>();
    private long last;
    private volatile CanaryRules.Tally judged = CanaryRules.Tally.NONE;

    private void clear() {
      abilities.clear();
      known.clear();
      last = 0;
      judged = CanaryRules.Tally.NONE;
    }
  }

  /**
   * @param decisions finds a decision by its id
   * @param without tenants whose outcomes teach nobody
   */
  public Learner(
      JdbcOutcomes outcomes,
      Function<String, Optional<Decision>> decisions,
      Set<String> without,
      MeterRegistry meters) {
    this.outcomes = outcomes;
    this.decisions = decisions;
    this.without = Set.copyOf(without);
    this.heard = Metric.LEARNING_HEARD.counter(meters);
    this.alarms = Metric.LEARNING_ALARMS.counter(meters);
  }

  /** What use taught a version of the router; follows the outcomes from now on. */
  public Following following(String version) {
    return ears(version).abilities;
  }

  /** What is known of every expert of which this version has heard. */
  public List<OnlineAbilities.Standing> standings(String version) {
    return ears(version).abilities.standings();
  }

  /** The scores of this version's answers, as far as they were heard. */
  CanaryRules.Tally judged(String version) {
    return ears(version).judged;
  }

  private Ears ears(String version) {
    return versions.computeIfAbsent(version, any -> new Ears());
  }

  /** Looks every so often for outcomes that others recorded. */
  public Learner watch(Duration every) {
    watching = true;
    var _ = // ends with the executor
        thread.scheduleWithFixedDelay(this::listen, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  /** Hears soon what was just recorded; nothing, where it does not {@link #watch}. */
  public void nudge() {
    if (watching && !thread.isShutdown()) {
      thread.execute(this::listen);
    }
  }

  /** Learns anew from what is on record, since some of it was taken out. */
  public void relearn() {
    if (watching) {
      thread.execute(this::again);
    } else {
      again();
    }
  }

  private void again() {
    versions.values().forEach(Ears::clear);
    if (watching) {
      listen();
    }
  }

  /**
   * Hears what is on record and was not heard yet. Only on the learner's thread, or without one.
   */
  void listen() {
    try {
      versions.forEach(this::listen);
    } catch (ExpertException e) {
      log.warn("outcomes cannot be looked at; they are heard later: {}", e.message());
    } catch (RuntimeException e) { // what is thrown here would end the watch
      log.error("an outcome cannot be heard; the others are", e);
    }
  }

  private void listen(String version, Ears ears) {
    long after = Math.max(0, ears.last - OVERLAP);
    List<JdbcOutcomes.Numbered> page;
    do {
      page = outcomes.ofDecisions(after, PAGE);
      for (var each : page) {
        if (ears.known.add(each.seq())) {
          hear(version, ears, each);
        }
        after = each.seq();
      }
      ears.last = Math.max(ears.last, after);
    } while (page.size() == PAGE);
    ears.known.headSet(ears.last - OVERLAP).clear();
  }

  private void hear(String version, Ears ears, JdbcOutcomes.Numbered numbered) {
    var outcome = numbered.outcome();
    if (without.contains(outcome.tenant())) {
      return;
    }
    var decision = decisions.apply(outcome.item());
    if (decision.isEmpty() || !decision.get().route().routerVersion().equals(version)) {
      return;
    }
    var id = outcome.expert().replaceFirst("@\\d+$", "");
    for (var forecast : decision.get().route().forecasts()) {
      if (forecast.expert().equals(id) && estimated(forecast)) {
        heard.increment();
        ears.judged = ears.judged.and(outcome.correct());
        boolean changed =
            ears.abilities.hear(
                new OnlineAbilities.Heard(
                    outcome.expert(),
                    decision.get().profile().skills(),
                    Following.prior(forecast),
                    outcome.correct(),
                    outcome.weight()));
        if (changed) {
          alarms.increment();
          log.warn(
              "{} no longer does as it was forecast to: what is known of it is doubted from now on",
              outcome.expert());
        }
      }
    }
  }

  /** Of a pinned expert nothing was estimated. */
  private static boolean estimated(Forecast forecast) {
    return forecast.why().stream()
        .noneMatch(why -> why.estimator().equals("pin") || why.estimator().equals("service"));
  }

  /** Waits until nothing is heard any more after {@link #close}; for tests. */
  boolean ended(Duration patience) throws InterruptedException {
    return thread.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
