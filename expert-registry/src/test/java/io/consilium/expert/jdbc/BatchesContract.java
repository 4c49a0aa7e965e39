package io.consilium.expert.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.StoredBatch.Counts;
import io.consilium.expert.jdbc.StoredBatch.State;
import io.consilium.expert.jdbc.StoredBatch.Times;
import io.consilium.expert.jdbc.StoredFile.Owner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What files and batches on record do, on any database. */
abstract class BatchesContract {
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
  private static final Owner ME = new Owner("default", "key_1");

  /** An empty database. */
  abstract Database database();

  private static StoredFile file(String id, Owner owner) {
    return new StoredFile(id, owner, id + ".jsonl", "batch", 0, NOON, NOON.plusSeconds(60));
  }

  private static StoredBatch batch(String id) {
    return new StoredBatch(
        id,
        ME,
        true,
        "/v1/embeddings",
        "file-in",
        "24h",
        null,
        Json.object().put("night", "yes"),
        State.VALIDATING,
        new Times(NOON, NOON.plusSeconds(86_400), null, null, null, null),
        new Counts(0, 0, 0),
        null,
        null,
        null);
  }

  private static JdbcBatches.Files files() {
    return new JdbcBatches.Files(
        new StoredFile("file-out", ME, "out", "batch_output", 0, NOON, null),
        new StoredFile("file-err", ME, "err", "batch_output", 0, NOON, null));
  }

  private static byte[] bytes(int length) {
    var bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static StoredFile keep(JdbcFiles files, StoredFile file, byte[] bytes) {
    return files.keep(file, new ByteArrayInputStream(bytes), bytes.length);
  }

  @Test
  void aFileComesBackWholeAndFromAnywhere() throws IOException {
    var files = new JdbcFiles(database());
    var bytes = bytes(JdbcFiles.PIECE * 2 + 17);

    var kept = keep(files, file("file-1", ME), bytes);

    assertThat(kept.bytes()).isEqualTo(bytes.length);
    assertThat(files.find("file-1", ME)).hasValue(kept);
    try (var contents = files.contents("file-1")) {
      assertThat(contents.readAllBytes()).isEqualTo(bytes);
      int from = JdbcFiles.PIECE - 3;
      assertThat(contents.range(from, 9)).isEqualTo(Arrays.copyOfRange(bytes, from, from + 9));
      assertThat(contents.range(bytes.length - 2, 9)).hasSize(2);
    }
  }

  @Test
  void aFileThatIsTooLargeLeavesNothing() {
    var files = new JdbcFiles(database());

    var refused =
        catchThrowableOfType(
            ExpertException.class,
            () -> files.keep(file("file-1", ME), new ByteArrayInputStream(bytes(11)), 10));

    assertThat(refused.kind()).isEqualTo(FailureKind.TOO_LARGE);
    assertThat(files.find("file-1", ME)).isEmpty();
  }

  @Test
  void filesAndBatchesAreTheirOwnersAlone() {
    var database = database();
    var files = new JdbcFiles(database);
    var batches = new JdbcBatches(database, files);
    keep(files, file("file-1", ME), bytes(3));
    keep(files, file("file-2", ME), bytes(3));
    batches.keep(batch("batch_1"));

    for (var other : new Owner[] {new Owner("default", "key_2"), new Owner("other", "key_1")}) {
      assertThat(files.find("file-1", other)).isEmpty();
      assertThat(files.list(other, null, false, 10, null).data()).isEmpty();
      assertThat(batches.find("batch_1", other)).isEmpty();
      assertThat(batches.list(other, 10, null).data()).isEmpty();
    }
    var first = files.list(ME, "batch", false, 1, null);
    assertThat(first.data()).extracting(StoredFile::id).containsExactly("file-2");
    assertThat(files.list(ME, null, false, 1, first.next()).data())
        .extracting(StoredFile::id)
        .containsExactly("file-1");
    assertThat(batches.list(ME, 10, null).data()).containsExactly(batch("batch_1"));
  }

  @Test
  void aFileGoesWhenItsTimeIsOverUnlessABatchReadsIt() {
    var database = database();
    var files = new JdbcFiles(database);
    var batches = new JdbcBatches(database, files);
    keep(files, file("file-in", ME), bytes(3));
    keep(files, file("file-old", ME), bytes(3));
    batches.keep(batch("batch_1"));

    assertThat(files.expire(NOON.plusSeconds(59))).isZero();
    assertThat(files.expire(NOON.plusSeconds(60))).isEqualTo(1);
    assertThat(batches.readerOf("file-in")).hasValue("batch_1");

    batches.fail("batch_1", Json.MAPPER.createArrayNode(), NOON);
    assertThat(batches.readerOf("file-in")).isEmpty();
    assertThat(files.expire(NOON.plusSeconds(60))).isEqualTo(1);
  }

  @Test
  void whatCameFirstOfALineStaysAndEndsInTheFilesInOrderOnce() throws IOException {
    var database = database();
    var files = new JdbcFiles(database);
    var batches = new JdbcBatches(database, files);
    batches.keep(batch("batch_1"));
    batches.begin("batch_1", 3, NOON);
    batches.line("batch_1", 3, true, Json.object().put("n", 3));
    batches.line("batch_1", 1, true, Json.object().put("n", 1));
    batches.line("batch_1", 1, false, Json.object().put("n", "again"));
    batches.line("batch_1", 2, false, Json.object().put("n", 2));
    assertThat(batches.find("batch_1").orElseThrow().counts()).isEqualTo(new Counts(3, 2, 1));
    assertThat(batches.lines("batch_1").cardinality()).isEqualTo(3);

    batches.finish("batch_1", State.COMPLETED, files(), NOON);
    batches.finish("batch_1", State.EXPIRED, files(), NOON); // another process, later

    var done = batches.find("batch_1").orElseThrow();
    assertThat(done.state()).isEqualTo(State.COMPLETED);
    assertThat(done.counts()).isEqualTo(new Counts(3, 2, 1));
    try (var output = files.contents("file-out");
        var error = files.contents("file-err")) {
      assertThat(output.readAllBytes()).asString().isEqualTo("{\"n\":1}\n{\"n\":3}\n");
      assertThat(error.readAllBytes()).asString().isEqualTo("{\"n\":2}\n");
    }
    assertThat(batches.cancel("batch_1", NOON)).isFalse();
    assertThat(batches.forget(NOON.plusSeconds(1))).isEqualTo(1);
  }

  @Test
  void aBatchOfWhichNothingWasAnsweredHasNoOutput() {
    var database = database();
    var batches = new JdbcBatches(database, new JdbcFiles(database));
    batches.keep(batch("batch_1"));
    assertThat(batches.cancel("batch_1", NOON)).isTrue();
    batches.begin("batch_1", 3, NOON);
    assertThat(batches.state("batch_1")).hasValue(State.CANCELLING);

    batches.finish("batch_1", State.CANCELLED, files(), NOON);

    var done = batches.find("batch_1").orElseThrow();
    assertThat(done.output()).isNull();
    assertThat(done.error()).isNull();
    assertThat(done.times().cancelling()).isEqualTo(NOON);
  }
}
