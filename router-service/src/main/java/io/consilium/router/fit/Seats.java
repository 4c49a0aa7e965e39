package io.consilium.router.fit;

import io.consilium.expert.Roster;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the experts of fitted records sit in a roster: by id or alias, so that a card finds what
 * was recorded under another name. Remembers the last roster, for requests share one.
 */
public final class Seats {
  private final Map<String, Integer> columns = new HashMap<>();
  private volatile Placed last = new Placed("", new int[0]);

  private record Placed(String roster, int[] columns) {}

  /**
   * Seats for records with these columns.
   *
   * @param experts the experts of the records, in column order
   */
  public Seats(List<String> experts) {
    for (int i = 0; i < experts.size(); i++) {
      columns.put(experts.get(i), i);
    }
  }

  /** The column of the expert on each seat, -1 for one without records. Do not change it. */
  public int[] of(Roster roster) {
    var seen = last;
    if (!seen.roster.equals(roster.id())) {
      int[] placed = new int[roster.seats().size()];
      for (int i = 0; i < placed.length; i++) {
        var card = roster.seats().get(i).card();
        int column = columns.getOrDefault(card.id(), -1);
        for (int a = 0; column < 0 && a < card.aliases().size(); a++) {
          column = columns.getOrDefault(card.aliases().get(a), -1);
        }
        placed[i] = column;
      }
      seen = new Placed(roster.id(), placed);
      last = seen;
    }
    return seen.columns;
  }
}
