package io.consilium.router.planner;

/**
 * What is believed after some replies: which answer is right, if any. Answers are hypotheses; under
 * each, who gave it was right and the others were wrong, all at the same hardness of the question.
 * Those that err agree as a Chinese restaurant seats its guests (Ewens, 1972), so that two that err
 * agree at the measured rate whatever the order.
 *
 * <p>Mutable and reused: {@link #copyThenAdd} makes the belief after one more reply in place.
 */
final class Belief {
  private static final int POINTS = SharedEffect.POINTS;

  private final double theta;
  private final int[] sizes;
  private final double[][] right; // [answer][point]: mass where this answer is right
  private final double[] none = new double[POINTS]; // mass where all are wrong
  private int answers;
  private int said;
  private int silent;

  /**
   * An empty belief.
   *
   * @param sameWrong P(two wrong answers are the same)
   * @param most replies it will ever hold
   */
  Belief(double sameWrong, int most) {
    theta = 1 / sameWrong - 1;
    sizes = new int[most];
    right = new double[most][POINTS];
    clear();
  }

  void clear() {
    answers = 0;
    said = 0;
    silent = 0;
    for (int k = 0; k < POINTS; k++) {
      none[k] = SharedEffect.weight(k);
    }
  }

  /** How many different answers were given. */
  int answers() {
    return answers;
  }

  /** How many replies came, with or without an answer. */
  int replies() {
    return said + silent;
  }

  /** How many replies gave this answer. */
  int votes(int answer) {
    return sizes[answer];
  }

  /** How many replies held no answer. */
  int silent() {
    return silent;
  }

  /** The probability of what was seen. */
  double mass() {
    double sum = sum(none);
    for (int a = 0; a < answers; a++) {
      sum += sum(right[a]);
    }
    return sum;
  }

  /** The probability of what was seen and that this answer is right. */
  double mass(int answer) {
    return sum(right[answer]);
  }

  /** The answer most likely right; -1 when there is none. */
  int leading() {
    int best = -1;
    double most = -1;
    for (int a = 0; a < answers; a++) {
      double mass = mass(a);
      if (mass > most) {
        most = mass;
        best = a;
      }
    }
    return best;
  }

  /** P(this answer is right). */
  double p(int answer) {
    return mass(answer) / mass();
  }

  /** Adds a reply that held no answer: its expert did not get it right. */
  void addSilent(double[] curve) {
    for (int a = 0; a < answers; a++) {
      wrong(right[a], curve, 1);
    }
    wrong(none, curve, 1);
    silent++;
  }

  /**
   * Adds a reply.
   *
   * @param curve P(correct) of its expert at each point
   * @param answer which answer it gave; {@link #answers} for a new one
   */
  void add(double[] curve, int answer) {
    copyThenAdd(this, curve, answer);
  }

  /** Becomes what {@code before} is after one more reply; they may be the same. */
  void copyThenAdd(Belief before, double[] curve, int answer) {
    int count = before.answers;
    boolean fresh = answer == count;
    for (int a = 0; a < count; a++) {
      // under hypothesis a, whoever gave another answer sits among the wrong ones
      int wrong = before.said - before.sizes[a];
      double[] from = before.right[a];
      double[] to = right[a];
      if (a == answer) {
        for (int k = 0; k < POINTS; k++) {
          to[k] = from[k] * curve[k];
        }
      } else {
        double seat = (fresh ? theta : before.sizes[answer]) / (theta + wrong);
        for (int k = 0; k < POINTS; k++) {
          to[k] = from[k] * (1 - curve[k]) * seat;
        }
      }
      sizes[a] = before.sizes[a];
    }
    double seat = (fresh ? theta : before.sizes[answer]) / (theta + before.said);
    if (fresh) {
      double[] to = right[count];
      for (int k = 0; k < POINTS; k++) {
        to[k] = before.none[k] * curve[k];
      }
      sizes[count] = 0;
    }
    for (int k = 0; k < POINTS; k++) {
      none[k] = before.none[k] * (1 - curve[k]) * seat;
    }
    sizes[answer]++;
    answers = fresh ? count + 1 : count;
    said = before.said + 1;
    silent = before.silent;
  }

  private static void wrong(double[] masses, double[] curve, double seat) {
    for (int k = 0; k < POINTS; k++) {
      masses[k] *= (1 - curve[k]) * seat;
    }
  }

  private static double sum(double[] masses) {
    double sum = 0;
    for (double mass : masses) {
      sum += mass;
    }
    return sum;
  }
}
