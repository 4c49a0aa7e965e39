package io.consilium.orchestrator.routers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.Outcome;
import io.consilium.expert.Roster;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.jdbc.JdbcJobs;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.expert.jdbc.JdbcRouters;
import io.consilium.expert.jdbc.StoredItem;
import io.consilium.expert.jdbc.StoredRouter;
import io.consilium.router.Planner;
import io.consilium.router.Router;
import io.consilium.router.SkillTags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Replicas share nothing but the store. */
class RouterVersionsTest {
  private final Database database = Database.inMemory();
  private final List<RouterVersions> replicas = new ArrayList<>();
  private final Learner learner =
      new Learner(
          new JdbcOutcomes(database),
          new JdbcDecisions(database)::find,
          Set.of(),
          new SimpleMeterRegistry());

  /** Vectors that depend on a text alone. */
  private record Hashed(String id) implements Embedder {
    @Override
    public int dimension() {
      return 8;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream()
          .map(text -> {
            var random = new Random(text.hashCode());
            float[] vector = new float[8];
            double squares = 0;
            for (int i = 0; i < 8; i++) {
              vector[i] = (float) random.nextGaussian();
              squares += vector[i] * vector[i];
            }
            for (int i = 0; i < 8; i++) {
              vector[i] /= (float) Math.sqrt(squares);
            }
            return vector;
          })
          .toList();
    }
  }

  private RouterVersions replica(String embedder) {
    var vectors = new Hashed(embedder);
    var replica =
        new RouterVersions(
            new JdbcRouters(database),
            new Evidence(new JdbcOutcomes(database), vectors, SkillTags.shipped()),
            new InterviewRecord(new JdbcJobs(database)),
            Router.cold(vectors, Runnable::run, Planner.greedy()),
            learner,
            new CanaryRules(true, 10, 0.05),
            Clock.systemUTC());
    replicas.add(replica);
    return replica;
  }

  @AfterEach
  void close() {
    replicas.forEach(RouterVersions::close);
  }

