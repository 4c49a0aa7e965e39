package io.consilium.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Plan;
import io.consilium.expert.Reply;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PanelRunTest {
  private final Plans plans = new Plans();

  @Test
  void theMajorityWins() {
    plans.with(
        0.6,
        ScriptedExpert.saying("a", "4"),
        ScriptedExpert.saying("b", "5"),
        ScriptedExpert.saying("c", "The answer is 4."));

    var answer = plans.run(panel(Plan.MAJORITY_VOTE, 3, "a", "b", "c"));

    assertThat(AnswerKey.of(answer)).contains(new AnswerKey(AnswerKey.Kind.NUMBER, "4"));
    // b is left out where it comes last: two of three are a majority already
    assertThat(answer.provenance()).extracting(Answer.Contribution::expert).contains("a", "c");
    assertThat(plans.replies).hasSize(3);
  }

  @Test
  void aSureExpertOutweighsTwoUnsureOnes() {
    // log(.95·49/.05) = 6.84 against 2·log(.2·49/.8) = 5.01
    plans
        .with(0.95, ScriptedExpert.saying("a", "4"))
        .with(0.2, ScriptedExpert.saying("b", "5"), ScriptedExpert.saying("c", "5"));

    assertThat(plans.run(panel(Plan.WEIGHTED_VOTE, 3, "b", "c", "a")).text()).isEqualTo("4");
    assertThat(plans.run(panel(Plan.MAJORITY_VOTE, 3, "b", "c", "a")).text()).isEqualTo("5");
  }

  @Test
  void survivorsAnswerWhenOthersFail() {
    plans
        .with(0.9, ScriptedExpert.failing("a", FailureKind.UNAVAILABLE))
        .with(0.5, ScriptedExpert.saying("b", "4"))
        .with(0.5, ScriptedExpert.failing("c", FailureKind.TIMEOUT));

    var answer = plans.run(panel(Plan.WEIGHTED_VOTE, 2, "a", "b", "c", "gone"));

    assertThat(answer.text()).isEqualTo("4");
    assertThat(plans.replies).hasSize(3);
  }

  @Test
  void theFallbackIsAskedWhenAllMembersFail() {
    var spare = ScriptedExpert.saying("spare", "4");
    plans.with(
        0.5,
        ScriptedExpert.failing("a", FailureKind.UNAVAILABLE),
        ScriptedExpert.failing("b", FailureKind.UNAVAILABLE),
        spare);

    var plan = new Plan.Panel(List.of("a", "b"), Plan.WEIGHTED_VOTE, 2, 0, List.of("spare"));

    assertThat(plans.run(plan).text()).isEqualTo("4");
  }

  @Test
  void whenNobodySurvivesEveryCauseIsCarried() {
    plans.with(
        0.5,
        ScriptedExpert.failing("a", FailureKind.UNAVAILABLE),
        ScriptedExpert.failing("b", FailureKind.TIMEOUT));

    var failure =
        catchThrowableOfType(
            ExpertException.class, () -> plans.run(panel(Plan.WEIGHTED_VOTE, 2, "a", "b")));

    assertThat(failure.kind()).isEqualTo(FailureKind.ALL_FAILED);
    assertThat(failure.getSuppressed()).hasSize(2);
  }

  @Test
  void aQuorumIsEnoughAndTheRestAreInterrupted() throws InterruptedException {
    var interrupted = new CountDownLatch(1);
    var slow =
        new ScriptedExpert(
            ScriptedExpert.card("slow"),
            question -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
                throw new ExpertException(FailureKind.CANCELLED, "interrupted", e);
              }
              return Answer.of("5", Usage.NONE);
            });
    plans
        .with(0.6, ScriptedExpert.saying("a", "4"), ScriptedExpert.saying("b", "4"))
        .with(0.9, slow);

    assertThat(plans.run(panel(Plan.WEIGHTED_VOTE, 2, "a", "b", "slow")).text()).isEqualTo("4");

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(plans.replies)
        .filteredOn(reply -> reply instanceof Reply.Failed)
        .singleElement()
        .satisfies(reply ->
            assertThat(((Reply.Failed) reply).failure().kind()).isEqualTo(FailureKind.CANCELLED));
  }

  @Test
  void whoBreaksWhenInterruptedWasCancelledAndDidNotFail() {
    var broken =
        new ScriptedExpert(
            ScriptedExpert.card("broken"),
            question -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                throw new ExpertException(FailureKind.UNAVAILABLE, "the stream was closed", e);
              }
              return Answer.of("5", Usage.NONE);
            });
    plans
        .with(0.6, ScriptedExpert.saying("a", "4"), ScriptedExpert.saying("b", "4"))
        .with(0.9, broken);

    assertThat(plans.run(panel(Plan.WEIGHTED_VOTE, 2, "a", "b", "broken")).text()).isEqualTo("4");

    assertThat(plans.replies)
        .filteredOn(reply -> reply instanceof Reply.Failed)
        .singleElement()
        .satisfies(reply ->
            assertThat(((Reply.Failed) reply).failure().kind()).isEqualTo(FailureKind.CANCELLED));
  }

  @Test
  void voteStopsWhenTheRestCannotTurnTheLead() {
    plans
        .with(0.95, ScriptedExpert.saying("a", "4"), ScriptedExpert.saying("b", "4"))
        .with(0.3, ScriptedExpert.waiting("slow", new CountDownLatch(1), "5"));

    assertThat(plans.run(panel(Plan.WEIGHTED_VOTE, 3, "a", "b", "slow")).text()).isEqualTo("4");
  }

  @Test
  void afterItsTimeThePanelAnswersWithThoseThatCame() {
    plans.with(
        0.5,
        ScriptedExpert.saying("a", "4"),
        ScriptedExpert.waiting("slow", new CountDownLatch(1), "5"));

    var plan = new Plan.Panel(List.of("a", "slow"), Plan.WEIGHTED_VOTE, 2, 200, List.of());

    assertThat(plans.run(plan).text()).isEqualTo("4");
  }

  @Test
  void interruptingTheCallerEndsEverything() throws InterruptedException {
    var asked = new CountDownLatch(2);
    var ended = new CountDownLatch(2);
    var failure = new AtomicReference<ExpertException>();
    for (var id : List.of("a", "b")) {
      plans.with(
          0.5,
          new ScriptedExpert(
              ScriptedExpert.card(id),
              question -> {
                asked.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  ended.countDown();
                  throw new ExpertException(FailureKind.CANCELLED, "interrupted", e);
                }
                return Answer.of("", Usage.NONE);
              }));
    }
    var caller =
        Thread.ofVirtual()
            .start(() ->
                failure.set(
                    catchThrowableOfType(
                        ExpertException.class,
                        () -> plans.run(panel(Plan.WEIGHTED_VOTE, 2, "a", "b")))));

    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    caller.interrupt();

    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    caller.join();
    assertThat(failure.get()).extracting(ExpertException::kind).isEqualTo(FailureKind.CANCELLED);
  }

  @Test
  void aStreamShowsProgressAndThenTheWholeAnswer() {
    plans.with(0.5, ScriptedExpert.saying("a", "it is 4"), ScriptedExpert.saying("b", "it is 4"));

    var answer = plans.stream(panel(Plan.WEIGHTED_VOTE, 2, "a", "b"));

    assertThat(plans.pieces).hasSize(3).last().isEqualTo(new Delta.Text("it is 4"));
    assertThat(plans.pieces.subList(0, 2)).allMatch(piece -> piece instanceof Delta.Progress);
    assertThat(answer.text()).isEqualTo("it is 4");
  }

  @Test
  void usageIsThatOfAllMembers() {
    plans.with(0.5, paid("a", 10, 5), paid("b", 20, 7));

    var answer = plans.run(panel(Plan.WEIGHTED_VOTE, 2, "a", "b"));

    assertThat(answer.usage()).isEqualTo(new Usage(30, 12, 0, 0, false));
  }

  @Test
  void emptyAnswersCannotVoteAndTheMostPromisingOneIsPassedOn() {
    plans.with(0.5, ScriptedExpert.saying("a", "")).with(0.9, ScriptedExpert.saying("b", " "));

    assertThat(plans.run(panel(Plan.WEIGHTED_VOTE, 2, "a", "b")).text()).isEqualTo(" ");
  }

  @Test
  void anUnknownAggregatorIsRefusedWithThoseThereAre() {
    plans.with(0.5, ScriptedExpert.saying("a", "4"), ScriptedExpert.saying("b", "4"));

    var failure =
        catchThrowableOfType(
            ExpertException.class, () -> plans.run(panel("telepathy", 2, "a", "b")));

    assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
    assertThat(failure.message()).contains("telepathy", Plan.WEIGHTED_VOTE, Plan.MAJORITY_VOTE);
  }

  @Test
  void aQuorumAboveThePanelIsRefused() {
    var failure =
        catchThrowableOfType(ExpertException.class, () -> panel(Plan.WEIGHTED_VOTE, 3, "a", "b"));

    assertThat(failure.message()).contains("between 1 and the 2 members");
  }

  @Test
  void twoHundredPanelsAtOnceLeaveNoThread() throws InterruptedException {
    List<Thread> callers = new ArrayList<>();
    var members = new ConcurrentLinkedQueue<Thread>();
    ThreadFactory noted =
        task -> {
          var thread = Thread.ofVirtual().unstarted(task);
          members.add(thread);
          return thread;
        };
    var done = new CountDownLatch(200);
    for (int i = 0; i < 200; i++) {
      callers.add(
          Thread.ofVirtual()
              .start(() -> {
                var own =
                    new Plans()
                        .on(noted)
                        .with(
                            0.5,
                            ScriptedExpert.saying("a", "4"),
                            ScriptedExpert.saying("b", "4"),
                            ScriptedExpert.waiting("c", new CountDownLatch(1), "5"));
                own.run(panel(Plan.MAJORITY_VOTE, 2, "a", "b", "c"));
                done.countDown();
              }));
    }
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    for (var caller : callers) {
      caller.join();
    }
    assertThat(members).hasSize(600);
    for (var member : members) {
      assertThat(member.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  private static ScriptedExpert paid(String id, int input, int output) {
    return new ScriptedExpert(
        ScriptedExpert.card(id), q -> Answer.of("4", new Usage(input, output, 0, 0, false)));
  }

  private static Plan.Panel panel(String aggregator, int quorum, String... members) {
    return new Plan.Panel(List.of(members), aggregator, quorum, 0, List.of());
  }
}
