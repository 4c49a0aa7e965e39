package io.consilium.tools.retrieval;

import io.consilium.expert.index.DotProduct;
import io.consilium.expert.index.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What is known from requests that were served before: their nearest neighbours, a linear
 * classifier over their vectors (softmax regression by AdaGrad, Duchi et al. 2011), and how they
 * were worded. Where tools served often, and all of them did, they speak out. Where a request may
 * be for a tool that never served, they speak only as far as the nearest of what was seen resembles
 * the request: hardly at a cosine of 0.55, nearly wholly at 0.75.
 *
 * <p>Keeps the newest requests up to a limit, or some more until they are laid out anew. Learning
 * waits for other learning; voting sees the last whole state and never waits.
 */
final class Experience {
  private static final DotProduct DOT = DotProduct.best();
  private static final int NEIGHBOURS = 30;
  private static final double WIDTH = 0.05;

  /** The cosine to the nearest request seen at which half is believed, and how sharply. */
  private static final double HALF = 0.65;

  private static final double SHARPNESS = 0.04;

  /** The power of that where every request may be for a tool that never served. */
  private static final double CAUTION = 2;

  /** More requests than these are looked through by the byte first. */
  private static final int MANY = 2_000;

  /**
   * So many of the newest lie apart from the rest, so that learning one more request need not lay
   * out all of them anew; in smaller experiences a share of {@code most}.
   */
  private static final int APART = 256;

  /** Of so many requests, the wording of one of the newest may not be counted yet. */
  private static final int UNWORDED = 64;

  /** A softmax over more tools than that costs more than it brings. */
  private static final int MOST_CLASSES = 2_000;

  private static final float STEP = 0.3f;
  private static final int EPOCHS = 6;
  private static final float SMALLEST = 1e-3f;

  /** How much a term of a request counts of what it would, were it independent of the others. */
  private static final double TERM = 0.2;

  /** Shares below this are none. */
  private static final double FLOOR = 1e-5;

  /** The most tools that one request speaks for. */
  private static final int MOST_VOTES = 100;

  private final int dimension;
  private final int most;
  private final List<String> classes = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<float[]> slopes = new ArrayList<>(); // weights of each class
  private final List<float[]> squares = new ArrayList<>(); // of AdaGrad
  private final BitSet ours = new BitSet(); // classes whose weights nobody else sees
  private final List<Seen> seen = new ArrayList<>();
  private Rows settled; // of all but the newest
  private Wordings wordings = Wordings.of(List.of(), List.of(), 0);
  private int worded; // how many requests those count
  private volatile State state;

  /** A request, its terms, and the classes that served it. */
  record Seen(float[] vector, int[] asked, int[] served) {}

  private record State(
      String[] classes,
      Rows old,
      Rows fresh,
      int[][] served,
      float[][] slopes,
      boolean classifies,
      Wordings wordings,
      double once) {
    /** The nearest of all, best first. */
    Rows.Nearest nearest(float[] vector, int limit) {
      var before = old.nearest(vector, limit);
      if (fresh.size() == 0) {
        return before;
      }
      var since = fresh.nearest(vector, limit);
      int[] rows = new int[Math.min(limit, before.rows().length + since.rows().length)];
      float[] scores = new float[rows.length];
      for (int rank = 0, b = 0, s = 0; rank < rows.length; rank++) {
        boolean older =
            s == since.rows().length
                || (b < before.rows().length && before.scores()[b] >= since.scores()[s]);
        rows[rank] = older ? before.rows()[b] : old.size() + since.rows()[s];
        scores[rank] = older ? before.scores()[b++] : since.scores()[s++];
      }
      return new Rows.Nearest(rows, scores);
    }
  }

  /** How strongly the past speaks for a tool: 0 for not at all, 1 per factor of e in its share. */
  record Vote(double neighbours, double classifier, double wording) {
    static final Vote NONE = new Vote(0, 0, 0);

