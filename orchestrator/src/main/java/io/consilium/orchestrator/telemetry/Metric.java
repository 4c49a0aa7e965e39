package io.consilium.orchestrator.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Every metric, with the sentence that {@code docs/reference/metrics.md} shows. Names and
 * attributes that start with {@code gen_ai.} are OpenTelemetry's GenAI conventions.
 */
public enum Metric {
  CLIENT_DURATION(
      "gen_ai.client.operation.duration",
      Kind.TIMER,
      "How long one call of an expert took, every attempt included.",
      "gen_ai.operation.name",
      "gen_ai.provider.name",
      "gen_ai.request.model",
      "error.type"),
  CLIENT_FIRST_CHUNK(
      "gen_ai.client.operation.time_to_first_chunk",
      Kind.TIMER,
      "How long an expert took to its first streamed piece.",
      "gen_ai.operation.name",
      "gen_ai.provider.name",
      "gen_ai.request.model"),
  CLIENT_TOKENS(
      "gen_ai.client.token.usage",
      Kind.SUMMARY,
      "Tokens one call of an expert read (input) or wrote (output).",
      "gen_ai.operation.name",
      "gen_ai.provider.name",
      "gen_ai.request.model",
      "gen_ai.token.type"),
  SERVER_DURATION(
      "gen_ai.server.request.duration",
      Kind.TIMER,
      "How long a question took, from its arrival to the last byte of the answer.",
      "gen_ai.operation.name",
      "error.type"),
  OVERHEAD(
      "consilium.overhead",
      Kind.TIMER,
      "The part of a question's time that was spent by Consilium itself and not in waiting for experts."),
  DECISIONS(
      "consilium.decisions",
      Kind.COUNTER,
      "Questions decided, by the type of plan that was made.",
      "plan"),
  BATCH_LINES(
      "consilium.batch.lines",
      Kind.COUNTER,
      "Requests of batches that came to their end: answered, or failed.",
      "result"),
  FORM_CHECKS(
      "consilium.checks.form",
      Kind.COUNTER,
      "Answers and tool calls whose form was looked at: right, or wrong.",
      "result"),
  JUDGED(
      "consilium.judge.decisions",
      Kind.COUNTER,
      "Sampled decisions the judge was done with: right, wrong, undecided or passed_over.",
      "verdict"),
  EXPERT_IN_FLIGHT(
      "consilium.expert.in_flight", Kind.GAUGE, "Calls of an expert under way.", "expert"),
  EXPERT_RETRIES(
      "consilium.expert.retries", Kind.COUNTER, "Further attempts after a failed one.", "expert"),
  EXPERT_BREAKER(
      "consilium.expert.breaker",
      Kind.GAUGE,
      "The breaker of an expert: 0 closed, 1 on trial, 2 open.",
      "expert"),
  EXPERT_FREE(
      "consilium.expert.free",
      Kind.GAUGE,
      "Calls of an expert that may begin before its limit is reached.",
      "expert"),
  JOURNAL_APPEND(
      "consilium.journal.append",
      Kind.TIMER,
      "How long a decision took to reach the journal file."),
  JOURNAL_SYNC(
      "consilium.journal.sync",
      Kind.TIMER,
      "How long one group of decisions took to reach the disk."),
  CACHE_LOOKUPS(
      "consilium.cache.lookups",
      Kind.COUNTER,
      "Questions that an earlier answer might have served, by what was found: exact, semantic or miss.",
      "result"),
  CACHE_DOUBTS(
      "consilium.cache.doubts",
      Kind.COUNTER,
      "Near questions whose answer was not given, by what might differ.",
      "doubt"),
  CACHE_STORE(
      "consilium.cache.store",
      Kind.COUNTER,
      "Requests whose answer was looked for in the store, by what came of it: found, missing, skipped (busy or resting) or failed.",
      "result"),
  CACHE_SAVED(
      "consilium.cache.saved", Kind.COUNTER, "US dollars that answers given again had cost."),
  CACHE_ANSWERS("consilium.cache.answers", Kind.GAUGE, "Answers that may be given again."),
  MEMORY_RECALLED(
      "consilium.memory.recalled",
      Kind.COUNTER,
      "Notes of tenants' memories that bore on a question."),
  MEMORY_DROPPED(
      "consilium.memory.dropped",
      Kind.COUNTER,
      "Near notes that were dropped because they are beside the point."),
  LEARNING_HEARD(
      "consilium.learning.heard",
      Kind.COUNTER,
      "Outcomes of decisions that moved the router's forecasts."),
  LEARNING_ALARMS(
      "consilium.learning.alarms",
      Kind.COUNTER,
      "Times an expert no longer did as it was forecast to."),
  JOURNAL_DRAINED(
      "consilium.journal.drained", Kind.COUNTER, "Decisions moved from the journal to the store."),
  JOURNAL_PENDING(
      "consilium.journal.pending",
      Kind.GAUGE,
      "Bytes in the journal that are not in the store yet."),
  JOURNAL_FAILURES(
      "consilium.journal.drain.failures",
      Kind.COUNTER,
      "Attempts to move decisions into the store that failed and will be made again."),
  JOURNAL_REFUSED(
      "consilium.journal.refused", Kind.COUNTER, "Questions refused because the journal was full."),
  JOURNAL_DAMAGED(
      "consilium.journal.damaged",
      Kind.COUNTER,
      "Journal lines skipped because a crash had cut them off or their checksum was wrong."),
  JOURNAL_REJECTED(
      "consilium.journal.rejected",
      Kind.COUNTER,
      "Decisions the store would not take; kept in rejected.ndjson."),
  CLIENTS_WATCHED(
      "consilium.clients.watched",
      Kind.GAUGE,
      "Requests whose connection is watched for a client that went away."),
  CLIENTS_LOST(
      "consilium.clients.lost", Kind.COUNTER, "Requests ended because the client went away.");

