package io.consilium.expert.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.CardState;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feature;
import io.consilium.expert.GateVector;
import io.consilium.expert.Health;
import io.consilium.expert.Json;
import io.consilium.expert.Measures;
import io.consilium.expert.Modality;
import io.consilium.expert.Owner;
import io.consilium.expert.Plan;
import io.consilium.expert.Price;
import io.consilium.expert.Provider;
import io.consilium.expert.Residency;
import io.consilium.expert.Roster;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Service;
import io.consilium.expert.Skill;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every registry does, wherever its cards are kept. */
public abstract class ExpertRegistryContract {
  private CardStore store = CardStore.inMemory();
  private SnapshotRegistry registry = new SnapshotRegistry(store);

  /** An empty store. */
  protected abstract CardStore emptyStore();

  @BeforeEach
  void open() {
    store = emptyStore();
    registry = new SnapshotRegistry(store);
  }

  private static ExpertCard card(String id) {
    return ExpertCard.of(
        id,
        new ExpertKind.Llm(),
        "Answers as " + id + ".",
        new Endpoint(
            Provider.OPENAI, URI.create("http://localhost:1/v1"), id, null, Map.of(), Map.of()));
  }

  private static ExpertCard named(String id, String... aliases) {
    var card = card(id);
    return new ExpertCard(
        card.id(),
        1,
        List.of(aliases),
        card.kind(),
        card.description(),
        card.skills(),
        card.price(),
        0,
        card.modalities(),
        card.features(),
        card.services(),
        card.claimed(),
        card.measured(),
        null,
        null,
        card.endpoint(),
        CardState.ROUTABLE,
        Owner.API,
        null);
  }

