package io.consilium.aggregator.strategy;

/**
 * Belief in each of several answers, and ignorance: together 1. Evidence e for one answer gives
 * belief e / (e + 2) and ignorance 2 / (e + 2), the opinion of a Dirichlet distribution with a
 * prior weight of two (Jøsang, "Subjective Logic").
 *
 * @param belief in each answer
 * @param ignorance what is left when nothing is known
 */
record Opinion(double[] belief, double ignorance) {
  private static final double PRIOR = 2;

  /** Nothing known. */
  static Opinion none(int answers) {
    return new Opinion(new double[answers], 1);
  }

  /** The opinion of evidence for one answer. */
  static Opinion of(int answers, int answer, double evidence) {
    var belief = new double[answers];
    belief[answer] = evidence / (evidence + PRIOR);
    return new Opinion(belief, PRIOR / (evidence + PRIOR));
  }

  /** Both together by Dempster's rule: what contradicts is left out, the rest made whole again. */
  Opinion and(Opinion other) {
    double conflict = 0;
    for (int i = 0; i < belief.length; i++) {
      for (int j = 0; j < belief.length; j++) {
        conflict += i == j ? 0 : belief[i] * other.belief[j];
      }
    }
    double whole = 1 - conflict;
    var both = new double[belief.length];
    for (int i = 0; i < belief.length; i++) {
      both[i] =
          (belief[i] * other.belief[i] + belief[i] * other.ignorance + other.belief[i] * ignorance)
              / whole;
    }
    return new Opinion(both, ignorance * other.ignorance / whole);
  }
}
