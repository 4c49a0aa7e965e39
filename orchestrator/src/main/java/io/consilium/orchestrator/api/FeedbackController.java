package io.consilium.orchestrator.api;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feedback;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcFeedback;
import io.consilium.expert.jdbc.JdbcKeys;
import io.consilium.orchestrator.ToolOffers;
import io.consilium.orchestrator.cache.AnswerCache;
import io.consilium.orchestrator.evaluate.AnswerCheck;
import io.consilium.orchestrator.replay.Crediting;
import io.consilium.orchestrator.routers.Learner;
import io.consilium.orchestrator.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Takes what people and checks say of an answer. */
@RestController
public final class FeedbackController {
  private static final List<String> KEYS =
      List.of("decision", "score", "thumb", "correction", "check");

  /** An answer scored less is wrong rather than right. */
  private static final double RIGHT = 0.5;

  private final JdbcFeedback feedback;
  private final RecentDecisions recent;
  private final Crediting crediting;
  private final Bodies bodies;
  private final ToolOffers tools;
  private final Learner learner;
  private final AnswerCache cache;
  private final JdbcKeys keys;
  private final double counts;
  private final InstantSource clock;

  /**
   * @param learner hears what was said
   * @param cache gives an answer that was called wrong no more
   * @param keys say which of them keep what they teach to themselves
   * @param counts how much it counts what a caller without further rights says, 0 to 1
   */
  public FeedbackController(
      JdbcFeedback feedback,
      RecentDecisions recent,
      Crediting crediting,
      ToolOffers tools,
      Learner learner,
      AnswerCache cache,
      JdbcKeys keys,
      double counts,
      Bodies bodies,
      InstantSource clock) {
    this.learner = learner;
    this.cache = cache;
    this.keys = keys;
    this.counts = counts;
    this.crediting = crediting;
    this.tools = tools;
    this.feedback = feedback;
    this.recent = recent;
    this.bodies = bodies;
    this.clock = clock;
  }

  @PostMapping("/v1/feedback")
  public void say(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Bodies.write(201, keep(bodies.read(request), Caller.of(request)), response);
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
    if (score == null && thumb == null) {
      throw ExpertException.invalid(
          "score", "give 'score' (0 to 1) or 'thumb' (true or false), or both");
    }
    double value = score != null ? score : Boolean.TRUE.equals(thumb) ? 1 : 0;
    var correction = given.text("correction");
    var check = given.text("check");
    feedback.keep(
        new Feedback(
            decision.id(),
            clock.instant(),
            caller.tenant(),
            caller.key(),
            value,
            thumb,
            correction,
            check));
    if (value < RIGHT) {
      cache.drop(decision.cached() == null ? decision.id() : decision.cached().decision());
    }
    var said = Json.object().put("decision", decision.id()).put("kept", true);
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
      double weight = caller.access() == Access.USER ? counts : 1;
      said.put("outcomes", crediting.said(decision, value, weight));
    }
    learner.nudge();
    return said;
  }
}
