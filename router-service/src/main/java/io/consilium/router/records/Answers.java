package io.consilium.router.records;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What experts answered, where the records kept it: short final answers, as compared by votes. */
public final class Answers {
  private final Map<String, Map<String, String>> byItem = new HashMap<>();

  /** None yet. */
  public Answers() {}

  /** Notes what an expert answered; a later answer to the same item replaces it. */
  public void add(String item, String expert, String answer) {
    byItem.computeIfAbsent(item, id -> new HashMap<>()).put(expert, answer);
  }

  /** Whether no answer was kept at all. */
  public boolean isEmpty() {
    return byItem.isEmpty();
  }

  /** The final answer of an expert to an item; empty when it gave none or none was kept. */
  public Optional<String> of(String item, String expert) {
    return Optional.ofNullable(byItem.getOrDefault(item, Map.of()).get(expert));
  }
}
