package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.index.Passage;
import io.consilium.expert.index.PassageIndex;
import io.consilium.expert.index.PassageIndexContract;
import io.consilium.expert.testing.TestDatabases;
import java.util.List;
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
}
