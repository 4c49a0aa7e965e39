package io.consilium.router;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.Forecast;
import java.util.Optional;

/**
 * What use taught of experts since the router's version was fitted; fast, safe for many threads.
 */
public interface Following {
  /**
   * A forecast as the version makes it.
   *
   * @param p P(correct)
   * @param fitted whether outcomes or an interview stand behind it, not the card alone
   */
  record Prior(double p, boolean fitted) {}

  /**
   * A forecast as moved by outcomes.
   *
   * @param p P(correct)
   * @param low lower end of its 80 % interval
   * @param high upper end
   * @param spread standard deviation of {@code p} by what is not known of this expert; what all
   *     experts share does not count, for it changes no choice
   * @param share how much of what the version left open outcomes have settled, 0 to 1
   * @param note for people
   */
  record Moved(double p, double low, double high, double spread, double share, String note) {}

  /** The forecast of this version of an expert; empty while nothing was heard of anyone. */
  Optional<Moved> of(ExpertCard card, QuestionProfile profile, Prior prior);

  /** How many outcomes were heard. */
  long heard();

  /** What a forecast was before use moved it; itself where no use was followed. */
  static Prior prior(Forecast forecast) {
    return forecast.why().stream()
        .filter(reason -> reason.estimator().equals(Forecasts.FITTED))
        .findFirst()
        .map(reason -> new Prior(reason.p(), reason.weight() > 0))
        .orElseGet(() -> new Prior(forecast.p(), false));
  }
}
