package io.consilium.worker.engine;

import java.util.List;

/**
 * Who generates: a model with so many active experts and a weighted set of adapters on it.
 *
 * @param activeExperts experts used per token; 0 for the file's own number
 * @param adapters none for the bare model; in order of name, without scale 0
 */
public record Mix(int activeExperts, List<Weighted> adapters) {
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
            .sorted(java.util.Comparator.comparing(weighted -> weighted.adapter().name()))
            .toList();
  }
}
