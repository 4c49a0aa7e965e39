package io.consilium.router;

import io.consilium.expert.Embedder;
import io.consilium.expert.Roster;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Fits the few numbers of the cold router from labelled questions over many rosters. Nothing of a
 * roster stays in them: experts are told apart by how their cards compare with the question, so
 * what is fitted on other people's experts holds for any. Deterministic. Used by {@code bench
 * cold-routing --fit}; a service only reads the results.
 */
public final class ColdFit {
  private static final int FOLDS = 5;
  private static final double RIDGE = 0.1;
  private static final double FLOOR = 1e-9;

  private ColdFit() {}

  /**
   * A labelled question.
   *
   * @param right the experts that answer it; empty when none in the roster does
   */
  public record Example(QuestionProfile profile, Set<String> right) {}

  /** A roster and questions put to it. */
  public record Table(Roster roster, List<Example> examples) {}

  /** What both estimators see of every question, and which experts are right. */
  private record Seen(
      int table,
      List<String> ids,
      ConditionalLogit.Labelled centroid,
      ConditionalLogit.Labelled skill) {}

  /**
   * Weights of both estimators and of their blend. The blend is fitted on estimates held out by
   * roster, so that an estimator that learned its questions by heart earns no trust by it.
   *
   * @param tables rosters to learn from
   * @param nobody how much an unanswerable question counts against an answerable one
   * @param version names the result
   * @param made how it was made, for people
   */
  public static ColdWeights weights(
      Embedder embedder, List<Table> tables, double nobody, String version, String made) {
    var seen = seen(embedder, tables, nobody);
    List<ConditionalLogit.Labelled> heldOut = new ArrayList<>();
    List<Seen> order = new ArrayList<>();
    for (int fold = 0; fold < FOLDS; fold++) {
      int left = fold;
      var others = seen.stream().filter(each -> each.table % FOLDS != left).toList();
      var centroid = fit(others.stream().map(Seen::centroid).toList());
      var skill = fit(others.stream().map(Seen::skill).toList());
      for (var each : seen) {
        if (each.table % FOLDS == left) {
          heldOut.add(stacked(each, centroid, skill));
          order.add(each);
        }
      }
    }
    var blend = fit(heldOut);
    return new ColdWeights(
        version,
        made,
        embedder.id(),
        fit(seen.stream().map(Seen::centroid).toList()),
        fit(seen.stream().map(Seen::skill).toList()),
        blend,
        spread(blend, order, heldOut),
        Lapse.NONE);
  }

  /**
   * The same weights with the scale of likeness, what speaks for nobody, and the blend's scale and
   * threshold fitted anew: the few numbers that other questions, or cards of another richness, move
   * first.
   */
  public static ColdWeights calibrated(
      Embedder embedder,
      ColdWeights weights,
      List<Table> tables,
      double nobody,
      String version,
      String made) {
    var seen = seen(embedder, tables, nobody);
    var centroid = rescaled(weights.centroid(), seen.stream().map(Seen::centroid).toList());
    var blend = weights.blend();
    List<ConditionalLogit.Labelled> scored = new ArrayList<>();
    for (var each : seen) {
      var stacked = stacked(each, centroid, weights.skill());
      double[] scores = blend.scores(stacked.choice());
      scored.add(
          new ConditionalLogit.Labelled(
              new ConditionalLogit.Case(
                  stacked.choice().experts(), new double[] {1, scores[scores.length - 1]}),
              stacked.right(),
              stacked.weight()));
    }
    var fitted = rescaled(blend, scored);
    double[] nobodys = scaled(blend.nobody(), fitted.nobody()[1]);
    nobodys[0] += fitted.nobody()[0];
    return new ColdWeights(
        version,
        made,
        weights.embedder(),
        centroid,
        weights.skill(),
        new ConditionalLogit(fitted.expert(), nobodys),
        weights.spread(),
        Lapse.NONE);
  }

