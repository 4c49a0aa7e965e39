package io.consilium.expert;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The result of asking one expert; partial failure is data. */
public sealed interface Reply {
  /** Whom was asked. */
  ExpertCard card();

  /** What had been expected, or null when the expert was not chosen by forecast. */
  @Nullable Forecast forecast();

  /** How long it took. */
  Duration took();

  /** It answered. */
  record Answered(
      ExpertCard card, @Nullable Forecast forecast, Duration took, Answer answer, double usd)
      implements Reply {}

  /** It failed. */
  record Failed(
      ExpertCard card, @Nullable Forecast forecast, Duration took, ExpertException failure)
      implements Reply {}
}
