package io.consilium.bench.routing;

import io.consilium.router.records.Records;
import java.util.HashMap;
import java.util.Map;

/** The questions of a pool that are asked, and what every expert would have done with each. */
public final class Field {
  private final Records asked;
  private final int[] category; // of each question
  private final int categories;
  private final boolean priced;

  Field(Records asked) {
    this.asked = asked;
    Map<String, Integer> seen = new HashMap<>();
    category =
        asked.items().stream()
            .mapToInt(item -> seen.computeIfAbsent(item.category(), name -> seen.size()))
            .toArray();
    categories = seen.size();
    boolean known = true;
    for (int question = 0; question < size() && known; question++) {
      for (int expert = 0; expert < experts(); expert++) {
        known &= !Double.isNaN(asked.usd(question, expert));
      }
    }
    priced = known;
  }

  /** How many questions are asked. */
  public int size() {
    return asked.items().size();
  }

  /** How many experts there are. */
  public int experts() {
    return asked.experts().size();
  }

  Records records() {
    return asked;
  }

  double correct(int question, int expert) {
    return asked.correct(question, expert);
  }

  /** What its records call the kind of a question. */
  public String categoryName(int question) {
    return asked.items().get(question).category();
  }

  int category(int question) {
    return category[question];
  }

  int categories() {
    return categories;
  }

  /** Whether the price of every call is known. */
  public boolean priced() {
    return priced;
  }

  /** Mean price of every expert, each question as often as drawn. */
  double[] meanCosts(Draw draw) {
    double[] costs = new double[experts()];
    for (int question = 0; question < size(); question++) {
      int times = draw.times(question);
      for (int expert = 0; times > 0 && expert < costs.length; expert++) {
        costs[expert] += times * asked.usd(question, expert);
      }
    }
    for (int expert = 0; expert < costs.length; expert++) {
      costs[expert] /= size();
    }
    return costs;
  }
}