  /**
   * Of every question the best chance that the router states without a lapse, and whether that
   * expert is right: what {@link Lapse#fit} needs, provided the weights did not see the questions.
   */
  public static List<Lapse.Seen> seen(Embedder embedder, ColdWeights weights, List<Table> tables) {
    List<Lapse.Seen> seen = new ArrayList<>();
    for (var table : tables) {
      var cards = new CardIndex(embedder, SkillTags.shipped().names(), Runnable::run);
      cards.prepare(table.roster);
      var ids = cards.view(table.roster).cards().stream().map(card -> card.id()).toList();
      var blend = BlendEstimator.cold(cards, weights.with(Lapse.NONE));
      for (var example : table.examples) {
        var said = blend.blend(example.profile, table.roster);
        int best = 0;
        for (int i = 1; i < ids.size(); i++) {
          best = said.p(i) > said.p(best) ? i : best;
        }
        seen.add(new Lapse.Seen(said.p(best), example.right.contains(ids.get(best))));
      }
    }
    return seen;
  }

  /** The experts' weights as they are but for their scale, the weights of nobody fitted anew. */
  static ConditionalLogit rescaled(
      ConditionalLogit weights, List<ConditionalLogit.Labelled> cases) {
    List<ConditionalLogit.Labelled> scored = new ArrayList<>();
    for (var each : cases) {
      double[][] experts = each.choice().experts();
      double[][] scores = new double[experts.length][];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = new double[] {weights.score(experts[i])};
      }
      scored.add(
          new ConditionalLogit.Labelled(
              new ConditionalLogit.Case(scores, each.choice().nobody()),
              each.right(),
              each.weight()));
    }
    var fitted = fit(scored);
    return new ConditionalLogit(scaled(weights.expert(), fitted.expert()[0]), fitted.nobody());
  }

  private static double[] scaled(double[] weights, double by) {
    return Arrays.stream(weights).map(weight -> weight * by).toArray();
  }

  private static ConditionalLogit fit(List<ConditionalLogit.Labelled> cases) {
    return ConditionalLogit.fit(cases, RIDGE);
  }

  private static List<Seen> seen(Embedder embedder, List<Table> tables, double nobody) {
    List<Seen> seen = new ArrayList<>();
    for (int t = 0; t < tables.size(); t++) {
      var table = tables.get(t);
      var cards = new CardIndex(embedder, SkillTags.shipped().names(), Runnable::run);
      cards.prepare(table.roster);
      var view = cards.view(table.roster);
      var ids = view.cards().stream().map(card -> card.id()).toList();
      for (var example : table.examples) {
        boolean[] right = new boolean[ids.size()];
        for (int i = 0; i < right.length; i++) {
          right[i] = example.right.contains(ids.get(i));
        }
        double weight = example.right.isEmpty() ? nobody : 1;
        seen.add(
            new Seen(
                t,
                ids,
                new ConditionalLogit.Labelled(
                    CentroidEstimator.evidence(example.profile, view).orElseThrow(), right, weight),
                new ConditionalLogit.Labelled(
                    SkillEstimator.evidence(example.profile, view, cards.tags()), right, weight)));
      }
    }
    return seen;
  }

  /** A case whose features are the estimators' log-probabilities. */
  private static ConditionalLogit.Labelled stacked(
      Seen seen, ConditionalLogit centroid, ConditionalLogit skill) {
    double[][] shares = {
      centroid.shares(seen.centroid.choice()), skill.shares(seen.skill.choice())
    };
    double[][] logs = new double[shares[0].length][shares.length];
    for (int i = 0; i < logs.length; i++) {
      for (int e = 0; e < shares.length; e++) {
        logs[i][e] = Math.log(Math.max(shares[e][i], FLOOR));
      }
    }
    return new ConditionalLogit.Labelled(
        new ConditionalLogit.Case(
            Arrays.copyOf(logs, logs.length - 1), BlendEstimator.nobody(logs[logs.length - 1])),
        seen.centroid.right(),
        seen.centroid.weight());
  }

  /**
   * How far experts differ from what is said of them: the standard deviation of a random effect per
   * expert and roster on the log-odds of its forecasts, of largest likelihood.
   */
  private static double spread(
      ConditionalLogit blend, List<Seen> order, List<ConditionalLogit.Labelled> heldOut) {
    var effects = new RandomEffect();
    for (int n = 0; n < heldOut.size(); n++) {
      double[] shares = blend.shares(heldOut.get(n).choice());
      for (int i = 0; i < shares.length - 1; i++) {
        var expert = order.get(n).table + "/" + order.get(n).ids.get(i);
        effects.add(expert, Logistic.logit(shares[i]), heldOut.get(n).right()[i]);
      }
    }
    return effects.deviation();
  }
}