    Vote max(Vote other) {
      return new Vote(
          Math.max(neighbours, other.neighbours),
          Math.max(classifier, other.classifier),
          Math.max(wording, other.wording));
    }
  }

  Experience(int dimension, int most) {
    this.dimension = dimension;
    this.most = most;
    this.settled = Rows.of(new float[0], dimension, false);
    this.state =
        new State(
            new String[0], settled, settled, new int[0][], new float[0][], false, wordings, 1);
  }

  boolean isEmpty() {
    return state.served.length == 0;
  }

  int size() {
    return state.served.length;
  }

  /** Learns from many requests at once, several rounds; the same order gives the same state. */
  synchronized void learn(
      List<float[]> vectors, List<int[]> asked, List<? extends Collection<String>> served) {
    int first = seen.size();
    for (int i = 0; i < vectors.size(); i++) {
      seen.add(
          new Seen(
              vectors.get(i),
              asked.get(i),
              served.get(i).stream().sorted().mapToInt(this::number).toArray()));
    }
    if (classes.size() <= MOST_CLASSES) {
      var fresh = IntStream.range(first, seen.size()).toArray();
      var random = new SplittableRandom(1);
      for (int epoch = 0; epoch < (fresh.length == 1 ? 1 : EPOCHS); epoch++) {
        shuffle(fresh, random);
        for (int index : fresh) {
          step(seen.get(index));
        }
      }
    }
    publish();
  }

  private int number(String tool) {
    return numbers.computeIfAbsent(
        tool,
        name -> {
          classes.add(name);
          slopes.add(new float[dimension + 1]);
          squares.add(new float[dimension + 1]);
          return classes.size() - 1;
        });
  }

  private void step(Seen example) {
    double[] shares = shares(example.vector);
    double right = 1.0 / example.served.length;
    for (int c = 0; c < shares.length; c++) {
      int number = c;
      boolean served = Arrays.stream(example.served).anyMatch(each -> each == number);
      float miss = (float) (shares[c] - (served ? right : 0));
      if (Math.abs(miss) < SMALLEST) {
        continue; // nearly all classes of nearly all requests: they would take nearly all the time
      }
      float[] row = own(c);
      float[] square = squares.get(c);
      for (int i = 0; i < dimension; i++) {
        float slope = miss * example.vector[i];
        square[i] += slope * slope;
        row[i] -= STEP * slope / ((float) Math.sqrt(square[i]) + 1e-6f);
      }
      row[dimension] -= STEP / 30 * miss;
    }
  }

  /** The weights of a class, to be changed: readers keep those that were published. */
  private float[] own(int c) {
    if (!ours.get(c)) {
      slopes.set(c, slopes.get(c).clone());
      ours.set(c);
    }
    return slopes.get(c);
  }

  private double[] shares(float[] vector) {
    double[] logits = new double[slopes.size()];
    for (int c = 0; c < logits.length; c++) {
      logits[c] = DOT.of(vector, slopes.get(c), 0) + slopes.get(c)[dimension];
    }
    return softmax(logits);
  }

