package io.consilium.orchestrator.journal;

import static io.consilium.orchestrator.journal.Decisions.decision;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.consilium.expert.Decision;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

@Timeout(60)
class JournalTest {
  @TempDir Path folder;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Decision> stored = new CopyOnWriteArrayList<>();

  @Test
  void whatIsRecordedReachesTheStoreInOrderAndUnchanged() {
    List<Decision> all = Stream.generate(Decisions::decision).limit(1000).toList();
    try (var journal = open(stored::addAll)) {
      all.forEach(journal::record);
    }
    assertThat(stored).containsExactlyElementsOf(all);
  }

  @Test
  void whatIsRecordedIsInTheFileWhenRecordReturns() throws IOException {
    var away = new Away();
    try (var journal = open(away)) {
      var decision = decision();
      journal.record(decision);
      assertThat(text()).contains(decision.id());
      assertThat(journal.find(decision.id())).contains(decision);
      assertThat(journal.find("dec_unknown")).isEmpty();
    }
  }

  @Test
  void aStoreThatIsAwayGetsEverythingOnceItIsBack() {
    var away = new Away();
    try (var journal = open(away)) {
      List<Decision> all = Stream.generate(Decisions::decision).limit(20_000).toList();
      all.forEach(journal::record); // more than memory keeps, so the files are read as well
      await(() -> count("consilium.journal.drain.failures") > 0);
      assertThat(stored).isEmpty();
      away.back = true;
      await(() -> stored.size() >= all.size());
      assertThat(stored).containsExactlyElementsOf(all);
      await(() -> journalFiles().size() == 1);
    }
  }

  @Test
  void aNewStartDrainsWhatTheLastOneLeft() {
    List<Decision> all = Stream.generate(Decisions::decision).limit(3000).toList();
    try (var journal = open(new Away())) {
      all.forEach(journal::record);
    }
    assertThat(stored).isEmpty();
    try (var journal = open(stored::addAll)) {
      await(() -> stored.size() == all.size());
      assertThat(journal.find(all.getFirst().id())).isEmpty();
    }
    assertThat(stored).containsExactlyElementsOf(all);
    assertThat(journalFiles()).isEmpty();
  }

  @Test
  void aLineThatWasCutOffIsReportedAndSkippedAndTheRestKept() throws IOException {
    List<Decision> all = Stream.generate(Decisions::decision).limit(3).toList();
    try (var journal = open(new Away())) {
      all.forEach(journal::record);
    }
    var file = journalFiles().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    byte[] torn = java.util.Arrays.copyOf(bytes, bytes.length - 40);
    Files.write(file, torn);

    try (var journal = open(stored::addAll)) {
      var later = decision();
      journal.record(later);
      await(() -> stored.size() == 3);
      assertThat(stored).containsExactly(all.get(0), all.get(1), later);
    }
    assertThat(count("consilium.journal.damaged")).isEqualTo(1);
  }

  @Test
  void aLineWithAFlippedBitIsReportedAndSkippedAndTheRestKept() throws IOException {
    List<Decision> all = Stream.generate(Decisions::decision).limit(3).toList();
    try (var journal = open(new Away())) {
      all.forEach(journal::record);
    }
    var file = journalFiles().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    bytes[60] ^= 1;
    Files.write(file, bytes);

    try (var _ = open(stored::addAll)) {
      await(() -> stored.size() == 2);
    }
    assertThat(stored).containsExactly(all.get(1), all.get(2));
    assertThat(count("consilium.journal.damaged")).isEqualTo(1);
    assertThat(folder.resolve(Backlog.DAMAGED).resolve(file.getFileName()))
        .as("the file is kept as it was")
        .hasBinaryContent(bytes);
    assertThat(journalFiles()).isEmpty();
  }

  @Test
  void whatIsForgottenLeavesFilesThatWerePutAsideAsWell() throws IOException {
    List<Decision> all = Stream.generate(Decisions::decision).limit(3).toList();
    try (var journal = open(new Away())) {
      all.forEach(journal::record);
    }
    var file = journalFiles().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    bytes[60] ^= (byte) 0x80; // no text in UTF-8 any more
    Files.write(file, bytes);
    var aside = folder.resolve(Backlog.DAMAGED).resolve(file.getFileName());

    try (var journal = open(stored::addAll)) {
      await(() -> Files.exists(aside));
      assertThat(journal.purge(line -> line.contains(all.get(1).id()))).isEqualTo(1);
    }

    var left = Files.readString(aside, StandardCharsets.ISO_8859_1);
    assertThat(left).doesNotContain(all.get(1).id()).contains(all.get(2).id());
  }

