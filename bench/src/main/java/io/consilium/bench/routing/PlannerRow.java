package io.consilium.bench.routing;

import io.consilium.expert.Forecast;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.router.Estimator;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfile;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Training;
import io.consilium.router.planner.AfterReplies;
import io.consilium.router.planner.CoFailure;
import io.consilium.router.planner.KindGuess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The planner over the forecasts of a method: the most useful of all experts alone and of the best
 * cascade, played on recorded answers. How experts fail together, what each costs on a kind of
 * question, and P(correct) after replies are learnt on the training part, from forecasts made out
 * of fold.
 *
 * @param method whose forecasts it plans with
 * @param heldOut whose out-of-fold forecasts it learns from: the same, or one much like it that is
 *     quicker to fit
 */
record PlannerRow(String name, Method method, Method heldOut) implements Row {
  private static final int FOLDS = 4;

  /** Questions of a kind that weigh as much as the mean price over all. */
  private static final double PRICE_PRIOR = 10;

  /** Prices, in units of the dearest expert, at which training cascades are played. */
  private static final double[] TRAINING_PRICES = {0.02, 0.1, 0.3};

  @Override
  public String input() {
    return method.input() + ", answers of others";
  }

  @Override
  public boolean random() {
    return method.random();
  }

  @Override
  public boolean forecasts() {
    return true;
  }

  @Override
  public Fitted fit(Part part, long seed) {
    if (part.answers().isEmpty()) {
      throw new IllegalArgumentException("no answers were recorded, so none can be compared");
    }
    var training = part.training().apply(seed);
    double[][] forecasts = new double[part.train().items().size()][];
    List<String> kinds = new ArrayList<>(Collections.nCopies(forecasts.length, ""));
    for (int fold = 0; fold < FOLDS; fold++) {
      int left = fold;
      int[] rest = rows(training, row -> fold(training, row) != left);
      int[] out = rows(training, row -> fold(training, row) == left);
      var inner = training.rows(rest);
      var estimator = heldOut.fit(inner);
      var guess = guess(inner);
      for (int row : out) {
        forecasts[row] = forecast(estimator, training.profiles().get(row), part);
        kinds.set(row, guess.of(training.vectors().get(row)));
      }
    }
    var items = part.train().items();
    var coFailure =
        CoFailure.fit(
            part.train(),
            forecasts,
            kinds,
            (item, expert) ->
                part.answers().of(items.get(item).id(), part.train().experts().get(expert)));
    var prices = prices(part, kinds);
    var afterReplies = afterReplies(part, forecasts, kinds, prices, coFailure);
    var planner = new Planner(0, 0.05, coFailure, afterReplies);
    var estimator = method.fit(training);
    var guess = guess(training);
    var questions = part.questions().get();
    var replay = new PlanReplay(part.test(), part.answers(), part.roster());
    var nextStep = planner.nextStep();
    return question -> {
      var profile = questions.get(question);
      double[] p = forecast(estimator, profile, part);
      var kind = training.space().vector(profile).map(guess::of).orElse("");
      double[] price = prices.getOrDefault(kind, part.trainPrices());
      return new Turn() {
        @Override
        public double[] scores() {
          return p;
        }

        @Override
        public Served serve(double lambda) {
          var promise = route(part, p, price, kind, lambda, planner);
          var played =
              replay.play(question, promise.route(), asked(profile.question(), lambda), nextStep);
          var served = played.served();
          // a cascade promises once it has heard the replies, anything else before
          double promised = Double.isNaN(played.p()) ? promise.p() : played.p();
          return new Served(served.correct(), served.cost(), served.calls(), promised);
        }
      };
    };
  }

  /** A route and P(correct) of its plan before anybody was asked. */
  private record Promise(Route route, double p) {}

  private Promise route(
      Part part, double[] p, double[] price, String kind, double lambda, Planner planner) {
    List<Forecast> forecasts = new ArrayList<>();
    for (int e = 0; e < p.length; e++) {
      double kept = Math.clamp(p[e], 0, 1);
      forecasts.add(
          new Forecast(part.train().experts().get(e), kept, 0, 1, dollars(price[e]), 0, List.of()));
    }
    var planned =
        planner
            .plan(
                new Planner.Case(forecasts, forecasts, kind, Double.POSITIVE_INFINITY),
                policy(lambda),
                0)
            .orElseThrow(); // at minimum 0 and without a limit there is always a plan
    return new Promise(
        new Route(planned.plan(), forecasts, List.of(), 1, 0, name, "bench", ""),
        planned.offer().p());
  }

