package io.consilium.orchestrator.journal;

import io.consilium.expert.Decision;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.KeptDecision;
import io.consilium.expert.Modality;
import io.consilium.expert.Plan;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Decisions to keep. */
final class Decisions {
  private Decisions() {}

  /** A store that is given decisions as they were recorded. */
  static Consumer<List<KeptDecision>> readBy(Consumer<List<Decision>> store) {
    return batch -> store.accept(batch.stream().map(KeptDecision::decision).toList());
  }

  static Decision decision() {
    return decision(Terms.newDecisionId());
  }

  static Decision decision(String id) {
    return saying(id, "What is 17.5 % of 2,340 EUR?\nIn words: \"…\"", "409.50 EUR");
  }

  /** One made at that time. */
  static Decision at(Instant at) {
    return saying(Terms.newDecisionId(), at, "What is 17.5 % of 2,340 EUR?", "409.50 EUR");
  }

  static Decision saying(String id, String question, String answer) {
    return saying(id, Instant.parse("2026-11-24T12:00:00.123456789Z"), question, answer);
  }

  private static Decision saying(String id, Instant at, String question, String answer) {
    return new Decision(
        id,
        at,
        "default",
        null,
        "conversation-1",
        "consilium/auto",
        "balanced",
        question,
        new Decision.Profile("ab12", 28, 12, List.of("arithmetic"), List.of(Modality.TEXT), 0),
        new Route(
            new Plan.One("calculator", List.of("big", "small")),
            List.of(
                new Forecast(
                    "calculator",
                    0.97,
                    0.9,
                    0.99,
                    0.0001,
                    12.5,
                    List.of(new Forecast.Reason("centroid", 0.96, 0.7, "arithmetic")))),
            List.of(new Route.Exclusion("images", "it serves no text")),
            1,
            42L,
            "cold-1",
            "roster-7",
            "it computes"),
        List.of(
            new Decision.Told(
                "big",
                2,
                0.8,
                100.25,
                null,
                0,
                new Decision.Failure(FailureKind.TIMEOUT, "too slow"),
                null),
            new Decision.Told(
                "calculator", 1, 0.97, 12.5, new Usage(10, 5, 0, 0, false), 1e-7, null, answer)),
        answer,
        null,
        1e-7,
        113.7,
        0.9);
  }
}
