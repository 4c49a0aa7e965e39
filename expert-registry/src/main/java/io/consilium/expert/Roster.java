package io.consilium.expert;

import java.util.ArrayList;
import java.util.List;
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
   * @param slots the most calls it is asked at once; 0 when there is no limit
   * @param p95Millis time within which 95 in 100 recent answers came; 0 when too few were seen
   * @param residency whether it is in memory, for experts of a worker
   */
  public record Seat(
      ExpertCard card,
      Health health,
      int load,
      double latencyMillis,
      int slots,
      double p95Millis,
      Residency residency) {
    /** One that is awake, and of which too few answers were seen to tell the slow ones. */
    public Seat(ExpertCard card, Health health, int load, double latencyMillis, int slots) {
      this(card, health, load, latencyMillis, slots, 0, Residency.AWAKE);
    }

    /** Of one that may be asked any number of times at once. */
    public Seat(ExpertCard card, Health health, int load, double latencyMillis) {
      this(card, health, load, latencyMillis, 0);
    }
  }

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
    List<String> names = new ArrayList<>();
    for (var seat : seats) {
      names.add(seat.card().id());
      names.addAll(seat.card().aliases());
    }
    return Spelling.nearest(name, names, limit);
  }
}
