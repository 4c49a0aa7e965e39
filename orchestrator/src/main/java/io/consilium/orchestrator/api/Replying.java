package io.consilium.orchestrator.api;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertCard;
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
 * @param created when the question came
 */
record Replying(Question question, Course course, boolean explain, Instant created) {
  /** The wire format the caller speaks. */
  Dialect dialect() {
    return question.dialect();
  }

  /** The reply's id, made of the decision's. */
  String id() {
    var decision = question.terms().decision().substring("dec_".length());
    return (dialect() == Dialect.CHAT ? "chatcmpl-" : "cmpl-") + decision;
  }

  /** The model named in the reply: who answered, or what was asked for when nobody did. */
  String model() {
    return course.expert().map(ExpertCard::id).orElse(question.model());
  }

  /** How it was decided. */
  ObjectNode explanation() {
    return course
        .route()
        .map(route -> Explanation.of(question.terms().decision(), route))
        .orElseThrow();
  }

  /** Says in headers what was decided and what it cost in time; once, before the first byte. */
  void headers(HttpServletResponse response) {
    course
        .route()
        .ifPresent(route -> {
          response.setHeader("x-consilium-decision", question.terms().decision());
          response.setHeader("x-consilium-plan", route.plan().type());
        });
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
