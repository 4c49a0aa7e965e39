package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.index.Passage;
import io.consilium.expert.index.PassageIndex;
import io.consilium.expert.index.PassageIndexContract;
import io.consilium.expert.registry.ExpertsFileWatch;
import io.consilium.expert.testing.TestDatabases;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Passages in PostgreSQL. */
class StoredPassagesIT extends PassageIndexContract {
  private static JdbcPassages passages(String collection) {
    return new JdbcPassages(
        TestDatabases.postgres(), collection, EMBEDDER.id(), EMBEDDER.dimension());
  }

  @Override
  protected PassageIndex emptyIndex() {
    return passages(UUID.randomUUID().toString());
  }

  @Test
  void anotherReplicaFindsThemAndAnotherCollectionDoesNot() {
    var name = "it's " + UUID.randomUUID();
    var passage = new Passage("a.md", "", "cat");
    passages(name)
        .put(List.of(new PassageIndex.Entry("a", passage, EMBEDDER.embed(passage.searched()))));

    assertThat(passages(name).search("cat", EMBEDDER.embed("cat"), 1)).hasSize(1);
    assertThat(passages("other " + name).search("cat", EMBEDDER.embed("cat"), 1)).isEmpty();
  }

  @Test
  void aCollectionWithAnIndexOfItsOwnFindsTheSame() {
    var index = passages(UUID.randomUUID().toString());
    for (var text : List.of("cat", "dog", "port", "sleep")) {
      var passage = new Passage(text, "", text);
      index.put(List.of(new PassageIndex.Entry(text, passage, EMBEDDER.embed(text))));
    }

    index.index();
    index.index(); // it is there

    assertThat(index.search("feline", EMBEDDER.embed("feline"), 1).getFirst().passage().source())
        .isEqualTo("cat");
  }

  @Test
  void whatNoCardNamesAndNobodyDeclaresIsSweptAndNothingElse() {
    var database = TestDatabases.postgres();
    var here = UUID.randomUUID().toString();
    var there = UUID.randomUUID().toString();
    var left = UUID.randomUUID().toString();
    var passage = new Passage("a.md", "", "cat");
    for (var name : List.of(here, there, left)) {
      passages(name)
          .put(List.of(new PassageIndex.Entry("a", passage, EMBEDDER.embed(passage.searched()))));
    }
    var other = new JdbcDeclarations(database, "other");
    other.declare(Set.of(ExpertsFileWatch.DOCUMENTS + there));

    assertThat(JdbcPassages.sweep(database, Set.of(here))).contains(left);

    assertThat(passages(here).holding(List.of("a"))).hasSize(1);
    assertThat(passages(there).holding(List.of("a"))).hasSize(1);
    assertThat(passages(left).holding(List.of("a"))).isEmpty();
    database.sql().sql("update declaration set seen_at = seen_at - interval '61' minute").update();
    assertThat(JdbcPassages.sweep(database, Set.of(here))).containsExactly(there);
  }
}
