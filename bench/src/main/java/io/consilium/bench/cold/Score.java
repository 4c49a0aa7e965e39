package io.consilium.bench.cold;

import java.util.List;
import java.util.Locale;

/**
 * How a method did.
 *
 * @param method its name
 * @param reached share of answerable questions that reached an expert that answers them
 * @param first the same, had it never abstained
 * @param abstained share of unanswerable questions it abstained from
 */
record Score(String method, double reached, double first, double abstained) {
  static Score of(String method, List<Labelled> questions, List<Guess> guesses) {
    int answerable = 0;
    int reached = 0;
    int first = 0;
    int none = 0;
    int abstained = 0;
    for (int i = 0; i < questions.size(); i++) {
      var guess = guesses.get(i);
      if (questions.get(i).right().isEmpty()) {
        none++;
        abstained += guess.abstains() ? 1 : 0;
      } else {
        answerable++;
        boolean right = questions.get(i).right().contains(guess.expert());
        first += right ? 1 : 0;
        reached += right && !guess.abstains() ? 1 : 0;
      }
    }
    return new Score(
        method, share(reached, answerable), share(first, answerable), share(abstained, none));
  }

  /** The 95 % interval of {@code reached} over that many questions. */
  String interval(int questions) {
    var wilson = Wilson.of(reached, questions, 1.96);
    return String.format(Locale.ROOT, "%.1f to %.1f %%", 100 * wilson.low(), 100 * wilson.high());
  }

  private static double share(int part, int whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }

  /** The threshold under which a method does best on these questions, both kinds counting alike. */
  static double threshold(List<Labelled> questions, List<Guess> guesses) {
    double best = -1;
    double chosen = 0;
    for (var candidate : guesses) {
      var score = of("", questions, guesses.stream().map(g -> g.above(candidate.score())).toList());
      double mean = (score.reached() + score.abstained()) / 2;
      if (mean > best) {
        best = mean;
        chosen = candidate.score();
      }
    }
    return chosen;
  }
}
