package io.consilium.aggregator;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import io.consilium.expert.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One plan under way: asks single experts and notes what they say. For one thread, but for {@link
 * #ask} and {@link #helper}.
 */
final class Asking {
  final Route route;
  final Question question;
  private final LongSupplier nanos;
  private final Function<String, Expert> experts;
  private final Consumer<Delta> out;
  private final Consumer<Reply> onReply;
  private final List<ExpertException> failures = new ArrayList<>();
  private Usage used = Usage.NONE;
  private boolean started;

  Asking(
      LongSupplier nanos,
      Route route,
      Question question,
      Function<String, Expert> experts,
      Consumer<Delta> out,
      Consumer<Reply> onReply) {
    this.nanos = nanos;
    this.route = route;
    this.question = question;
    this.experts = experts;
    this.out = out;
    this.onReply = onReply;
  }

  /**
   * What came of asking one expert.
   *
   * @param id whom was asked
   * @param reply what it said; null when the expert was gone
   * @param gone why it was; null when it was there
   */
  record Heard(String id, @Nullable Reply reply, @Nullable ExpertException gone) {
    Optional<Reply.Answered> answered() {
      return reply instanceof Reply.Answered answered ? Optional.of(answered) : Optional.empty();
    }
  }

  /**
   * The answer of the first that does not fail, streamed through. With nobody left to ask it throws
   * all that went wrong so far.
   */
  Answer firstOf(List<String> ids) {
    for (var id : ids) {
      throwIfFinal();
      var heard = ask(id, question, this::pass);
      note(heard);
      if (heard.answered().isPresent()) {
        return heard.answered().get().answer();
      }
    }
    throw nobody();
  }

  /** The failure of a plan in which nobody answered: that of the only one asked, or all of them. */
  ExpertException nobody() {
    throwIfFinal();
    if (failures.size() == 1) {
      return failures.getFirst();
    }
    return ExpertException.allFailed(
        failures.stream()
            .map(ExpertException::message)
            .collect(
                Collectors.joining(
                    "; ", "all %d experts of the plan failed: ".formatted(failures.size()), "")),
        failures);
  }

  /** Throws the failure after which asking another cannot help; others before it are attached. */
  void throwIfFinal() {
    for (int i = 0; i < failures.size(); i++) {
      var failure = failures.get(i);
      if (started || !anotherMayHelp(failure.kind())) {
        failures.subList(0, i).forEach(failure::addSuppressed);
        throw failure;
      }
    }
  }

  /** Whether no other expert needs to be tried: the caller went away, the time is up. */
  boolean over() {
    return failures.stream().anyMatch(failure -> !anotherMayHelp(failure.kind()));
  }

  /** Asks a member, out of the caller's sight. Any thread. */
  Heard ask(String id) {
    return ask(id, quiet(question), piece -> {});
  }

  /** Asks a member something else, out of the caller's sight. */
  Heard ask(String id, Question other) {
    return ask(id, quiet(other), piece -> {});
  }

  /** Asks for the answer that the caller will hear; pieces go where the caller says. Any thread. */
  Heard askAloud(String id, Consumer<Delta> pieces) {
    return ask(id, question, pieces);
  }

  /**
   * An expert that helps to fuse: asked out of the caller's sight, noted as all others are. Any
   * thread.
   */
  Expert helper(String id) {
    return new Expert() {
      // one that was retired meanwhile fails when it is asked, as any other that fails
      @Override
      public ExpertCard card() {
        return experts.apply(id).card();
      }

      @Override
      public Answer answer(Question asked, Consumer<Delta> pieces) {
        var heard = ask(id, asked, pieces);
        if (heard.reply() instanceof Reply.Failed failed) {
          synchronized (onReply) {
            onReply.accept(failed);
          }
          throw failed.failure();
        }
        note(heard);
        return heard
            .answered()
            .map(Reply.Answered::answer)
            .orElseThrow(() -> gone(id, heard.gone()));
      }
    };
  }

  private static ExpertException gone(String id, @Nullable ExpertException why) {
    return why != null ? why : new ExpertException(FailureKind.NO_EXPERT, id + " is gone");
  }

  private Heard ask(String id, Question asked, Consumer<Delta> pieces) {
    long start = nanos.getAsLong();
    Expert expert;
    try {
      expert = experts.apply(id);
    } catch (ExpertException gone) {
      return new Heard(id, null, gone);
    }
    var card = expert.card();
    try {
      var answer = expert.answer(asked, pieces);
      var signed =
          answer.provenance().isEmpty()
              ? answer.from(
                  List.of(new Answer.Contribution(card.id(), card.version(), "the answer")))
              : answer;
      var own = signed.usd();
      double usd = own != null ? own : card.price().of(signed.usage());
      return new Heard(id, new Reply.Answered(card, forecast(id), since(start), signed, usd), null);
    } catch (ExpertException failure) {
      return new Heard(id, new Reply.Failed(card, forecast(id), since(start), failure), null);
    }
  }

  /** What is noted of a member that was cancelled while it was still out. */
  Heard cancelled(String id, long start) {
    var failure = new ExpertException(FailureKind.CANCELLED, id + " was no longer needed");
    try {
      var card = experts.apply(id).card();
      return new Heard(id, new Reply.Failed(card, forecast(id), since(start), failure), null);
    } catch (ExpertException gone) {
      return new Heard(id, null, gone);
    }
  }

  /** Passes on and remembers what came of an ask. */
  void note(Heard heard) {
    synchronized (onReply) {
      noted(heard);
    }
  }

  private void noted(Heard heard) {
    if (heard.gone() != null) {
      failures.add(heard.gone());
    }
    switch (heard.reply()) {
      case Reply.Answered answered -> {
        used = used.plus(answered.answer().usage());
        onReply.accept(answered);
      }
      case Reply.Failed failed -> {
        failures.add(failed.failure());
        onReply.accept(failed);
      }
      case null -> {}
    }
  }

  /** Passes on what came of a cancelled ask, which is no failure of the plan. */
  void noteCancelled(Heard heard) {
    if (heard.reply() instanceof Reply.Failed failed) {
      onReply.accept(failed);
    }
  }

  /** Tells a waiting caller that an expert is done. */
  void progress(Heard heard) {
    if (question.parameters().stream()) {
      out.accept(
          new Delta.Progress(heard.id(), heard.answered().isPresent() ? "answered" : "failed"));
    }
  }

  Consumer<Delta> out() {
    return this::pass;
  }

  /** An answer made of several: it took what all of them took, and goes out whole. */
  Answer whole(Answer answer, boolean written) {
    var composed =
        new Answer(
            answer.content(),
            answer.toolCalls(),
            answer.finish(),
            answer.refusal(),
            answer.reasoning(),
            answer.logprobs(),
            used,
            answer.confidence(),
            null,
            answer.provenance());
    if (question.parameters().stream() && !written) {
      if (!composed.text().isEmpty()) {
        pass(new Delta.Text(composed.text()));
      }
      for (int i = 0; i < composed.toolCalls().size(); i++) {
        var call = composed.toolCalls().get(i);
        pass(new Delta.ToolCall(i, call.id(), call.name(), call.arguments()));
      }
    }
    return composed;
  }

  /** Whether a piece of the answer has gone out. */
  boolean started() {
    return started;
  }

  /** The kind of question, as far as the plan knows it. */
  String kind() {
    return route.plan().kind();
  }

  long now() {
    return nanos.getAsLong();
  }

  private void pass(Delta piece) {
    // progress is no part of the answer, so it does not bind us to this expert
    if (!(piece instanceof Delta.Progress)) {
      started = true;
    }
    out.accept(piece);
  }

  private @Nullable Forecast forecast(String id) {
    for (var forecast : route.forecasts()) {
      if (forecast.expert().equals(id)) {
        return forecast;
      }
    }
    return null;
  }

  /** P(correct) as forecast, 0.5 where nothing was. */
  double p(String id) {
    var forecast = forecast(id);
    return forecast == null ? 0.5 : forecast.p();
  }

  private Duration since(long start) {
    return Duration.ofNanos(nanos.getAsLong() - start);
  }

  /** The same question, to be answered in one piece. */
  private static Question quiet(Question question) {
    return !question.parameters().stream()
        ? question
        : new Question(
            question.dialect(),
            question.model(),
            question.body(),
            question.messages(),
            question.tools(),
            question.parameters().whole(),
            question.terms());
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
