package io.consilium.expert.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Answer;
import io.consilium.expert.Expert;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feature;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.ToolCall;
import io.consilium.expert.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class ScriptedExpertTest extends ExpertContract {
  @Override
  protected Expert expert() {
    return new ScriptedExpert(
        ScriptedExpert.card("scripted"),
        InstantSource.system(),
        question -> Answer.of("Five it is.", Usage.NONE));
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Override
  protected Optional<Expert> waiting() {
    return Optional.of(
        ScriptedExpert.waiting("waiting", InstantSource.system(), new CountDownLatch(1), "never"));
  }

  @Override
  protected Optional<Expert> callingTools() {
    return Optional.of(
        new ScriptedExpert(
            ScriptedExpert.card("calling").withFeatures(Set.of(Feature.TOOLS)),
            question ->
                new Answer(
                    List.of(),
                    List.of(new ToolCall("call_1", "look_up", "{\"word\":\"five\"}")),
                    FinishReason.TOOL_CALLS,
                    null,
                    null,
                    null,
                    Usage.NONE,
                    null,
                    null,
                    List.of())));
  }

  @Override
  protected List<Expert> failing() {
    return List.of(ScriptedExpert.failing("failing", FailureKind.UNAVAILABLE));
  }

  @Test
  void itRemembersWhatItWasAsked() {
    var expert = ScriptedExpert.saying("parrot", "hello");
    var question = Question.of("say hello", Terms.within(Duration.ofSeconds(1), Instant.EPOCH));
    expert.answer(question, delta -> {});
    assertThat(expert.asked()).containsExactly(question);
  }
}
