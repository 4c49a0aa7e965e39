package io.consilium.expert;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decision as file and store keep it: all of it as JSON, made once, and beside that what
 * decisions are looked up by. Small enough to wait in memory by the thousand.
 *
 * @param plan the type of its plan
 * @param failure why there was no answer, or null
 * @param experts everyone asked, each once, in order
 * @param json the whole of it in one line of UTF-8; never changed
 */
public record KeptDecision(
    String id,
    Instant at,
    String tenant,
    @Nullable String key,
    String model,
    String policy,
    String plan,
    double usd,
    double millis,
    @Nullable FailureKind failure,
    List<String> experts,
    byte[] json) {
  public KeptDecision {
    experts = List.copyOf(experts);
  }

  /** The form of a decision that is kept. */
  public static KeptDecision of(Decision decision) {
    return of(decision, DecisionJson.write(decision));
  }

  /**
   * Reads what {@link #json} gave.
   *
   * @throws tools.jackson.core.JacksonException when it is no decision
   */
  public static KeptDecision read(byte[] json) {
    return of(DecisionJson.read(json), json);
  }

  private static KeptDecision of(Decision decision, byte[] json) {
    var replies = decision.replies();
    return new KeptDecision(
        decision.id(),
        decision.at(),
        decision.tenant(),
        decision.key(),
        decision.model(),
        decision.policy(),
        decision.route().plan().type(),
        decision.usd(),
        decision.millis(),
        decision.failure() == null ? null : decision.failure().kind(),
        replies.size() == 1
            ? List.of(replies.getFirst().expert())
            : replies.stream().map(Decision.Told::expert).distinct().toList(),
        json);
  }

  /** The decision itself, read from its JSON. */
  public Decision decision() {
    return DecisionJson.read(json);
  }

  /** Reads a decision from the text of its JSON. */
  public static Decision decision(String json) {
    return DecisionJson.read(json);
  }

  /** The JSON as text; any database takes it. */
  public String text() {
    return new String(json, StandardCharsets.UTF_8);
  }
}
