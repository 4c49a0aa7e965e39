package io.consilium.orchestrator.api;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feedback;
import io.consilium.expert.Json;
import io.consilium.expert.Outcome;
import io.consilium.expert.jdbc.JdbcFeedback;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.orchestrator.ToolOffers;
import io.consilium.orchestrator.cache.AnswerCache;
import io.consilium.orchestrator.evaluate.AnswerCheck;
import io.consilium.orchestrator.judge.CodeRunner;
import io.consilium.orchestrator.memory.Memory;
import io.consilium.orchestrator.replay.Crediting;
import io.consilium.orchestrator.routers.Learner;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Takes what people and checks say of an answer. */
@RestController
public final class FeedbackController {
  private static final List<String> KEYS =
      List.of("decision", "score", "thumb", "correction", "check", "tests");

  /** What is longer is no correction of an answer. */
  private static final int LONGEST = 100_000;

  /** The check whose verdict the runner gives. */
  private static final String TESTS = "tests";

  /** An answer scored less is wrong rather than right. */
  private static final double RIGHT_FROM = 0.5;

  private final JdbcFeedback feedback;
  private final RecentDecisions recent;
  private final Crediting crediting;
  private final Bodies bodies;
  private final ToolOffers tools;
  private final CodeRunner runner;
  private final Learner learner;
  private final AnswerCache cache;
  private final JdbcKeys keys;
  private final Memory memory;
  private final double counts;
  private final InstantSource clock;

  /**
   * @param runner runs tests on code that was answered
   * @param learner hears what was said
   * @param cache gives an answer that was called wrong no more
   * @param keys say which of them keep what they teach to themselves
   * @param memory keeps which plan was how right for what question
   * @param counts how much it counts what a caller without further rights says, 0 to 1
   */
  public FeedbackController(
      JdbcFeedback feedback,
      RecentDecisions recent,
      Crediting crediting,
      ToolOffers tools,
      CodeRunner runner,
      Learner learner,
      AnswerCache cache,
      JdbcKeys keys,
      Memory memory,
      double counts,
      Bodies bodies,
      InstantSource clock) {
    this.learner = learner;
    this.cache = cache;
    this.keys = keys;
    this.memory = memory;
    this.counts = counts;
    this.crediting = crediting;
    this.tools = tools;
    this.runner = runner;
    this.feedback = feedback;
    this.recent = recent;
    this.bodies = bodies;
    this.clock = clock;
  }

  @PostMapping("/v1/feedback")
  public void say(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var said = keep(bodies.read(request), Caller.of(request));
    Bodies.write(said.path("kept").booleanValue() ? 201 : 200, said, response);
  }

  /**
   * Keeps what a caller says of an answer. Where a check says how, it credits everyone who
   * answered; else what is said is an outcome of the expert that answered alone.
   *
   * @throws ExpertException that says what is wrong with it
   */
  public ObjectNode keep(ObjectNode body, Caller caller) {
    var given = new Given(body, "").only(KEYS);
    var decision = recent.stored(given.required("decision"));
    if (caller.access() == Access.USER && !caller.tenant().equals(decision.tenant())) {
      throw new ExpertException(
              FailureKind.NOT_FOUND, "no decision '%s' is on record".formatted(decision.id()))
          .about("decision");
    }
    var thumb = given.flag("thumb");
    var score = given.number("score", 0, 1, "a number from 0 (wrong) to 1 (right)");
    var correction = bounded("correction", given.text("correction"));
    var tests = bounded("tests", given.text("tests"));
    if (score == null && thumb == null && correction == null && tests == null) {
      throw ExpertException.invalid(
          "score",
          "give 'score' (0 to 1), 'thumb' (true or false), 'correction' or 'tests', or several");
    }
    if (score != null && thumb != null && score != RIGHT_FROM && thumb != score > RIGHT_FROM) {
      throw ExpertException.invalid(
          "thumb", "'thumb' and 'score' contradict each other: %s, and %s".formatted(thumb, score));
    }
    var check = tests == null ? given.text("check") : TESTS;
    double value =
        tests != null
            ? tested(decision, tests)
            : score != null
                ? score
                : thumb != null ? thumb ? 1 : 0 : corrected(decision, check, correction);
    var now =
        new Feedback(
            decision.id(),
            clock.instant(),
            caller.tenant(),
            caller.key(),
            value,
            thumb,
            correction,
            check);
    var said = Json.object().put("decision", decision.id());
    var earlier = earlier(now);
    if (earlier.isPresent() && same(earlier.get(), now)) {
      return said.put("kept", false).put("outcomes", 0);
    }
    said.put("kept", true);
    if (earlier.isPresent() && earlier.get().score() < RIGHT_FROM != value < RIGHT_FROM) {
      said.put("contradicts", earlier.get().at().toString());
    }
    feedback.keep(now);
    if (value < RIGHT_FROM) {
      cache.drop(decision.cached() == null ? decision.id() : decision.cached().decision());
    }
    memory.experienced(decision, value);
    if (!keys.teaches(decision.key())) {
      return said.put("outcomes", 0);
    }
    tools.learn(decision, value);
    boolean checked = false;
    var known = correction == null ? "" : correction;
    for (var each : AnswerCheck.values()) {
      if (each.word().equals(check) && !known.isBlank() && caller.access() != Access.USER) {
        checked = true;
        var credit = crediting.give(decision, each, known);
        said.put("outcomes", credit.outcomes()).put("credits", credit.credits());
      }
    }
    if (!checked) {
      boolean user = caller.access() == Access.USER;
      var source = check == null || user ? Outcome.Source.HUMAN : Outcome.Source.CHECK;
      said.put("outcomes", crediting.said(decision, value, user ? counts : 1, source));
    }
    learner.nudge();
    return said;
  }

  private static @Nullable String bounded(String name, @Nullable String text) {
    if (text != null && text.length() > LONGEST) {
      throw new ExpertException(
              FailureKind.TOO_LARGE,
              "'%s' has more than %,d characters: send the part that matters"
                  .formatted(name, LONGEST))
          .about(name);
    }
    return text;
  }

  private double tested(Decision decision, String tests) {
    return runner.passes(decision.id(), answer(decision), tests) ? 1 : 0;
  }

  /** A correction that says what was answered corrects nothing. */
  private static double corrected(
      Decision decision, @Nullable String check, @Nullable String correction) {
    var by =
        Arrays.stream(AnswerCheck.values())
            .filter(each -> each.word().equals(check))
            .findFirst()
            .orElse(AnswerCheck.EXACT);
    return by.right(answer(decision), correction == null ? "" : correction) ? 1 : 0;
  }

  private static String answer(Decision decision) {
    var answer = decision.answer();
    if (answer == null) {
      throw new ExpertException(
          FailureKind.CONFLICT,
          "the answer of decision '%s' is not on record: say 'score' or 'thumb' yourself"
              .formatted(decision.id()));
    }
    return answer;
  }

  private Optional<Feedback> earlier(Feedback now) {
    return feedback.of(now.decision()).stream()
        .filter(each -> each.tenant().equals(now.tenant()) && Objects.equals(each.key(), now.key()))
        .reduce((before, after) -> after);
  }

  private static boolean same(Feedback one, Feedback other) {
    return one.score() == other.score()
        && Objects.equals(one.thumb(), other.thumb())
        && Objects.equals(one.correction(), other.correction())
        && Objects.equals(one.check(), other.check());
  }
}
