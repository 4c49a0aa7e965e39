package io.consilium.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.expert.Delta;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.testing.ScriptedExpert;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CascadeRunTest {
  private final Plans plans = new Plans();

  @Test
  void stopsWhenTwoAgree() {
    var strong = ScriptedExpert.saying("c", "5");
    plans.with(0.5, ScriptedExpert.saying("a", "4"), ScriptedExpert.saying("b", "4.0"), strong);

    var answer = plans.run(cascade("a", "b", "c"));

    assertThat(answer.text()).isEqualTo("4");
    assertThat(strong.asked()).isEmpty();
    assertThat(answer.provenance())
        .extracting(share -> share.expert() + ": " + share.what())
        .containsExactly("a: the answer", "b: a vote for the answer");
  }

  @Test
  void goesOnWhileTheyDisagree() {
    plans
        .with(0.5, ScriptedExpert.saying("a", "4"), ScriptedExpert.saying("b", "5"))
        .with(0.9, ScriptedExpert.saying("c", "5"));

    assertThat(plans.run(cascade("a", "b", "c")).provenance().getFirst().expert()).isEqualTo("c");
    assertThat(plans.replies).hasSize(3);
  }

  @Test
  void theNextStepSeesWhoSaidWhatAndDecides() {
    List<List<NextStep.Said>> seen = new ArrayList<>();
    plans
        .with(0.5, ScriptedExpert.saying("a", "4"), ScriptedExpert.saying("b", "7"))
        .with(0.5, ScriptedExpert.failing("down", FailureKind.UNAVAILABLE))
        .under((route, question, said) -> {
          seen.add(said);
          return switch (said.size()) {
            case 0 -> new NextStep.Step.Ask("b");
            case 1 -> new NextStep.Step.Ask("down");
            case 2 -> new NextStep.Step.Ask("a");
            default -> new NextStep.Step.Stop(0, 0.7);
          };
        });

    assertThat(plans.run(cascade("a", "b", "down")).text()).isEqualTo("7");
    assertThat(seen.getLast())
        .containsExactly(
            new NextStep.Said("b", 0, 1),
            new NextStep.Said("down", -1, 0),
            new NextStep.Said("a", 1, 1));
  }

  @Test
  void aRefusalOfTheNextStepReachesTheCaller() {
    plans
        .with(0.5, ScriptedExpert.saying("a", "4"), ScriptedExpert.saying("b", "5"))
        .under((route, question, said) ->
            said.size() < 2
                ? new NextStep.Step.Ask(said.isEmpty() ? "a" : "b")
                : new NextStep.Step.Refuse("too uncertain"));

    assertThat(plans.run(cascade("a", "b")).refusal()).isEqualTo("too uncertain");
  }

  @Test
  void whatIsInHandIsGivenWhenTheTimeIsUp() {
    plans.with(
        0.5,
        ScriptedExpert.saying("a", "4"),
        ScriptedExpert.failing("b", FailureKind.DEADLINE_EXCEEDED),
        ScriptedExpert.saying("c", "unheard"));

    assertThat(plans.run(cascade("a", "b", "c")).text()).isEqualTo("4");
    assertThat(plans.replies).hasSize(2);
  }

  @Test
  void withNothingInHandTheFailureIsTheCallersOwn() {
    plans.with(
        0.5,
        ScriptedExpert.failing("a", FailureKind.DEADLINE_EXCEEDED),
        ScriptedExpert.saying("b", "unheard"));

    var failure = catchThrowableOfType(ExpertException.class, () -> plans.run(cascade("a", "b")));

    assertThat(failure.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
  }

  @Test
  void nothingStreamsBeforeTheDecisionToStop() {
    plans.with(0.5, ScriptedExpert.saying("a", "4"), ScriptedExpert.saying("b", "4"));

    plans.stream(cascade("a", "b"));

    assertThat(plans.pieces)
        .containsExactly(
            new Delta.Progress("a", "answered"),
            new Delta.Progress("b", "answered"),
            new Delta.Text("4"));
  }

  @Test
  void aChainEditsTheDraftUntilOneKeepsIt() {
    var editor = ScriptedExpert.saying("b", "a better answer");
    var keeper = ScriptedExpert.saying("c", "KEEP");
    var idle = ScriptedExpert.saying("d", "unheard");
    plans.with(0.5, ScriptedExpert.saying("a", "a draft"), editor, keeper, idle);

    var answer = plans.run(new Plan.Chain(List.of("a", "b", "c", "d"), List.of()));

    assertThat(answer.text()).isEqualTo("a better answer");
    assertThat(idle.asked()).isEmpty();
    var asked = editor.asked().getFirst();
    assertThat(asked.messages()).hasSize(3);
    assertThat(asked.messages().get(1).text()).isEqualTo("a draft");
    assertThat(asked.body().path("messages").size()).isEqualTo(3);
    assertThat(answer.provenance())
        .extracting(share -> share.what())
        .containsExactly("the draft", "an edit", "kept the draft");
  }

  @Test
  void aChainSurvivesAFailingEditor() {
    plans.with(
        0.5,
        ScriptedExpert.saying("a", "a draft"),
        ScriptedExpert.failing("b", FailureKind.UNAVAILABLE),
        ScriptedExpert.saying("c", "KEEP"));

    assertThat(plans.run(new Plan.Chain(List.of("a", "b", "c"), List.of())).text())
        .isEqualTo("a draft");
  }

  private static Plan.Cascade cascade(String... members) {
    return new Plan.Cascade(List.of(members), 0, "", List.of());
  }
}
