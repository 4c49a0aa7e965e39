package io.consilium.router;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Health;
import io.consilium.expert.Roster;
import io.consilium.expert.Usage;

/**
 * What asking an expert is expected to take: price × estimated tokens, and time as seen lately,
 * else as measured, else as claimed, else as is usual for its kind, longer by its queue and by the
 * time until it is in memory. Who served the conversation so far reads its earlier turns at the
 * price of cached input: leaving it costs the difference.
 *
 * @param usd US dollars
 * @param millis to a whole answer
 */
record Outlay(double usd, double millis) {
  /** Tokens and time of an answer where nothing better is known; orders of magnitude. */
  private record Usual(int tokens, double millis) {
    private static Usual of(ExpertKind kind) {
      return switch (kind) {
        case ExpertKind.Llm llm -> new Usual(400, 3_000);
        case ExpertKind.Adapter adapter -> new Usual(400, 3_000);
        case ExpertKind.Variant variant -> new Usual(400, 3_000);
        case ExpertKind.Composition composition -> new Usual(400, 6_000);
        case ExpertKind.Retriever retriever -> new Usual(200, 80);
        case ExpertKind.Tool tool -> new Usual(40, 50);
        case ExpertKind.Classifier classifier -> new Usual(20, 10);
      };
    }
  }

  /**
   * Of asking the expert on a seat.
   *
   * @param tokens it is forecast to write; NaN when nothing is known of it, then as is usual for
   *     its kind
   */
  static Outlay of(QuestionProfile profile, Roster.Seat seat, double tokens) {
    var card = seat.card();
    var usual = Usual.of(card.kind());
    var limit = profile.question().parameters().maxTokens();
    int expected = Double.isNaN(tokens) ? usual.tokens : (int) Math.ceil(Math.min(tokens, MOST));
    int written = limit == null ? expected : Math.min(limit, expected);
    // who served the conversation so far finds its earlier turns in its prompt cache
    boolean cached = profile.incumbent().filter(card::answersTo).isPresent();
    var usage = new Usage(profile.tokens(), written, cached ? profile.earlierTokens() : 0, 0, true);
    return new Outlay(card.price().of(usage), millis(seat, card, usual));
  }

  /** Nobody is expected to write more tokens than this. */
  private static final double MOST = 100_000;

  /** Calls under way that double the wait for an expert; a guess, for slots are not declared. */
  private static final double QUEUE = 16;

  /**
   * What others have under way slows an expert down; where all of its slots are taken, one that
   * comes waits until so many have ended as are ahead of it. An expert in trouble tarries. One that
   * sleeps or is not in memory is waited for.
   */
  private static double millis(Roster.Seat seat, ExpertCard card, Usual usual) {
    double trouble = seat.health().status() == Health.Status.DEGRADED ? 2 : 1;
    int slots = seat.slots();
    double turns = slots > 0 && seat.load() >= slots ? (seat.load() - slots + 1.0) / slots : 0;
    return idleMillis(seat, card, usual) * (1 + seat.load() / QUEUE + turns) * trouble
        + seat.residency().millis();
  }

  private static double idleMillis(Roster.Seat seat, ExpertCard card, Usual usual) {
    if (seat.latencyMillis() > 0) {
      return seat.latencyMillis();
    }
    if (card.measured().latencyMillis() > 0) {
      return card.measured().latencyMillis();
    }
    return card.claimed().latencyMillis() > 0 ? card.claimed().latencyMillis() : usual.millis;
  }
}