  /** Prices are unknown in some records. */
  private static double dollars(double price) {
    return Double.isNaN(price) ? 0 : price;
  }

  private static Question asked(Question question, double lambda) {
    var plain = Terms.within(Duration.ofDays(1), Instant.EPOCH);
    return question.under(
        new Terms(
            policy(lambda),
            plain.deadline(),
            plain.budgetUsd(),
            plain.tenant(),
            null,
            null,
            "dec_bench",
            0,
            null,
            false));
  }

  private static Policy policy(double lambda) {
    return new Policy("bench", 1, lambda, 0, 0, List.of(), Set.of());
  }

  private AfterReplies afterReplies(
      Part part,
      double[][] forecasts,
      List<String> kinds,
      Map<String, double[]> prices,
      CoFailure coFailure) {
    var replay = new PlanReplay(part.train(), part.answers(), part.roster());
    var planner = new Planner(0, 0.05, coFailure, AfterReplies.assumed());
    double dearest =
        IntStream.range(0, part.experts())
            .mapToDouble(e -> dollars(part.trainPrices()[e]))
            .max()
            .orElse(0);
    List<AfterReplies.Case> cases = new ArrayList<>();
    for (int row = 0; row < forecasts.length; row++) {
      for (double share : TRAINING_PRICES) {
        double lambda = dearest == 0 ? 0 : share / dearest;
        var kind = kinds.get(row);
        var route =
            route(
                part,
                forecasts[row],
                prices.getOrDefault(kind, part.trainPrices()),
                kind,
                lambda,
                planner);
        if (route.route().plan() instanceof Plan.Cascade) {
          var question =
              asked(Question.of("?", Terms.within(Duration.ZERO, Instant.EPOCH)), lambda);
          var played = replay.play(row, route.route(), question, planner.nextStep());
          if (!Double.isNaN(played.p()) && played.said().stream().anyMatch(s -> s.answer() >= 0)) {
            cases.add(new AfterReplies.Case(seen(played, kind), played.served().correct() > 0.5));
          }
        }
      }
    }
    return cases.size() < 50 ? AfterReplies.assumed() : AfterReplies.fit(cases);
  }

  private static AfterReplies.Seen seen(PlanReplay.Played played, String kind) {
    Map<Integer, Integer> votes = new HashMap<>();
    int silent = 0;
    int length = 0;
    for (NextStep.Said said : played.said()) {
      if (said.answer() < 0) {
        silent++;
      } else {
        votes.merge(said.answer(), 1, Integer::sum);
        length = said.length();
      }
    }
    int answered = played.said().size() - silent;
    int most = votes.values().stream().mapToInt(v -> v).max().orElse(0);
    return new AfterReplies.Seen(
        played.p(),
        (double) most / Math.max(1, answered),
        played.said().size(),
        silent,
        length,
        kind);
  }

  private static Map<String, double[]> prices(Part part, List<String> kinds) {
    double[] all = part.trainPrices();
    Map<String, double[]> sums = new HashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    for (int item = 0; item < kinds.size(); item++) {
      double[] sum = sums.computeIfAbsent(kinds.get(item), kind -> new double[all.length]);
      counts.merge(kinds.get(item), 1, Integer::sum);
      for (int e = 0; e < all.length; e++) {
        sum[e] += part.train().usd(item, e) * part.pool().dollars();
      }
    }
    sums.forEach((kind, sum) -> {
      int n = counts.getOrDefault(kind, 0);
      for (int e = 0; e < all.length; e++) {
        sum[e] = (sum[e] + PRICE_PRIOR * all[e]) / (n + PRICE_PRIOR);
      }
    });
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

  private static KindGuess guess(Training training) {
    return KindGuess.fit(
        training.vectors(),
        training.records().items().stream().map(item -> item.category()).toList());
  }

  private static int fold(Training training, int row) {
    return (int) (Math.floor(10_000 * training.records().items().get(row).hash()) / 5) % FOLDS;
  }

  private static int[] rows(Training training, IntPredicate holds) {
    return IntStream.range(0, training.profiles().size()).filter(holds).toArray();
  }
}
