package io.consilium.orchestrator.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Answer;
import io.consilium.expert.Caching;
import io.consilium.expert.Dialect;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Frame;
import io.consilium.expert.Json;
import io.consilium.expert.Message;
import io.consilium.expert.Parameters;
import io.consilium.expert.Part;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Role;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.expert.ToolCall;
import io.consilium.expert.Usage;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcAnswers;
import io.consilium.expert.testing.ManualClock;
import io.consilium.expert.testing.ScriptedExpert;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** The cache in memory and in the store: two of them are two replicas, or one after a restart. */
class AnswerCacheTest {
  private static final ExpertCard CARD = ScriptedExpert.card("a");
  private static final Roster ROSTER = Roster.of("s1", List.of(CARD));
  private static final CacheSettings SETTINGS = CacheSettings.DEFAULT;

  private final ManualClock clock = new ManualClock(Instant.parse("2026-12-01T12:00:00Z"));
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Database database = Database.inMemory();
  private final SharedAnswers store =
      new SharedAnswers(new JdbcAnswers(database), System::nanoTime, meters);
  private final AnswerCache one = cache(store, SETTINGS);
  private final AnswerCache other = cache(store, SETTINGS);

  private AnswerCache cache(SharedAnswers answers, CacheSettings settings) {
    return new AnswerCache(settings, new NoVectors(), answers, clock, System::nanoTime, meters);
  }

  /** One to which all questions are alike, so that verification alone tells them apart. */
  private AnswerCache alike(String space) {
    return new AnswerCache(SETTINGS, new Alike(space), store, clock, System::nanoTime, meters);
  }

