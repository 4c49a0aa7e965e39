package io.consilium.router.records;

import io.consilium.router.fit.Item;
import io.consilium.router.fit.Records;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects what a reader finds; counts what it leaves out. */
final class Intake {
  /** Why a cell is left out. */
  static final String MISSING = "outcome missing";

  static final String REPEATED = "repeated outcome of the same expert on the same question";

  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  final Records.Builder records = new Records.Builder();
  final Answers answers = new Answers();
  private final Map<String, Integer> skipped = new TreeMap<>();

  void skip(String why) {
    skipped.merge(why, 1, Integer::sum);
  }

  Imported imported(String unit, String proxy) {
    return new Imported(records.build(), answers, unit, proxy, skipped);
  }

  /** A token for every four characters, rounded up. */
  static double tokens(double characters) {
    return Math.ceil(characters / 4);
  }

  /** The question as an expert is asked it: options on lines of their own, by letter. */
  static String asked(String stem, List<String> options) {
    var text = new StringBuilder(stem);
    for (int i = 0; i < options.size(); i++) {
      text.append('\n')
          .append(i < LETTERS.length() ? LETTERS.substring(i, i + 1) : String.valueOf(i + 1))
          .append(". ")
          .append(options.get(i));
    }
    return text.toString();
  }

  /** An item with an id, or with one made from its text where the records have none. */
  static Item item(String id, String stem, String text, String category) {
    var name =
        id.isBlank() ? "q-" + Integer.toHexString(text.hashCode()) + "-" + text.length() : id;
    return Item.of(name, stem, text, category);
  }
}
