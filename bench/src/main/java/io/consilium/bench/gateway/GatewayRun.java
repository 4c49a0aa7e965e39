package io.consilium.bench.gateway;

import io.consilium.bench.gateway.load.Load;
import io.consilium.bench.gateway.load.LoadResult;
import io.consilium.bench.gateway.load.Topics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The scenarios of the gateway bench, in the order they run. All targets stay up side by side, idle
 * but for the one under load, so that each round meets all of them within seconds.
 */
final class GatewayRun {
  private static final String PINNED = "instant-pinned";
  private static final String AUTO = "instant-auto";

  private static final int BUSY = 32;
  private static final int SHORT_PROMPT = 12;
  private static final int LONG_PROMPT = 512;

  private final Options options;
  private final Launcher launcher;
  private final LoadClient client;
  private final Gateway direct;
  private final Measures measures;
  private final String loadCores;

  /** What requests to {@code consilium/auto} carry besides. */
  private String wishes = "";

  private long seed = 1;

  GatewayRun(
      Options options,
      Launcher launcher,
      LoadClient client,
      Gateway direct,
      Measures measures,
      String loadCores) {
    this.options = options;
    this.launcher = launcher;
    this.client = client;
    this.direct = direct;
    this.measures = measures;
    this.loadCores = loadCores;
  }

  void run() throws IOException, InterruptedException {
    load(direct, "instant", BUSY, options.minute() / 6);
    try (Fleet fleet = new Fleet()) {
      fleet.add(direct);
      for (Target target : options.targets()) {
        if (target != Target.DIRECT) {
          fleet.add(launcher.start(target, "0", OursRoster.PINNED));
          firstMinute(fleet.last());
        }
      }
      latency(PINNED, fleet.all(), "instant");
      for (Gateway gateway : fleet.all()) {
        throughput(PINNED, gateway, "instant");
      }
      for (Gateway gateway : fleet.all()) {
        LoadResult late = load(gateway, "delay-20", BUSY, options.seconds());
        measures.add(gateway.target(), "delay-pinned", "rps", late.rps());
        measures.add(gateway.target(), "delay-pinned", "p50_ms", late.p50());
        measures.add(gateway.target(), "delay-pinned", "p99_ms", late.p99());
        measures.count(gateway.target(), "delay-pinned", "errors", late.errors());
      }
      for (Gateway gateway : fleet.all()) {
        paced(gateway);
      }
      for (Gateway gateway : fleet.all()) {
        streamsHeld(gateway);
      }
      for (Gateway gateway : fleet.started()) {
        measures.add(gateway.target(), "steady", "resident_mib", memory(gateway));
      }
    }
    if (options.targets().contains(Target.OURS)) {
      auto();
      burst();
    }
  }

  private void firstMinute(Gateway gateway) throws IOException {
    Target target = gateway.target();
    measures.add(target, "start", "ready_s", gateway.readySeconds());
    measures.add(target, "start", "resident_mib", memory(gateway));
    LoadResult first = load(gateway, "instant", BUSY, options.minute());
    measures.add(target, "first-minute", "rps", first.rps());
    List<Long> seconds = first.perSecond().subList(0, Math.min(5, first.perSecond().size()));
    measures.add(
        target,
        "first-minute",
        "first_5s_rps",
        seconds.stream().mapToLong(Long::longValue).average().orElse(0));
    measures.count(target, "first-minute", "errors", first.errors());
  }

  /** Concurrency 1, all gateways in each round; what is added is measured within the round. */
  private void latency(String scenario, List<Gateway> gateways, String model) throws IOException {
    Map<Target, List<LoadResult>> results = new EnumMap<>(Target.class);
    for (int round = 0; round < options.rounds(); round++) {
      for (Gateway gateway : gateways) {
        String asked = gateway.target() == Target.OURS ? model : "instant";
        LoadResult result = load(gateway, asked, 1, options.seconds());
        results.computeIfAbsent(gateway.target(), t -> new ArrayList<>()).add(result);
      }
    }
    List<LoadResult> floor = results.getOrDefault(Target.DIRECT, List.of());
    results.forEach((target, own) -> {
      measures.count(
          target, scenario, "errors_c1", own.stream().mapToLong(LoadResult::errors).sum());
      if (own.stream().anyMatch(result -> result.requests() == 0)) {
        return;
      }
      measures.add(target, scenario, "p50_ms", middle(own, LoadResult::p50));
      measures.add(target, scenario, "p99_ms", middle(own, LoadResult::p99));
      if (target != Target.DIRECT) {
        measures.add(target, scenario, "added_p50_ms", added(own, floor, LoadResult::p50));
        measures.add(target, scenario, "added_p99_ms", added(own, floor, LoadResult::p99));
      }
    });
  }

