package io.consilium.expert.testing;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Endpoint;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Provider;
import io.consilium.expert.Question;
import io.consilium.expert.Usage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A fake expert that says what it is told to, and remembers what it was asked. It looks at
 * deadlines only when it is given a clock.
 */
public final class ScriptedExpert implements Expert {
  private final ExpertCard card;
  private final Function<Question, Answer> script;
  private final InstantSource clock;
  private final ConcurrentLinkedQueue<Question> asked = new ConcurrentLinkedQueue<>();

  public ScriptedExpert(ExpertCard card, Function<Question, Answer> script) {
    this(card, InstantSource.fixed(Instant.MIN), script);
  }

  public ScriptedExpert(ExpertCard card, InstantSource clock, Function<Question, Answer> script) {
    this.card = card;
    this.clock = clock;
    this.script = script;
  }

  /** Always says {@code text}. */
  public static ScriptedExpert saying(String id, String text) {
    return new ScriptedExpert(
        card(id),
        question ->
            Answer.of(text, Usage.estimate(question.lastUserText().length(), text.length())));
  }

  /** Always fails. */
  public static ScriptedExpert failing(String id, FailureKind kind) {
    return new ScriptedExpert(
        card(id),
        question -> {
          throw new ExpertException(kind, id + " fails as scripted");
        });
  }

  /** Says nothing until {@code until} opens or the thread is interrupted. */
  public static ScriptedExpert waiting(String id, CountDownLatch until, String text) {
    return waiting(id, InstantSource.fixed(Instant.MIN), until, text);
  }

  /** Says nothing until {@code until} opens, the thread is interrupted or the deadline passes. */
  public static ScriptedExpert waiting(
      String id, InstantSource clock, CountDownLatch until, String text) {
    return new ScriptedExpert(
        card(id),
        clock,
        question -> {
          var left = TimeUnit.NANOSECONDS.convert(question.terms().left(clock.instant()));
          try {
            if (!until.await(left, TimeUnit.NANOSECONDS)) {
              throw new ExpertException(
                  FailureKind.DEADLINE_EXCEEDED, id + " said nothing until the deadline");
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExpertException(FailureKind.CANCELLED, id + " was interrupted", e);
          }
          return Answer.of(text, Usage.NONE);
        });
  }

  /** A plain card for a scripted expert. */
  public static ExpertCard card(String id) {
    return ExpertCard.of(
        id,
        new ExpertKind.Llm(),
        "A scripted expert.",
        new Endpoint(Provider.OPENAI, null, id, null, Map.of(), Map.of()));
  }

  @Override
  public ExpertCard card() {
    return card;
  }

  @Override
  public Answer answer(Question question, Consumer<Delta> out) {
    asked.add(question);
    card.require(question);
    if (clock.instant().isAfter(question.terms().deadline())) {
      throw new ExpertException(
          FailureKind.DEADLINE_EXCEEDED, "the deadline passed before " + card.id() + " was asked");
    }
    var answer = script.apply(question);
    if (question.parameters().stream()) {
      for (var word : answer.text().split("(?<= )", -1)) {
        out.accept(new Delta.Text(word));
      }
      for (int i = 0; i < answer.toolCalls().size(); i++) {
        var call = answer.toolCalls().get(i);
        out.accept(new Delta.ToolCall(i, call.id(), call.name(), call.arguments()));
      }
    }
    return answer;
  }

  /** Every question so far, oldest first. */
  public List<Question> asked() {
    return List.copyOf(asked);
  }
}
