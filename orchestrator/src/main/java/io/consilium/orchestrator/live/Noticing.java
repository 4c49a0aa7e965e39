package io.consilium.orchestrator.live;

import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Health;
import io.consilium.expert.Json;
import io.consilium.expert.KeptDecision;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Publishes what nobody says by themselves: that decisions reached the store, that an expert's
 * health changed, that another router serves. Health and router are looked at twice a second, which
 * costs a comparison where nothing changed.
 */
public final class Noticing {
  private static final long EVERY_MILLIS = 500;

  /** More than this many decisions at once are told in one event. */
  private static final int MOST = 20;

  private final Feed feed;
  private final ExpertRegistry registry;
  private final Supplier<String> router;
  private final BiConsumer<String, Health> tripped;
  private final Map<String, Health> healths = new HashMap<>();
  private String before;
  private String serving;

  /**
   * @param router the version that serves now
   * @param tripped hears of experts that went down and came back; must not block
   */
  public Noticing(
      Feed feed,
      ExpertRegistry registry,
      Supplier<String> router,
      BiConsumer<String, Health> tripped) {
    this.feed = feed;
    this.registry = registry;
    this.router = router;
    this.tripped = tripped;
    var now = registry.current();
    this.before = now.id();
    this.serving = router.get();
    now.seats().forEach(seat -> healths.put(seat.card().id(), seat.health()));
  }

  /** Looks from now on. */
  public Noticing start(ScheduledExecutorService scheduler) {
    var _ = // ends with the scheduler
        scheduler.scheduleWithFixedDelay(
            this::look, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    return this;
  }

  /** Compares what is with what was. */
  void look() {
    var now = registry.current();
    if (!now.id().equals(before)) {
      before = now.id();
      now.seats().forEach(seat -> compare(seat.card().id(), seat.health()));
    }
    var version = router.get();
    if (!version.equals(serving)) {
      serving = version;
      feed.publish("router", Json.object().put("serving", version));
    }
  }

  private void compare(String expert, Health health) {
    var earlier = healths.put(expert, health);
    if (earlier == null || earlier.status() == health.status()) {
      return;
    }
    feed.publish(
        "health",
        Json.object()
            .put("expert", expert)
            .put("status", health.status().name().toLowerCase(Locale.ROOT))
            .put("reason", health.reason()));
    if (health.status() == Health.Status.DOWN
        || (earlier.status() == Health.Status.DOWN && health.status() == Health.Status.UP)) {
      tripped.accept(expert, health);
    }
  }

  /** These reached the store. */
  public void stored(List<KeptDecision> decisions) {
    if (!feed.watched()) {
      return;
    }
    var data = Json.object().put("count", decisions.size());
    var newest = data.putArray("newest");
    decisions.stream()
        .skip(Math.max(0, decisions.size() - MOST))
        .forEach(each ->
            newest
                .addObject()
                .put("id", each.id())
                .put("at", each.at().toString())
                .put("plan", each.plan())
                .put("millis", each.millis())
                .put("usd", each.usd())
                .put("failed", each.failure() != null));
    feed.publish("decisions", data);
  }
}