  /** A fake embedder to which all texts are the same. */
  private record Alike(String id) implements Embedder {
    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(text -> new float[] {0.6f, 0.8f}).toList();
    }
  }

  @AfterEach
  void close() {
    store.close();
    database.close();
  }

  /** A fake embedder for tests in which nothing is embedded. */
  private static final class NoVectors implements Embedder {
    @Override
    public String id() {
      return "none";
    }

    @Override
    public int dimension() {
      return 1;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      throw new AssertionError("nothing is embedded here");
    }
  }

  private Question question(String tenant, String text) {
    return question(tenant, text, Caching.EXACT);
  }

  private Question inOtherWords(String tenant, String text) {
    return question(tenant, text, Caching.SEMANTIC);
  }

  private Question question(String tenant, String text, Caching caching) {
    var body = Json.object().put("model", "a").put("temperature", 0);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    var terms =
        new Terms(
            Policy.BALANCED,
            clock.instant().plusSeconds(60),
            1,
            tenant,
            "key_1",
            null,
            Terms.newDecisionId(),
            0,
            null,
            true,
            caching,
            false);
    return new Question(
        Dialect.CHAT,
        "a",
        body,
        List.of(Message.of(Role.USER, text)),
        List.of(),
        new Parameters(false, false, null, 0.0, false, false),
        terms);
  }

  private static Answer answer(String text) {
    return new Answer(
        List.of(new Part.Text(text)),
        List.of(new ToolCall("c1", "look", "{\"at\":1}")),
        FinishReason.STOP,
        null,
        "because",
        null,
        new Usage(10, 2, 3, 1, false),
        0.75,
        new Frame(Dialect.CHAT, "{\"id\":\"x\",\"n\":0.10}".getBytes(StandardCharsets.UTF_8)),
        List.of(new Answer.Contribution("a", CARD.version(), "the answer")),
        0.5);
  }

  /** Asks in vain, and keeps an answer; gives the decision. */
  private String kept(AnswerCache cache, Question question, Answer answer) {
    var lookup = cache.look(question, "r1", ROSTER);
    assertThat(lookup.hit()).isNull();
    cache.keep(
        lookup,
        question,
        "r1",
        List.of(new Reply.Answered(CARD, null, Duration.ZERO, answer, 0.5)),
        answer,
        clock.instant(),
        0.5);
    var _ = store.forget(known -> false); // waits until the store has it
    return question.terms().decision();
  }

  private AnswerCache.Hit hit(AnswerCache cache, Question question) {
    var hit = cache.look(question, "r1", ROSTER).hit();
    assertThat(hit).isNotNull();
    return Objects.requireNonNull(hit);
  }

  private boolean knows(AnswerCache cache, Question question) {
    return cache.look(question, "r1", ROSTER).hit() != null;
  }

  @Test
  void anotherReplicaAndTheNextStartGiveTheAnswerAsItWas() {
    var decision = kept(one, question("acme", "How many?"), answer("three"));

    var found = hit(other, question("acme", "How many?"));

    assertThat(found.from().decision()).isEqualTo(decision);
    assertThat(found.from().how()).isEqualTo(Caching.EXACT);
    assertThat(found.from().saved()).isEqualTo(0.5);
    assertThat(found.from().at()).isEqualTo(clock.instant());
    assertThat(found.answer().withoutRaw()).isEqualTo(answer("three").withoutRaw());
    assertThat(Objects.requireNonNull(found.answer().raw()).bytes())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"id\":\"x\",\"n\":0.10}");
    assertThat(meters.get("consilium.cache.store").tag("result", "found").counter().count())
        .isEqualTo(1);
  }

  @Test
  void theStoreIsAskedOnceAndMemoryAnswersAfterThat() {
    kept(one, question("acme", "How many?"), answer("three"));
    hit(other, question("acme", "How many?"));
    database.close();

    assertThat(hit(other, question("acme", "How many?")).answer().text()).isEqualTo("three");
  }

  @Test
  void noTenantSeesAnothersAndNoRouterOrCardOfAnotherVersionIsServed() {
    kept(one, question("acme", "How many?"), answer("three"));

    assertThat(knows(other, question("rival", "How many?"))).isFalse();
    assertThat(other.look(question("acme", "How many?"), "r2", ROSTER).hit()).isNull();
    var newer = Roster.of("s2", List.of(CARD.withVersion(CARD.version() + 1)));
    assertThat(other.look(question("acme", "How many?"), "r1", newer).hit()).isNull();
    assertThat(knows(other, question("acme", "How many?"))).isTrue();
  }

  @Test
  void itExpiresByTheClockWhereverItIs() {
    kept(one, question("acme", "How many?"), answer("three"));
    clock.advance(SETTINGS.ttl());

    assertThat(knows(one, question("acme", "How many?"))).isFalse();
    assertThat(knows(other, question("acme", "How many?"))).isFalse();
  }

  @Test
  void whatWasCalledWrongIsGivenByNobodyOnceTheyHear() {
    var decision = kept(one, question("acme", "How many?"), answer("three"));
    assertThat(knows(other, question("acme", "How many?"))).isTrue();

    one.drop(decision);
    assertThat(knows(one, question("acme", "How many?"))).isFalse();
    other.follow();

    assertThat(knows(other, question("acme", "How many?"))).isFalse();
  }

  @Test
  void aClockThatJumpsAheadAndBackHidesNothingThatWasCalledWrong() {
    var decision = kept(one, question("acme", "How many?"), answer("three"));
    assertThat(knows(other, question("acme", "How many?"))).isTrue();
    clock.advance(Duration.ofDays(1));
    other.follow();
    clock.advance(Duration.ofDays(-1));

    one.drop(decision);
    other.follow();

    assertThat(knows(other, question("acme", "How many?"))).isFalse();
  }

  @Test
  void whatIsForgottenIsGoneFromMemoryAndStoreAndCountedOnce() {
    kept(one, question("acme", "How many?"), answer("three"));
    kept(one, question("acme", "How few?"), answer("one"));

    int gone = one.forget(known -> known.question().equals("How many?"));
    other.clear();

    assertThat(gone).isEqualTo(1);
    assertThat(knows(one, question("acme", "How many?"))).isFalse();
    assertThat(knows(other, question("acme", "How many?"))).isFalse();
    assertThat(knows(other, question("acme", "How few?"))).isTrue();
  }

  @Test
  void aStoreThatIsAwayFailsNoQuestionAndIsLeftInPeace() {
    database.close();

    for (int i = 0; i < 20; i++) {
      var text = "How many, " + i + "?";
      var lookup = one.look(question("acme", text), "r1", ROSTER);
      assertThat(lookup.hit()).isNull();
      one.keep(
          lookup,
          question("acme", text),
          "r1",
          List.of(new Reply.Answered(CARD, null, Duration.ZERO, answer("x"), 0.5)),
          answer("x"),
          clock.instant(),
          0.5);
      assertThat(knows(one, question("acme", text))).isTrue();
    }

    assertThat(meters.get("consilium.cache.store").tag("result", "skipped").counter().count())
        .isGreaterThanOrEqualTo(15);
    assertThatThrownBy(() -> one.forget(known -> true))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> assertThat(e.kind()).isEqualTo(FailureKind.STORE_UNAVAILABLE));
  }

  @Test
  void withoutRoomInTheStoreNothingIsKeptThere() {
    var alone =
        cache(
            store,
            new CacheSettings(
                Caching.EXACT,
                Caching.SEMANTIC,
                SETTINGS.ttl(),
                SETTINGS.size(),
                DataSize.ofBytes(0),
                SETTINGS.scope(),
                SETTINGS.similarity()));
    kept(alone, question("acme", "How many?"), answer("three"));

    assertThat(knows(alone, question("acme", "How many?"))).isTrue();
    assertThat(knows(other, question("acme", "How many?"))).isFalse();
  }

  @Test
  void aQuestionAboutTodayIsNotSteadyWhateverItsTemperature() {
    assertThat(AnswerCache.isSteady(question("acme", "How many are there?"))).isTrue();
    assertThat(AnswerCache.isSteady(question("acme", "How many are there today?"))).isFalse();
    assertThat(AnswerCache.isSteady(question("acme", "What is the latest release?"))).isFalse();
  }

  private static final String ASKED = "How do I sort a list in Python?";
  private static final String REWORDED = "In Python, how can I sort a list?";

  @Test
  void anotherReplicaAndTheNextStartKnowAQuestionInOtherWords() {
    var decision = kept(alike("space"), inOtherWords("acme", ASKED), answer("sorted"));
    var next = alike("space");

    var found = hit(next, inOtherWords("acme", REWORDED));

    assertThat(found.from().how()).isEqualTo(Caching.SEMANTIC);
    assertThat(found.from().decision()).isEqualTo(decision);
    assertThat(found.from().similarity()).isBetween(0.99, 1.0);
    assertThat(found.answer().text()).isEqualTo("sorted");
    database.close();
    assertThat(hit(next, inOtherWords("acme", REWORDED)).answer().text())
        .as("it is in memory now")
        .isEqualTo("sorted");
  }

  @Test
  void whatTheStoreHasIsVerifiedLikeWhatIsInMemory() {
    kept(alike("space"), inOtherWords("acme", ASKED), answer("sorted"));
    var next = alike("space");

    for (var other :
        List.of(
            "How do I sort a list in Ruby?",
            "How do I not sort a list in Python?",
            "How do I sort 2 lists in Python?")) {
      assertThat(knows(next, inOtherWords("acme", other))).as(other).isFalse();
    }
    assertThat(meters.get("consilium.cache.doubts").counters())
        .as("each was found near, and doubted")
        .hasSizeGreaterThanOrEqualTo(2);
    assertThat(knows(next, inOtherWords("acme", REWORDED))).isTrue();
  }

  @Test
  void otherWordsAreNoBridgeToAnotherTenantRouterExpertOrSpace() {
    kept(alike("space"), inOtherWords("acme", ASKED), answer("sorted"));
    var next = alike("space");

    assertThat(knows(next, inOtherWords("rival", REWORDED))).isFalse();
    assertThat(next.look(inOtherWords("acme", REWORDED), "r2", ROSTER).hit()).isNull();
    var newer = Roster.of("s2", List.of(CARD.withVersion(CARD.version() + 1)));
    assertThat(next.look(inOtherWords("acme", REWORDED), "r1", newer).hit()).isNull();
    assertThat(knows(alike("another space"), inOtherWords("acme", REWORDED))).isFalse();
    clock.advance(SETTINGS.ttl());
    assertThat(knows(next, inOtherWords("acme", REWORDED))).isFalse();
  }

  @Test
  void otherWordsFindNothingThatWasCalledWrongOrForgotten() {
    var first = alike("space");
    var wrong = kept(first, inOtherWords("acme", ASKED), answer("wrong"));
    first.drop(wrong);
    assertThat(knows(alike("space"), inOtherWords("acme", REWORDED))).isFalse();

    kept(first, inOtherWords("acme", ASKED), answer("sorted"));
    assertThat(knows(alike("space"), inOtherWords("acme", REWORDED))).isTrue();
    var _ = first.forget(known -> known.question().equals(ASKED));

    assertThat(knows(alike("space"), inOtherWords("acme", REWORDED))).isFalse();
  }

  @Test
  void anAnswerOfAnExpertThatChangedHidesNoneMadeSince() {
    var newer = Roster.of("s2", List.of(CARD.withVersion(CARD.version() + 1)));
    kept(one, question("acme", "How many?"), answer("three"));
    var again = question("acme", "How many?");
    var lookup = other.look(again, "r1", newer);
    var four =
        new Answer(
            List.of(new Part.Text("four")),
            List.of(),
            FinishReason.STOP,
            null,
            null,
            null,
            new Usage(10, 2, 0, 0, false),
            null,
            null,
            List.of(new Answer.Contribution("a", CARD.version() + 1, "the answer")),
            0.5);
    other.keep(lookup, again, "r1", List.of(), four, clock.instant(), 0.5);
    var _ = store.forget(known -> false); // waits until the store has it

    var hit = one.look(question("acme", "How many?"), "r1", newer).hit();

    assertThat(Objects.requireNonNull(hit).answer().text()).isEqualTo("four");
  }

  @Test
  void aStoreThatAnswersAgainIsAskedAtOnceAndItsNextFailureIsToldAgain() {
    var nanos = new AtomicLong();
    try (var flaky = new SharedAnswers(new JdbcAnswers(database), nanos::get, meters)) {
      rename("kept_answer", "away");
      assertThat(flaky.find("a", clock.instant(), new SharedAnswers.Patience())).isEmpty();
      assertThat(flaky.rests()).isTrue();
      rename("away", "kept_answer");
      nanos.addAndGet(Duration.ofSeconds(6).toNanos());

      assertThat(flaky.find("a", clock.instant(), new SharedAnswers.Patience())).isEmpty();

      assertThat(flaky.rests()).as("a read was enough to see that it is back").isFalse();
    }
  }

  private void rename(String table, String name) {
    try (var connection = database.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("alter table " + table + " rename to " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
