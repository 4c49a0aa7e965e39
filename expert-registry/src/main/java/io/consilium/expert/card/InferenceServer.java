package io.consilium.expert.card;

import io.consilium.expert.SecretRef;
import io.consilium.expert.Skill;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An inference engine as {@code workers:} in {@code experts.yaml} declares it; the models and
 * adapters found there become experts.
 *
 * @param name its name, and the first part of its experts' ids
 * @param url its base address without version path ({@code http://host:8000})
 * @param engine what it is
 * @param key its credential, or null
 * @param said what is said of single models found there, by the engine's name for them
 */
public record InferenceServer(
    String name, URI url, Engine engine, @Nullable SecretRef key, Map<String, Said> said) {
  /** Engines whose control plane is known. */
  public enum Engine {
    VLLM("vLLM"),
    SGLANG("SGLang"),
    LLAMA_CPP("llama.cpp"),
    /** Consilium's own inference worker. */
    EMBEDDED("Consilium's own worker");

    private final String title;

    Engine(String title) {
      this.title = title;
    }

    /** As people write it. */
    public String title() {
      return title;
    }
  }

  /** What the router reads of a model. */
  public record Said(String description, List<Skill> skills) {
    public Said {
      skills = List.copyOf(skills);
    }
  }

  public InferenceServer {
    said = Map.copyOf(said);
  }
}
