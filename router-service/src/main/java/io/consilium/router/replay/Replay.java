package io.consilium.router.replay;

import io.consilium.expert.Answer;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Roster;
import io.consilium.expert.Route;
import io.consilium.expert.Usage;
import io.consilium.expert.index.CachedEmbedder;
import io.consilium.expert.testing.RecordedExpert;
import io.consilium.router.Contract;
import io.consilium.router.Estimator;
import io.consilium.router.Planner;
import io.consilium.router.QuestionProfile;
import io.consilium.router.Router;
import io.consilium.router.blend.Promises;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.Rosters;
import io.consilium.router.fit.TextSpace;
import io.consilium.router.fit.Training;
import io.consilium.router.records.HashRange;
import io.consilium.router.records.Imported;
import io.consilium.router.records.Item;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Plays a policy over recorded outcomes: an estimator is fitted on some questions, then each of the
 * others is forecast, planned and served from the record, next to a random expert, the best single
 * one and an oracle. Only questions on which every expert was observed take part.
 */
public final class Replay {
  private static final long SEED = 1;

  /** The default ranges of questions to learn from and to play. */
  public static final HashRange TRAIN = new HashRange(0, 0.6);

  public static final HashRange TEST = new HashRange(0.6, 1);

  private final Imported imported;
  private final ReplayPolicy policy;
  private final Method method;
  private final CachedEmbedder embedder;
  private final Player player;
  private final Consumer<String> progress;
  private final Records complete;
  private final Roster roster;
  private final Map<String, Integer> columns = new HashMap<>(); // by id of the card

  /**
   * A replay.
   *
   * @param recorded outcomes of at least two experts
   * @param method fits the estimator
   * @param player carries out plans
   * @param progress hears, in words, what is going on
   * @throws ExpertException when the records do not hold what the policy needs
   */
  public Replay(
      Imported recorded,
      ReplayPolicy policy,
      Method method,
      CachedEmbedder embedder,
      Player player,
      Consumer<String> progress) {
    this.policy = policy;
    this.method = method;
    this.embedder = embedder;
    this.player = player;
    this.progress = progress;
    var chosen = policy.policy();
    recorded.among(List.copyOf(chosen.exclude())); // names those that are not on record
    var experts =
        (chosen.pin().isEmpty() ? recorded.records().experts() : chosen.pin())
            .stream().filter(expert -> !chosen.exclude().contains(expert)).toList();
    this.imported = recorded.among(experts).forRouting();
    var records = imported.records();
    this.complete = records.where(records::complete);
    this.roster = Rosters.of(records.experts());
    var cards = roster.cards();
    for (int expert = 0; expert < cards.size(); expert++) {
      columns.put(cards.get(expert).id(), expert);
    }
  }

  /** Fits on the questions of one range and plays those of another. Takes seconds to minutes. */
  public ReplayResult run(HashRange train, HashRange test) {
    var learnt = complete.where(row -> train.holds(complete.items().get(row).hash()));
    var asked = complete.where(row -> test.holds(complete.items().get(row).hash()));
    if (learnt.items().isEmpty() || asked.items().isEmpty()) {
      throw ExpertException.invalid(
          "records",
          "%,d questions with outcomes of all %d experts lie in %s to learn from, %,d in %s to play; both are needed. Widen the ranges, or pin fewer experts in the policy"
              .formatted(
                  learnt.items().size(),
                  complete.experts().size(),
                  train,
                  asked.items().size(),
                  test));
    }
    var fitted = fit(learnt);
    var profiles = profiles(asked.items());
    double[] prices = means(learnt, false);
    double[] means = means(learnt, true);
    int single = first(means);
    var all = new Tallies();
    Map<String, Tallies> categories = new LinkedHashMap<>();
    for (int row = 0; row < asked.items().size(); row++) {
      var category = asked.items().get(row).category();
      var served = serve(asked, row, profiles.get(row), fitted, means, prices);
      all.add(served, asked, row, single);
      if (!category.isEmpty()) {
        categories.computeIfAbsent(category, name -> new Tallies()).add(served, asked, row, single);
      }
      if ((row + 1) % 500 == 0) {
        progress.accept("played %,d of %,d questions".formatted(row + 1, asked.items().size()));
      }
    }
    int n = asked.items().size();
    return new ReplayResult(
        n,
        learnt.items().size(),
        notes(fitted.contract(), all.policy, n),
        all.lines(),
        categories.entrySet().stream()
            .map(each ->
                new ReplayResult.Category(
                    each.getKey(), each.getValue().questions, each.getValue().lines()))
            .sorted(Comparator.comparingInt(ReplayResult.Category::asked).reversed())
            .toList());
  }