  private String fit(RouterVersions replica) {
    List<StoredItem> items = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      items.add(new StoredItem("q" + i, "question number " + i, "", (i + 0.5) / 40));
      for (var expert : List.of("small", "large")) {
        outcomes.add(
            new Outcome(
                expert,
                "q" + i,
                i % 2,
                1,
                0.01,
                0,
                10,
                "",
                "default",
                Instant.EPOCH,
                1,
                Outcome.Source.BENCHMARK,
                null));
      }
    }
    new JdbcOutcomes(database).add(items, outcomes);
    return replica.fit(Roster.of("empty", List.of()), 1, (done, doing) -> {}).path("id").asString();
  }

  @Test
  void whatOneReplicaPromotesAnotherServesWithinItsNextLook() {
    var one = replica("hashed");
    var other = replica("hashed").watch(Duration.ofMillis(20));
    var id = fit(one);
    var cold = other.router().version();
    assertThat(cold).startsWith("cold");

    one.promote(id);

    assertThat(one.router().version()).isEqualTo(id);
    long end = System.nanoTime() + 60_000_000_000L;
    while (!other.router().version().equals(id) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(other.router().version()).isEqualTo(id);
    assertThat(replica("hashed").router().version()).as("one that starts later").isEqualTo(id);
  }

  @Test
  void aVersionThatCannotBeReadLeavesTheOneBeforeAtWorkAndIsSaid() {
    var one = replica("hashed");
    one.promote(fit(one));
    var before = one.router().version();
    var store = new JdbcRouters(database);
    var broken =
        new StoredRouter(
            "router_broken",
            Instant.now(),
            StoredRouter.State.DRAFT,
            0,
            null,
            "hashed",
            "none",
            List.of("small"),
            Json.object());
    store.keep(broken, new byte[] {1, 2, 3});
    store.promote(broken.id(), Instant.now());

    one.refresh();

    assertThat(one.router().version()).isEqualTo(before);
    var shown = one.shown(one.find(broken.id()).orElseThrow(), Roster.of("empty", List.of()));
    assertThat(shown.path("warning").asString()).contains("cannot be read by this release", before);
    assertThat(shown.path("serving").asBoolean()).isFalse();
  }

  @Test
  void aVersionOfAnotherEmbedderIsNotPromoted() {
    var id = fit(replica("hashed"));

    assertThatThrownBy(() -> replica("other").promote(id))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("fitted with the embedder hashed");
  }

  private static double decided(RouterVersions versions, String version) {
    int own = 0;
    for (int i = 0; i < 1_000; i++) {
      own += versions.of("dec_" + i).version().equals(version) ? 1 : 0;
    }
    return own / 1_000.0;
  }

  @Test
  void aCanaryDecidesItsShareTheSameOnEveryReplicaAndGoesBack() {
    var one = replica("hashed");
    var id = fit(one);
    one.tryOut(id, 0.2);
    var other = replica("hashed");

    assertThat(decided(one, id)).isBetween(0.15, 0.25);
    for (int i = 0; i < 100; i++) {
      assertThat(other.of("dec_" + i).version()).isEqualTo(one.of("dec_" + i).version());
    }
    assertThat(one.router().version()).as("serves").startsWith("cold");
    assertThat(shown(one, id).path("trial").path("verdict").asString()).isEqualTo("wait");

    assertThat(one.rollBack().state()).isEqualTo(StoredRouter.State.DRAFT);

    assertThat(decided(one, id)).isZero();
    assertThatThrownBy(one::rollBack).hasMessageContaining("nothing to go back to");
  }

  private ObjectNode shown(RouterVersions versions, String id) {
    return versions.shown(versions.find(id).orElseThrow(), Roster.of("empty", List.of()));
  }

  @Test
  void aShadowDecidesNothing() {
    var one = replica("hashed");
    var id = fit(one);

    assertThat(one.tryOut(id, 0).state()).isEqualTo(StoredRouter.State.SHADOW);

    assertThat(decided(one, id)).isZero();
    assertThat(shown(one, id).path("trial").path("questions").asInt(-1)).isZero();
  }

  @Test
  void goingBackPromotesTheVersionBefore() {
    var one = replica("hashed");
    var first = fit(one);
    one.promote(first);
    assertThatThrownBy(() -> one.tryOut(first, 0.5)).hasMessageContaining("serves already");
    var second = one.fit(Roster.of("empty", List.of()), 2, (done, doing) -> {}).path("id");
    one.promote(second.asString());

    assertThat(one.rollBack().id()).isEqualTo(first);
    assertThat(one.router().version()).isEqualTo(first);
  }

  @Test
  void aTrialThatCannotBeReadHarmsNobodyElse() {
    var one = replica("hashed");
    one.promote(fit(one));
    var serving = one.router().version();
    var store = new JdbcRouters(database);
    store.keep(
        new StoredRouter(
            "router_other_form",
            Instant.now(),
            StoredRouter.State.DRAFT,
            0,
            null,
            "hashed",
            "none",
            List.of("small"),
            Json.object()),
        new byte[] {1, 2, 3});
    store.tryOut("router_other_form", StoredRouter.State.CANARY, 1);

    one.refresh();
    one.refresh();

    assertThat(one.of("dec_1").version()).isEqualTo(serving);
    assertThat(shown(one, serving).has("warning")).as("of the one that serves").isTrue();
    assertThat(shown(one, serving).path("warning").asString()).contains("none of the experts");
  }

  @Test
  void aCanaryIsComparedWithWhoeverServesAndOnlySinceThen() {
    var one = replica("hashed");
    var first = fit(one);
    one.promote(first);
    var second =
        one.fit(Roster.of("empty", List.of()), 2, (done, doing) -> {}).path("id").asString();
    one.tryOut(second, 0.5);
    var third =
        one.fit(Roster.of("empty", List.of()), 3, (done, doing) -> {}).path("id").asString();
    one.promote(third);

    var trial = shown(one, second).path("trial");
    assertThat(trial.path("serving_judged").asInt(-1)).isZero();
    assertThat(trial.path("verdict").asString()).isEqualTo("wait");
  }
}
