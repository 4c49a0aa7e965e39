package io.consilium.router;

import io.consilium.expert.Embedder;
import io.consilium.expert.Roster;
import io.consilium.expert.index.DotProduct;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Fits the numbers of the cold router: topics from typical phrases, weights from labelled
 * questions. Deterministic. Used by {@code bench cold-routing --fit}; a service only reads the
 * results.
 */
public final class ColdFit {
  private static final int FOLDS = 10;
  private static final double RIDGE = 0.1;
  private static final double TOPIC_RIDGE = 0.06;
  private static final int TOPIC_STEPS = 600;
  private static final double FLOOR = 1e-9;

  private ColdFit() {}

  /**
   * A topic to learn.
   *
   * @param name in lower case; cards may use it as a skill
   * @param prototypes typical phrases that tell whether a card covers it
   * @param examples questions about it
   */
  public record Topic(String name, List<String> prototypes, List<String> examples) {}

  /**
   * A labelled question.
   *
   * @param right the experts that answer it; empty when none in the roster does
   */
  public record Example(QuestionProfile profile, Set<String> right) {}

  /** Softmax regression from embeddings to topics, with a ridge, by Adam on all phrases at once. */
  public static TopicModel topics(Embedder embedder, List<Topic> topics) {
    int dimension = embedder.dimension();
    List<float[]> vectors = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<float[]> prototypes = new ArrayList<>();
    for (int t = 0; t < topics.size(); t++) {
      var topic = topics.get(t);
      List<String> typical = new ArrayList<>(List.of(topic.name()));
      typical.addAll(topic.prototypes());
      var rows = embedder.embed(typical);
      prototypes.add(flat(rows, dimension));
      rows.addAll(embedder.embed(topic.examples()));
      for (var row : rows) {
        vectors.add(row);
        labels.add(t);
      }
    }
    float[] weights = new float[topics.size() * dimension];
    float[] biases = new float[topics.size()];
    descend(vectors, labels, weights, biases);
    return new TopicModel(
        embedder.id(),
        dimension,
        topics.stream().map(Topic::name).toList(),
        prototypes,
        weights,
        biases);
  }

