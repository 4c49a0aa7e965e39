package io.consilium.orchestrator;

import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Policy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The policies callers may name: {@code auto}, the presets, and those of the configuration. */
public final class Policies {
  /** Several experts answer and what they say becomes one answer, whatever it costs. */
  public static final Policy PANEL = new Policy("panel", 1.0, 0.1, 0.0005, 0, List.of(), Set.of());

  private final List<Policy> configured;
  private volatile Map<String, Policy> byName;

  /** The presets and {@code configured}, which may replace a preset of the same name. */
  public Policies(List<Policy> configured) {
    this.configured = List.copyOf(configured);
    configured.forEach(Policies::check);
    this.byName = all(configured, List.of());
  }

  /** Makes these the policies of {@code experts.yaml}, in place of those it had before. */
  public void declare(List<Policy> declared) {
    declared.forEach(Policies::check);
    byName = all(configured, declared);
  }

  private static Map<String, Policy> all(List<Policy> configured, List<Policy> declared) {
    var all = new LinkedHashMap<String, Policy>();
    Policy.presets().forEach(policy -> all.put(policy.name(), policy));
    all.put(PANEL.name(), PANEL);
    configured.forEach(policy -> all.put(policy.name(), policy));
    declared.forEach(policy -> all.put(policy.name(), policy));
    all.putFirst("auto", all.getOrDefault("balanced", Policy.BALANCED));
    return all;
  }

  private static void check(Policy policy) {
    if (!policy.aggregator().isEmpty()) {
      try {
        Aggregators.check(policy.aggregator());
      } catch (ExpertException wrong) {
        throw new ExpertException(
            FailureKind.CONFIGURATION, "policy '%s': %s".formatted(policy.name(), wrong.message()));
      }
    }
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
