package io.consilium.expert.registry;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Health;
import io.consilium.expert.Health.Status;
import io.consilium.expert.Owner;
import io.consilium.expert.Residency;
import io.consilium.expert.Roster;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the health of every seated expert in the registry: the worse of what a regular probe of its
 * endpoint finds and what its breaker reports.
 *
 * <p>An expert that was up is degraded after one failed probe and down after two, so that one lost
 * packet takes nobody out of service; one that never answered is down at once. New cards and new
 * endpoints are probed without waiting for the next round. Probes of one expert never overlap.
 */
public final class HealthWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);

  private final ExpertRegistry registry;
  private final Function<ExpertCard, Health> probe;
  private final Executor probers;
  private final Clock clock;
  private final Map<String, Findings> findings = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();
  private @Nullable ScheduledFuture<?> rounds;
  private boolean closed;

  /** What is known of one expert. */
  private static final class Findings {
    private ExpertCard card;
    private Health probed = Health.UNKNOWN;
    private Health breaker = Health.UNKNOWN;
    private int failures;

    Findings(ExpertCard card) {
      this.card = card;
    }
  }

  /**
   * @param probe whether an endpoint answers; may block and may throw {@link ExpertException}. An
   *     expert that cannot be probed is {@link Health#UNKNOWN}
   * @param probers runs probes; a virtual thread each
   */
  public HealthWatch(
      ExpertRegistry registry, Function<ExpertCard, Health> probe, Executor probers, Clock clock) {
    this.registry = registry;
    this.probe = probe;
    this.probers = probers;
    this.clock = clock;
    // not on the caller's thread, which holds the registry
    registry.onChange(roster -> probers.execute(this::changed));
  }

  /** Probes everybody now and then every {@code period}. */
  public synchronized void start(ScheduledExecutorService scheduler, Duration period) {
    rounds =
        scheduler.scheduleWithFixedDelay(this::round, 0, period.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Probes everybody who is not being probed. */
  public void round() {
    registry.current().cards().forEach(this::probe);
  }

  /** Notes what an expert's breaker says: down while it is open, up when it is closed. */
  public void breaker(String id, Health health) {
    Findings of;
    synchronized (this) {
      var card = registry.current().find(id).map(Roster.Seat::card).orElse(null);
      if (card == null) {
        return;
      }
      of = findings.computeIfAbsent(id, absent -> new Findings(card));
      of.breaker = health;
      publish(id, of);
    }
  }

  /** The registry as breakers should see it: what they report of health comes here first. */
  public ExpertRegistry forBreakers() {
    return new ExpertRegistry() {
      @Override
      public Roster current() {
        return registry.current();
      }

      @Override
      public ExpertCard put(ExpertCard card) {
        return registry.put(card);
      }

      @Override
      public ExpertCard retire(String id, Owner by) {
        return registry.retire(id, by);
      }

      @Override
      public Roster replaceAll(Owner owner, List<ExpertCard> cards) {
        return registry.replaceAll(owner, cards);
      }

      @Override
      public Roster replaceAll(Owner owner, Predicate<ExpertCard> scope, List<ExpertCard> cards) {
        return registry.replaceAll(owner, scope, cards);
      }

      @Override
      public void health(String id, Health health) {
        breaker(id, health);
      }

      @Override
      public void load(String id, int inFlight) {
        registry.load(id, inFlight);
      }

      @Override
      public void residency(String id, Residency residency) {
        registry.residency(id, residency);
      }

      @Override
      public void observed(String id, double latencyMillis) {
        registry.observed(id, latencyMillis);
      }

      @Override
      public void onChange(Consumer<Roster> listener) {
        registry.onChange(listener);
      }
    };
  }

  private void changed() {
    var cards = registry.current().cards();
    synchronized (this) {
      findings.keySet().retainAll(cards.stream().map(ExpertCard::id).collect(Collectors.toSet()));
    }
    for (var card : cards) {
      boolean known;
      synchronized (this) {
        var before = findings.get(card.id());
        known = before != null && before.card.endpoint().equals(card.endpoint());
      }
      if (!known) {
        probe(card);
      }
    }
  }

  private void probe(ExpertCard card) {
    synchronized (this) {
      if (closed || !underWay.add(card.id())) {
        return;
      }
    }
    try {
      probers.execute(() -> probeNow(card));
    } catch (RuntimeException e) {
      finished(card, null);
      throw e;
    }
  }

  private void probeNow(ExpertCard card) {
    Health found = null;
    try {
      found = probe.apply(card);
    } catch (ExpertException e) {
      found = new Health(Status.DOWN, e.message(), clock.instant());
    } catch (RuntimeException e) {
      LOG.warn("the probe of {} failed by itself", card.id(), e);
    } finally {
      finished(card, found);
    }
  }

  private synchronized void finished(ExpertCard card, @Nullable Health found) {
    underWay.remove(card.id());
    var seated = registry.current().find(card.id()).map(Roster.Seat::card).orElse(null);
    if (closed || found == null || seated == null || !seated.id().equals(card.id())) {
      return;
    }
    var of = findings.get(card.id());
    if (of == null || !of.card.endpoint().equals(card.endpoint())) {
      of = new Findings(card);
      findings.put(card.id(), of);
    }
    of.card = card;
    boolean wasUp = of.probed.status() == Status.UP || of.probed.status() == Status.DEGRADED;
    of.failures = found.status() == Status.DOWN ? of.failures + 1 : 0;
    if (of.failures == 1 && wasUp) {
      found = new Health(Status.DEGRADED, "one failed probe: " + found.reason(), clock.instant());
    }
    of.probed = found;
    publish(card.id(), of);
  }

  private void publish(String id, Findings of) {
    var worse = rank(of.breaker.status()) > rank(of.probed.status()) ? of.breaker : of.probed;
    var shown = registry.current().find(id).map(Roster.Seat::health).orElse(Health.UNKNOWN);
    var since = shown.status() == worse.status() ? shown.since() : clock.instant();
    registry.health(id, new Health(worse.status(), worse.reason(), since));
  }

  private static int rank(Status status) {
    return switch (status) {
      case UNKNOWN -> 0;
      case UP -> 1;
      case DEGRADED -> 2;
      case DOWN -> 3;
    };
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (rounds != null) {
      rounds.cancel(false);
    }
  }
}
