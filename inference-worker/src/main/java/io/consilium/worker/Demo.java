package io.consilium.worker;

import io.consilium.worker.engine.EngineSettings;
import io.consilium.worker.engine.Variant;
import io.consilium.worker.engine.WorkerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The demo model that comes with the worker: a small mixture of experts and three adapters, trained
 * by {@code inference-worker/training}. What it can and cannot do is in {@code MODEL-CARD.md}
 * there.
 *
 * @param model the base model's file
 * @param adapters names to files
 * @param digests SHA-256 of all files
 */
public record Demo(Path model, Map<String, Path> adapters, List<String> digests) {
  /** What requests call the base model. */
  public static final String NAME = "consilium-demo";

  private static final String BASE = "demo.gguf";
  private static final String ADAPTER_PREFIX = "demo-";

  /**
   * Unpacks the files.
   *
   * @throws WorkerException when the folder cannot be written, for example because the disk is full
   */
  public static Demo unpack(Path folder) {
    Map<String, Path> adapters = new LinkedHashMap<>();
    List<String> digests = new ArrayList<>();
    var base = folder.resolve(BASE);
    try {
      Files.createDirectories(folder);
      for (var line : new String(resource("digests.txt"), StandardCharsets.UTF_8).split("\n")) {
        var parts = line.strip().split("\\s+");
        var file = folder.resolve(parts[1]);
        digests.add(parts[0]);
        write(file, resource(parts[1]));
        if (!parts[1].equals(BASE)) {
          adapters.put(
              parts[1].substring(ADAPTER_PREFIX.length(), parts[1].length() - ".gguf".length()),
              file);
        }
      }
    } catch (IOException e) {
      throw WorkerException.internal(
          "the demo model cannot be unpacked to %s: %s".formatted(folder, e));
    }
    return new Demo(base, adapters, digests);
  }

  /** The file of an adapter; must exist. */
  public Path adapter(String name) {
    var file = adapters.get(name);
    if (file == null) {
      throw WorkerException.notFound(
          "adapter",
          "there is no demo adapter '%s'; there are %s".formatted(name, adapters.keySet()));
    }
    return file;
  }

  /**
   * Settings that run it alone, one text at a time on one thread.
   *
   * @param scratch where the bundled library is unpacked
   * @param experts further active-expert counts
   */
  public EngineSettings settings(Path scratch, List<Integer> experts) {
    var variants = experts.stream().<Variant>map(Variant.ActiveExperts::new).toList();
    return new EngineSettings(
        model, NAME, variants, adapters, null, scratch, List.of(), digests, 1, 1, 0, 16, 0);
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
      return; // an earlier release's may be as long
    }
    var part = Files.createTempFile(file.getParent(), "demo", ".part");
    try {
      Files.write(part, bytes);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (var in = Demo.class.getResourceAsStream("demo/" + name)) {
      if (in == null) {
        throw new IOException("the program lacks its file demo/" + name);
      }
      return in.readAllBytes();
    }
  }
}
