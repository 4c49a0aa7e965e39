package io.consilium.router.estimator;

import io.consilium.expert.Dialect;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Message;
import io.consilium.expert.Parameters;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Role;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Puts one short question to some experts at once, and waits for so long. */
final class Survey {
  /** No answer needs more; what is longer is cut off, so that its price is bounded. */
  static final int TOKENS = 100;

  private Survey() {}

  /** What asking an expert may cost at most, in US dollars. */
  static double usd(Expert expert, String text) {
    return expert
        .card()
        .price()
        .of(new Usage(Usage.estimate(text.length(), 0).input(), TOKENS, 0, 0, true));
  }

  /**
   * The reply of each, in their order: whoever fails, or has said nothing in time, has failed.
   *
   * @throws ExpertException {@code CANCELLED} when the thread is interrupted; the calls are then
   *     ended
   */
  static List<Reply> ask(List<Expert> experts, String text, Terms terms, Duration patience) {
    var body = Json.object().put("model", "consilium/auto").put("max_tokens", TOKENS);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    var question =
        new Question(
            Dialect.CHAT,
            "consilium/auto",
            body,
            List.of(Message.of(Role.USER, text)),
            List.of(),
            new Parameters(false, false, TOKENS, null, false, false),
            terms);
    long start = System.nanoTime();
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<Reply>> asked =
          threads.invokeAll(
              experts.stream()
                  .map(expert -> (Callable<Reply>) () -> ask(expert, question))
                  .toList(),
              patience.toNanos(),
              TimeUnit.NANOSECONDS);
      List<Reply> replies = new ArrayList<>();
      for (int i = 0; i < asked.size(); i++) {
        replies.add(
            heard(experts.get(i), asked.get(i), Duration.ofNanos(System.nanoTime() - start)));
      }
      return replies;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the caller went away", e);
    } finally {
      threads.shutdownNow(); // whoever is late is interrupted, and not waited for
    }
  }

  private static Reply ask(Expert expert, Question question) {
    long start = System.nanoTime();
    try {
      var answer = expert.answer(question, piece -> {});
      var own = answer.usd();
      return new Reply.Answered(
          expert.card(),
          null,
          Duration.ofNanos(System.nanoTime() - start),
          answer,
          own != null ? own : expert.card().price().of(answer.usage()));
    } catch (ExpertException e) {
      return failed(expert, Duration.ofNanos(System.nanoTime() - start), e);
    }
  }

  private static Reply heard(Expert expert, Future<Reply> asked, Duration took)
      throws InterruptedException {
    try {
      return asked.get();
    } catch (CancellationException e) {
      return failed(
          expert,
          took,
          new ExpertException(
              FailureKind.DEADLINE_EXCEEDED, expert.card().id() + " said nothing in time", e));
    } catch (ExecutionException e) {
      return failed(
          expert,
          took,
          new ExpertException(
              FailureKind.INTERNAL, "asking %s went wrong".formatted(expert.card().id()), e));
    }
  }

  private static Reply failed(Expert expert, Duration took, ExpertException failure) {
    return new Reply.Failed(expert.card(), null, took, failure);
  }
}
