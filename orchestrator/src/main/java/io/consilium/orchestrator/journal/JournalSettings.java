package io.consilium.orchestrator.journal;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How decisions are kept until the store has them.
 *
 * @param sync the longest a decision in the file waits for the disk
 * @param gather how long decisions gather before they are brought to the store together, which is
 *     cheaper than one by one and disturbs fewer requests
 * @param segment how large a file grows before the next is begun
 * @param limit how much may wait for the store; beyond it new questions are refused
 * @param patience how long a new question waits for room before it is refused
 * @param batch decisions handed to the store at once
 * @param firstWait before the store is tried again after a failure, doubled each time
 * @param longestWait the most of that
 */
public record JournalSettings(
    @DefaultValue("50ms") Duration sync,
    @DefaultValue("250ms") Duration gather,
    @DefaultValue("8MB") DataSize segment,
    @DefaultValue("1GB") DataSize limit,
    @DefaultValue("250ms") Duration patience,
    @DefaultValue("1024") int batch,
    @DefaultValue("100ms") Duration firstWait,
    @DefaultValue("10s") Duration longestWait) {
  /** What holds when nothing is set. */
  public static final JournalSettings DEFAULT =
      new JournalSettings(
          Duration.ofMillis(50),
          Duration.ofMillis(250),
          DataSize.ofMegabytes(8),
          DataSize.ofGigabytes(1),
          Duration.ofMillis(250),
          1024,
          Duration.ofMillis(100),
          Duration.ofSeconds(10));

  public JournalSettings {
    require(!sync.isNegative() && sync.toMillis() <= 50, "sync", "between 0 and 50ms");
    require(!gather.isNegative() && gather.toSeconds() < 1, "gather", "between 0 and 1s");
    require(segment.toBytes() >= 1024, "segment", "at least 1KB");
    require(limit.toBytes() >= segment.toBytes(), "limit", "at least journal.segment");
    require(!patience.isNegative(), "patience", "0 or more");
    require(batch >= 1, "batch", "at least 1");
    require(firstWait.toMillis() >= 1, "first-wait", "at least 1ms");
    require(longestWait.compareTo(firstWait) >= 0, "longest-wait", "at least first-wait");
  }

  private static void require(boolean holds, String key, String range) {
    if (!holds) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, "consilium.journal.%s must be %s".formatted(key, range));
    }
  }
}
