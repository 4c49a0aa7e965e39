package io.consilium.expert.testing;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.KeptDecision;
import io.consilium.expert.Modality;
import io.consilium.expert.Plan;
import io.consilium.expert.Route;
import io.consilium.expert.Usage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decisions for tests, complete in every field. */
public final class TestDecisions {
  private TestDecisions() {}

  /** These as they are kept. */
  public static List<KeptDecision> kept(Decision... decisions) {
    return kept(List.of(decisions));
  }

  /** These as they are kept. */
  public static List<KeptDecision> kept(List<Decision> decisions) {
    return decisions.stream().map(KeptDecision::of).toList();
  }

  /** A decision that went well. */
  public static Decision answered(String id, Instant at, String... experts) {
    return decision(id, at, "default", "consilium/auto", null, experts);
  }

  /** A decision under which nobody answered. */
  public static Decision failed(String id, Instant at, FailureKind kind, String... experts) {
    return decision(
        id, at, "default", "consilium/auto", new ExpertException(kind, "as told"), experts);
  }

  /** Any decision. */
  public static Decision decision(
      String id,
      Instant at,
      String tenant,
      String model,
      @Nullable ExpertException failure,
      String... experts) {
    var why = List.of(new Forecast.Reason("centroid", 0.7, 0.5, "near 3 skills"));
    var failed = failure == null ? null : new Decision.Failure(failure.kind(), failure.message());
    return new Decision(
        id,
        at,
        tenant,
        "key_1",
        "conversation",
        model,
        "balanced",
        "What is 17.5 % of 2,340 EUR?",
        new Decision.Profile("abc", 28, 12, List.of("percentages"), List.of(Modality.TEXT), 0),
        new Route(
            experts.length == 0
                ? new Plan.Abstain("nobody fits")
                : new Plan.One(experts[0], List.of(experts).subList(1, experts.length)),
            List.of(new Forecast("calculator", 0.8, 0.7, 0.9, 0.001, 12.5, why)),
            List.of(new Route.Exclusion("tiny", "reads 2,048 tokens at most")),
            0.95,
            42,
            "cold-1",
            "roster-1",
            "best under balanced",
            List.of(
                new Route.Choice(new Plan.One("calculator", List.of()), 0.95),
                new Route.Choice(new Plan.One("general", List.of("calculator")), 0.05))),
        List.of(experts).stream()
            .map(expert ->
                new Decision.Told(
                    expert, 1, 0.8, 12, new Usage(10, 5, 2, 1, false), 0.001, null, "409.5"))
            .toList(),
        failure == null ? "409.5" : null,
        failed,
        0.001,
        15.25,
        1.5);
  }
}