  /**
   * What was learnt.
   *
   * @param contract what the policy's risk comes to
   */
  private record Fitted(Estimator estimator, Contract contract) {}

  private List<String> notes(Contract contract, Tally played, int n) {
    List<String> notes = new ArrayList<>(imported.notes());
    int open = imported.records().items().size() - complete.items().size();
    if (open > 0) {
      notes.add("%,d × question without an outcome of every expert".formatted(open));
    }
    if (!imported.proxy().isEmpty()) {
      notes.add("costs are a proxy: " + imported.proxy());
    }
    if (policy.policy().contract()) {
      double answered = n - played.abstained;
      notes.add(
          contract.least().isEmpty()
              ? "risk: on held-out questions no forecast was that sure, so nothing was answered"
              : String.format(
                  Locale.ROOT,
                  "risk: on held-out questions it takes a forecast of %.3f; of %.0f answers given, %.2f %% were wrong",
                  contract.least().getAsDouble(),
                  answered,
                  answered == 0 ? 0 : 100 * (answered - played.correct) / answered));
    }
    return notes;
  }

  private Fitted fit(Records learnt) {
    var profiles = profiles(learnt.items());
    progress.accept("fitting %s on %,d questions".formatted(method.name(), profiles.size()));
    var space = TextSpace.fit(profiles, embedder.id(), embedder.dimension(), SEED);
    var training = new Training(learnt, profiles, space, space.vectors(profiles), SEED);
    try {
      var contract = Contract.NONE;
      if (wanted().contract()) {
        // as a router version is held to it: on questions that a trial fit has not seen
        var trial = method.fit(training.rows(training.seen()));
        var promises = Promises.of(trial, training, training.heldOut());
        contract = Contract.of(wanted(), promises::minimum);
      }
      return new Fitted(method.fit(training), contract);
    } catch (IllegalArgumentException e) {
      throw ExpertException.invalid("records", String.valueOf(e.getMessage()));
    }
  }

  private List<QuestionProfile> profiles(List<Item> items) {
    return Profiles.of(
        items,
        embedder,
        (done, all) -> progress.accept("embedded %,d of %,d questions".formatted(done, all)));
  }

  /** Mean outcome, or mean price, of every expert. */
  private static double[] means(Records records, boolean outcome) {
    double[] means = new double[records.experts().size()];
    int n = records.items().size();
    for (int row = 0; row < n; row++) {
      for (int expert = 0; expert < means.length; expert++) {
        means[expert] += (outcome ? records.correct(row, expert) : records.usd(row, expert)) / n;
      }
    }
    return means;
  }

  private static int first(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  /** The cheapest of the most right. */
  private static int oracle(Records asked, int row) {
    int best = 0;
    for (int expert = 1; expert < asked.experts().size(); expert++) {
      double more = asked.correct(row, expert) - asked.correct(row, best);
      if (more > 0 || (more == 0 && asked.usd(row, expert) < asked.usd(row, best))) {
        best = expert;
      }
    }
    return best;
  }

  /** What came of one question under the policy. */
  private record Served(double correct, double usd, int calls, boolean answered) {}

  private Served serve(
      Records asked,
      int row,
      QuestionProfile profile,
      Fitted fitted,
      double[] means,
      double[] prices) {
    var item = asked.items().get(row);
    var route = route(fitted, profile, means, prices, item);
    List<Integer> heard = new ArrayList<>();
    double correct = 0;
    boolean answered = false;
    try {
      var answer =
          player.play(
              route,
              profile.question(),
              expert -> recorded(item, expert),
              reply -> heard.add(columns.getOrDefault(reply.card().id(), -1)));
      answered = answer.refusal() == null;
      if (answered) {
        correct = judged(asked, row, answer, heard);
      }
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.CANCELLED) {
        throw e;
      }
      // nobody answered: counts as wrong
    }
    double usd = 0;
    for (int expert : heard) {
      usd += asked.usd(row, expert);
    }
    return new Served(correct, usd, heard.size(), answered);
  }

