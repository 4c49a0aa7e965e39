package io.consilium.orchestrator.memory;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What memories keep and give.
 *
 * @param enabled whether there are any
 * @param facts the most facts of a tenant
 * @param experiences the most experiences of a tenant; beyond them the oldest go
 * @param similarity the least cosine of a note that may bear on a question
 * @param most the most notes that are given with a question
 * @param halfLife after which a note that nobody used counts half as recent
 */
public record MemorySettings(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("1000") int facts,
    @DefaultValue("5000") int experiences,
    @DefaultValue("0.35") double similarity,
    @DefaultValue("5") int most,
    @DefaultValue("30d") Duration halfLife) {
  /** What holds when nothing is set. */
  public static final MemorySettings DEFAULT =
      new MemorySettings(true, 1000, 5000, 0.35, 5, Duration.ofDays(30));

  public MemorySettings {
    require(facts >= 1, "facts", "at least 1");
    require(experiences >= 0, "experiences", "0 or more");
    require(similarity > 0 && similarity <= 1, "similarity", "a cosine above 0, at most 1");
    require(most >= 1 && most <= 50, "most", "from 1 to 50");
    require(halfLife.isPositive(), "half-life", "a positive time, such as 30d");
  }

  private static void require(boolean holds, String key, String range) {
    if (!holds) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, "consilium.memory.%s must be %s".formatted(key, range));
    }
  }
}
