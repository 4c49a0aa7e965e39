package io.consilium.expert;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The list of experts. Reading is a field access; changes are durable before they are seen.
 *
 * <p>Every card has one {@link Owner}; a change by another is refused with {@link
 * FailureKind#CONFLICT} and a message that says where the card is kept.
 */
public interface ExpertRegistry {
  /** The present snapshot; never blocks. */
  Roster current();

  /**
   * Adds a card, or makes its next version when something changed. Returns the card as it now
   * stands (unchanged when nothing differs).
   */
  ExpertCard put(ExpertCard card);

  /** Retires the card: it stays on record and is never asked again. */
  ExpertCard retire(String id, Owner by);

  /**
   * Makes {@code cards} the only cards of {@code owner}: adds or changes these, and retires its
   * others. All or nothing; the failure names every card that stands in the way.
   */
  Roster replaceAll(Owner owner, List<ExpertCard> cards);

  /**
   * The same within {@code scope}: the owner's present cards outside it stay as they are.
   *
   * @param scope which of the present cards this is about, for example the tools of one server
   */
  default Roster replaceAll(Owner owner, Predicate<ExpertCard> scope, List<ExpertCard> cards) {
    List<ExpertCard> all = new ArrayList<>(cards);
    for (var card : current().cards()) {
      boolean replaced = cards.stream().anyMatch(each -> each.id().equals(card.id()));
      if (card.owner() == owner && !scope.test(card) && !replaced) {
        all.add(card);
      }
    }
    return replaceAll(owner, all);
  }

  /** Notes how an expert fares; not durable. */
  void health(String id, Health health);

  /** Notes one finished call: its time to a whole answer; not durable. */
  void observed(String id, double latencyMillis);

  /** Notes how many calls an expert has under way; not durable. */
  void load(String id, int inFlight);

  /** Notes whether an expert is in memory; one that answers is awake from then on; not durable. */
  void residency(String id, Residency residency);

  /** Calls {@code listener} after every change of a card with the new snapshot. */
  void onChange(Consumer<Roster> listener);
}
