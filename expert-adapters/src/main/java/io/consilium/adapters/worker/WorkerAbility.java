package io.consilium.adapters.worker;

import io.consilium.expert.card.InferenceServer.Engine;
import java.util.EnumSet;
import java.util.Set;

/** What an inference engine can do beyond answering; whoever needs one asks first. */
public enum WorkerAbility {
  /** Adapters are loaded and unloaded while it runs. */
  ADAPTER_LOADING,
  /** A request may mix adapters, each with a scale. */
  ADAPTER_SCALES,
  /** Log-probabilities of the likeliest tokens. */
  LOGPROBS,
  /** Distributions of several runs are fused inside the engine. */
  FUSION,
  /** Gives its memory back and takes it again. */
  SLEEP,
  /** Offers one checkpoint with several active-expert counts at once. */
  ACTIVE_EXPERTS,
  /** Says which experts of a mixture answered. */
  ROUTED_EXPERTS;

  /** What an engine of this kind can do. */
  public static Set<WorkerAbility> of(Engine engine) {
    return switch (engine) {
      case VLLM, SGLANG -> EnumSet.of(ADAPTER_LOADING, LOGPROBS, SLEEP, ROUTED_EXPERTS);
      case LLAMA_CPP -> EnumSet.of(ADAPTER_SCALES, LOGPROBS);
      case EMBEDDED ->
          EnumSet.of(ADAPTER_LOADING, ADAPTER_SCALES, LOGPROBS, FUSION, SLEEP, ACTIVE_EXPERTS);
    };
  }
}
