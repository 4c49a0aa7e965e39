package io.consilium.worker.engine;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the engine runs.
 *
 * @param model the base model's file
 * @param name what requests call it
 * @param variants other ways its checkpoint is offered in besides
 * @param adapters names to files, available from the start
 * @param natives folder of a llama.cpp build, or null for the bundled library
 * @param scratch where the bundled library is unpacked
 * @param folders where other files may be loaded from
 * @param digests SHA-256 of files that may be loaded from anywhere, in lower-case hex
 * @param lanes texts generated at once
 * @param threads processor threads of a lane; 1 where processors are shared: llama.cpp spins while
 *     it waits
 * @param contextTokens most tokens of a prompt and its answer together; 0 for what the model was
 *     trained with, at most 4096
 * @param residentAdapters most adapters kept in memory at once, beside pinned ones
 * @param gpuLayers layers put on a GPU, where the natives can; 0 for none
 */
public record EngineSettings(
    Path model,
    String name,
    List<Variant> variants,
    Map<String, Path> adapters,
    @Nullable Path natives,
    Path scratch,
    List<Path> folders,
    List<String> digests,
    int lanes,
    int threads,
    int contextTokens,
    int residentAdapters,
    int gpuLayers) {
  public EngineSettings {
    variants = List.copyOf(variants);
    folders = List.copyOf(folders);
    digests = List.copyOf(digests);
    adapters = Collections.unmodifiableMap(new LinkedHashMap<>(adapters));
    atLeastOne("lanes", lanes);
    atLeastOne("threads", threads);
    if (contextTokens < 0) {
      throw WorkerException.invalid("context", "context is 0 or more tokens, not " + contextTokens);
    }
    atLeastOne("resident-adapters", residentAdapters);
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw WorkerException.invalid(name, "%s is 1 or more, not %d".formatted(name, value));
    }
  }
}