  /** How a metric is measured. */
  public enum Kind {
    COUNTER,
    GAUGE,
    /** Times, as a histogram in seconds. */
    TIMER,
    /** Amounts, as a histogram. */
    SUMMARY
  }

  /** The bounds the GenAI conventions advise, from 10 ms to 82 s, and below them 1 ms for us. */
  private static final Duration[] SECONDS =
      List.of(1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 20480, 40960, 81920)
          .stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  /** The bounds the GenAI conventions advise: powers of four. */
  private static final double[] AMOUNTS = {
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864
  };

  private static final Duration[] FINE =
      List.of(10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000).stream()
          .map(micros -> Duration.ofNanos(micros * 1000L))
          .toArray(Duration[]::new);

  private final String id;
  private final Kind kind;
  private final String sentence;

  @SuppressWarnings("ImmutableEnumChecker") // List.of is
  private final List<String> tags;

  Metric(String id, Kind kind, String sentence, String... tags) {
    this.id = id;
    this.kind = kind;
    this.sentence = sentence;
    this.tags = List.of(tags);
  }

  /** The name in Micrometer; Prometheus writes {@code _} for {@code .} and adds the unit. */
  public String id() {
    return id;
  }

  public Kind kind() {
    return kind;
  }

  /** What it tells. */
  public String sentence() {
    return sentence;
  }

  /** The keys of its tags; a meter gives one value for each, in this order. */
  public List<String> tags() {
    return tags;
  }

  /** A timer; own overheads get finer bounds than experts do. */
  public Timer timer(MeterRegistry meters, String... values) {
    require(Kind.TIMER);
    boolean own = id.startsWith("consilium.");
    return Timer.builder(id)
        .description(sentence)
        .tags(pairs(values))
        .serviceLevelObjectives(own ? FINE : SECONDS)
        .register(meters);
  }

  public Counter counter(MeterRegistry meters, String... values) {
    require(Kind.COUNTER);
    return Counter.builder(id).description(sentence).tags(pairs(values)).register(meters);
  }

  public DistributionSummary summary(MeterRegistry meters, String... values) {
    require(Kind.SUMMARY);
    return DistributionSummary.builder(id)
        .description(sentence)
        .tags(pairs(values))
        .serviceLevelObjectives(AMOUNTS)
        .register(meters);
  }

  public void gauge(MeterRegistry meters, Supplier<Number> value, String... values) {
    require(Kind.GAUGE);
    Gauge.builder(id, value)
        .description(sentence)
        .tags(pairs(values))
        .strongReference(true)
        .register(meters);
  }

  private void require(Kind asked) {
    if (kind != asked) {
      throw new IllegalArgumentException(id + " is a " + kind + ", not a " + asked);
    }
  }

  private String[] pairs(String... values) {
    if (values.length != tags.size()) {
      throw new IllegalArgumentException(id + " wants a value for each of " + tags);
    }
    var pairs = new String[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      pairs[2 * i] = tags.get(i);
      pairs[2 * i + 1] = values[i];
    }
    return pairs;
  }
}
