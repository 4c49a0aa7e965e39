package io.consilium.adapters.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.index.PassageIndex;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcPassages;
import io.consilium.expert.testing.TestDatabases;
import io.consilium.expert.testing.TestPostgres;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The same expert over passages in PostgreSQL. */
class StoredDocumentsIT extends DocumentsExpertTest {
  @Override
  PassageIndex passages(WordsEmbedder embedder) {
    return new JdbcPassages(
        TestDatabases.postgres(),
        UUID.randomUUID().toString(),
        embedder.id(),
        embedder.dimension());
  }

  @Test
  void whereTheDatabaseIsAwayTheExpertIsUnavailable() {
    var embedder = new WordsEmbedder();
    var database = Database.open(TestPostgres.freshDatabase(), Path.of("unused"));
    var expert =
        over(embedder, new JdbcPassages(database, "docs", embedder.id(), embedder.dimension()));
    database.close();

    var failure =
        (ExpertException)
            catchThrowable(() -> expert.answer(question("the port", false), delta -> {}));

    assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(failure.message()).contains("database");
  }
}
