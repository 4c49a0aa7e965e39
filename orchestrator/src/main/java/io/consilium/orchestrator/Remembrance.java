package io.consilium.orchestrator;

import io.consilium.expert.Answer;
import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Forecast;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Makes the record of one answered, refused or failed question. */
final class Remembrance {
  private Remembrance() {}

  static Decision of(
      Instant at,
      Question question,
      Decider.Decided decided,
      Course course,
      @Nullable Answer answer,
      @Nullable ExpertException failure) {
    var terms = question.terms();
    boolean record = terms.record();
    return new Decision(
        terms.decision(),
        at,
        terms.tenant(),
        terms.key(),
        terms.conversation(),
        question.model(),
        terms.policy().name(),
        record ? question.lastUserText() : null,
        decided.profile(),
        decided.route(),
        course.replies().stream().map(reply -> told(reply, record)).toList(),
        record && answer != null ? said(answer) : null,
        failure == null ? null : failure(failure, record),
        course.usd(),
        course.millis(),
        course.ownMillis(),
        course.bought(),
        course.cached().orElse(null),
        course.notes(),
        course.shown());
  }

  static Decision.Told told(Reply reply, boolean record) {
    double millis = reply.took().toNanos() / 1e6;
    return switch (reply) {
      case Reply.Answered answered ->
          new Decision.Told(
              reply.card().id(),
              reply.card().version(),
              p(reply.forecast()),
              millis,
              answered.answer().usage(),
              answered.usd(),
              null,
              record ? said(answered.answer()) : null);
      case Reply.Failed failed ->
          new Decision.Told(
              reply.card().id(),
              reply.card().version(),
              p(reply.forecast()),
              millis,
              null,
              0,
              failure(failed.failure(), record),
              null);
    };
  }

  private static @Nullable Double p(@Nullable Forecast forecast) {
    return forecast == null ? null : forecast.p();
  }

  private static String said(Answer answer) {
    return answer.refusal() != null ? answer.refusal() : answer.text();
  }

  /** An expert's words may quote the question, so without contents only the kind is kept. */
  private static Decision.Failure failure(ExpertException failure, boolean record) {
    return new Decision.Failure(failure.kind(), record ? failure.message() : "");
  }
}
