package io.consilium.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Health;
import io.consilium.expert.Json;
import io.consilium.expert.Message;
import io.consilium.expert.Parameters;
import io.consilium.expert.Policy;
import io.consilium.expert.Price;
import io.consilium.expert.Question;
import io.consilium.expert.Residency;
import io.consilium.expert.Role;
import io.consilium.expert.Roster;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutlayTest {
  private static final ExpertCard CARD =
      Experts.card("a", new ExpertKind.Llm(), "Answers.").withPrice(new Price(2, 0.5, 10, 0));

  private static double millis(int load, int slots, Health.Status status) {
    var seat = new Roster.Seat(CARD, new Health(status, "", Experts.NOW), load, 1_000, slots);
    return Outlay.of(Experts.profile("hello"), seat, Double.NaN).millis();
  }

  @Test
  void whatIsUnderWaySlowsAnExpertDown() {
    assertThat(millis(0, 0, Health.Status.UP)).isEqualTo(1_000);
    // eight of sixteen calls that double the time
    assertThat(millis(8, 0, Health.Status.UP)).isEqualTo(1_500);
    assertThat(millis(8, 0, Health.Status.DEGRADED)).isEqualTo(3_000);
  }

  @Test
  void whoComesWhenAllSlotsAreTakenWaitsForThoseAhead() {
    assertThat(millis(3, 4, Health.Status.UP)).isEqualTo(1_187.5);
    // one call of four must end: a quarter of a turn
    assertThat(millis(4, 4, Health.Status.UP)).isEqualTo(1_000 * (1 + 0.25 + 0.25));
    // five of four at once: a turn and a quarter
    assertThat(millis(8, 4, Health.Status.UP)).isEqualTo(1_000 * (1 + 0.5 + 1.25));
  }

  @Test
  void whoIsNotInMemoryIsWaitedFor() {
    var cold = new Residency(Residency.State.COLD, 40);
    var seat =
        new Roster.Seat(
            CARD, new Health(Health.Status.DEGRADED, "", Experts.NOW), 0, 1_000, 0, 0, cold);

    assertThat(Outlay.of(Experts.profile("hello"), seat, Double.NaN).millis()).isEqualTo(2_040);
  }

  @Test
  void leavingAConversationCostsWhatItsPromptCacheSaved() {
    var conversations = new Conversations(10, () -> 0);
    var earlier = "x".repeat(3_952);
    var question =
        new Question(
            Question.of("y", Experts.terms(Policy.BALANCED)).dialect(),
            "consilium/auto",
            Json.object(),
            List.of(
                Message.of(Role.USER, earlier),
                Message.of(Role.ASSISTANT, "z".repeat(16)),
                Message.of(Role.USER, "y".repeat(48))),
            List.of(),
            Parameters.DEFAULT,
            Experts.terms(Policy.BALANCED));
    var profiler =
        new QuestionProfiler(Experts.EMBEDDER, SkillTags.shipped(), conversations, Experts.CLOCK);
    var stranger = profiler.profile(question);
    conversations.served(question, "z".repeat(16), "a");
    var incumbent = profiler.profile(question);
    var seat = new Roster.Seat(CARD, Health.UNKNOWN, 0, 0);

    // 16 characters of frame a message: 992 + 8 tokens came earlier, 16 are new
    assertThat(incumbent.earlierTokens()).isEqualTo(1_000);
    assertThat(incumbent.tokens()).isEqualTo(1_016);
    double fresh = Outlay.of(stranger, seat, 100).usd();
    double cached = Outlay.of(incumbent, seat, 100).usd();
    assertThat(fresh).isCloseTo((1_016 * 2 + 100 * 10) / 1e6, within(1e-12));
    assertThat(cached).isCloseTo((16 * 2 + 1_000 * 0.5 + 100 * 10) / 1e6, within(1e-12));
    assertThat(fresh - cached).isCloseTo(0.0015, within(1e-12));
  }
}
