package io.consilium.router.estimator;

import io.consilium.expert.Roster;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import io.consilium.router.fit.Seats;
import io.consilium.router.fit.TextSpace;
import java.util.Arrays;
import java.util.Optional;

/** A fitted method at work: finds the experts of its records in a roster and asks its state. */
public final class FittedEstimator implements Estimator {
  private final String name;
  private final TextSpace space;
  private final FittedState state;
  private final Seats seats;

  /**
   * An estimator that serves a state.
   *
   * @param name of the method
   * @param space the one its training used
   * @param state what it learnt
   */
  public FittedEstimator(String name, TextSpace space, FittedState state) {
    this.name = name;
    this.space = space;
    this.state = state;
    this.seats = new Seats(state.experts());
  }

  @Override
  public String name() {
    return name;
  }

  /** What was learnt; all that has to be kept to serve it again in the same space. */
  public FittedState state() {
    return state;
  }

  /**
   * What a call to the expert on each seat is forecast to cost in the records' unit of price; NaN
   * where no price is on record. Empty when the method forecasts no prices or the question has no
   * vector.
   */
  public Optional<double[]> usd(QuestionProfile profile, Roster roster) {
    if (!(state instanceof PriceForecast prices)) {
      return Optional.empty();
    }
    int[] columns = seats.of(roster);
    return space
        .vector(profile)
        .map(vector -> {
          double[] usd = prices.usd(vector);
          return Arrays.stream(columns)
              .mapToDouble(column -> column < 0 ? Double.NaN : usd[column])
              .toArray();
        });
  }

  @Override
  public Estimates estimate(QuestionProfile profile, Roster roster) {
    int[] columns = seats.of(roster);
    if (columns.length == 0 || state.experts().isEmpty()) {
      return Estimates.none(columns.length);
    }
    return seated(columns, state.of(profile, space));
  }

  /** Estimates by column as estimates by seat; a seat without a column knows nothing. */
  static Estimates seated(int[] columns, Estimates all) {
    return all.at(columns);
  }
}
