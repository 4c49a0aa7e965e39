package io.consilium.expert;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the names somebody may have meant. */
public final class Spelling {
  private Spelling() {}

  /** Up to {@code limit} of {@code candidates} that look most like {@code name}, nearest first. */
  public static List<String> nearest(String name, Collection<String> candidates, int limit) {
    record Scored(String candidate, int distance) {}
    return candidates.stream()
        .distinct()
        .map(candidate -> new Scored(candidate, distance(name, candidate)))
        .sorted(Comparator.comparingInt(Scored::distance))
        .limit(limit)
        .map(Scored::candidate)
        .toList();
  }

  /** Levenshtein distance, ignoring case. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
