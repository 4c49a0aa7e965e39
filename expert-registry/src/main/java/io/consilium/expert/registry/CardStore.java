package io.consilium.expert.registry;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where cards are kept. Safe for concurrent use. */
public interface CardStore {
  /** The latest version of every card, retired ones too, in the order they were first saved. */
  List<ExpertCard> load();

  /**
   * Keeps these new versions, all or none, and returns when they are durable. {@link
   * FailureKind#CONFLICT} when somebody else saved one of these versions before.
   */
  void save(List<ExpertCard> cards);

  /** A store that lasts as long as the process. */
  static CardStore inMemory() {
    return new CardStore() {
      private final Map<String, ExpertCard> cards = new LinkedHashMap<>();

      @Override
      public synchronized List<ExpertCard> load() {
        return List.copyOf(cards.values());
      }

      @Override
      public synchronized void save(List<ExpertCard> versions) {
        for (var card : versions) {
          var before = cards.get(card.id());
          if (before != null && before.version() >= card.version()) {
            throw changedMeanwhile(card.id());
          }
        }
        versions.forEach(card -> cards.put(card.id(), card));
      }
    };
  }

  /** The failure of a save that came too late. */
  static ExpertException changedMeanwhile(String id) {
    return new ExpertException(
        FailureKind.CONFLICT,
        "expert '%s' was changed by another process in the meantime: look again, then repeat"
            .formatted(id));
  }
}
