package io.consilium.bench.routing;

import io.consilium.expert.Forecast;
import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import io.consilium.router.blend.BlendEstimator;
import io.consilium.router.fit.KindFit;
import io.consilium.router.fit.Method;
import io.consilium.router.planner.CoFailure;
import io.consilium.router.records.QuestionHash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What is known of the questions of a part before anybody answers, as the planner would know it:
 * forecasts of the test questions, forecasts of the training questions made out of fold, guessed
 * kinds, mean prices by kind, and how experts fail together.
 *
 * @param trained forecasts of the training questions, out of fold, [question][expert]
 * @param trainedKinds their kinds, guessed out of fold
 * @param forecasts of the test questions
 * @param kinds of the test questions
 * @param prices by kind, in dollars to the planner; 0 where unknown
 * @param coFailure measured on the training questions
 */
public record Foresight(
    double[][] trained,
    List<String> trainedKinds,
    double[][] forecasts,
    List<String> kinds,
    Map<String, double[]> prices,
    CoFailure coFailure) {
  private static final int FOLDS = 5;

  /** Questions of a kind that weigh as much as the mean price over all. */
  private static final double PRICE_PRIOR = 10;

  /** The same for all rows of a part that ask for it with the same method and seed. */
  public static Foresight of(Part part, long seed, Method method) {
    return of(part, seed, method, method);
  }

  /**
   * The same where forecasts of training questions are another method's.
   *
   * @param heldOut makes them: much like the method, and quicker to fit
   */
  public static Foresight of(Part part, long seed, Method method, Method heldOut) {
    return part.foresights()
        .computeIfAbsent(
            method.name() + " " + heldOut.name() + " " + seed,
            key -> make(part, seed, method, heldOut));
  }

  private static Foresight make(Part part, long seed, Method method, Method heldOut) {
    if (part.answers().isEmpty()) {
      throw new IllegalArgumentException("no answers were recorded, so none can be compared");
    }
    var training = part.training().apply(seed);
    var items = part.train().items();
    double[][] trained = new double[items.size()][];
    Estimator estimator;
    boolean stacked = false;
    if (heldOut.equals(method) && method instanceof BlendEstimator blend) {
      stacked = true;
      var fit = blend.fitWithHeldOut(training); // stacking makes forecasts of held-out folds anyway
      estimator = fit.estimator();
      trained = fit.heldOut();
    } else {
      estimator = training.fit(method);
    }
    List<String> trainedKinds = new ArrayList<>(Collections.nCopies(trained.length, ""));
    int[] fold = items.stream().mapToInt(i -> QuestionHash.inner(i.hash(), FOLDS)).toArray();
    for (int f = 0; f < FOLDS; f++) {
      int left = f;
      var inner =
          training.rows(IntStream.range(0, fold.length).filter(i -> fold[i] != left).toArray());
      var held = stacked ? null : inner.fit(heldOut);
      var guess = KindFit.of(inner);
      for (int row = 0; row < fold.length; row++) {
        if (fold[row] == left) {
          if (held != null) {
            trained[row] = forecast(held, training.profiles().get(row), part);
          }
          trainedKinds.set(row, guess.of(training.vectors().get(row)));
        }
      }
    }
    var guess = KindFit.of(training);
    List<String> kinds = new ArrayList<>();
    var questions = part.questions().get();
    double[][] forecasts = new double[questions.size()][];
    for (int question = 0; question < forecasts.length; question++) {
      var profile = questions.get(question);
      forecasts[question] = forecast(estimator, profile, part);
      kinds.add(training.space().vector(profile).map(guess::of).orElse(""));
    }
    var coFailure =
        CoFailure.fit(
            part.train(),
            trained,
            trainedKinds,
            (item, expert) ->
                part.answers().of(items.get(item).id(), part.train().experts().get(expert)));
    return new Foresight(
        trained, trainedKinds, forecasts, kinds, prices(part, trainedKinds), coFailure);
  }

  /** Forecasts of every expert for a test question, with prices of its kind. */
  public List<Forecast> ahead(Part part, int question) {
    return ahead(part, forecasts[question], kinds.get(question));
  }

  /** The same for a training question, as if it had not been seen. */
  public List<Forecast> aheadOfTraining(Part part, int row) {
    return ahead(part, trained[row], trainedKinds.get(row));
  }

  private List<Forecast> ahead(Part part, double[] p, String kind) {
    double[] price = prices.getOrDefault(kind, prices.getOrDefault("", new double[p.length]));
    List<Forecast> ahead = new ArrayList<>();
    for (int e = 0; e < p.length; e++) {
      double kept = Math.clamp(p[e], 0, 1);
      var expert = part.train().experts().get(e);
      ahead.add(new Forecast(expert, kept, 0, 1, price[e], 0, List.of()));
    }
    return ahead;
  }

  private static Map<String, double[]> prices(Part part, List<String> kinds) {
    double[] all = part.trainPrices();
    for (int e = 0; e < all.length; e++) {
      all[e] = Double.isNaN(all[e]) ? 0 : all[e];
    }
    Map<String, double[]> sums = new HashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    for (int item = 0; item < kinds.size(); item++) {
      double[] sum = sums.computeIfAbsent(kinds.get(item), kind -> new double[all.length]);
      counts.merge(kinds.get(item), 1, Integer::sum);
      for (int e = 0; e < all.length; e++) {
        double usd = part.train().usd(item, e) * part.pool().dollars();
        sum[e] += Double.isNaN(usd) ? all[e] : usd;
      }
    }
    sums.forEach((kind, sum) -> {
      int n = counts.getOrDefault(kind, 0);
      for (int e = 0; e < all.length; e++) {
        sum[e] = (sum[e] + PRICE_PRIOR * all[e]) / (n + PRICE_PRIOR);
      }
    });
    sums.putIfAbsent("", all);
    return sums;
  }

  private static double[] forecast(Estimator estimator, QuestionProfile profile, Part part) {
    var estimates = estimator.estimate(profile, part.roster());
    double[] means = part.trainMeans();
    double[] p = new double[means.length];
    for (int e = 0; e < p.length; e++) {
      p[e] = estimates.weight(e) == 0 ? means[e] : estimates.p(e);
    }
    return p;
  }
}
