package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the plan of a route over the experts it is handed: guarded ones in the service, recorded
 * ones in a replay, so that a replayed plan and a served plan are the same code.
 *
 * <p>Safe for concurrent use. It blocks like {@link Expert#answer} and keeps that contract: pieces
 * go to {@code out} only when the question is streamed, and once one has gone out a failure is
 * final.
 */
public final class PlanRunner {
  private final LongSupplier nanos;

  /**
   * A runner with its own watch.
   *
   * @param nanos a monotonic clock in nanoseconds, such as {@code System::nanoTime}
   */
  public PlanRunner(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Carries out {@code route} for {@code question}.
   *
   * @param experts finds the expert with an id; throws {@link ExpertException} when it is gone
   * @param out takes the pieces of a streamed answer
   * @param onReply takes the result of every ask as soon as it is known, failures included
   * @throws ExpertException the failure of the only expert asked, or {@link FailureKind#ALL_FAILED}
   *     with the failure of each as suppressed exceptions
   */
  public Answer run(
      Route route,
      Question question,
      Function<String, Expert> experts,
      Consumer<Delta> out,
      Consumer<Reply> onReply) {
    return switch (route.plan()) {
      case Plan.One one -> new Asking(route, question, experts, out, onReply).one(one);
      case Plan.Abstain abstain -> Answer.refused(abstain.reason());
    };
  }

  /** One plan under way; for one thread. */
  private final class Asking {
    private final Route route;
    private final Question question;
    private final Function<String, Expert> experts;
    private final Consumer<Delta> out;
    private final Consumer<Reply> onReply;
    private boolean started;

    Asking(
        Route route,
        Question question,
        Function<String, Expert> experts,
        Consumer<Delta> out,
        Consumer<Reply> onReply) {
      this.route = route;
      this.question = question;
      this.experts = experts;
      this.out = out;
      this.onReply = onReply;
    }

    Answer one(Plan.One plan) {
      List<ExpertException> failures = new ArrayList<>();
      for (var id : Stream.concat(Stream.of(plan.expert()), plan.fallbacks().stream()).toList()) {
        try {
          return ask(id);
        } catch (ExpertException failure) {
          if (started || !anotherMayHelp(failure.kind())) {
            failures.forEach(failure::addSuppressed);
            throw failure;
          }
          failures.add(failure);
        }
      }
      if (failures.size() == 1) {
        throw failures.getFirst();
      }
      throw ExpertException.allFailed(
          failures.stream()
              .map(ExpertException::message)
              .collect(
                  Collectors.joining(
                      "; ", "all %d experts of the plan failed: ".formatted(failures.size()), "")),
          failures);
    }

    private Answer ask(String id) {
      var expert = experts.apply(id);
      var card = expert.card();
      long start = nanos.getAsLong();
      Answer answer;
      try {
        answer = expert.answer(question, this::pass);
      } catch (ExpertException failure) {
        onReply.accept(new Reply.Failed(card, forecast(id), since(start), failure));
        throw failure;
      }
      var signed =
          answer.provenance().isEmpty()
              ? answer.from(
                  List.of(new Answer.Contribution(card.id(), card.version(), "the answer")))
              : answer;
      double usd = card.price().of(signed.usage());
      onReply.accept(new Reply.Answered(card, forecast(id), since(start), signed, usd));
      return signed;
    }

    private void pass(Delta piece) {
      // progress is no part of the answer, so it does not bind us to this expert
      if (!(piece instanceof Delta.Progress)) {
        started = true;
      }
      out.accept(piece);
    }

    private @Nullable Forecast forecast(String id) {
      return route.forecasts().stream()
          .filter(forecast -> forecast.expert().equals(id))
          .findFirst()
          .orElse(null);
    }

    private Duration since(long start) {
      return Duration.ofNanos(nanos.getAsLong() - start);
    }
  }

  /** Whether a failure says something about the expert, so that another one may succeed. */
  private static boolean anotherMayHelp(FailureKind kind) {
    return switch (kind) {
      case RATE_LIMITED,
          OVERLOADED,
          UNAVAILABLE,
          TIMEOUT,
          UPSTREAM_AUTH,
          UPSTREAM_REJECTED,
          UPSTREAM_INVALID,
          STREAM_BROKEN,
          UNSUPPORTED,
          CONTEXT_TOO_LONG,
          NO_EXPERT,
          UNKNOWN_MODEL,
          NOT_FOUND,
          ALL_FAILED,
          CONFIGURATION,
          STORE_UNAVAILABLE,
          INTERNAL ->
          true;
      case INVALID_REQUEST,
          TOO_LARGE,
          UNAUTHENTICATED,
          FORBIDDEN,
          CONFLICT,
          BUDGET_EXCEEDED,
          CANCELLED,
          DEADLINE_EXCEEDED ->
          false;
    };
  }
}
