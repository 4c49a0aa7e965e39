package io.consilium.aggregator.strategy;

import static io.consilium.aggregator.strategy.Heard.said;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.aggregator.Aggregator;
import io.consilium.expert.Answer;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Terms;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every aggregator keeps, whatever it makes of replies. */
abstract class AggregatorContract {
  /** The aggregator under test; one that asks experts gets experts that work. */
  abstract Aggregator aggregator();

  /** Whether the answer may depend on which reply came first; by default it may not. */
  boolean orderMatters() {
    return false;
  }

  @Test
  void itsNameIsOneWordForPlans() {
    assertThat(aggregator().name()).matches("[a-z][a-z_]*");
  }

  @Test
  void theOnlySurvivorAnswers() {
    assertThat(fused(said("a", 0.6, "42")).orElseThrow().text()).isEqualTo("42");
  }

  @Test
  void noSurvivorIsNoAnswer() {
    assertThat(fused()).isEmpty();
  }

  @Test
  void emptyRepliesNeverWin() {
    var fused = fused(said("a", 0.9, ""), said("b", 0.9, "  "), said("c", 0.5, "42"));
    fused.ifPresent(answer -> assertThat(answer.text()).isNotBlank());
    assertThat(quietly(said("a", 0.9, ""), said("b", 0.9, "\n")).map(Answer::text).orElse(""))
        .isNotEqualTo("\n");
  }

  @Test
  void refusalsNeverOutvoteAnAnswer() {
    var fused =
        fused(
            said("a", 0.9, Answer.refused("no")),
            said("b", 0.9, Answer.refused("no")),
            said("c", 0.9, "42"),
            said("d", 0.9, "42"));
    assertThat(fused.orElseThrow().refusal()).isNull();
  }

  @Test
  void whatAllSayIsTheAnswer() {
    var fused = fused(said("a", 0.8, "42"), said("b", 0.8, "42.0"), said("c", 0.8, "\\boxed{42}"));
    assertThat(fused.orElseThrow().text()).contains("42");
  }

  @Test
  void twoMegabytesAreFusedWithinSeconds() {
    var text = "A very long answer. ".repeat(100_000);
    var threads = ManagementFactory.getThreadMXBean(); // a busy machine does not stretch its time
    long start = threads.getCurrentThreadCpuTime();
    quietly(said("a", 0.6, text), said("b", 0.7, text + "."), said("c", 0.5, "short"));
    assertThat(threads.getCurrentThreadCpuTime() - start).isLessThan(10_000_000_000L);
  }

  @Test
  void repliesInOtherLanguagesAndFormatsAreFused() {
    var fused =
        quietly(
            said("a", 0.7, "Die Antwort ist 3,5."),
            said("b", 0.7, "{\"answer\": 3.5}"),
            said("c", 0.7, "答案是 7/2"),
            said("d", 0.6, "```json\n{broken\n```"));
    assertThat(fused).isPresent();
  }

  @Test
  void theSameRepliesInAnyOrderGiveTheSameAnswer() {
    if (orderMatters()) {
      return;
    }
    List<Reply.Answered> replies =
        new ArrayList<>(
            List.of(
                said("a", 0.6, "1"),
                said("b", 0.7, "2"),
                said("c", 0.55, "1"),
                said("d", 0.65, "3"),
                said("e", 0.7, "2")));
    var first = text(new Heard(replies));
    var random = new Random(7);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(replies, random);
      assertThat(text(new Heard(replies))).isEqualTo(first);
    }
  }

  @Test
  void everyFusedAnswerSaysWhoContributed() {
    var fused = fused(said("a", 0.8, "1"), said("b", 0.8, "1"), said("c", 0.8, "1"));
    assertThat(fused.orElseThrow().provenance()).isNotEmpty();
  }

  Optional<Answer> fused(Reply.Answered... replies) {
    return aggregator().aggregate(question(), Heard.of(replies), piece -> {});
  }

  /** The same where failing is allowed: whoever runs it falls back to the best reply. */
  private Optional<Answer> quietly(Reply.Answered... replies) {
    try {
      return fused(replies);
    } catch (ExpertException e) {
      assertThat(e.message()).isNotBlank();
      return Optional.of(replies[0].answer());
    }
  }

  private String text(Heard heard) {
    return aggregator()
        .aggregate(question(), heard, piece -> {})
        .map(answer -> answer.refusal() == null ? answer.text() : "refused")
        .orElse("none");
  }

  static Question question() {
    return Question.of("2+2?", Terms.within(Duration.ofMinutes(1), Instant.EPOCH));
  }
}
