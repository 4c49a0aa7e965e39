package io.consilium.orchestrator;

import io.consilium.expert.Policy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** The policies callers may name: {@code auto}, the presets, and those of the configuration. */
public final class Policies {
  private final LinkedHashMap<String, Policy> byName = new LinkedHashMap<>();

  /** The presets and {@code configured}, which may replace a preset of the same name. */
  public Policies(List<Policy> configured) {
    Policy.presets().forEach(policy -> byName.put(policy.name(), policy));
    configured.forEach(policy -> byName.put(policy.name(), policy));
    byName.putFirst("auto", byName.getOrDefault("balanced", Policy.BALANCED));
  }

  /** The policy with this name. */
  public Optional<Policy> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The policy of callers who name none. */
  public Policy usual() {
    return byName.getOrDefault("auto", Policy.BALANCED);
  }

  /** All names, {@code auto} first. */
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }
}
