package io.consilium.orchestrator.workers;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The worker that the service starts as a process of its own.
 *
 * @param enabled whether it is started
 * @param port where it listens on loopback; 0 takes a free one, another at each start
 * @param model GGUF file of the base model; null for the demo model
 * @param adapters names to GGUF files, beside those of the demo model when that is used
 * @param folders where adapters may be loaded from while it runs
 * @param variants offered besides: active-expert counts, and files of the model quantised otherwise
 * @param natives folder of a llama.cpp build to use instead of the bundled library
 * @param lanes texts generated at once
 * @param threads processor threads of a lane
 * @param context tokens of prompt and answer; 0 for the model's own
 * @param residentAdapters most adapters in memory at once
 * @param gpuLayers layers on a GPU, with natives that can
 */
public record LocalWorkerSettings(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("0") int port,
    @Nullable Path model,
    @DefaultValue Map<String, Path> adapters,
    @DefaultValue List<Path> folders,
    @DefaultValue List<String> variants,
    @Nullable Path natives,
    @DefaultValue("2") int lanes,
    @DefaultValue("1") int threads,
    @DefaultValue("0") int context,
    @DefaultValue("16") int residentAdapters,
    @DefaultValue("0") int gpuLayers) {
  public LocalWorkerSettings {
    adapters = Map.copyOf(adapters);
    folders = List.copyOf(folders);
    variants = List.copyOf(variants);
  }
}
