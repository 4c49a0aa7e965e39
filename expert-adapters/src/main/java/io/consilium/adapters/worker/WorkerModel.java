package io.consilium.adapters.worker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model, variant or adapter that a worker serves.
 *
 * @param name what requests call it
 * @param kind what it is
 * @param base the model it changes; null for a base model
 * @param contextWindow the most tokens it reads; 0 when the worker does not say
 * @param activeExperts experts used per token; 0 when the worker does not say
 * @param quantisation how its weights are quantised; empty when the worker does not say
 * @param resident whether it is in memory; true when the worker does not say
 * @param slot the number llama.cpp gives an adapter; -1 for everything else
 * @param description what its file says of it; empty when nothing
 * @param skills what its file says it is good at
 */
public record WorkerModel(
    String name,
    Kind kind,
    @Nullable String base,
    int contextWindow,
    int activeExperts,
    String quantisation,
    boolean resident,
    int slot,
    String description,
    List<String> skills) {
  /** What a model is. */
  public enum Kind {
    BASE,
    VARIANT,
    ADAPTER
  }

  public WorkerModel {
    skills = List.copyOf(skills);
  }
}
