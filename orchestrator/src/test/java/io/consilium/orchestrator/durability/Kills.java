package io.consilium.orchestrator.durability;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks a service as fast as a few callers can while the service, its PostgreSQL, or both are killed
 * at moments drawn from a seed, and then looks for every decision that a caller was told of.
 */
final class Kills {
  private static final int CALLERS = 4;

  /** A kill comes within so many milliseconds of answering, and the database is away as long. */
  private static final int MOMENT = 1_000;

  private final Scene scene;
  private final Random random;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();

  private Kills(Scene scene, long seed) {
    this.scene = scene;
    this.random = new Random(seed);
  }

  /** Who is killed. */
  enum Victim {
    SERVICE,
    DATABASE,
    BOTH
  }

  /**
   * What came of it.
   *
   * @param refused answers other than 200 of a service that was not killed
   */
  record Found(Scene.Kept kept, int refused) {}

  /** Kills in turn the service, the database and both, so many times in all. */
  static Found run(Path folder, int kills, long seed) throws InterruptedException {
    try (var scene = new Scene(folder)) {
      return new Kills(scene, seed).run(kills);
    }
  }

  private Found run(int kills) throws InterruptedException {
    var done = new AtomicBoolean();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CALLERS; i++) {
        callers.execute(() -> {
          while (!done.get()) {
            ask();
          }
        });
      }
      try {
        for (int i = 0; i < kills; i++) {
          kill(Victim.values()[i % Victim.values().length]);
        }
        awaitMore();
      } finally {
        done.set(true);
      }
    }
    scene.awaitDrained();
    return new Found(scene.kept(acknowledged), refused.get());
  }

  private void ask() {
    var service = scene.service();
    if (service == null) {
      LockSupport.parkNanos(1_000_000);
      return;
    }
    try {
      var response = service.post("/v1/chat/completions", Scene.PINNED);
      if (response.statusCode() == 200) {
        acknowledged.add(response.headers().firstValue("x-consilium-decision").orElseThrow());
      } else {
        refused.incrementAndGet();
      }
    } catch (UncheckedIOException e) {
      LockSupport.parkNanos(1_000_000); // it was killed meanwhile
    }
  }

  private void kill(Victim victim) throws InterruptedException {
    awaitMore();
    pause();
    switch (victim) {
      case SERVICE -> {
        scene.killService();
        scene.startService();
      }
      case DATABASE -> {
        scene.postgres().kill();
        pause();
        scene.postgres().restart();
      }
      case BOTH -> {
        scene.postgres().kill();
        pause();
        scene.killService();
        scene.postgres().restart();
        scene.startService();
      }
    }
  }

  private void awaitMore() {
    int before = acknowledged.size();
    Scene.await("an answer", () -> acknowledged.size() > before);
  }

  private void pause() {
    long end = System.nanoTime() + 1_000_000L * random.nextInt(MOMENT);
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
