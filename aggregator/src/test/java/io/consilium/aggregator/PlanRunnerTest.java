package io.consilium.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.NextStep;
import io.consilium.expert.Parameters;
import io.consilium.expert.Plan;
import io.consilium.expert.Price;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlanRunnerTest {
  private final AtomicLong clock = new AtomicLong();
  private final PlanRunner runner =
      new PlanRunner(
          () -> clock.getAndAdd(Duration.ofMillis(5).toNanos()),
          NextStep.agreement(),
          Aggregators.standard());
  private final List<Delta> pieces = new ArrayList<>();
  private final List<Reply> replies = new ArrayList<>();

  @Test
  void asksTheFirstExpertAndNobodyElse() {
    var first = ScriptedExpert.saying("first", "four");
    var second = ScriptedExpert.saying("second", "five");

    var answer = run(whole(), first, second);

    assertThat(answer.text()).isEqualTo("four");
    assertThat(second.asked()).isEmpty();
    assertThat(answer.provenance())
        .containsExactly(new Answer.Contribution("first", 1, "the answer"));
  }

  @Test
  void everyReplyCarriesItsForecastTimeAndPrice() {
    var card = ScriptedExpert.card("paid").withPrice(new Price(2, 0, 10, 0.5));
    var expert =
        new ScriptedExpert(card, q -> Answer.of("x", new Usage(1_000_000, 100_000, 0, 0, false)));

    run(whole(), expert);

    var reply = (Reply.Answered) replies.getFirst();
    assertThat(reply.usd()).isEqualTo(0.5 + 2 + 1);
    assertThat(reply.took()).isEqualTo(Duration.ofMillis(5));
    assertThat(reply.forecast()).extracting(Forecast::p).isEqualTo(0.8);
  }

  @Test
  void asksTheNextExpertWhenOneFails() {
    var answer =
        run(
            whole(),
            ScriptedExpert.failing("down", FailureKind.UNAVAILABLE),
            ScriptedExpert.saying("up", "here"));

    assertThat(answer.text()).isEqualTo("here");
    assertThat(replies).hasExactlyElementsOfTypes(Reply.Failed.class, Reply.Answered.class);
  }

  @Test
  void asksTheNextExpertWhenOneIsNoLongerThere() {
    var answer =
        runner.run(
            route("gone", "up"),
            whole(),
            id -> {
              if (id.equals("gone")) {
                throw new ExpertException(FailureKind.NO_EXPERT, "gone was retired");
              }
              return ScriptedExpert.saying(id, "here");
            },
            pieces::add,
            replies::add);

    assertThat(answer.text()).isEqualTo("here");
  }

  @Test
  void aFailureAfterTheFirstPieceIsFinal() {
    var next = ScriptedExpert.saying("next", "unheard");

    var failure = failure(streamed(), breaking("breaks", new Delta.Text("fo")), next);

    assertThat(failure.kind()).isEqualTo(FailureKind.STREAM_BROKEN);
    assertThat(next.asked()).isEmpty();
    assertThat(pieces).containsExactly(new Delta.Text("fo"));
  }

  @Test
  void progressDoesNotBindTheAnswerToAnExpert() {
    var answer =
        run(
            streamed(),
            breaking("breaks", new Delta.Progress("breaks", "thinking")),
            ScriptedExpert.saying("next", "heard"));

    assertThat(answer.text()).isEqualTo("heard");
  }

  @ParameterizedTest
  @EnumSource(
      names = {"CANCELLED", "DEADLINE_EXCEEDED", "INVALID_REQUEST", "BUDGET_EXCEEDED", "FORBIDDEN"})
  void nobodyElseIsAskedWhenTheCallerIsToBlame(FailureKind kind) {
    var next = ScriptedExpert.saying("next", "unheard");

    assertThat(failure(whole(), ScriptedExpert.failing("first", kind), next).kind())
        .isEqualTo(kind);
    assertThat(next.asked()).isEmpty();
  }

  @Test
  void aFinalFailureStillNamesThoseBeforeIt() {
    var failure =
        failure(
            whole(),
            ScriptedExpert.failing("slow", FailureKind.TIMEOUT),
            ScriptedExpert.failing("late", FailureKind.DEADLINE_EXCEEDED));

    assertThat(failure.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
    assertThat(failure.getSuppressed()).hasSize(1);
  }

  @Test
  void whenAllFailTheFailureCarriesEveryCauseInOrder() {
    var failure =
        failure(
            whole(),
            ScriptedExpert.failing("a", FailureKind.TIMEOUT),
            ScriptedExpert.failing("b", FailureKind.RATE_LIMITED));

    assertThat(failure.kind()).isEqualTo(FailureKind.ALL_FAILED);
    assertThat(Arrays.stream(failure.getSuppressed()).map(each -> ((ExpertException) each).kind()))
        .containsExactly(FailureKind.TIMEOUT, FailureKind.RATE_LIMITED);
    assertThat(failure.message()).contains("a fails as scripted", "b fails as scripted");
  }

  @Test
  void theFailureOfTheOnlyExpertIsPassedOnUnchanged() {
    assertThat(
            failure(whole(), ScriptedExpert.failing("only", FailureKind.UPSTREAM_REJECTED)).kind())
        .isEqualTo(FailureKind.UPSTREAM_REJECTED);
  }

  @Test
  void whatTheReaderThrowsEndsTheCallUnchanged() {
    var gone = new ExpertException(FailureKind.CANCELLED, "the caller went away");
    var next = ScriptedExpert.saying("next", "unheard");

    var failure =
        catchThrowableOfType(
            ExpertException.class,
            () ->
                runner.run(
                    route("first", "next"),
                    streamed(),
                    id -> id.equals("next") ? next : ScriptedExpert.saying(id, "hello"),
                    piece -> {
                      throw gone;
                    },
                    replies::add));

    assertThat(failure).isSameAs(gone);
    assertThat(next.asked()).isEmpty();
  }

  @Test
  void abstainingRefusesWithTheReasonAndAsksNobody() {
    var answer =
        runner.run(
            new Route(
                new Plan.Abstain("nobody knows"), List.of(), List.of(), 1, 0, "test", "s", ""),
            whole(),
            id -> {
              throw new AssertionError("nobody is to be asked");
            },
            pieces::add,
            replies::add);

    assertThat(answer.refusal()).isEqualTo("nobody knows");
    assertThat(replies).isEmpty();
  }

  private Answer run(Question question, Expert... experts) {
    return runner.run(
        route(Arrays.stream(experts).map(each -> each.card().id()).toArray(String[]::new)),
        question,
        id ->
            Arrays.stream(experts).filter(e -> e.card().id().equals(id)).findFirst().orElseThrow(),
        pieces::add,
        replies::add);
  }

  private ExpertException failure(Question question, Expert... experts) {
    return catchThrowableOfType(ExpertException.class, () -> run(question, experts));
  }

  private static Expert breaking(String id, Delta first) {
    return new Expert() {
      @Override
      public ExpertCard card() {
        return ScriptedExpert.card(id);
      }

      @Override
      public Answer answer(Question question, Consumer<Delta> out) {
        out.accept(first);
        throw new ExpertException(FailureKind.STREAM_BROKEN, "cut off");
      }
    };
  }

  private static Route route(String... ids) {
    return new Route(
        new Plan.One(ids[0], List.of(ids).subList(1, ids.length)),
        Arrays.stream(ids).map(id -> new Forecast(id, 0.8, 0.7, 0.9, 0, 0, List.of())).toList(),
        List.of(),
        1,
        0,
        "test",
        "s",
        "");
  }

  private static Question whole() {
    return Question.of("2+2?", Terms.within(Duration.ofMinutes(1), Instant.EPOCH));
  }

  private static Question streamed() {
    var plain = whole();
    return new Question(
        plain.dialect(),
        plain.model(),
        plain.body(),
        plain.messages(),
        plain.tools(),
        new Parameters(true, false, null, null, false, false),
        plain.terms());
  }
}