  private static void assertConflict(Runnable change, String... words) {
    assertThatThrownBy(change::run)
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFLICT))
        .hasMessageContainingAll(words);
  }

  @Test
  void aCardPutIsSeenAndSurvivesANewStart() {
    var put = registry.put(card("a"));

    assertThat(put.version()).isEqualTo(1);
    assertThat(registry.current().cards()).containsExactly(put);
    var again = new SnapshotRegistry(store).current();
    assertThat(again.cards()).containsExactly(put);
    assertThat(again.id()).isEqualTo(registry.current().id());
  }

  @Test
  void everyFieldOfACardSurvivesTheStore() {
    var full =
        new ExpertCard(
            "team/full:1@x",
            1,
            List.of("full", "complete"),
            new ExpertKind.Tool(
                "files", Json.object().put("type", "object").put("minimum", new BigDecimal("0.5"))),
            "Says “ü” and \"quotes\".\nTwice.",
            List.of(new Skill("algebra", 1), new Skill("poetry", -0.5)),
            new Price(0.15, 0.075, 0.6, 0.01),
            128_000,
            Set.of(Modality.TEXT, Modality.IMAGE),
            Set.of(Feature.TOOLS, Feature.STRUCTURED_OUTPUT),
            Set.of(Service.CHAT, Service.EMBEDDINGS),
            new Measures(Map.of("mmlu", 0.8), 900),
            new Measures(Map.of("own set", 0.7), 800),
            "base-7b",
            "Apache-2.0",
            new Endpoint(
                Provider.OPENAI,
                URI.create("https://example.org/v1"),
                "m",
                new SecretRef("${SOME_KEY}"),
                Map.of("X-Org", new SecretRef("sealed:abc_-")),
                Map.of("max_tokens", "5")),
            CardState.DRAFT,
            Owner.API,
            new GateVector("made-up/3", new float[] {0.1f, -2, 1e-7f}));

    registry.put(full);

    assertThat(new SnapshotRegistry(store).current().cards()).containsExactly(full);
  }

  @Test
  void everyKindOfExpertSurvivesTheStore() {
    var kinds =
        List.of(
            new ExpertKind.Llm(),
            new ExpertKind.Adapter("base"),
            new ExpertKind.Classifier(List.of("yes", "no")),
            new ExpertKind.Tool("server", Json.object()),
            new ExpertKind.Retriever("docs"),
            new ExpertKind.Composition(
                new Plan.Panel(List.of("a", "b"), Plan.MAJORITY_VOTE, 1, 500, List.of("c"), 90L),
                0),
            new ExpertKind.Variant("a", Map.of("bits", "4")));
    for (var kind : kinds) {
      registry.put(ExpertCard.of(kind.label(), kind, "", card("x").endpoint()));
    }

    assertThat(new SnapshotRegistry(store).current().cards())
        .extracting(ExpertCard::kind)
        .containsExactlyElementsOf(kinds);
  }

  @Test
  void aChangeMakesTheNextVersionAndTheSameAgainDoesNot() {
    registry.put(card("a"));
    var changed = registry.put(card("a").withSkills(List.of(new Skill("algebra", 1))));
    var same = registry.put(card("a").withSkills(List.of(new Skill("algebra", 1))));

    assertThat(changed.version()).isEqualTo(2);
    assertThat(same).isEqualTo(changed);
    assertThat(new SnapshotRegistry(store).current().cards()).containsExactly(changed);
  }

  @Test
  void cardsKeepTheirPlacesWhenTheyChange() {
    registry.put(card("a"));
    registry.put(card("b"));
    registry.put(card("a").withPrice(new Price(1, 1, 1, 1)));

    assertThat(registry.current().cards()).extracting(ExpertCard::id).containsExactly("a", "b");
    assertThat(new SnapshotRegistry(store).current().cards())
        .extracting(ExpertCard::id)
        .containsExactly("a", "b");
  }

  @Test
  void whatWasMeasuredOutlivesAChangeThatDoesNotMeasure() {
    var measured = new Measures(Map.of("own set", 0.7), 800);
    registry.put(card("a").withMeasured(measured));

    assertThat(registry.put(card("a").withPrice(new Price(1, 1, 1, 1))).measured())
        .isEqualTo(measured);
  }

  @Test
  void aSnapshotTakenBeforeAChangeStaysAsItWas() {
    registry.put(card("a"));
    var before = registry.current();
    registry.put(card("b"));

    assertThat(before.cards()).hasSize(1);
    assertThat(registry.current().cards()).hasSize(2);
    assertThat(registry.current().id()).isNotEqualTo(before.id());
  }

  @Test
  void equalContentsHaveEqualNames() {
    registry.put(card("a"));
    var before = registry.current().id();
    registry.put(card("b"));
    registry.retire("b", Owner.API);

    assertThat(registry.current().id()).isEqualTo(before);
  }

  @Test
  void aRetiredCardIsNeverSeatedAgainButStaysOnRecord() {
    registry.put(card("a"));
    var retired = registry.retire("a", Owner.API);

    assertThat(retired.state()).isEqualTo(CardState.RETIRED);
    assertThat(retired.version()).isEqualTo(2);
    assertThat(registry.current().seats()).isEmpty();
    assertThat(new SnapshotRegistry(store).current().seats()).isEmpty();
    assertThat(registry.retire("a", Owner.API)).isEqualTo(retired);
    assertThat(store.load()).containsExactly(retired);
  }

  @Test
  void aRetiredCardMayComeBackUnderAnotherOwner() {
    registry.put(card("a"));
    registry.retire("a", Owner.API);
    var back = registry.put(card("a").withOwner(Owner.FILE));

    assertThat(back.version()).isEqualTo(3);
    assertThat(back.owner()).isEqualTo(Owner.FILE);
    assertThat(registry.current().cards()).containsExactly(back);
  }

  @Test
  void retiringWhatIsNotThereNamesTheNearest() {
    registry.put(card("gpt-4o-mini"));

    assertThatThrownBy(() -> registry.retire("gpt-4o-mimi", Owner.API))
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.NOT_FOUND))
        .hasMessageContaining("gpt-4o-mini");
  }

  @Test
  void aCardOfTheFileIsRefusedToTheApiAndSaysWhereItIsKept() {
    registry.put(card("a").withOwner(Owner.FILE));

    assertConflict(() -> registry.put(card("a")), "'a'", "experts.yaml");
    assertConflict(() -> registry.retire("a", Owner.API), "'a'", "experts.yaml");
    assertThat(registry.current().cards()).extracting(ExpertCard::owner).containsOnly(Owner.FILE);
  }

  @Test
  void aCardOfTheApiIsRefusedToTheFileAndSaysWhereItIsKept() {
    registry.put(card("a"));

    assertConflict(() -> registry.put(card("a").withOwner(Owner.FILE)), "PUT /v1/experts/a");
  }

  @Test
  void twoCardsNeverAnswerToOneName() {
    registry.put(named("a", "fast"));

    assertConflict(() -> registry.put(named("b", "fast")), "'a'", "'b'", "'fast'");
    assertConflict(() -> registry.put(named("fast")), "'a'", "'fast'");
    assertConflict(() -> registry.put(named("c", "a")), "'a'", "'c'");
    assertThat(registry.current().cards()).hasSize(1);
    assertThat(store.load()).hasSize(1);
  }

  @Test
  void aRetiredCardGivesItsNamesBack() {
    registry.put(named("a", "fast"));
    registry.retire("a", Owner.API);

    registry.put(named("b", "fast"));
    assertThat(registry.current().find("fast")).map(seat -> seat.card().id()).hasValue("b");
  }

  @Test
  void replacingAllCardsOfAnOwnerRetiresItsOthersAndTouchesNobodyElses() {
    registry.put(card("mine"));
    registry.replaceAll(Owner.FILE, card -> true, List.of(card("a"), card("b")));
    var second = registry.replaceAll(Owner.FILE, card -> true, List.of(card("b"), card("c")));

    assertThat(second.cards()).extracting(ExpertCard::id).containsExactly("mine", "b", "c");
    assertThat(second.find("b")).map(seat -> seat.card().version()).hasValue(1);
  }

  @Test
  void aReplacementRetiresNothingOutsideItsScope() {
    registry.replaceAll(Owner.FILE, card -> true, List.of(card("a1"), card("a2"), card("b1")));
    registry.replaceAll(Owner.FILE, card -> card.id().startsWith("a"), List.of(card("a2")));

    assertThat(registry.current().cards()).extracting(ExpertCard::id).containsExactly("a2", "b1");
  }

  @Test
  void namesMayBeSwappedInOneReplacement() {
    registry.replaceAll(Owner.FILE, card -> true, List.of(named("a", "x"), named("b", "y")));
    var swapped =
        registry.replaceAll(Owner.FILE, card -> true, List.of(named("a", "y"), named("b", "x")));

    assertThat(swapped.find("x")).map(seat -> seat.card().id()).hasValue("b");
  }

  @Test
  void aReplacementWithConflictsChangesNothingAndNamesThemAll() {
    registry.put(card("a"));
    registry.put(card("b"));
    var before = registry.current();

    assertConflict(
        () ->
            registry.replaceAll(Owner.FILE, card -> true, List.of(card("a"), card("c"), card("b"))),
        "'a'",
        "'b'");
    assertThat(registry.current()).isEqualTo(before);
    assertThat(store.load()).hasSize(2);
  }

  @Test
  void twoCardsWithOneIdInOneReplacementAreRefused() {
    assertConflict(
        () ->
            registry.replaceAll(Owner.FILE, card -> true, List.of(card("a"), named("a", "other"))),
        "'a'");
  }

  @Test
  void healthIsSeenAtOnceAndGoesWithAnotherEndpoint() {
    registry.put(card("a"));
    var down = new Health(Health.Status.DOWN, "connection refused", Instant.EPOCH);
    registry.health("a", down);
    registry.health("nobody", down);

    assertThat(registry.current().seats()).extracting(Roster.Seat::health).containsExactly(down);

    registry.put(card("a").withPrice(new Price(1, 1, 1, 1)));
    assertThat(registry.current().seats()).extracting(Roster.Seat::health).containsExactly(down);

    var moved =
        ExpertCard.of(
            "a",
            new ExpertKind.Llm(),
            "",
            new Endpoint(
                Provider.OPENAI,
                URI.create("http://localhost:2/v1"),
                "a",
                null,
                Map.of(),
                Map.of()));
    registry.put(moved);
    assertThat(registry.current().seats())
        .extracting(Roster.Seat::health)
        .containsExactly(Health.UNKNOWN);
  }

  @Test
  void showsAQueueRoughlyAndAnIdleExpertAsIdle() {
    registry.put(card("a"));

    registry.load("a", 1);
    assertThat(registry.current().seats().getFirst().load()).isZero();
    registry.load("a", 5);
    assertThat(registry.current().seats().getFirst().load()).isEqualTo(5);
    registry.load("a", 6);
    assertThat(registry.current().seats().getFirst().load()).isEqualTo(5);
    registry.load("a", 12);
    assertThat(registry.current().seats().getFirst().load()).isEqualTo(12);
    registry.load("a", 0);
    assertThat(registry.current().seats().getFirst().load()).isZero();
  }

  @Test
  void slowAnswersAreToldOnceThereAreTwenty() {
    registry.put(card("a"));
    for (int i = 1; i <= 19; i++) {
      registry.observed("a", 100);
    }
    assertThat(registry.current().seats().getFirst().p95Millis()).isZero();

    registry.observed("a", 100);

    assertThat(registry.current().seats().getFirst().p95Millis()).isEqualTo(100);
  }

  @Test
  void latencyIsARunningMean() {
    registry.put(card("a"));
    registry.observed("a", 100);
    assertThat(registry.current().seats().getFirst().latencyMillis()).isEqualTo(100);

    var steady = registry.current();
    registry.observed("a", 101);
    assertThat(registry.current()).isSameAs(steady);

    for (int i = 0; i < 100; i++) {
      registry.observed("a", 300);
    }
    assertThat(registry.current().seats().getFirst().latencyMillis()).isBetween(225.0, 300.0);
    assertThatThrownBy(() -> registry.observed("a", Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whoIsNotInMemoryIsUntilItAnswers() {
    registry.put(card("a"));
    var awake = registry.current();
    assertThat(awake.seats().getFirst().residency()).isEqualTo(Residency.AWAKE);

    var cold = new Residency(Residency.State.COLD, 40);
    registry.residency("a", cold);
    assertThat(registry.current().seats().getFirst().residency()).isEqualTo(cold);
    assertThat(registry.current().id()).isNotEqualTo(awake.id());

    registry.observed("a", 100);
    assertThat(registry.current().seats().getFirst().residency()).isEqualTo(Residency.AWAKE);
  }

  @Test
  void listenersHearOfEveryChangeOfACardAndOfNothingElse() {
    List<Integer> heard = new ArrayList<>();
    registry.onChange(roster -> {
      throw new IllegalStateException("a listener that fails stops nobody");
    });
    registry.onChange(roster -> heard.add(roster.seats().size()));

    registry.put(card("a"));
    registry.put(card("a"));
    registry.put(card("b"));
    registry.observed("a", 1);
    registry.health("a", new Health(Health.Status.UP, "", Instant.EPOCH));
    registry.retire("a", Owner.API);

    assertThat(heard).containsExactly(1, 2, 1);
  }

  @Test
  void aChangeMadeBehindItsBackIsRefusedAndThenSeen() {
    registry.put(card("a"));
    var other = new SnapshotRegistry(store);
    other.put(card("a").withPrice(new Price(1, 1, 1, 1)));

    var mine = card("a").withPrice(new Price(2, 2, 2, 2));
    assertConflict(() -> registry.put(mine), "'a'", "another process");
    assertThat(registry.put(mine).version()).isEqualTo(3);
  }

  @Test
  void whatAnotherProcessSavedIsTakenOverAndListenersHearOfItOnce() {
    registry.put(card("a"));
    var other = new SnapshotRegistry(store);
    other.put(card("a").withPrice(new Price(1, 1, 1, 1)));
    other.put(card("b"));
    other.retire("b", Owner.API);
    other.put(card("c"));
    List<Integer> heard = new ArrayList<>();
    registry.onChange(roster -> heard.add(roster.cards().size()));

    registry.refresh();
    registry.refresh();

    assertThat(registry.current().cards())
        .extracting(ExpertCard::reference)
        .containsExactly("a@2", "c@1");
    assertThat(heard).containsExactly(2);
  }

  @Test
  void aFreshLookDoesNotTakeBackWhatWasChangedHereMeanwhile() {
    var stale = new ArrayList<ExpertCard>();
    var overtaken =
        new CardStore() {
          @Override
          public List<ExpertCard> load() {
            return stale.isEmpty() ? store.load() : stale;
          }

          @Override
          public void save(List<ExpertCard> cards) {
            store.save(cards);
          }
        };
    var mine = new SnapshotRegistry(overtaken);
    stale.add(mine.put(card("a")));
    mine.put(card("a").withPrice(new Price(2, 2, 2, 2)));
    mine.put(card("b"));

    mine.refresh();

    assertThat(mine.current().cards())
        .extracting(ExpertCard::reference)
        .containsExactly("a@2", "b@1");
  }

  @Test
  void twoProcessesThatDeclareTheSameCardsAtOnceBothSucceed() {
    var other = new SnapshotRegistry(store);
    var declared = List.of(card("a"), card("b"));

    registry.replaceAll(Owner.BUNDLED, declared);
    other.replaceAll(Owner.BUNDLED, declared); // knew nothing of it yet

    assertThat(other.current().cards())
        .extracting(ExpertCard::reference)
        .containsExactly("a@1", "b@1");
    assertThat(store.load()).hasSize(2);
  }

  @Test
  void changesAtTheSameTimeAreAllKept() throws Exception {
    int writers = 8;
    var start = new CountDownLatch(1);
    List<Callable<ExpertCard>> writes = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      var id = "w" + i;
      writes.add(() -> {
        start.countDown();
        start.await();
        return registry.put(card(id));
      });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var written : threads.invokeAll(writes)) {
        assertThat(written.get().version()).isEqualTo(1);
      }
    }
    assertThat(registry.current().cards()).hasSize(writers);
    assertThat(store.load()).hasSize(writers);
  }
}
