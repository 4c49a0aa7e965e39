package io.consilium.expert;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The terms under which a question is asked: everything about it that is not its content.
 *
 * @param policy what the caller wants
 * @param deadline the moment after which an answer is of no use
 * @param budgetUsd the most this question may cost, in US dollars; positive infinity when unlimited
 * @param tenant whose traffic this is
 * @param key the id of the API key used, or null on loopback without one
 * @param conversation names the conversation the question belongs to, or null
 * @param decision the id of the decision about this question
 * @param depth how many compositions stand above this question; 0 for a caller's own
 * @param trace the W3C {@code traceparent} of the caller, or null
 * @param record whether contents may be kept in the journal
 * @param caching which earlier answers may be given again
 * @param memory whether what is remembered for the tenant may bear on the answer
 */
public record Terms(
    Policy policy,
    Instant deadline,
    double budgetUsd,
    String tenant,
    @Nullable String key,
    @Nullable String conversation,
    String decision,
    int depth,
    @Nullable String trace,
    boolean record,
    Caching caching,
    boolean memory) {
  /** The deepest nesting of compositions that is run. */
  public static final int MAX_DEPTH = 4;

  /** The request header that carries {@code depth} from one Consilium to the next. */
  public static final String DEPTH_HEADER = "x-consilium-depth";

  public Terms {
    if (!(budgetUsd > 0)) {
      throw ExpertException.invalid("consilium.budget_usd", "budget_usd must be a positive number");
    }
    if (depth < 0 || depth > MAX_DEPTH) {
      throw new ExpertException(
          FailureKind.INVALID_REQUEST,
          "compositions are nested more than %d deep; one probably contains itself"
              .formatted(MAX_DEPTH));
    }
  }

  /** Terms under which no earlier answer is given again and nothing is remembered. */
  public Terms(
      Policy policy,
      Instant deadline,
      double budgetUsd,
      String tenant,
      @Nullable String key,
      @Nullable String conversation,
      String decision,
      int depth,
      @Nullable String trace,
      boolean record) {
    this(
        policy,
        deadline,
        budgetUsd,
        tenant,
        key,
        conversation,
        decision,
        depth,
        trace,
        record,
        Caching.OFF,
        false);
  }

  /** Plain terms for programs and tests: balanced policy, no budget, the given time to answer. */
  public static Terms within(Duration time, Instant now) {
    return new Terms(
        Policy.BALANCED,
        now.plus(time),
        Double.POSITIVE_INFINITY,
        "default",
        null,
        null,
        newDecisionId(),
        0,
        null,
        true);
  }

  /**
   * A fresh decision id, unique across replicas and not to be guessed. Ids sort by the time they
   * were made, so that the store appends to its indexes rather than rewriting pages all over them.
   */
  public static String newDecisionId() {
    var now = Instant.now();
    long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    var random = UUID.randomUUID();
    var hex = HexFormat.of();
    return "dec_"
        + hex.toHexDigits(micros, 14)
        + hex.toHexDigits(random.getMostSignificantBits() >>> 16, 10)
        + hex.toHexDigits(random.getLeastSignificantBits(), 8);
  }

  /** The same terms under another {@code traceparent}. */
  public Terms traced(String traceparent) {
    var draft = new Draft(this);
    draft.trace = traceparent;
    return draft.terms();
  }

  /** The same terms, but for which earlier answers may be given again. */
  public Terms cached(Caching other) {
    var draft = new Draft(this);
    draft.caching = other;
    return draft.terms();
  }

  /** The same terms, but for whether what is remembered may bear on the answer. */
  public Terms remembering(boolean other) {
    var draft = new Draft(this);
    draft.memory = other;
    return draft.terms();
  }

  /** The same terms under another policy. */
  public Terms under(Policy other) {
    var draft = new Draft(this);
    draft.policy = other;
    return draft.terms();
  }

  /** The same terms after so much of the budget was spent, in US dollars. */
  public Terms spent(double usd) {
    var draft = new Draft(this);
    draft.budgetUsd = Math.max(Double.MIN_NORMAL, budgetUsd - usd);
    return draft.terms();
  }

  /** The same terms, but that an answer is of no use after {@code moment} either. */
  public Terms until(Instant moment) {
    var draft = new Draft(this);
    draft.deadline = moment.isBefore(deadline) ? moment : deadline;
    return draft.terms();
  }

  /**
   * The terms of a question that an expert of a composition asks in turn: one level deeper, with a
   * decision of its own whose id starts with this one's.
   */
  public Terms deeper() {
    var random = UUID.randomUUID().getLeastSignificantBits();
    var draft = new Draft(this);
    draft.decision = decision + "." + HexFormat.of().toHexDigits(random, 6);
    draft.depth = depth + 1;
    return draft.terms();
  }

  /** The time left; zero when the deadline has passed. */
  public Duration left(Instant now) {
    var left = Duration.between(now, deadline);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Terms being changed; what never changes is read from those it began with. */
  private static final class Draft {
    private final Terms from;
    private Policy policy;
    private Instant deadline;
    private double budgetUsd;
    private String decision;
    private int depth;
    private @Nullable String trace;
    private Caching caching;
    private boolean memory;

    private Draft(Terms from) {
      this.from = from;
      policy = from.policy;
      deadline = from.deadline;
      budgetUsd = from.budgetUsd;
      decision = from.decision;
      depth = from.depth;
      trace = from.trace;
      caching = from.caching;
      memory = from.memory;
    }

    private Terms terms() {
      return new Terms(
          policy,
          deadline,
          budgetUsd,
          from.tenant,
          from.key,
          from.conversation,
          decision,
          depth,
          trace,
          from.record,
          caching,
          memory);
    }
  }
}
