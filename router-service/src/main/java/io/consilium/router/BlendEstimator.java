package io.consilium.router;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.Forecast;
import io.consilium.expert.Roster;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Stacks the cold estimators: a conditional logit over their log-probabilities, fitted on held-out
 * questions (Wolpert, "Stacked Generalization", 1992). An estimator without evidence drops out.
 * Experts that describe themselves alike do not lower each other, and an all-rounder stands beside
 * the specialists with a middling chance of its own.
 */
final class BlendEstimator {
  /** P(correct) of an all-rounder of which nothing was measured: a specialist must be surer. */
  private static final double ALL_ROUNDER = 0.6;

  private static final double FLOOR = 1e-9;

  private final CardIndex cards;
  private final List<Estimator> estimators;
  private final ColdWeights weights;

  private BlendEstimator(CardIndex cards, List<Estimator> estimators, ColdWeights weights) {
    this.cards = cards;
    this.estimators = List.copyOf(estimators);
    this.weights = weights;
  }

  /** The cold estimators and their weights. */
  static BlendEstimator cold(CardIndex cards, ColdWeights weights) {
    return new BlendEstimator(
        cards,
        List.of(
            new CentroidEstimator(cards, weights.centroid(), weights.embedder()),
            new SkillEstimator(cards, weights.skill())),
        weights);
  }

  /**
   * What all say together of one expert.
   *
   * @param p P(correct)
   * @param low lower end of its 80 % interval
   * @param high upper end
   * @param why each estimator's say
   */
  record Said(double p, double low, double high, List<Forecast.Reason> why) {}

  /** What all say together of a roster: chances at once, the rest when asked for. */
  final class Blended {
    private final CardView view;
    private final List<Estimates> said;
    private final double[] chances;
    private final double spread;

    private Blended(CardView view, List<Estimates> said, double[] chances, double spread) {
      this.view = view;
      this.said = said;
      this.chances = chances;
      this.spread = spread;
    }

    /** P(correct) of the expert on a seat. */
    double p(int seat) {
      return Math.max(specialist(seat), allRounder(seat));
    }

    private double specialist(int seat) {
      // the mean of σ(x + e) over e ~ N(0, spread²), nearly (MacKay, 1992)
      double shrink = 1 / Math.sqrt(1 + Math.PI * spread * spread / 8);
      return weights.lapse().of(Logistic.sigmoid(Logistic.logit(chances[seat]) * shrink));
    }

    /** 0 for one that is no all-rounder. */
    private double allRounder(int seat) {
      double general = view.generals()[seat];
      return general > 0 ? BlendEstimator.allRounder(view.cards().get(seat), general) : 0;
    }

    /** All that is said of the expert on a seat. */
    Said get(int seat) {
      List<Forecast.Reason> why = new ArrayList<>();
      for (int e = 0; e < estimators.size(); e++) {
        var estimate = said.get(e).get(seat);
        why.add(
            new Forecast.Reason(
                estimators.get(e).name(), estimate.p(), estimate.weight(), estimate.note()));
      }
      double p = specialist(seat);
      double x = Logistic.logit(chances[seat]);
      var lapse = weights.lapse();
      double general = view.generals()[seat];
      if (general > 0) {
        double own = allRounder(seat);
        why.add(
            new Forecast.Reason(
                "general", own, 1, String.format(Locale.ROOT, "answers anything, %.2f", general)));
        if (own > p) {
          p = own;
          x = Logistic.logit(own);
          lapse = Lapse.NONE;
        }
      }
      return new Said(
          p,
          Math.min(p, lapse.least(Logistic.sigmoid(x - Forecast.EIGHTY * spread))),
          Math.max(p, lapse.most(Logistic.sigmoid(x + Forecast.EIGHTY * spread))),
          why);
    }
  }

  /** What all say of a question. */
  Blended blend(QuestionProfile profile, Roster roster) {
    var view = cards.view(roster);
    List<Estimates> said =
        estimators.stream().map(estimator -> estimator.estimate(profile, roster)).toList();
    double[] scores = scores(said, view.cards().size());
    boolean all =
        said.stream()
            .allMatch(each -> IntStream.range(0, each.size()).allMatch(i -> each.weight(i) > 0));
    return new Blended(
        view, said, chances(scores, view), all ? weights.spread() : 2 * weights.spread());
  }

  /** Blended scores of all experts, nobody's last. */
  private double[] scores(List<Estimates> said, int count) {
    double[][] logs = new double[count + 1][estimators.size()];
    int speaking = -1;
    int silent = 0;
    for (int e = 0; e < estimators.size(); e++) {
      double rest = 1;
      boolean speaks = count > 0 && said.get(e).weight(0) > 0;
      for (int i = 0; i < count; i++) {
        double p = said.get(e).p(i);
        logs[i][e] = speaks ? Math.log(Math.max(p, FLOOR)) : 0;
        rest -= p;
      }
      logs[count][e] = speaks ? Math.log(Math.max(rest, FLOOR)) : 0;
      if (speaks) {
        speaking = e;
      } else {
        silent++;
      }
    }
    double[] scores = new double[count + 1];
    if (silent == estimators.size() - 1 && speaking >= 0) {
      // alone, an estimator is calibrated by itself
      for (int i = 0; i <= count; i++) {
        scores[i] = logs[i][speaking];
      }
      return scores;
    }
    double[][] experts = new double[count][];
    System.arraycopy(logs, 0, experts, 0, count);
    return weights.blend().scores(new ConditionalLogit.Case(experts, nobody(logs[count])));
  }

  /** The outside option's features: a constant, then each estimator's log-probability of nobody. */
  static double[] nobody(double[] logs) {
    double[] features = new double[logs.length + 1];
    features[0] = 1;
    System.arraycopy(logs, 0, features, 1, logs.length);
    return features;
  }

  /**
   * P of each expert against all that differ from it, and against nobody. A group of experts that
   * say the same counts as one rival, and its members are no rivals of each other.
   */
  private static double[] chances(double[] scores, CardView view) {
    int count = view.cards().size();
    double top = Arrays.stream(scores).max().orElse(0);
    double[] odds = Arrays.stream(scores).map(score -> Math.exp(score - top)).toArray();
    double[] rival = new double[count];
    double rivals = odds[count];
    for (int i = 0; i < count; i++) {
      rival[i] = view.generals()[i] > 0 ? 0 : odds[i] / view.twins().get(i).crowd();
      rivals += rival[i];
    }
    double[] chances = new double[count];
    for (int i = 0; i < count; i++) {
      var twins = view.twins().get(i);
      double others = rivals - rival[i];
      for (int t = 0; t < twins.cards().length; t++) {
        others -= twins.shares()[t] * rival[twins.cards()[t]];
      }
      // a difference of sums: rounding must not take away nobody's share
      chances[i] = odds[i] / Math.max(odds[i] + Math.max(others, odds[count]), Double.MIN_NORMAL);
    }
    return chances;
  }

  private static double allRounder(ExpertCard card, double general) {
    double known =
        card.measured().accuracy().values().stream()
            .mapToDouble(Double::doubleValue)
            .average()
            .orElse(ALL_ROUNDER);
    return general * known;
  }
}