  @Test
  void aFileThatCannotBeReadIsSetAsideAndThoseBehindItReachTheStore() throws IOException {
    var decision = decision();
    try (var journal = open(new Away())) {
      journal.record(decision);
    }
    var file = journalFiles().getFirst();
    Files.move(file, folder.resolve("000000000002.ndjson"));
    Files.createDirectory(file); // reading a folder fails, whoever reads

    try (var journal = open(stored::addAll)) {
      await(() -> stored.size() == 1);
      var later = decision();
      journal.record(later);
      await(() -> stored.size() == 2);
      assertThat(stored).containsExactly(decision, later);
    }
    assertThat(folder.resolve(Backlog.DAMAGED).resolve(file.getFileName())).isDirectory();
    assertThat(count("consilium.journal.damaged")).isEqualTo(1);
  }

  @Test
  void damageOfAnotherStartIsKeptBesideTheFirst() throws IOException {
    for (int start = 0; start < 2; start++) {
      Files.writeString(folder.resolve("000000000001.ndjson"), "noise %d\n".formatted(start));
      open(stored::addAll).close();
    }
    assertThat(folder.resolve(Backlog.DAMAGED).resolve("000000000001.ndjson"))
        .hasContent("noise 0\n");
    assertThat(folder.resolve(Backlog.DAMAGED).resolve("000000000001.ndjson.2"))
        .hasContent("noise 1\n");
  }

  @Test
  void aClockThatJumpsChangesNeitherOrderNorNumber() {
    List<Decision> all =
        Stream.of("2026-11-30T12:00:00Z", "2031-01-01T00:00:00Z", "2019-01-01T00:00:00Z")
            .map(at -> Decisions.at(Instant.parse(at)))
            .toList();
    try (var journal = open(stored::addAll)) {
      all.forEach(journal::record);
    }
    assertThat(stored).containsExactlyElementsOf(all);
  }

