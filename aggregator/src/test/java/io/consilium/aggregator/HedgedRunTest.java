package io.consilium.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HedgedRunTest {
  private static final long NEVER = 3_600_000;

  private final Plans plans = new Plans();
  private final CountDownLatch interrupted = new CountDownLatch(1);

  @Test
  void aQuickExpertIsTheOnlyOneAsked() {
    var spare = ScriptedExpert.saying("spare", "unheard");
    plans.with(0.5, ScriptedExpert.saying("first", "4"), spare);

    assertThat(plans.run(hedged(NEVER)).text()).isEqualTo("4");

    assertThat(spare.asked()).isEmpty();
    assertThat(plans.replies).hasSize(1);
  }

  @Test
  void aSilentExpertIsHedgedAndCancelledAndBothAreNoted() throws InterruptedException {
    plans.with(0.5, new Silent("first", List.of()), ScriptedExpert.saying("spare", "4"));

    assertThat(plans.run(hedged(20)).text()).isEqualTo("4");

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(plans.replies).extracting(reply -> reply.card().id()).contains("first", "spare");
    assertThat(plans.replies)
        .filteredOn(reply -> reply instanceof Reply.Failed)
        .singleElement()
        .satisfies(reply ->
            assertThat(((Reply.Failed) reply).failure().kind()).isEqualTo(FailureKind.CANCELLED));
  }

  @Test
  void whoSaysTheFirstPieceIsHeardOut() throws InterruptedException {
    plans.with(0.5, new Silent("first", List.of()), ScriptedExpert.saying("spare", "one two"));

    assertThat(plans.stream(hedged(20)).text()).isEqualTo("one two");

    assertThat(plans.pieces).containsExactly(new Delta.Text("one "), new Delta.Text("two"));
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void progressDoesNotCountAsAnAnswer() {
    plans.with(
        0.5,
        new Silent("first", List.of(new Delta.Progress("first", "thinking"))),
        ScriptedExpert.saying("spare", "4"));

    assertThat(plans.stream(hedged(20)).text()).isEqualTo("4");
    assertThat(plans.pieces)
        .containsExactly(new Delta.Progress("first", "thinking"), new Delta.Text("4"));
  }

  @Test
  void oneThatFailsIsReplacedAtOnce() {
    plans.with(
        0.5,
        ScriptedExpert.failing("first", FailureKind.UNAVAILABLE),
        ScriptedExpert.saying("spare", "4"));

    assertThat(plans.run(hedged(NEVER)).text()).isEqualTo("4");
  }

  @Test
  void aHedgeThatFailsIsReplacedAsWell() {
    plans.with(
        0.5,
        new Silent("first", List.of()),
        ScriptedExpert.failing("spare", FailureKind.UNAVAILABLE),
        ScriptedExpert.saying("third", "4"));

    assertThat(plans.run(new Plan.One("first", List.of("spare", "third"), 20L)).text())
        .isEqualTo("4");
  }

  @Test
  void whenAllFailEveryCauseIsCarried() {
    plans.with(
        0.5,
        ScriptedExpert.failing("first", FailureKind.UNAVAILABLE),
        ScriptedExpert.failing("spare", FailureKind.TIMEOUT));

    var failure = catchThrowableOfType(ExpertException.class, () -> plans.run(hedged(NEVER)));

    assertThat(failure.kind()).isEqualTo(FailureKind.ALL_FAILED);
    assertThat(failure.getSuppressed()).hasSize(2);
  }

  @Test
  void aStreamThatBreaksOffIsFinal() {
    var spare = ScriptedExpert.saying("spare", "unheard");
    plans.with(0.5, new Breaking("first"), spare);

    var failure = catchThrowableOfType(ExpertException.class, () -> plans.stream(hedged(NEVER)));

    assertThat(failure.kind()).isEqualTo(FailureKind.STREAM_BROKEN);
    assertThat(spare.asked()).isEmpty();
  }

  @Test
  void aCallerWhoLeavesEndsBoth() throws InterruptedException {
    plans.with(0.5, new Silent("first", List.of()), ScriptedExpert.saying("spare", "unheard"));
    var failure = new AtomicReference<ExpertException>();
    var caller =
        Thread.ofVirtual()
            .start(() ->
                failure.set(
                    catchThrowableOfType(ExpertException.class, () -> plans.run(hedged(NEVER)))));

    caller.interrupt();

    assertThat(caller.join(Duration.ofSeconds(10))).isTrue();
    assertThat(failure.get()).extracting(ExpertException::kind).isEqualTo(FailureKind.CANCELLED);
  }

  private static Plan.One hedged(long millis) {
    return new Plan.One("first", List.of("spare"), millis);
  }

  /** Says some pieces and then nothing more until it is interrupted. */
  private final class Silent implements Expert {
    private final ExpertCard card;
    private final List<Delta> pieces;

    Silent(String id, List<Delta> pieces) {
      this.card = ScriptedExpert.card(id);
      this.pieces = pieces;
    }

    @Override
    public ExpertCard card() {
      return card;
    }

    @Override
    public Answer answer(Question question, Consumer<Delta> out) {
      pieces.forEach(out);
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw new ExpertException(FailureKind.CANCELLED, "interrupted", e);
      }
      return Answer.of("", Usage.NONE);
    }
  }

  /** Says one piece and breaks off. */
  private record Breaking(String id) implements Expert {
    @Override
    public ExpertCard card() {
      return ScriptedExpert.card(id);
    }

    @Override
    public Answer answer(Question question, Consumer<Delta> out) {
      out.accept(new Delta.Text("ha"));
      throw new ExpertException(FailureKind.STREAM_BROKEN, id + " broke off");
    }
  }
}
