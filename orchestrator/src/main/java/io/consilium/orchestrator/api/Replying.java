package io.consilium.orchestrator.api;

import io.consilium.aggregator.contrast.Contrast;
import io.consilium.aggregator.contrast.ContrastJson;
import io.consilium.expert.Answer;
import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Json;
import io.consilium.expert.Question;
import io.consilium.orchestrator.Course;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a reply needs to know besides the answer.
 *
 * @param question that was asked
 * @param course what has happened to it
 * @param explain whether the reply says how it was decided
 * @param contrast whether the reply says how it stands to the replies it was made of
 * @param created when the question came
 */
record Replying(
    Question question, Course course, boolean explain, boolean contrast, Instant created) {
  /** The wire format the caller speaks. */
  Dialect dialect() {
    return question.dialect();
  }

  /** The reply's id, made of the decision's. */
  String id() {
    var decision = question.terms().decision().substring("dec_".length());
    return (dialect() == Dialect.CHAT ? "chatcmpl-" : "cmpl-") + decision;
  }

  /** The model named in the reply: who answered, or what was asked for when it was not one. */
  String model() {
    return course.together()
        ? question.model()
        : course.expert().map(ExpertCard::id).orElse(question.model());
  }

  /** Whether the reply carries more than the answer. */
  boolean extended() {
    return explain || contrast;
  }

  /** What the caller wants to know beside the answer. */
  ObjectNode extension(Answer answer) {
    var route = course.route().orElseThrow();
    var decision = question.terms().decision();
    var said = explain ? Explanation.of(decision, route) : Json.object().put("decision", decision);
    if (explain && !course.bought().isEmpty()) {
      said.set("bought", Json.MAPPER.valueToTree(course.bought()));
    }
    course.cached().ifPresent(from -> said.set("cached", Json.MAPPER.valueToTree(from)));
    if (!course.notes().isEmpty()) {
      said.set("notes", Json.MAPPER.valueToTree(course.notes()));
    }
    if (!course.shown().isEmpty()) {
      said.set("shown", Json.MAPPER.valueToTree(course.shown()));
    }
    if (contrast) {
      said.set(
          "contrast", ContrastJson.tree(Contrast.of(question, route, course.replies(), answer)));
    }
    return said;
  }

  /** Says in headers what was decided and what it cost in time; once, before the first byte. */
  void headers(HttpServletResponse response) {
    course
        .route()
        .ifPresent(route -> {
          response.setHeader("x-consilium-decision", question.terms().decision());
          response.setHeader("x-consilium-plan", route.plan().type());
        });
    course.cached().ifPresent(from -> response.setHeader("x-consilium-cache", from.how().word()));
    course.expert().ifPresent(card -> response.setHeader("x-consilium-expert", card.id()));
    response.setHeader("x-consilium-overhead-ms", micros(course.overheadMillis()));
  }

  /** With three places, as {@code %.3f} writes it but sooner. */
  static String micros(double millis) {
    long micros = Math.round(millis * 1000);
    long rest = micros % 1000;
    return micros / 1000 + (rest < 10 ? ".00" : rest < 100 ? ".0" : ".") + rest;
  }
}
