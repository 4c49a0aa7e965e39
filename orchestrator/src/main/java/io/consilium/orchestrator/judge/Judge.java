package io.consilium.orchestrator.judge;

import io.consilium.aggregator.AnswerKey;
import io.consilium.expert.Answer;
import io.consilium.expert.Decision;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.Outcome;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.jdbc.JdbcSamples;
import io.consilium.orchestrator.replay.Crediting;
import io.consilium.orchestrator.telemetry.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets an expert say of sampled answers whether they are right (Zheng et al., "Judging
 * LLM-as-a-Judge with MT-Bench and Chatbot Arena", 2023). Each answer is put to it twice, the two
 * verdicts to choose from in either order; a word that turns with the order is none (position bias;
 * Wang et al., "Large Language Models are not Fair Evaluators", 2023). It never judges its own
 * answer, costs at most so much a day, and counts less than a person.
 *
 * <p>For the scheduler, which runs it in one process of all at a time. Not with a judge weaker than
 * the experts it judges.
 */
public final class Judge {
  /** Kept in the note of each outcome, so that a later prompt can be told from this one. */
  static final String PROMPT = "verdict-1";

  private static final Logger log = LoggerFactory.getLogger(Judge.class);

  /** Decisions that wait for longer are passed over. */
  private static final Duration OLDEST = Duration.ofDays(7);

  /** At most so many in one look, so that other work gets its turn. */
  private static final int MOST = 50;

  private static final int LONGEST = 24_000;

  private final ChecksSettings.Judge settings;
  private final Function<String, Expert> experts;
  private final JdbcSamples samples;
  private final JdbcDecisions decisions;
  private final Crediting crediting;
  private final Predicate<Decision> teaches;
  private final Runnable heard;
  private final Clock clock;
  private final MeterRegistry meters;
  private final String words;

  /** What came of a decision. */
  enum Verdict {
    RIGHT,
    WRONG,
    /** Its word turned with the order, or was none. */
    UNDECIDED,
    /** There is nothing it may judge: no text, or its own alone. */
    PASSED_OVER
  }

  /**
   * @param experts finds the guarded expert with an id
   * @param teaches whether anything may be learnt from a decision
   * @param heard is told when outcomes were recorded
   */
  public Judge(
      ChecksSettings.Judge settings,
      Function<String, Expert> experts,
      JdbcSamples samples,
      JdbcDecisions decisions,
      Crediting crediting,
      Predicate<Decision> teaches,
      Runnable heard,
      Clock clock,
      MeterRegistry meters) {
    this.settings = settings;
    this.experts = experts;
    this.samples = samples;
    this.decisions = decisions;
    this.crediting = crediting;
    this.teaches = teaches;
    this.heard = heard;
    this.clock = clock;
    this.meters = meters;
    this.words = words();
  }

  private static String words() {
    try (var in = Judge.class.getResourceAsStream(PROMPT + ".txt")) {
      if (in == null) {
        throw new IllegalStateException(PROMPT + ".txt is missing from this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Judges decisions that wait for it, while the day's money lasts. */
  public void look() {
    var id = settings.expert();
    if (id == null || id.isBlank()) {
      return;
    }
    boolean any = false;
    for (var waiting : samples.toJudge(clock.instant().minus(OLDEST), MOST)) {
      try {
        if (samples.spent(today()) >= settings.budgetUsd()) {
          break;
        }
        var decision = decisions.find(waiting);
        var verdict =
            decision.isEmpty() ? Verdict.PASSED_OVER : judged(decision.get(), experts.apply(id));
        samples.judged(waiting, clock.instant(), word(verdict));
        Metric.JUDGED.counter(meters, word(verdict)).increment();
        any = true;
      } catch (ExpertException e) {
        log.warn("decision {} is judged later: {}", waiting, e.message());
        break; // the judge is away, or the store
      }
    }
    if (any) {
      heard.run();
    }
  }

  private static String word(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /** The last verdict on a reply of it. */
  private Verdict judged(Decision decision, Expert judge) {
    var question = decision.question();
    var verdict = Verdict.PASSED_OVER;
    if (question == null || question.isBlank() || !teaches.test(decision)) {
      return verdict;
    }
    for (var told : Crediting.unaided(decision)) {
      var text = told.text();
      boolean own = told.expert().equals(judge.card().id());
      if (text == null || text.isBlank() || told.failure() != null || own) {
        continue;
      }
      verdict = verdict(judge, decision, question, text);
      if (verdict == Verdict.RIGHT || verdict == Verdict.WRONG) {
        crediting.word(
            decision,
            told,
            verdict == Verdict.RIGHT ? 1 : 0,
            settings.weight(),
            Outcome.Source.JUDGE,
            "%s@%d, %s".formatted(judge.card().id(), judge.card().version(), PROMPT));
      }
    }
    return verdict;
  }

  private Verdict verdict(Expert judge, Decision decision, String question, String text) {
    var forward = choice(judge, decision, question, text, "right", "wrong");
    var back = choice(judge, decision, question, text, "wrong", "right");
    if (forward.equals(Optional.of("1")) && back.equals(Optional.of("2"))) {
      return Verdict.RIGHT;
    }
    return forward.equals(Optional.of("2")) && back.equals(Optional.of("1"))
        ? Verdict.WRONG
        : Verdict.UNDECIDED;
  }

  private Optional<String> choice(
      Expert judge, Decision decision, String question, String text, String first, String second) {
    var material = Json.object().put("request", cut(question)).put("answer", cut(text));
    material.putObject("verdicts").put("1", first).put("2", second);
    var answer = judge.answer(Question.of(words + "\n\n" + material, terms(decision)), piece -> {});
    var usd = answer.usd();
    samples.spend(today(), usd == null ? judge.card().price().of(answer.usage()) : usd);
    return said(answer);
  }

  private static Optional<String> said(Answer answer) {
    return answer.refusal() != null
        ? Optional.empty()
        : AnswerKey.of(answer.text()).map(AnswerKey::text);
  }

  private Terms terms(Decision decision) {
    return new Terms(
        Policy.BALANCED,
        clock.instant().plus(settings.time()),
        Double.POSITIVE_INFINITY,
        decision.tenant(),
        null,
        null,
        Terms.newDecisionId(),
        1,
        null,
        false);
  }

  private static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST / 2) + "\n[…]\n" + text.substring(text.length() - LONGEST / 2);
  }
}
