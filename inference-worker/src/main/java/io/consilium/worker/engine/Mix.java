package io.consilium.worker.engine;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Who generates: the base model or a variant of it, and a weighted set of adapters on it.
 *
 * @param model the name of the base model or of a variant
 * @param adapters none for the bare model; in order of name, without scale 0
 */
public record Mix(String model, List<Weighted> adapters) {
  /** An adapter and how strongly it acts; 1 is as trained. */
  public record Weighted(Adapter adapter, float scale) {
    public Weighted {
      if (!Float.isFinite(scale) || Math.abs(scale) > 100) {
        throw WorkerException.invalid(
            "lora",
            "the scale of %s must be a number from -100 to 100, not %s"
                .formatted(adapter.name(), scale));
      }
    }
  }

  public Mix {
    adapters =
        adapters.stream()
            .filter(weighted -> weighted.scale() != 0)
            .sorted(Comparator.comparing(weighted -> weighted.adapter().name()))
            .toList();
  }

  /** What generates, in words. */
  String words() {
    return adapters.isEmpty()
        ? model
        : adapters.stream()
            .map(weighted -> "%s at %s".formatted(weighted.adapter().name(), weighted.scale()))
            .collect(Collectors.joining(" and ", model + " with ", ""));
  }
}
