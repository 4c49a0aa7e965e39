package io.consilium.router.fit;

import io.consilium.expert.index.DotProduct;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Picks a team for questions like some examples: one expert after the other, each time the one with
 * which an example is most often answered right by at least one member. That is a monotone
 * submodular goal, so the greedy team is within 1 − 1/e of the best (Nemhauser, Wolsey and Fisher,
 * 1978); and because it is counted on recorded questions, experts that fail together gain each
 * other little, which independent chances of error would not show.
 *
 * <p>An example that says who was right counts as it is; of others the outcomes on the most similar
 * recorded questions do. Not for a handful of recorded questions: their neighbours are then all of
 * them.
 */
public final class Recruit {
  /** Recorded questions looked at for each example. */
  private static final int NEIGHBOURS = 50;

  /** How quickly likeness stops to count: cosine differences of a tenth. */
  private static final double WIDTH = 0.1;

  /** So many mean outcomes are added to the neighbours of an example. */
  private static final double SHRINK = 3;

  private final Records records;
  private final float[][] vectors;

  /**
   * Recruits from records.
   *
   * @param vectors unit vectors of the items, in their order
   */
  public Recruit(Records records, List<float[]> vectors) {
    if (records.items().size() != vectors.size()) {
      throw new IllegalArgumentException("every item needs a vector");
    }
    this.records = records;
    this.vectors = vectors.toArray(float[][]::new);
  }

  /**
   * A question the team is for.
   *
   * @param vector of it, unit length
   * @param correct by column of the records how right each expert was on it; NaN where unknown
   */
  public record Example(float[] vector, double[] correct) {}

  /**
   * One member, in the order of choice.
   *
   * @param alone expected share of the examples it gets right
   * @param together share that at least one of the team so far gets right
   * @param gain how much of that it brought
   * @param failsWithTeam share of its failures on which the team before it failed as well; NaN for
   *     the first
   */
  public record Member(
      String expert, double alone, double together, double gain, double failsWithTeam) {}

  /**
   * A team.
   *
   * @param among columns of the records to choose from
   * @param most members at most
   * @param least the gain below which nobody is added
   */
  public List<Member> team(List<Example> examples, int[] among, int most, double least) {
    if (examples.isEmpty() || among.length == 0) {
      throw new IllegalArgumentException("a team needs examples and candidates");
    }
    var scenes = scenes(examples);
    List<Member> team = new ArrayList<>();
    List<Integer> left = new ArrayList<>(Arrays.stream(among).boxed().toList());
    double[] best = new double[scenes.size()];
    double together = 0;
    while (team.size() < most && !left.isEmpty()) {
      int chosen = left.getFirst();
      double top = -1;
      for (int expert : left) {
        double gain = gain(scenes, best, expert);
        if (gain > top + 1e-12) {
          top = gain;
          chosen = expert;
        }
      }
      if (!team.isEmpty() && top < least) {
        break;
      }
      double shared = shared(scenes, best, chosen, team.isEmpty());
      double alone = gain(scenes, new double[scenes.size()], chosen);
      together += top;
      for (int s = 0; s < best.length; s++) {
        best[s] = Math.max(best[s], scenes.get(s).correct[chosen]);
      }
      team.add(new Member(records.experts().get(chosen), alone, together, top, shared));
      left.remove(Integer.valueOf(chosen));
    }
    return team;
  }

  /** A recorded question seen from an example. */
  private record Scene(double weight, double[] correct) {}

  private List<Scene> scenes(List<Example> examples) {
    double[] means = means();
    List<Scene> scenes = new ArrayList<>();
    for (var example : examples) {
      double share = 1.0 / examples.size();
      boolean labelled = Arrays.stream(example.correct()).anyMatch(y -> !Double.isNaN(y));
      var near = near(example, means);
      if (!labelled) {
        near.forEach(scene -> scenes.add(new Scene(share * scene.weight, scene.correct)));
        continue;
      }
      // who is not in the label is expected to do as on similar questions
      double[] known = new double[means.length];
      for (int e = 0; e < known.length; e++) {
        double y = example.correct()[e];
        int expert = e;
        known[e] =
            Double.isNaN(y)
                ? near.stream().mapToDouble(scene -> scene.weight * scene.correct[expert]).sum()
                : y;
      }
      scenes.add(new Scene(share, known));
    }
    return scenes;
  }

  private List<Scene> near(Example example, double[] means) {
    var kernel = DotProduct.best();
    float[] likeness = new float[vectors.length];
    for (int i = 0; i < vectors.length; i++) {
      likeness[i] = kernel.of(example.vector(), vectors[i], 0);
    }
    int[] order =
        IntStream.range(0, vectors.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -likeness[i]))
            .limit(NEIGHBOURS)
            .mapToInt(i -> i)
            .toArray();
    double total = SHRINK;
    double[] weight = new double[order.length];
    for (int n = 0; n < order.length; n++) {
      weight[n] = Math.exp((likeness[order[n]] - likeness[order[0]]) / WIDTH);
      total += weight[n];
    }
    List<Scene> scenes = new ArrayList<>();
    scenes.add(new Scene(SHRINK / total, means));
    for (int n = 0; n < order.length; n++) {
      double[] correct = new double[means.length];
      for (int e = 0; e < correct.length; e++) {
        correct[e] = records.known(order[n], e) ? records.correct(order[n], e) : means[e];
      }
      scenes.add(new Scene(weight[n] / total, correct));
    }
    return scenes;
  }

  private double[] means() {
    double[] means = new double[records.experts().size()];
    for (int e = 0; e < means.length; e++) {
      double sum = 0.5;
      double n = 1;
      for (int i = 0; i < records.items().size(); i++) {
        if (records.known(i, e)) {
          sum += records.correct(i, e);
          n++;
        }
      }
      means[e] = sum / n;
    }
    return means;
  }

  private static double gain(List<Scene> scenes, double[] best, int expert) {
    double gain = 0;
    for (int s = 0; s < best.length; s++) {
      gain += scenes.get(s).weight * Math.max(0, scenes.get(s).correct[expert] - best[s]);
    }
    return gain;
  }

  private static double shared(List<Scene> scenes, double[] best, int expert, boolean first) {
    double own = 0;
    double both = 0;
    for (int s = 0; s < best.length; s++) {
      double fails = 1 - scenes.get(s).correct[expert];
      own += scenes.get(s).weight * fails;
      both += scenes.get(s).weight * Math.min(fails, 1 - best[s]);
    }
    return first || own == 0 ? Double.NaN : both / own;
  }
}