  private Route route(
      Fitted fitted, QuestionProfile profile, double[] means, double[] prices, Item item) {
    var estimates = fitted.estimator().estimate(profile, roster);
    List<Forecast> forecasts = new ArrayList<>();
    List<Forecast> candidates = new ArrayList<>();
    for (int expert = 0; expert < prices.length; expert++) {
      double p = estimates.weight(expert) == 0 ? means[expert] : estimates.p(expert);
      double usd = Double.isNaN(prices[expert]) ? 0 : prices[expert];
      var forecast = new Forecast(roster.cards().get(expert).id(), p, p, p, usd, 0, List.of());
      forecasts.add(forecast);
      if (usd <= wanted().budgetUsd() && Contract.binds(wanted(), estimates.weight(expert))) {
        candidates.add(forecast);
      }
    }
    forecasts.sort(Planner.byUtility(wanted()));
    candidates.sort(Planner.byUtility(wanted()));
    // cascades and panels compare answers; without recorded ones only experts alone are planned
    var comparable = imported.answers().isEmpty() ? List.<Forecast>of() : candidates;
    long seed = Router.seed(item.id(), method.name());
    var planned =
        fitted
            .contract()
            .plan(
                policy.planner(),
                new Planner.Case(candidates, comparable, "", wanted().budgetUsd()),
                wanted(),
                seed);
    return new Route(
        planned.map(Planner.Planned::plan).orElseGet(() -> new Plan.Abstain("nobody is likely")),
        forecasts,
        List.of(),
        planned.map(Planner.Planned::propensity).orElse(1.0),
        seed,
        method.name(),
        roster.id(),
        "replayed",
        planned.map(Planner.Planned::choices).orElse(List.of()));
  }

  private Policy wanted() {
    return policy.policy();
  }

  private Expert recorded(Item item, String id) {
    var seat =
        roster
            .find(id)
            .orElseThrow(
                () -> new ExpertException(FailureKind.UNAVAILABLE, id + " is not on record"));
    var text = said(item, columns.getOrDefault(seat.card().id(), -1));
    return new RecordedExpert(seat.card(), question -> Optional.of(Answer.of(text, Usage.NONE)));
  }

  /** Without a recorded answer each says its own, so that nobody is taken to agree. */
  private String said(Item item, int expert) {
    var name = complete.experts().get(expert);
    return imported.answers().of(item.id(), name).orElse("the answer of " + name);
  }

  /** As right as an expert that was asked and said the same. */
  private double judged(Records asked, int row, Answer answer, List<Integer> heard) {
    var item = asked.items().get(row);
    double correct = 0;
    for (int expert : heard) {
      if (said(item, expert).equals(answer.text())) {
        correct = Math.max(correct, asked.correct(row, expert));
      }
    }
    return correct;
  }

  /** The ways to serve the same questions, side by side. */
  private static final class Tallies {
    private final Tally policy = new Tally("policy");
    private final Tally random = new Tally("random");
    private final Tally single = new Tally("best_single");
    private final Tally oracle = new Tally("oracle");
    private int questions;

    private void add(Served served, Records asked, int row, int best) {
      questions++;
      policy.add(served.correct(), served.usd(), served.calls(), 1);
      policy.abstained += served.answered() ? 0 : 1;
      int experts = asked.experts().size();
      for (int expert = 0; expert < experts; expert++) {
        random.add(asked.correct(row, expert), asked.usd(row, expert), 1, 1.0 / experts);
      }
      single.add(asked.correct(row, best), asked.usd(row, best), 1, 1);
      int most = oracle(asked, row);
      oracle.add(asked.correct(row, most), asked.usd(row, most), 1, 1);
    }

    private List<ReplayResult.Line> lines() {
      return Stream.of(policy, random, single, oracle).map(tally -> tally.line(questions)).toList();
    }
  }

  private static final class Tally {
    private final String name;
    private double correct;
    private double usd;
    private double calls;
    private double abstained;

    private Tally(String name) {
      this.name = name;
    }

    private void add(double right, double price, double asked, double share) {
      correct += right * share;
      usd += price * share;
      calls += asked * share;
    }

    private ReplayResult.Line line(int n) {
      return new ReplayResult.Line(name, correct / n, usd / n, calls / n, abstained / n);
    }
  }
}