  private void throughput(String scenario, Gateway gateway, String model) throws IOException {
    int rounds = Math.min(3, options.rounds());
    double[] rps = new double[rounds];
    double[] p99 = new double[rounds];
    double[] cpu = new double[rounds];
    long errors = 0;
    for (int round = 0; round < rounds; round++) {
      long before = cpuMicros(gateway);
      LoadResult result = load(gateway, model, BUSY, options.seconds());
      cpu[round] = (cpuMicros(gateway) - before) / (double) Math.max(1, result.requests());
      rps[round] = result.rps();
      p99[round] = result.p99();
      errors += result.errors();
    }
    Target target = gateway.target();
    measures.add(target, scenario, "rps", Measures.median(rps));
    measures.count(target, scenario, "errors_c32", errors);
    if (Measures.median(rps) > 0) {
      measures.add(target, scenario, "p99_c32_ms", Measures.median(p99));
      measures.add(target, scenario, "cpu_us_per_request", Measures.median(cpu));
      if (target != Target.DIRECT) {
        measures.add(target, scenario, "rps_per_busy_core", 1e6 / Measures.median(cpu));
      }
    }
  }

  private void paced(Gateway gateway) throws IOException {
    LoadResult result = run(gateway, "paced-64x20", MockMode.FRAMES, BUSY, options.seconds(), 0);
    Target target = gateway.target();
    measures.count(target, "paced-pinned", "streams", result.requests());
    measures.add(target, "paced-pinned", "first_frame_p50_ms", result.firstFrameP50());
    measures.add(target, "paced-pinned", "first_frame_p99_ms", result.firstFrameP99());
    measures.add(target, "paced-pinned", "whole_p99_ms", result.p99());
    measures.count(target, "paced-pinned", "frames", result.frames());
    measures.count(target, "paced-pinned", "frames_lost", result.framesLost());
    measures.count(target, "paced-pinned", "errors", result.errors());
  }

  private void streamsHeld(Gateway gateway) throws IOException {
    LoadResult result = run(gateway, "paced-64x250", MockMode.FRAMES, options.streams(), 0, 1);
    Target target = gateway.target();
    measures.count(target, "streams-held", "whole_streams", result.requests());
    measures.count(target, "streams-held", "frames", result.frames());
    measures.count(target, "streams-held", "frames_lost", result.framesLost());
    measures.add(target, "streams-held", "whole_p99_ms", result.p99());
    if (gateway.process().isPresent()) {
      measures.add(target, "streams-held", "peak_mib", gateway.process().get().peakMiB());
    }
  }

  private void auto() throws IOException, InterruptedException {
    try (Gateway ours = launcher.start(Target.OURS, "0", OursRoster.TOPICS)) {
      askTheMockOnly(ours);
      load(ours, "consilium/auto", 8, options.minute() / 3);
      latency(AUTO, List.of(direct, ours), "consilium/auto");
      throughput(AUTO, ours, "consilium/auto");
      measures.add(Target.OURS, AUTO, "resident_mib", memory(ours));
    }
  }

