package io.consilium.router.fit;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Provider;
import io.consilium.expert.Roster;
import java.util.List;
import java.util.Map;

/** Rosters of experts that are only on record: to be forecast in a fit or a replay, never asked. */
public final class Rosters {
  private Rosters() {}

  /** A roster of experts with these ids, in this order. */
  public static Roster of(List<String> experts) {
    var nowhere = new Endpoint(Provider.OPENAI, null, "recorded", null, Map.of(), Map.of());
    return Roster.of(
        "recorded:" + String.join(",", experts),
        experts.stream()
            .map(id -> ExpertCard.of(id, new ExpertKind.Llm(), "on record", nowhere))
            .toList());
  }
}
