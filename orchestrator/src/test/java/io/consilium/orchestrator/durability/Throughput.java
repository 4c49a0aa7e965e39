package io.consilium.orchestrator.durability;

import io.consilium.expert.Decision;
import io.consilium.expert.KeptDecision;
import io.consilium.expert.Terms;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcDecisions;
import io.consilium.expert.testing.LocalPostgres;
import io.consilium.orchestrator.journal.Journal;
import io.consilium.orchestrator.journal.JournalSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.util.unit.DataSize;

/**
 * Records decisions as fast as the journal takes them, with a PostgreSQL behind it on the same
 * machine. Little may wait, so what is recorded is what the database keeps up with.
 */
final class Throughput {
  private static final int RECORDERS = 2;
  private static final Duration WARM = Duration.ofSeconds(5);

  private Throughput() {}

  /**
   * What came of it.
   *
   * @param recorded decisions a second
   * @param stored of these, brought to the database, decisions a second
   * @param bytes mean bytes of a decision
   * @param rows decisions in the database at the end
   * @param all decisions recorded in all
   */
  record Found(double recorded, double stored, double bytes, long rows, long all) {}

  /**
   * @param samples decisions as the store has them, recorded again and again under new ids
   */
  static Found run(Path folder, List<String> samples, Duration time) throws Exception {
    List<Decision> decisions = samples.stream().map(KeptDecision::decision).toList();
    var usual = JournalSettings.DEFAULT;
    var settings =
        new JournalSettings(
            usual.sync(),
            usual.gather(),
            usual.segment(),
            DataSize.ofMegabytes(32),
            Duration.ofMinutes(1),
            usual.batch(),
            usual.firstWait(),
            usual.longestWait());
    var meters = new SimpleMeterRegistry();
    var recorded = new AtomicLong();
    try (var postgres = LocalPostgres.start()) {
      postgres.execute("postgres", "create database consilium");
      try (var database = Database.open(postgres.url("consilium"), folder)) {
        double recordedASecond;
        double storedASecond;
        try (var journal =
            new Journal(
                folder.resolve("journal"), settings, new JdbcDecisions(database)::keep, meters)) {
          record(journal, decisions, WARM, recorded);
          long recordedBefore = recorded.get();
          double storedBefore = meters.get("consilium.journal.drained").counter().count();
          long start = System.nanoTime();
          record(journal, decisions, time, recorded);
          double seconds = (System.nanoTime() - start) / 1e9;
          recordedASecond = (recorded.get() - recordedBefore) / seconds;
          storedASecond =
              (meters.get("consilium.journal.drained").counter().count() - storedBefore) / seconds;
          Scene.await(
              "the journal to drain",
              () -> meters.get("consilium.journal.pending").gauge().value() == 0);
        }
        try (var connection = database.dataSource().getConnection();
            var statement = connection.createStatement();
            var rows = statement.executeQuery("select count(*) from decision")) {
          rows.next();
          double bytes =
              samples.stream()
                  .mapToInt(
                      sample -> sample.getBytes(java.nio.charset.StandardCharsets.UTF_8).length)
                  .average()
                  .orElse(0);
          return new Found(recordedASecond, storedASecond, bytes, rows.getLong(1), recorded.get());
        }
      }
    }
  }

  private static void record(
      Journal journal, List<Decision> decisions, Duration time, AtomicLong recorded) {
    long end = System.nanoTime() + time.toNanos();
    try (var threads = Executors.newFixedThreadPool(RECORDERS)) {
      for (int i = 0; i < RECORDERS; i++) {
        threads.execute(() -> {
          while (System.nanoTime() < end) {
            journal.admit();
            journal.record(anew(decisions.get((int) (recorded.get() % decisions.size()))));
            recorded.incrementAndGet();
          }
        });
      }
    }
  }

  private static Decision anew(Decision decision) {
    return new Decision(
        Terms.newDecisionId(),
        Instant.now(),
        decision.tenant(),
        decision.key(),
        decision.conversation(),
        decision.model(),
        decision.policy(),
        decision.question(),
        decision.profile(),
        decision.route(),
        decision.replies(),
        decision.answer(),
        decision.failure(),
        decision.usd(),
        decision.millis(),
        decision.overheadMillis(),
        decision.bought());
  }
}
