package io.consilium.orchestrator.batch;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Files and batches.
 *
 * @param maxFile the largest file
 * @param maxLines the most requests of one batch
 * @param lanes requests of one batch that are under way at once
 * @param atOnce batches that one process works on at once
 * @param attempts how often a request is tried whose failure may pass
 * @param firstWait before the second attempt; doubled for each further one
 * @param keep how long files are kept, and batches after their end
 * @param keepUnrecorded the same for keys whose contents are not recorded
 * @param heartbeat how often a process says that it lives; its batches are another's after four
 *     that are missing
 */
public record BatchSettings(
    @DefaultValue("100MB") DataSize maxFile,
    @DefaultValue("50000") int maxLines,
    @DefaultValue("8") int lanes,
    @DefaultValue("2") int atOnce,
    @DefaultValue("5") int attempts,
    @DefaultValue("1s") Duration firstWait,
    @DefaultValue("30d") Duration keep,
    @DefaultValue("1d") Duration keepUnrecorded,
    @DefaultValue("5s") Duration heartbeat) {
  public BatchSettings {
    require(maxFile.toBytes() >= 1024, "max-file", "at least 1KB");
    require(maxLines >= 1, "max-lines", "1 or more");
    require(lanes >= 1 && lanes <= 1_024, "lanes", "from 1 to 1024");
    require(atOnce >= 1 && atOnce <= 64, "at-once", "from 1 to 64");
    require(attempts >= 1, "attempts", "1 or more");
    require(firstWait.isPositive(), "first-wait", "a positive time, such as 1s");
    require(keep.isPositive(), "keep", "a positive time, such as 30d");
    require(keepUnrecorded.isPositive(), "keep-unrecorded", "a positive time, such as 1d");
    require(heartbeat.toMillis() >= 100, "heartbeat", "at least 100ms");
  }

  private static void require(boolean holds, String key, String range) {
    if (!holds) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, "consilium.batch.%s must be %s".formatted(key, range));
    }
  }
}