  @Test
  void aWholeLineThisVersionCannotReadIsKeptAside() throws IOException {
    Files.createDirectories(folder);
    String json = "{\"future\":true}";
    var crc = new java.util.zip.CRC32C();
    crc.update(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Files.writeString(
        folder.resolve("000000000007.ndjson"),
        "{\"crc\":\"%08x\",\"decision\":%s}\n".formatted(crc.getValue(), json));
    try (var journal = open(stored::addAll)) {
      journal.record(decision());
      await(() -> stored.size() == 1);
    }
    assertThat(Files.readString(folder.resolve("rejected.ndjson"))).contains("future");
  }

  @Test
  void oneDecisionTheStoreCannotTakeDoesNotHoldUpTheOthers() throws IOException {
    var bad = decision();
    Consumer<List<Decision>> store =
        batch -> {
          if (batch.contains(bad)) {
            throw new IllegalStateException("value too long");
          }
          stored.addAll(batch);
        };
    List<Decision> good = Stream.generate(Decisions::decision).limit(5).toList();
    try (var journal = open(store)) {
      journal.record(bad);
      good.forEach(journal::record);
      await(() -> stored.containsAll(good));
    }
    assertThat(stored).doesNotContain(bad);
    assertThat(Files.readString(folder.resolve("rejected.ndjson"))).contains(bad.id());
    assertThat(count("consilium.journal.rejected")).isEqualTo(1);
  }

  @Test
  void whenItIsFullNewQuestionsAreRefusedAndWhatWasRecordedIsKept() {
    var away = new Away();
    var settings =
        new JournalSettings(
            Duration.ofMillis(10),
            Duration.ofMillis(10),
            DataSize.ofKilobytes(4),
            DataSize.ofKilobytes(16),
            Duration.ofMillis(20),
            16,
            Duration.ofMillis(5),
            Duration.ofMillis(20));
    List<Decision> all = new ArrayList<>();
    try (var journal =
        new Journal(folder, settings, Decisions.readBy(away.then(stored::addAll)), meters)) {
      assertThatExceptionOfType(ExpertException.class)
          .isThrownBy(() -> {
            while (all.size() < 1000) {
              journal.admit();
              all.add(decision());
              journal.record(all.getLast());
            }
          })
          .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.STORE_UNAVAILABLE))
          .satisfies(e -> assertThat(e.retryAfter()).isPresent())
          .withMessageContaining("consilium.journal.limit");
      assertThat(all).hasSizeBetween(5, 40);
      away.back = true;
      await(() -> stored.size() == all.size());
      journal.admit();
    }
    assertThat(stored).containsExactlyElementsOf(all);
    assertThat(count("consilium.journal.refused")).isEqualTo(1);
  }

  @Test
  void anInterruptedThreadRecordsAsWell() {
    List<Decision> all = Stream.generate(Decisions::decision).limit(20).toList();
    try (var journal = open(stored::addAll)) {
      for (var decision : all) {
        Thread.currentThread().interrupt();
        journal.record(decision);
        assertThat(Thread.interrupted()).isTrue();
      }
    }
    assertThat(stored).containsExactlyElementsOf(all);
  }

  @Test
  void manyThreadsRecordAtOnceAndNothingIsLostOrMixedUp() throws Exception {
    Set<String> ids = ConcurrentHashMap.newKeySet();
    try (var journal = open(stored::addAll);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        threads.execute(() -> {
          for (int j = 0; j < 50; j++) {
            var decision = decision();
            journal.record(decision);
            ids.add(decision.id());
          }
        });
      }
    }
    assertThat(stored.stream().map(Decision::id).collect(Collectors.toSet())).isEqualTo(ids);
    assertThat(stored).hasSize(10_000);
    assertThat(count("consilium.journal.damaged")).isZero();
  }

  @Test
  void itsThreadsEndWithIt() {
    try (var journal = open(stored::addAll)) {
      journal.record(decision());
      assertThat(journalThreads()).hasSize(2);
    }
    assertThat(journalThreads()).isEmpty();
  }

  @Test
  void twoJournalsDoNotShareAFolder() {
    try (var _ = open(stored::addAll)) {
      assertThatExceptionOfType(ExpertException.class)
          .isThrownBy(() -> open(stored::addAll))
          .withMessageContaining("in use")
          .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFIGURATION));
    }
    open(stored::addAll).close();
  }

  @Test
  void aFolderThatCannotBeMadeIsAConfigurationError() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "", StandardOpenOption.CREATE);
    assertThatExceptionOfType(ExpertException.class)
        .isThrownBy(() ->
            new Journal(file.resolve("journal"), JournalSettings.DEFAULT, batch -> {}, meters))
        .withMessageContaining("CONSILIUM_HOME");
  }

  @Test
  void recordingDoesNotWaitForAStoreThatHangs() throws InterruptedException {
    var hang = new CountDownLatch(1);
    var entered = new Semaphore(0);
    Consumer<List<Decision>> store =
        batch -> {
          entered.release();
          try {
            hang.await();
          } catch (InterruptedException e) {
            throw new AssertionError("closed too soon", e);
          }
          stored.addAll(batch);
        };
    try (var journal = open(store)) {
      var first = decision();
      journal.record(first);
      assertThat(entered.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
      assertThat(journal.find(first.id())).as("in the hands of the store").contains(first);
      for (int i = 0; i < 100; i++) {
        journal.record(decision());
      }
      hang.countDown();
    }
    assertThat(stored).hasSize(101);
  }

  // ----

  /** A store that can be away. */
  private final class Away implements Consumer<List<Decision>> {
    private volatile boolean back;
    private Consumer<List<Decision>> store = stored::addAll;

    Away then(Consumer<List<Decision>> other) {
      store = other;
      return this;
    }

    @Override
    public void accept(List<Decision> batch) {
      if (!back) {
        throw new ExpertException(FailureKind.STORE_UNAVAILABLE, "the store is away");
      }
      store.accept(batch);
    }
  }

  private Journal open(Consumer<List<Decision>> store) {
    var settings =
        new JournalSettings(
            Duration.ofMillis(10),
            Duration.ofMillis(10),
            DataSize.ofKilobytes(64),
            DataSize.ofGigabytes(1),
            Duration.ofMillis(50),
            100,
            Duration.ofMillis(5),
            Duration.ofMillis(50));
    return new Journal(folder, settings, Decisions.readBy(store), meters);
  }

  private double count(String counter) {
    return meters.get(counter).counter().count();
  }

  private String text() throws IOException {
    var text = new StringBuilder();
    for (var file : journalFiles()) {
      text.append(Files.readString(file));
    }
    return text.toString();
  }

  private List<Path> journalFiles() {
    try (var files = Files.list(folder)) {
      return files.filter(f -> f.toString().matches(".*/\\d+\\.ndjson")).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<Thread> journalThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("journal-"))
        .toList();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited 30 s in vain");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
