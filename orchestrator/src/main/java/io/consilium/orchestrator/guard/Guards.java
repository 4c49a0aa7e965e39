package io.consilium.orchestrator.guard;

import io.consilium.expert.Expert;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Health;
import io.consilium.orchestrator.telemetry.Metric;
import io.consilium.orchestrator.telemetry.Telemetry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Puts the guards around experts, always in the order of {@link #around}.
 *
 * <p>Call it once for each version of a card: breaker and limits live in the expert it returns, so
 * a new version starts with a closed breaker.
 */
public final class Guards {
  private final GuardSettings settings;
  private final ExpertRegistry registry;
  private final Telemetry telemetry;
  private final Timing timing;
  private final ConcurrentHashMap<String, Watched> watched = new ConcurrentHashMap<>();

  public Guards(
      GuardSettings settings, ExpertRegistry registry, Telemetry telemetry, Timing timing) {
    this.settings = settings;
    this.registry = registry;
    this.telemetry = telemetry;
    this.timing = timing;
  }

  /**
   * The expert inside its guards. A call passes them from the last line to the first: observed,
   * deadline, retrying, breaker, limited. So the deadline bounds all attempts, each attempt counts
   * for the breaker, and a retry that waits holds no permit. The members of a composition have
   * guards of their own, so it is only observed and held to the deadline.
   */
  public Expert around(Expert expert) {
    var seen = watch(expert.card().id());
    if (expert.card().kind() instanceof ExpertKind.Composition) {
      return new ObservedExpert(deadline(expert), registry, telemetry, timing, seen.inFlight);
    }
    Expert guarded = expert;
    guarded = limited(guarded, seen);
    guarded = breaker(guarded, seen);
    guarded = retrying(guarded);
    guarded = deadline(guarded);
    return new ObservedExpert(guarded, registry, telemetry, timing, seen.inFlight);
  }

  private Expert limited(Expert expert, Watched seen) {
    var limits = settings.limits(expert.card().id());
    if (limits.equals(GuardSettings.Limits.NONE)) {
      return expert;
    }
    var limited = new LimitedExpert(expert, limits, timing);
    seen.limits = limited;
    return limited;
  }

  private Expert breaker(Expert expert, Watched seen) {
    if (!settings.breaker().enabled()) {
      return expert;
    }
    String id = expert.card().id();
    var breaker =
        new BreakerExpert(
            expert,
            settings.breaker(),
            timing,
            health -> {
              if (watched.get(id) == seen) { // not an earlier version's
                registry.health(id, health);
              }
            });
    seen.breaker = breaker;
    return breaker;
  }

  private Expert retrying(Expert expert) {
    if (settings.retry().attempts() == 1) {
      return expert;
    }
    var retries = Metric.EXPERT_RETRIES.counter(telemetry.meters(), expert.card().id());
    return new RetryingExpert(expert, settings.retry(), timing, retries::increment);
  }

  private Expert deadline(Expert expert) {
    return settings.deadline() ? new DeadlineExpert(expert, timing) : expert;
  }

  /** Meters follow the newest version of an expert. */
  private Watched watch(String id) {
    var seen = new Watched();
    var earlier = watched.put(id, seen);
    if (earlier == null) {
      var meters = telemetry.meters();
      Metric.EXPERT_IN_FLIGHT.gauge(meters, () -> now(id).inFlight.get(), id);
      Metric.EXPERT_BREAKER.gauge(meters, () -> now(id).state(), id);
      Metric.EXPERT_FREE.gauge(meters, () -> now(id).free(), id);
    } else if (earlier.state() != 0) {
      registry.health(id, Health.UNKNOWN);
    }
    return seen;
  }

  private Watched now(String id) {
    return watched.getOrDefault(id, NOTHING);
  }

  private static final Watched NOTHING = new Watched();

  /** What meters look at. */
  private static final class Watched {
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile @Nullable BreakerExpert breaker;
    private volatile @Nullable LimitedExpert limits;

    int state() {
      var present = breaker;
      return present == null ? 0 : present.state();
    }

    int free() {
      var present = limits;
      return present == null ? Integer.MAX_VALUE : present.free();
    }
  }
}
