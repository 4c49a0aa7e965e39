package io.consilium.router;

import io.consilium.expert.Forecast;
import io.consilium.expert.Roster;
import java.util.ArrayList;
import java.util.List;

/** Puts the estimators together: a weighted mean of their log-odds, with an interval. */
final class BlendEstimator {
  private final List<Estimator> estimators;

  BlendEstimator(List<Estimator> estimators) {
    this.estimators = List.copyOf(estimators);
  }

  /**
   * What all say together of one expert.
   *
   * @param p P(correct)
   * @param low lower end of its 80 % interval
   * @param high upper end
   * @param why each estimator's say
   */
  record Blended(double p, double low, double high, List<Forecast.Reason> why) {}

  /** One for each seat, in roster order. */
  List<Blended> blend(QuestionProfile profile, Roster roster) {
    List<List<Estimate>> said =
        estimators.stream().map(estimator -> estimator.estimate(profile, roster)).toList();
    List<Blended> blended = new ArrayList<>();
    for (int seat = 0; seat < roster.seats().size(); seat++) {
      double sum = 0;
      double weights = 0;
      List<Forecast.Reason> why = new ArrayList<>();
      for (int e = 0; e < estimators.size(); e++) {
        var estimate = said.get(e).get(seat);
        sum += estimate.weight() * Logistic.logit(estimate.p());
        weights += estimate.weight();
        why.add(
            new Forecast.Reason(
                estimators.get(e).name(), estimate.p(), estimate.weight(), estimate.note()));
      }
      double x = weights == 0 ? 0 : sum / weights;
      blended.add(
          new Blended(Logistic.sigmoid(x), Logistic.sigmoid(x - 1), Logistic.sigmoid(x + 1), why));
    }
    return blended;
  }
}
