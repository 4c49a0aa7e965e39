package io.consilium.orchestrator.durability;

import io.consilium.expert.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The process behind {@code ./consilium bench durability}: prints one JSON object per part. */
final class Durability {
  private Durability() {}

  /**
   * Kills, then an outage, then throughput.
   *
   * @param args kills, seed, seconds of outage, questions a second in it, seconds of recording
   */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws Exception {
    int kills = Integer.parseInt(args[0]);
    long seed = Long.parseLong(args[1]);
    var away = Duration.ofSeconds(Long.parseLong(args[2]));
    int perSecond = Integer.parseInt(args[3]);
    var recording = Duration.ofSeconds(Long.parseLong(args[4]));
    var folder = Files.createTempDirectory("consilium-durability");

    long start = System.nanoTime();
    var killed = Kills.run(Files.createDirectory(folder.resolve("kills")), kills, seed);
    System.out.println(
        kept("kills", killed.kept())
            .put("kills", kills)
            .put("seed", seed)
            .put("refused", killed.refused())
            .put("seconds", (System.nanoTime() - start) / 1e9));

    var found = Outage.run(Files.createDirectory(folder.resolve("outage")), away, perSecond);
    System.out.println(
        kept("outage", found.kept())
            .put("seconds", away.toSeconds())
            .put("per_second", perSecond)
            .put("asked", found.asked())
            .put("failures", found.failures().size())
            .put("before_p50_ms", found.before()[0])
            .put("before_p99_ms", found.before()[1])
            .put("during_p50_ms", found.during()[0])
            .put("during_p99_ms", found.during()[1])
            .put("waiting", found.waiting())
            .put("bytes", found.bytes())
            .put("drained_ms", found.drained())
            .put("pinned_bytes", found.pinned())
            .put("routed_bytes", found.routed()));

    var rate = Throughput.run(folder.resolve("throughput"), found.samples(), recording);
    System.out.println(
        Json.object()
            .put("part", "throughput")
            .put("seconds", recording.toSeconds())
            .put("recorded_per_second", rate.recorded())
            .put("stored_per_second", rate.stored())
            .put("decision_bytes", rate.bytes())
            .put("recorded", rate.all())
            .put("stored", rate.rows()));
    delete(folder);
  }

  private static tools.jackson.databind.node.ObjectNode kept(String part, Scene.Kept kept) {
    return Json.object()
        .put("part", part)
        .put("acknowledged", kept.acknowledged())
        .put("stored", kept.stored())
        .put("lost", kept.lost().size())
        .put("twice", kept.twice())
        .put("set_aside", kept.setAside().size());
  }

  private static void delete(Path folder) throws java.io.IOException {
    try (var files = Files.walk(folder)) {
      for (var file : List.copyOf(files.toList()).reversed()) {
        Files.delete(file);
      }
    }
  }
}