  private static double[] softmax(double[] logits) {
    double highest = Arrays.stream(logits).max().orElse(0);
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      logits[i] = Math.exp(logits[i] - highest);
      sum += logits[i];
    }
    for (int i = 0; i < logits.length; i++) {
      logits[i] /= sum;
    }
    return logits;
  }

  private void publish() {
    if (seen.size() - settled.size() > Math.min(APART, most / 8)) {
      if (seen.size() > most) {
        seen.subList(0, seen.size() - most).clear();
      }
      settled = Rows.of(numbers(0), dimension, seen.size() > MANY);
      worded = 0;
    }
    if (worded == 0 || seen.size() - worded > seen.size() / UNWORDED) {
      wordings =
          Wordings.of(
              seen.stream().map(Seen::asked).toList(),
              seen.stream().map(Seen::served).toList(),
              classes.size());
      worded = seen.size();
    }
    ours.clear();
    int[][] served = seen.stream().map(Seen::served).toArray(int[][]::new);
    state =
        new State(
            classes.toArray(String[]::new),
            settled,
            Rows.of(numbers(settled.size()), dimension, false),
            served,
            slopes.toArray(float[][]::new),
            classes.size() > 1 && classes.size() <= MOST_CLASSES,
            wordings,
            once(served, classes.size()));
  }

  /** The vectors of what was seen from there on, one after the other. */
  private float[] numbers(int from) {
    float[] numbers = new float[(seen.size() - from) * dimension];
    for (int i = from; i < seen.size(); i++) {
      System.arraycopy(seen.get(i).vector, 0, numbers, (i - from) * dimension, dimension);
    }
    return numbers;
  }

  /** The share of uses that are the only one of their tool. */
  private static double once(int[][] served, int tools) {
    int[] uses = new int[tools];
    int all = 0;
    for (int[] each : served) {
      for (int tool : each) {
        uses[tool]++;
        all++;
      }
    }
    return all == 0 ? 1 : (double) Arrays.stream(uses).filter(count -> count == 1).count() / all;
  }

  /**
   * How likely a request is for a tool that never served, 0 to 1: among tools that did, the share
   * of uses that are the only one of their tool (Good, "The Population Frequencies of Species and
   * the Estimation of Population Parameters", 1953); and the share of these tools that did not.
   */
  double newcomers(Set<String> tools) {
    var now = state;
    long met = Arrays.stream(now.classes).filter(tools::contains).count();
    return tools.isEmpty() ? 1 : 1 - (1 - now.once) * met / tools.size();
  }

  /**
   * Votes by tool on a request and its terms; tools nobody speaks for are left out.
   *
   * @param newcomers how likely it is for a tool that never served
   */
  Map<String, Vote> votes(float[] vector, int[] asked, double newcomers) {
    var now = state;
    Map<String, Vote> votes = new HashMap<>();
    if (now.served.length == 0) {
      return votes;
    }
    double nearest = 0;
    double mass = 0;
    double[] near = new double[now.classes.length];
    var found = now.nearest(vector, NEIGHBOURS);
    for (int rank = 0; rank < found.rows().length; rank++) {
      double likeness = found.scores()[rank];
      double weight = Math.exp((likeness - 1) / WIDTH);
      nearest = Math.max(nearest, likeness);
      mass += weight;
      int[] served = now.served[found.rows()[rank]];
      for (int c : served) {
        near[c] += weight / served.length;
      }
    }
    double known = Math.pow(1 + Math.exp((HALF - nearest) / SHARPNESS), -CAUTION * newcomers);
    double[] shares = now.classifies ? shares(vector, now) : new double[now.classes.length];
    double[] likely = worded(now.wordings.likelihoods(asked, near.length));
    double[] all = new double[near.length];
    for (int c = 0; c < near.length; c++) {
      near[c] /= mass;
      all[c] = near[c] + shares[c] + likely[c];
    }
    for (int c : Ranking.best(all, MOST_VOTES)) {
      votes.put(
          now.classes[c],
          new Vote(known * loud(near[c]), known * loud(shares[c]), known * loud(likely[c])));
    }
    return votes;
  }

  private double[] shares(float[] vector, State now) {
    double[] logits = new double[now.classes.length];
    for (int c = 0; c < logits.length; c++) {
      logits[c] = DOT.of(vector, now.slopes[c], 0) + now.slopes[c][dimension];
    }
    return softmax(logits);
  }

  /** Shares of the likelihood; terms are far from independent, so that each counts in part. */
  private static double[] worded(double[] likelihoods) {
    for (int c = 0; c < likelihoods.length; c++) {
      likelihoods[c] *= TERM;
    }
    return softmax(likelihoods);
  }

  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
  }

  private static double loud(double share) {
    return Math.log((share + FLOOR) / FLOOR);
  }
}
