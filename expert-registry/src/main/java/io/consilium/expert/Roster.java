package io.consilium.expert;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An immutable snapshot of who is there; one is taken per request, so that a question sees one
 * world.
 *
 * @param id names the snapshot; equal ids, equal contents
 * @param seats every expert that is not retired, in registration order
 */
public record Roster(String id, List<Seat> seats) {
  /**
   * One expert at the table.
   *
   * @param card what it is
   * @param health how it fares
   * @param load calls in flight
   * @param latencyMillis recent mean time to a whole answer; 0 when none was seen
   */
  public record Seat(ExpertCard card, Health health, int load, double latencyMillis) {}

  public Roster {
    seats = List.copyOf(seats);
  }

  /** A roster of healthy, idle experts. */
  public static Roster of(String id, List<ExpertCard> cards) {
    return new Roster(
        id, cards.stream().map(card -> new Seat(card, Health.UNKNOWN, 0, 0)).toList());
  }

  /** The seat of the expert with this id or alias. */
  public Optional<Seat> find(String name) {
    return seats.stream().filter(seat -> seat.card().answersTo(name)).findFirst();
  }

  /** All cards, in order. */
  public List<ExpertCard> cards() {
    return seats.stream().map(Seat::card).toList();
  }

  /** Up to {@code limit} ids or aliases that look most like {@code name}, nearest first. */
  public List<String> near(String name, int limit) {
    Map<String, Integer> distances = new LinkedHashMap<>();
    for (var seat : seats) {
      distances.put(seat.card().id(), distance(name, seat.card().id()));
      seat.card().aliases().forEach(alias -> distances.put(alias, distance(name, alias)));
    }
    return distances.entrySet().stream()
        .sorted(Comparator.comparingInt(Map.Entry::getValue))
        .limit(limit)
        .map(Map.Entry::getKey)
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
