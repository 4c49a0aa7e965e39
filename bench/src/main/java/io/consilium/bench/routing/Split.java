package io.consilium.bench.routing;

import io.consilium.router.records.HashRange;
import io.consilium.router.records.Item;
import io.consilium.router.records.QuestionHash;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How questions are parted into those to learn from and those to ask.
 *
 * @param folds cross-validation over both ranges together when above 1
 * @param train what may be learnt from, without folds
 * @param test what is asked, without folds
 */
public record Split(int folds, HashRange train, HashRange test) {

  /** Rows of records: what one fit learns from, and what it is then asked. */
  public record Rows(int[] train, int[] test) {}

  /** In a word or two, for tables. */
  String name() {
    return folds > 1 ? folds + " folds" : "asked " + test;
  }

  /** In words, for reports. */
  public String words() {
    return folds > 1
        ? "%d-fold cross-validation over h in %s and %s (fold = floor(10,000·h) mod %d)"
            .formatted(folds, train, test, folds)
        : "train h in %s, asked h in %s".formatted(train, test);
  }

  /** The parts of some questions, by row. */
  public List<Rows> of(List<Item> items) {
    if (folds <= 1) {
      return List.of(
          new Rows(
              IntStream.range(0, items.size())
                  .filter(i -> train.holds(items.get(i).hash()))
                  .toArray(),
              IntStream.range(0, items.size())
                  .filter(i -> test.holds(items.get(i).hash()))
                  .toArray()));
    }
    int[] used =
        IntStream.range(0, items.size())
            .filter(i -> train.holds(items.get(i).hash()) || test.holds(items.get(i).hash()))
            .toArray();
    List<Rows> parts = new ArrayList<>();
    for (int k = 0; k < folds; k++) {
      int fold = k;
      parts.add(
          new Rows(
              IntStream.of(used)
                  .filter(i -> QuestionHash.fold(items.get(i).hash(), folds) != fold)
                  .toArray(),
              IntStream.of(used)
                  .filter(i -> QuestionHash.fold(items.get(i).hash(), folds) == fold)
                  .toArray()));
    }
    return parts;
  }
}