  private void burst() throws IOException, InterruptedException {
    try (Gateway ours = launcher.start(Target.OURS, "0,1", OursRoster.TOPICS);
        LoadClient second = new LoadClient(loadCores)) {
      askTheMockOnly(ours);
      load(ours, "consilium/auto", 8, options.minute() / 6);
      load(ours, "instant", 8, options.minute() / 6);
      double[] calm = new double[options.rounds()];
      double[] stormy = new double[options.rounds()];
      double[] rise = new double[options.rounds()];
      double[] bursts = new double[options.rounds()];
      long errors = 0;
      for (int round = 0; round < options.rounds(); round++) {
        calm[round] = load(ours, "instant", 1, options.seconds()).p99();
        Load longs = spec(ours, "consilium/auto", LONG_PROMPT, 0, BUSY, options.seconds() + 0.5, 0);
        CompletableFuture<LoadResult> storm =
            CompletableFuture.supplyAsync(() -> {
              try {
                return second.run(longs);
              } catch (IOException broken) {
                throw new CompletionException(broken);
              }
            });
        stormy[round] = load(ours, "instant", 1, options.seconds()).p99();
        rise[round] = stormy[round] - calm[round];
        LoadResult burst = storm.join();
        bursts[round] = burst.rps();
        errors += burst.errors();
        complain(Target.OURS, burst);
      }
      measures.add(Target.OURS, "burst", "calm_p99_ms", Measures.median(calm));
      measures.add(Target.OURS, "burst", "burst_p99_ms", Measures.median(stormy));
      if (Measures.median(bursts) > 0) {
        measures.add(Target.OURS, "burst", "p99_rise_ms", Measures.median(rise));
      }
      measures.add(Target.OURS, "burst", "burst_rps", Measures.median(bursts));
      measures.count(Target.OURS, "burst", "burst_errors", errors);
    }
  }

  /**
   * What other experts compute is not the router's time. Cold experts are hardly sure of anything,
   * and the bench wants an answer, not an abstention.
   */
  private void askTheMockOnly(Gateway ours) throws IOException, InterruptedException {
    String others =
        launcher.experts(ours).stream()
            .filter(id -> !id.equals("instant") && !Topics.names().contains(id))
            .map(id -> '"' + id + '"')
            .collect(Collectors.joining(","));
    wishes = "\"consilium\":{\"minimum\":0,\"exclude\":[" + others + "]}";
  }

  private LoadResult load(Gateway gateway, String model, int connections, double seconds)
      throws IOException {
    return run(gateway, model, 0, connections, seconds, 0);
  }

  private LoadResult run(
      Gateway gateway, String model, int frames, int connections, double seconds, int each)
      throws IOException {
    LoadResult result =
        client.run(spec(gateway, model, SHORT_PROMPT, frames, connections, seconds, each));
    complain(gateway.target(), result);
    return result;
  }

  private Load spec(
      Gateway gateway,
      String model,
      int tokens,
      int frames,
      int connections,
      double seconds,
      int each) {
    return new Load(
        gateway.port(),
        gateway.headers(),
        model,
        tokens,
        frames,
        connections,
        seconds,
        each,
        model.equals("consilium/auto") ? wishes : "",
        seed++);
  }

  private static void complain(Target target, LoadResult result) {
    if (result.errors() > 0) {
      System.out.printf(
          "%-8s %d bad replies, the first: %s%n",
          target.word(), result.errors(), result.firstError());
    }
  }

  private static double added(
      List<LoadResult> own, List<LoadResult> floor, ToDoubleFunction<LoadResult> metric) {
    double[] added = new double[own.size()];
    for (int i = 0; i < added.length; i++) {
      added[i] = metric.applyAsDouble(own.get(i)) - metric.applyAsDouble(floor.get(i));
    }
    return Measures.median(added);
  }

  private static double middle(List<LoadResult> results, ToDoubleFunction<LoadResult> metric) {
    return Measures.median(results.stream().mapToDouble(metric).toArray());
  }

  private static long cpuMicros(Gateway gateway) throws IOException {
    return gateway.process().isPresent() ? gateway.process().get().cpuMicros() : 0;
  }

  private static double memory(Gateway gateway) throws IOException {
    return gateway.process().isPresent() ? gateway.process().get().residentMiB() : 0;
  }

  /** The gateways that are up; closing it ends those it started. */
  private static final class Fleet implements AutoCloseable {
    private final List<Gateway> up = new ArrayList<>();

    void add(Gateway gateway) {
      up.add(gateway);
    }

    Gateway last() {
      return up.getLast();
    }

    List<Gateway> all() {
      return up;
    }

    List<Gateway> started() {
      return up.subList(1, up.size());
    }

    @Override
    public void close() {
      started().forEach(Gateway::close);
    }
  }
}
