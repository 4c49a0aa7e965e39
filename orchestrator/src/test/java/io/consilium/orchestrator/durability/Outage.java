package io.consilium.orchestrator.durability;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks a service at a steady pace while its PostgreSQL is away for a while: whether it goes on
 * answering, how much waits in the journal, and whether all of it arrives. Every second question is
 * routed, the others name their expert.
 */
final class Outage {
  private final Scene scene;
  private final int perSecond;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicInteger asked = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  private Outage(Scene scene, int perSecond) {
    this.scene = scene;
    this.perSecond = perSecond;
  }

  /**
   * What came of it.
   *
   * @param asked while the database was away
   * @param before milliseconds to an answer before, 50th and 99th of a hundred
   * @param during the same while the database was away
   * @param failures answers other than 200, in all
   * @param waiting decisions made while the database was away
   * @param bytes in the journal when it came back
   * @param drained milliseconds until none was left
   * @param pinned mean bytes of a decision whose expert was named
   * @param routed mean bytes of one that was routed
   * @param samples some decisions as the store has them
   */
  record Found(
      int asked,
      double[] before,
      double[] during,
      List<String> failures,
      int waiting,
      double bytes,
      double drained,
      double pinned,
      double routed,
      Scene.Kept kept,
      List<String> samples) {}

  static Found run(Path folder, Duration away, int perSecond) throws InterruptedException {
    try (var scene = new Scene(folder)) {
      return new Outage(scene, perSecond).run(away);
    }
  }

  private Found run(Duration away) throws InterruptedException {
    ask(Duration.ofMillis(Math.min(20_000, away.toMillis()))); // warm
    var before = ask(Duration.ofMillis(Math.min(20_000, away.toMillis())));
    scene.awaitDrained();
    int answered = acknowledged.size();
    int earlier = asked.get();
    scene.postgres().kill();
    var during = ask(away);
    int waiting = acknowledged.size() - answered;
    int askedDuring = asked.get() - earlier;
    double bytes = scene.pending();
    long back = System.nanoTime();
    scene.postgres().restart();
    scene.awaitDrained();
    double drained = (System.nanoTime() - back) / 1e6;
    ask(Duration.ofMillis(500));
    scene.awaitDrained();
    List<String> samples = new ArrayList<>();
    scene.query(
        "select json from decision order by id desc limit 200", row -> samples.add(row.getFirst()));
    return new Found(
        askedDuring,
        before,
        during,
        List.copyOf(failures),
        waiting,
        bytes,
        drained,
        mean("= 'plain'"),
        mean("<> 'plain'"),
        scene.kept(acknowledged),
        samples);
  }

  private double mean(String model) {
    var found = new double[1];
    scene.query(
        "select coalesce(avg(octet_length(json)), 0) from decision where model " + model,
        row -> found[0] = Double.parseDouble(row.getFirst()));
    return found[0];
  }

  /** Asks for a time, each question on a thread of its own, and waits for every answer. */
  private double[] ask(Duration time) {
    Queue<Double> took = new ConcurrentLinkedQueue<>();
    long questions = Math.max(1, time.toMillis() * perSecond / 1_000);
    long start = System.nanoTime();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (long i = 0; i < questions; i++) {
        long due = start + i * 1_000_000_000L / perSecond;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        int number = asked.incrementAndGet();
        callers.execute(() -> took.add(ask(number)));
      }
    }
    double[] sorted = took.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new double[] {at(sorted, 0.5), at(sorted, 0.99)};
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  private double ask(int number) {
    var service = scene.service();
    if (service == null) {
      throw new IllegalStateException("the service is down");
    }
    var question =
        number % 2 == 0
            ? Scene.PINNED
            : "{\"model\":\"consilium/auto\",\"messages\":[{\"role\":\"user\",\"content\":\"What is %d %% of %d EUR?\"}]}"
                .formatted(1 + number % 97, 100 + number);
    long start = System.nanoTime();
    try {
      var response = service.post("/v1/chat/completions", question);
      if (response.statusCode() == 200) {
        acknowledged.add(response.headers().firstValue("x-consilium-decision").orElseThrow());
      } else {
        failures.add(response.statusCode() + " " + response.body());
      }
    } catch (UncheckedIOException e) {
      failures.add(e.toString());
    }
    return (System.nanoTime() - start) / 1e6;
  }
}
