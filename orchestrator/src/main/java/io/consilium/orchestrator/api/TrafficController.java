package io.consilium.orchestrator.api;

import io.consilium.expert.ApiKey;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Health;
import io.consilium.expert.Json;
import io.consilium.expert.Roster;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.expert.jdbc.JdbcTraffic;
import io.consilium.expert.jdbc.JdbcTraffic.Sums;
import io.consilium.expert.jdbc.JdbcTraffic.Work;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Sums up traffic: how much, how fast, how dear, and who did it. */
@RestController
public final class TrafficController {
  /** So many experts are shown one by one, those asked most, and so many keys, the dearest. */
  private static final int MOST = 100;

  /** So long a step that a time has one. */
  private static final Duration EVER = Duration.ofDays(100_000);

  private final JdbcTraffic traffic;
  private final JdbcKeys keys;
  private final ExpertRegistry registry;
  private final InstantSource clock;

  /** A time that ends now, and the length of its steps: some sixty of them. */
  private enum Range {
    M15(Duration.ofMinutes(15), Duration.ofSeconds(15)),
    H1(Duration.ofHours(1), Duration.ofMinutes(1)),
    H6(Duration.ofHours(6), Duration.ofMinutes(5)),
    H24(Duration.ofHours(24), Duration.ofMinutes(20)),
    D7(Duration.ofDays(7), Duration.ofHours(3)),
    D30(Duration.ofDays(30), Duration.ofHours(12));

    private final Duration length;
    private final Duration step;

    Range(Duration length, Duration step) {
      this.length = length;
      this.step = step;
    }

    /** As it is written: {@code 15m}. */
    String text() {
      return name().substring(1) + name().substring(0, 1).toLowerCase(Locale.ROOT);
    }

    /** Where its first step begins. */
    Instant from(Instant now) {
      long step = this.step.toSeconds();
      long first = Math.floorDiv(now.minus(length).getEpochSecond(), step) + 1;
      return Instant.ofEpochSecond(first * step);
    }
  }

  /**
   * @param registry says how the experts are that did it
   */
  public TrafficController(
      JdbcTraffic traffic, JdbcKeys keys, ExpertRegistry registry, InstantSource clock) {
    this.traffic = traffic;
    this.keys = keys;
    this.registry = registry;
    this.clock = clock;
  }

  @GetMapping("/v1/overview")
  public void overview(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Given.parameters(request, List.of("range", "expert"));
    var range = range(request);
    var only = request.getParameter("expert");
    var now = clock.instant();
    var from = range.from(now);
    var root = header(range, from, now).put("step_seconds", range.step.toSeconds());
    var health =
        registry.current().seats().stream()
            .collect(Collectors.toMap(seat -> seat.card().id(), Roster.Seat::health));
    root.set("health", counted(health.values()));
    var all = traffic.over(from, now, range.step);
    root.set("totals", shown(all.total()));
    var series = root.putArray("series");
    all.steps().forEach(step -> series.add(shown(step.sums()).put("at", step.at().toString())));
    var experts = root.putArray("experts");
    Map<String, List<Work>> byExpert =
        all.work().stream()
            .filter(work -> only == null || work.expert().equals(only))
            .collect(Collectors.groupingBy(Work::expert, LinkedHashMap::new, Collectors.toList()));
    byExpert.entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<String, List<Work>> each) ->
                -each.getValue().stream().mapToLong(Work::calls).sum()))
        .limit(MOST)
        .forEach(
            each -> experts.add(shown(each.getKey(), each.getValue(), health.get(each.getKey()))));
    Bodies.write(200, root, response);
  }

  @GetMapping("/v1/spend")
  public void spend(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Given.parameters(request, List.of("range"));
    var range = range(request);
    var now = clock.instant();
    var from = range.from(now);
    var root = header(range, from, now);
    var all = traffic.over(from, now, EVER);
    var byKey = root.putArray("keys");
    for (var use : all.uses().subList(0, Math.min(MOST, all.uses().size()))) {
      byKey
          .addObject()
          .put("key", use.key())
          .put(
              "name",
              use.key() == null ? null : keys.withId(use.key()).map(ApiKey::name).orElse(use.key()))
          .put("requests", use.requests())
          .put("usd", use.usd());
    }
    root.put("further_keys", Math.max(0, all.uses().size() - MOST));
    var byExpert = root.putArray("experts");
    all.work().stream()
        .sorted(Comparator.comparingDouble(Work::usd).thenComparingLong(Work::calls).reversed())
        .limit(MOST)
        .forEach(work ->
            byExpert
                .addObject()
                .put("expert", work.expert())
                .put("calls", work.calls())
                .put("usd", work.usd()));
    root.put("further_experts", Math.max(0, all.work().size() - MOST));
    Bodies.write(200, root, response);
  }

  private static Range range(HttpServletRequest request) {
    var text = request.getParameter("range");
    if (text == null) {
      return Range.H24;
    }
    List<String> known = new ArrayList<>();
    for (var range : Range.values()) {
      if (range.text().equals(text)) {
        return range;
      }
      known.add(range.text());
    }
    throw ExpertException.invalid(
        "range", "'range' must be one of %s, not %s".formatted(String.join(", ", known), text));
  }

  private static ObjectNode header(Range range, Instant from, Instant to) {
    return Json.object()
        .put("range", range.text())
        .put("from", from.toString())
        .put("to", to.toString());
  }

  private static ObjectNode shown(Sums sums) {
    return Json.object()
        .put("requests", sums.requests())
        .put("failed", sums.failed())
        .put("abstained", sums.abstained())
        .put("cached", sums.cached())
        .put("usd", sums.usd())
        .put("p50_ms", sums.p50())
        .put("p99_ms", sums.p99())
        .put("own_p50_ms", sums.own50())
        .put("own_p99_ms", sums.own99())
        .put("upstream_p50_ms", sums.upstream50())
        .put("upstream_p99_ms", sums.upstream99());
  }

  /** How many experts are how well. */
  private static ObjectNode counted(Collection<Health> all) {
    var states = all.stream().collect(Collectors.groupingBy(Health::status, Collectors.counting()));
    var counts = Json.object();
    for (var status : Health.Status.values()) {
      counts.put(word(status), states.getOrDefault(status, 0L));
    }
    return counts;
  }

  private static String word(Health.Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  /**
   * What an expert did.
   *
   * @param health null when it is no longer registered
   */
  private static ObjectNode shown(String expert, List<Work> works, @Nullable Health health) {
    long calls = works.stream().mapToLong(Work::calls).sum();
    var node =
        Json.object()
            .put("expert", expert)
            .put("calls", calls)
            .put("failed", works.stream().mapToLong(Work::failed).sum())
            .put("usd", works.stream().mapToDouble(Work::usd).sum())
            .put("mean_ms", works.stream().mapToDouble(Work::millis).sum() / calls);
    if (health != null) {
      node.putObject("health").put("status", word(health.status())).put("reason", health.reason());
    }
    var series = node.putArray("series");
    works.forEach(work ->
        series
            .addObject()
            .put("at", work.at().toString())
            .put("calls", work.calls())
            .put("failed", work.failed()));
    return node;
  }
}