  private static float[] flat(List<float[]> rows, int dimension) {
    float[] flat = new float[rows.size() * dimension];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, flat, i * dimension, dimension);
    }
    return flat;
  }

  private static void descend(
      List<float[]> vectors, List<Integer> labels, float[] weights, float[] biases) {
    int topics = biases.length;
    int dimension = weights.length / topics;
    float[] mean = new float[weights.length + topics];
    float[] square = new float[mean.length];
    for (int step = 1; step <= TOPIC_STEPS; step++) {
      float[] gradient = new float[mean.length];
      for (int i = 0; i < weights.length; i++) {
        gradient[i] = (float) -TOPIC_RIDGE * weights[i];
      }
      for (int n = 0; n < vectors.size(); n++) {
        float[] x = vectors.get(n);
        double[] scores = new double[topics];
        for (int t = 0; t < topics; t++) {
          scores[t] = DotProduct.best().of(x, weights, t * dimension) + biases[t];
        }
        double[] shares = Logistic.softmax(scores);
        for (int t = 0; t < topics; t++) {
          float error = (float) ((labels.get(n) == t ? 1 : 0) - shares[t]);
          gradient[weights.length + t] += error;
          int at = t * dimension;
          for (int i = 0; i < dimension; i++) {
            gradient[at + i] += error * x[i];
          }
        }
      }
      double rate = 0.3 / (1 + step / 150.0);
      double m = rate / (1 - Math.pow(0.9, step));
      double v = 1 / (1 - Math.pow(0.999, step));
      for (int i = 0; i < gradient.length; i++) {
        mean[i] = 0.9f * mean[i] + 0.1f * gradient[i];
        square[i] = 0.999f * square[i] + 0.001f * gradient[i] * gradient[i];
        float change = (float) (m * mean[i] / (Math.sqrt(v * square[i]) + 1e-8));
        if (i < weights.length) {
          weights[i] += change;
        } else {
          biases[i - weights.length] += change;
        }
      }
    }
  }

  /**
   * Weights of both estimators and of their blend. The blend is fitted on estimates held out in ten
   * folds, so that an estimator that learned its questions by heart earns no trust by it.
   *
   * @param nobodyWeight how much an unanswerable question counts against an answerable one; below 1
   *     where the examples hold more of them than traffic does
   */
  public static ColdWeights weights(
      Embedder embedder,
      TopicModel topics,
      Roster roster,
      List<Example> examples,
      double nobodyWeight,
      String version,
      String made) {
    var cards = new CardIndex(embedder, topics, Runnable::run);
    cards.prepare(roster);
    var view = cards.view(roster);
    List<ConditionalLogit.Labelled> centroid = new ArrayList<>();
    List<ConditionalLogit.Labelled> skill = new ArrayList<>();
    for (var example : examples) {
      boolean[] right = new boolean[view.cards().size()];
      for (int i = 0; i < right.length; i++) {
        right[i] = example.right().contains(view.cards().get(i).id());
      }
      double weight = example.right().isEmpty() ? nobodyWeight : 1;
      var seen =
          CentroidEstimator.evidence(example.profile(), view, Optional.of(topics)).orElseThrow();
      centroid.add(new ConditionalLogit.Labelled(seen, right, weight));
      skill.add(
          new ConditionalLogit.Labelled(
              SkillEstimator.evidence(example.profile(), view, topics.names()), right, weight));
    }
    var heldOut =
        stacked(
            List.of(outOfFold(centroid, ColdFit::centroid), outOfFold(skill, ColdFit::plain)),
            skill);
    var blend = ConditionalLogit.fit(heldOut, RIDGE);
    var finalCentroid = centroid(centroid);
    var finalSkill = plain(skill);
    var fitted =
        stacked(List.of(shares(finalCentroid, centroid), shares(finalSkill, skill)), skill);
    return new ColdWeights(
        version, made, finalCentroid, finalSkill, blend, spread(blend, heldOut, fitted));
  }

  private static ConditionalLogit plain(List<ConditionalLogit.Labelled> cases) {
    return ConditionalLogit.fit(cases, RIDGE);
  }

  /**
   * Half the weight goes to copies that do not see the topics: a roster outside the taxonomy must
   * be told apart by likeness, which would hardly be learned beside topics that fit too well.
   */
  private static ConditionalLogit centroid(List<ConditionalLogit.Labelled> cases) {
    List<ConditionalLogit.Labelled> both = new ArrayList<>();
    for (var labelled : cases) {
      both.add(
          new ConditionalLogit.Labelled(
              labelled.choice(), labelled.right(), labelled.weight() / 2));
      both.add(
          new ConditionalLogit.Labelled(
              CentroidEstimator.blind(labelled.choice()), labelled.right(), labelled.weight() / 2));
    }
    return ConditionalLogit.fit(both, RIDGE);
  }

  private static List<double[]> outOfFold(
      List<ConditionalLogit.Labelled> cases,
      Function<List<ConditionalLogit.Labelled>, ConditionalLogit> fit) {
    List<double[]> shares = new ArrayList<>(cases.stream().map(labelled -> new double[0]).toList());
    for (int fold = 0; fold < FOLDS; fold++) {
      List<ConditionalLogit.Labelled> others = new ArrayList<>();
      for (int i = 0; i < cases.size(); i++) {
        if (i % FOLDS != fold) {
          others.add(cases.get(i));
        }
      }
      var model = fit.apply(others);
      for (int i = fold; i < cases.size(); i += FOLDS) {
        shares.set(i, model.shares(cases.get(i).choice()));
      }
    }
    return shares;
  }

  private static List<double[]> shares(
      ConditionalLogit model, List<ConditionalLogit.Labelled> cases) {
    return cases.stream().map(labelled -> model.shares(labelled.choice())).toList();
  }

  /** Cases whose features are the estimators' log-probabilities. */
  private static List<ConditionalLogit.Labelled> stacked(
      List<List<double[]>> estimators, List<ConditionalLogit.Labelled> cases) {
    List<ConditionalLogit.Labelled> stacked = new ArrayList<>();
    for (int n = 0; n < cases.size(); n++) {
      int experts = cases.get(n).right().length;
      double[][] logs = new double[experts + 1][estimators.size()];
      for (int e = 0; e < estimators.size(); e++) {
        for (int i = 0; i <= experts; i++) {
          logs[i][e] = Math.log(Math.max(estimators.get(e).get(n)[i], FLOOR));
        }
      }
      stacked.add(
          new ConditionalLogit.Labelled(
              new ConditionalLogit.Case(
                  Arrays.copyOf(logs, experts), BlendEstimator.nobody(logs[experts])),
              cases.get(n).right(),
              cases.get(n).weight()));
    }
    return stacked;
  }

  /** Root mean square change of the top expert's log-odds between held-out and fitted estimates. */
  private static double spread(
      ConditionalLogit blend,
      List<ConditionalLogit.Labelled> heldOut,
      List<ConditionalLogit.Labelled> fitted) {
    double sum = 0;
    for (int n = 0; n < heldOut.size(); n++) {
      double[] before = blend.shares(heldOut.get(n).choice());
      double[] after = blend.shares(fitted.get(n).choice());
      int top = 0;
      for (int i = 1; i < after.length - 1; i++) {
        top = after[i] > after[top] ? i : top;
      }
      double change = Logistic.logit(after[top]) - Logistic.logit(before[top]);
      sum += change * change;
    }
    return Math.max(0.3, Math.sqrt(sum / heldOut.size()));
  }
}
