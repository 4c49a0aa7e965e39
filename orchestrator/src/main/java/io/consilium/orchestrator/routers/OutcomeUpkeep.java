package io.consilium.orchestrator.routers;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.jdbc.JdbcOutcomes;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the outcomes on record in order, apart from everything else: their questions have an index
 * where the store can have one, and months that are too old are forgotten.
 */
public final class OutcomeUpkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OutcomeUpkeep.class);

  private final JdbcOutcomes outcomes;
  private final Embedder embedder;
  private final Duration keep;
  private final Clock clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("outcome-upkeep").daemon().factory());

  /**
   * Begins at once, and looks again every day.
   *
   * @param keep how long outcomes are kept at least; zero for ever
   */
  public OutcomeUpkeep(JdbcOutcomes outcomes, Embedder embedder, Duration keep, Clock clock) {
    this.outcomes = outcomes;
    this.embedder = embedder;
    this.keep = keep;
    this.clock = clock;
    var _ = thread.scheduleWithFixedDelay(this::round, 0, 1, TimeUnit.DAYS);
  }

  private void round() {
    try {
      if (keep.isPositive()) {
        long gone = outcomes.forget(clock.instant().minus(keep));
        if (gone > 0) {
          log.info("{} outcomes older than {} are forgotten", gone, keep);
        }
      }
      outcomes.indexNearest(embedder.id(), embedder.dimension());
    } catch (ExpertException e) {
      log.warn("outcomes are put in order tomorrow: {}", e.message());
    } catch (RuntimeException e) { // what is thrown here would end the rounds
      log.error("outcomes cannot be put in order", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
