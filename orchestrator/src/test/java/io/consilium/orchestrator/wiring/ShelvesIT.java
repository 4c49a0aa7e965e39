package io.consilium.orchestrator.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Embedder;
import io.consilium.expert.Owner;
import io.consilium.expert.card.DocumentFolder;
import io.consilium.expert.jdbc.JdbcPassages;
import io.consilium.expert.registry.SnapshotRegistry;
import io.consilium.expert.testing.TestDatabases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of documents on PostgreSQL, which replicas share. */
class ShelvesIT {
  private static final String NAME = "shelved";

  /** A fake embedder to which all texts are alike. */
  private static final class Alike implements Embedder {
    @Override
    public String id() {
      return "alike";
    }

    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(text -> new float[] {0.6f, 0.8f}).toList();
    }
  }

  @Test
  void passagesStayWhileAnotherReplicaDeclaresTheirFolderAndGoWithTheLast(@TempDir Path temp)
      throws Exception {
    var folder = Files.createDirectory(temp.resolve("docs"));
    Files.writeString(folder.resolve("a.md"), "The port is 8080.");
    var declared = List.of(new DocumentFolder(NAME, folder, "", List.of()));
    var registry = SnapshotRegistry.inMemory();
    var database = TestDatabases.postgres();
    var embedder = new Alike();
    var passages = new JdbcPassages(database, NAME, embedder.id(), embedder.dimension());
    try (var one = new Shelves(registry, database, embedder);
        var other = new Shelves(registry, database, embedder)) {
      one.declare(declared);
      other.declare(declared);
      assertThat(one.find(NAME).await(Duration.ofMinutes(1))).isTrue();
      assertThat(other.find(NAME).await(Duration.ofMinutes(1))).isTrue();

      one.declare(List.of()); // and its card stays, for the other one declares it
      assertThat(passages.search("port", embedder.embed("port"), 5)).hasSize(1);
      assertThat(other.find(NAME).search("port", embedder.embed("port"), 5)).hasSize(1);

      registry.retire(NAME, Owner.FILE);
      other.declare(List.of());
      assertThat(passages.search("port", embedder.embed("port"), 5)).isEmpty();
    }
  }
}
