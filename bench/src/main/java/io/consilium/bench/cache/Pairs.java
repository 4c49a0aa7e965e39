package io.consilium.bench.cache;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Pairs of questions, written for this project: {@code hard.tsv} of questions that look alike and
 * have different answers, {@code paraphrases.tsv} of questions that ask the same. Every second pair
 * of a kind belongs to the half that the rules were written with; the other half was not looked at
 * until the report was made.
 */
final class Pairs {
  private Pairs() {}

  /**
   * One pair.
   *
   * @param kind what differs, or how it is said in other words
   * @param held whether it belongs to the half that was held out
   */
  record Pair(String kind, String first, String second, boolean held) {}

  static List<Pair> hard() {
    return read("hard.tsv");
  }

  static List<Pair> paraphrases() {
    return read("paraphrases.tsv");
  }

  private static List<Pair> read(String resource) {
    try (var in = Pairs.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException(resource + " is not on the class path");
      }
      List<Pair> pairs = new ArrayList<>();
      for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        var columns = line.split("\t", -1);
        pairs.add(new Pair(columns[0], columns[1], columns[2], pairs.size() % 2 == 1));
      }
      return List.copyOf(pairs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
