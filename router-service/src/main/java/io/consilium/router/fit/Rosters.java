package io.consilium.router.fit;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Provider;
import io.consilium.expert.Roster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rosters of experts that are only on record: to be forecast in a fit or a replay, never asked. */
public final class Rosters {
  private Rosters() {}

  /** A roster of experts recorded under these names, in this order; each answers to its name. */
  public static Roster of(List<String> experts) {
    List<ExpertCard> cards = new ArrayList<>(experts.size());
    for (var name : experts) {
      cards.add(card(name, cards.size() + 1));
    }
    return Roster.of("recorded:" + String.join(",", experts), cards);
  }

  private static ExpertCard card(String name, int number) {
    var nowhere = new Endpoint(Provider.OPENAI, null, "recorded", null, Map.of(), Map.of());
    if (ExpertCard.isId(name)) {
      return ExpertCard.of(name, new ExpertKind.Llm(), "on record", nowhere);
    }
    return ExpertCard.of("recorded-" + number, new ExpertKind.Llm(), "on record", nowhere)
        .withAliases(List.of(name));
  }
}
