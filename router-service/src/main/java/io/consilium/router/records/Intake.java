package io.consilium.router.records;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final Set<String> seen = new HashSet<>();

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

  /**
   * A question as a row names it.
   *
   * @param column where its id stands
   * @param id of it; empty when the records have none, and its text tells it apart
   * @param stem the question without options
   * @param text the question with them
   */
  record Named(String column, String id, String stem, String text, String category) {}

  /**
   * What a row says of one expert.
   *
   * @param column where the expert is named
   * @param scored the column of the score
   * @param answer the final answer; may be empty
   */
  record Observed(
      String column, String expert, String scored, double cost, double tokens, String answer) {}

  /** Takes one outcome, or counts why it is left out. */
  void outcome(Row row, Named named, Observed observed) {
    var item = Item.of(id(named), named.stem(), named.text(), named.category());
    try {
      records.item(item);
    } catch (IllegalArgumentException e) {
      throw row.wrong(
          named.column(), "the id '%s' already stands for another question".formatted(item.id()));
    }
    records.expert(observed.expert());
    double correct = row.score(observed.scored());
    if (Double.isNaN(correct)) {
      skip(MISSING);
      return;
    }
    if (!seen.add(item.id() + '\0' + observed.expert())) {
      skip(REPEATED);
      return;
    }
    records.add(item.id(), observed.expert(), correct, observed.cost(), observed.tokens());
    if (!observed.answer().isEmpty()) {
      answers.add(item.id(), observed.expert(), observed.answer());
    }
  }

  private static String id(Named named) {
    if (!named.id().isBlank()) {
      return named.id();
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(named.text().getBytes(StandardCharsets.UTF_8));
      return "q-" + HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
