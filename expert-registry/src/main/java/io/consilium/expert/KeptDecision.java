package io.consilium.expert;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decision as file and store keep it: all of it as JSON, made once, and beside that what
 * decisions are looked up by. Small enough to wait in memory by the thousand.
 *
 * @param plan the type of its plan, or {@link #CACHED}
 * @param millis from the request's arrival to the last byte
 * @param ownMillis of these, spent by Consilium rather than waiting for experts
 * @param failure why there was no answer, or null
 * @param asked everyone asked, each once, in order
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
    double ownMillis,
    @Nullable FailureKind failure,
    List<Asked> asked,
    byte[] json) {
  /** In place of its plan's type, that of a decision whose answer had been given before. */
  public static final String CACHED = "cached";

  /**
   * One expert and what became of it, however often it was asked.
   *
   * @param usd what it cost
   * @param millis it took
   * @param failed whether it failed; one that was called off did not
   */
  public record Asked(String expert, double usd, double millis, boolean failed) {
    private static Asked of(Decision.Told told) {
      return new Asked(
          told.expert(),
          told.usd(),
          told.millis(),
          told.failure() != null && told.failure().kind() != FailureKind.CANCELLED);
    }

    private Asked and(Asked next) {
      return new Asked(expert, usd + next.usd, millis + next.millis, next.failed);
    }
  }

  public KeptDecision {
    asked = List.copyOf(asked);
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
        decision.cached() == null ? decision.route().plan().type() : CACHED,
        decision.usd(),
        decision.millis(),
        decision.overheadMillis(),
        decision.failure() == null ? null : decision.failure().kind(),
        replies.size() == 1 ? List.of(Asked.of(replies.getFirst())) : merged(replies),
        json);
  }

  private static List<Asked> merged(List<Decision.Told> replies) {
    Map<String, Asked> byExpert = new LinkedHashMap<>();
    replies.forEach(told -> byExpert.merge(told.expert(), Asked.of(told), Asked::and));
    return List.copyOf(byExpert.values());
  }

  /** Everyone asked, each once, in order. */
  public List<String> experts() {
    return asked.stream().map(Asked::expert).toList();
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
