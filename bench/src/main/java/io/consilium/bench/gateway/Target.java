package io.consilium.bench.gateway;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What the bench compares. */
public enum Target {
  /** The mock upstream itself: the floor. */
  DIRECT("mock upstream, called directly"),
  /** The Consilium service with keys, journal and telemetry on. */
  OURS("Consilium, keys, journal and telemetry on"),
  /** {@link ThinGateway}. */
  THIN("thin Spring MVC endpoint, same HTTP client, none of those"),
  /** Portkey's gateway from npm. */
  PORTKEY("Portkey gateway 1.15.2 (npm)");

  private final String summary;

  Target(String summary) {
    this.summary = summary;
  }

  /** One line for a report's reader. */
  public String summary() {
    return summary;
  }

  /** The name used in options, reports and JSON. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads a comma-separated list of words; {@link #DIRECT} is always part of the answer. */
  static List<Target> list(String words) {
    List<String> asked = Arrays.asList(words.split(","));
    for (String word : asked) {
      if (Arrays.stream(values()).noneMatch(t -> t.word().equals(word))) {
        throw new IllegalArgumentException(
            "There is no target '%s'; targets are ours, thin, portkey.".formatted(word));
      }
    }
    return Arrays.stream(values()).filter(t -> t == DIRECT || asked.contains(t.word())).toList();
  }
}
