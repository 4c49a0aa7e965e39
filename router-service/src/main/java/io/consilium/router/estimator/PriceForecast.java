package io.consilium.router.estimator;

/** The side of a {@link FittedState} that also forecasts what a call will cost. */
interface PriceForecast {
  /** Of each expert, in the records' unit of price; NaN where no price is on record. */
  double[] usd(float[] vector);
}
