package io.consilium.orchestrator.forget;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcAnswers;
import io.consilium.expert.jdbc.JdbcForgetting;
import io.consilium.expert.jdbc.JdbcForgetting.Receipt;
import io.consilium.expert.jdbc.JdbcForgetting.Scope;
import io.consilium.expert.jdbc.Page;
import io.consilium.orchestrator.cache.AnswerCache;
import io.consilium.orchestrator.journal.Journal;
import io.consilium.orchestrator.memory.Memory;
import io.consilium.orchestrator.routers.Learner;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.records.QuestionHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Forgets: a decision, a question, or a tenant. What is on record of it goes from the journal's
 * files, the store, the cache and the memory; what use taught is learnt again from what is left,
 * and the next fit does not see it. A router version that was fitted before keeps what it learnt
 * until one is fitted anew; the receipt names the time, so that anybody can tell.
 *
 * <p>Other replicas see the receipt within seconds and drop what they hold in memory and in files
 * that the store has. What one of them had not handed to the store yet, usually for less than a
 * second, is not covered. What left this service is not called back: the experts that were asked,
 * traces, logs, backups.
 */
public final class Forgetting implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Forgetting.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final JdbcForgetting store;
  private final Journal journal;
  private final AnswerCache cache;
  private final Memory memory;
  private final Learner learner;
  private final Path vectors;
  private final InstantSource clock;
  private final Set<String> own = ConcurrentHashMap.newKeySet();
  private volatile String seen;
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("forgetting").daemon().factory());

  /** What is to be forgotten. */
  public sealed interface Subject {
    /** One decision, and those of compositions below it. */
    record ADecision(String id) implements Subject {}

    /** Everything on record of a question, whatever its case and spaces. */
    record AQuestion(String text) implements Subject {}

    /** Everything on record of a tenant. */
    record ATenant(String name) implements Subject {}
  }

  /**
   * @param vectors the folder of embeddings kept for replays; they are made again when needed
   */
  public Forgetting(
      JdbcForgetting store,
      Journal journal,
      AnswerCache cache,
      Memory memory,
      Learner learner,
      Path vectors,
      InstantSource clock) {
    this.store = store;
    this.journal = journal;
    this.cache = cache;
    this.memory = memory;
    this.learner = learner;
    this.vectors = vectors;
    this.clock = clock;
    this.seen = id(clock.instant());
  }

  /** Looks every so often for what other replicas forgot. */
  public Forgetting watch(Duration every) {
    var _ = // ends with the executor
        looking.scheduleWithFixedDelay(this::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  /**
   * Forgets. Seconds for many decisions; blocks until the journal's files are free of them.
   *
   * @param tenant whose records may go; null for all
   * @param key of whoever wishes it, or null
   * @throws ExpertException {@code NOT_FOUND} when nothing of it is on record, {@code
   *     STORE_UNAVAILABLE} when the store does not take what the journal holds; then nothing was
   *     forgotten
   */
  public Receipt forget(Subject subject, @Nullable String tenant, @Nullable String key) {
    journal.settle(PATIENCE);
    var scope = scope(subject, tenant);
    var removed = store.remove(scope);
    long rejected = journal.purge(line -> mentions(line, subject, tenant));
    if (rejected > 0) {
      removed.merge("decisions", rejected, Long::sum);
    }
    removed.put("cached", (long) cache.forget(kept -> covers(kept, subject, scope, tenant)));
    if (removed.values().stream().mapToLong(Long::longValue).sum() == 0) {
      throw new ExpertException(
          FailureKind.NOT_FOUND,
          "nothing is on record of this %s%s"
              .formatted(word(subject), tenant == null ? "" : " for the tenant of this key"));
    }
    memory.refresh();
    learner.relearn();
    clearVectors();
    var receipt = receipt(subject, key, removed);
    own.add(receipt.id());
    store.keep(receipt);
    return receipt;
  }

  private Scope scope(Subject subject, @Nullable String tenant) {
    return switch (subject) {
      case Subject.ADecision decision ->
          new Scope(store.decision(decision.id(), tenant), Set.of(), tenant, false);
      case Subject.AQuestion question ->
          new Scope(
              store.withHash(QuestionProfiler.hashes(question.text()), tenant),
              store.items(
                  QuestionHash.of(question.text()),
                  text -> normal(text).equals(normal(question.text()))),
              tenant,
              false);
      case Subject.ATenant all ->
          new Scope(store.ofTenant(all.name()), store.itemsOf(all.name()), all.name(), true);
    };
  }

  /** Whether a line of rejected decisions is about it. */
  private static boolean mentions(String line, Subject subject, @Nullable String tenant) {
    boolean theirs = tenant == null || line.contains("\"tenant\":" + json(tenant));
    return switch (subject) {
      case Subject.ADecision decision -> theirs && line.contains(json(decision.id()));
      case Subject.AQuestion question ->
          theirs
              && QuestionProfiler.hashes(question.text()).stream()
                  .anyMatch(hash -> line.contains("\"hash\":\"" + hash + "\""));
      case Subject.ATenant all -> line.contains("\"tenant\":" + json(all.name()));
    };
  }

  private static String json(String text) {
    return Json.MAPPER.writeValueAsString(text);
  }

  private static boolean covers(
      JdbcAnswers.Known kept, Subject subject, Scope scope, @Nullable String tenant) {
    boolean theirs = tenant == null || kept.tenant().equals(tenant);
    return switch (subject) {
      case Subject.ADecision decision -> theirs && kept.decision().equals(decision.id());
      case Subject.AQuestion question ->
          theirs
              && (scope.decisions().contains(kept.decision())
                  || normal(kept.question()).equals(normal(question.text())));
      case Subject.ATenant all -> kept.tenant().equals(all.name());
    };
  }

  private static String normal(String text) {
    return text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
  }

  private static String word(Subject subject) {
    return switch (subject) {
      case Subject.ADecision decision -> "decision";
      case Subject.AQuestion question -> "question";
      case Subject.ATenant tenant -> "tenant";
    };
  }

  private Receipt receipt(Subject subject, @Nullable String key, Map<String, Long> removed) {
    var at = clock.instant().truncatedTo(ChronoUnit.MICROS);
    var digest =
        sha256(
            switch (subject) {
              case Subject.ADecision decision -> decision.id();
              case Subject.AQuestion question -> normal(question.text());
              case Subject.ATenant tenant -> tenant.name();
            });
    var id = id(at);
    var bare = new Receipt(id, at, key, word(subject), digest, new LinkedHashMap<>(removed), "");
    return new Receipt(id, at, key, word(subject), digest, removed, sha256(shown(bare).toString()));
  }

  /** A receipt as JSON; without a digest where it has none yet. */
  public static ObjectNode shown(Receipt receipt) {
    var node =
        Json.object()
            .put("id", receipt.id())
            .put("at", receipt.at().toString())
            .put("key", receipt.key())
            .put("what", receipt.what())
            .put("subject", receipt.subject());
    var removed = node.putObject("removed");
    receipt.removed().forEach(removed::put);
    return receipt.digest().isEmpty() ? node : node.put("digest", receipt.digest());
  }

  /** Receipts, newest first. */
  public Page<Receipt> receipts(int limit, @Nullable String after) {
    return store.list(limit, after);
  }

  private void look() {
    try {
      List<Receipt> newest = store.list(20, null).data();
      boolean others =
          newest.stream()
              .anyMatch(receipt -> receipt.id().compareTo(seen) > 0 && !own.contains(receipt.id()));
      if (others) {
        journal.settle(PATIENCE); // what the store has no file need hold
        cache.clear();
        memory.refresh();
        learner.relearn();
        clearVectors();
      }
      if (!newest.isEmpty() && newest.getFirst().id().compareTo(seen) > 0) {
        seen = newest.getFirst().id();
      }
    } catch (ExpertException e) {
      log.debug("receipts cannot be looked at; they are seen later", e);
    } catch (RuntimeException e) { // what is thrown here would end the watch
      log.error("what other replicas forgot cannot be followed", e);
    }
  }

  private void clearVectors() {
    if (!Files.isDirectory(vectors)) {
      return;
    }
    try (var files = Files.walk(vectors)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.warn("embeddings in {} are not deleted: {}", vectors, e.getMessage());
    }
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Ids sort by the time they were made. */
  private static String id(Instant now) {
    return "rcp_%014x%08x"
        .formatted(
            ChronoUnit.MICROS.between(Instant.EPOCH, now),
            (int) UUID.randomUUID().getLeastSignificantBits());
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
