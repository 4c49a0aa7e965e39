package io.consilium.orchestrator.cache;

import io.consilium.expert.Answer;
import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.FinishReason;
import io.consilium.expert.Frame;
import io.consilium.expert.Json;
import io.consilium.expert.Part;
import io.consilium.expert.ToolCall;
import io.consilium.expert.Usage;
import io.consilium.expert.jdbc.JdbcAnswers;
import io.consilium.expert.jdbc.JdbcAnswers.Kept;
import io.consilium.expert.jdbc.JdbcAnswers.Known;
import io.consilium.expert.jdbc.JdbcAnswers.Near;
import io.consilium.expert.jdbc.JdbcAnswers.Place;
import io.consilium.orchestrator.telemetry.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The answers in the store, shared by replicas and there after a restart. No question waits for it
 * long: it is asked with little patience, and after a failure not at all for a while; what is to be
 * kept is written by a thread of its own, and left out when that is behind.
 */
public final class SharedAnswers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SharedAnswers.class);

  /** A store that takes longer is slower than what it saves is worth. */
  private static final Duration PATIENCE = Duration.ofMillis(150);

  /** After a failure nothing is asked for so long. */
  private static final Duration REST = Duration.ofSeconds(5);

  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  /** Questions that ask the store at once; the others ask nobody. */
  private static final int READERS = 8;

  private static final int WAITING = 256;

  /** Longer answers, in characters, stay with the process that made them. */
  private static final int LONGEST = 1 << 20;

  private final JdbcAnswers store;
  private final LongSupplier nanos;
  private final Counter found;
  private final Counter missing;
  private final Counter skipped;
  private final Counter failed;
  private final Semaphore free = new Semaphore(READERS);
  private final ExecutorService readers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("answers-", 0).factory());
  private final ThreadPoolExecutor writer =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofPlatform().name("answers").daemon().factory());
  private volatile @Nullable Long restsUntil;

  /**
   * An answer as it is written down: all of it but what cannot be in one that is kept.
   *
   * @param texts its parts
   * @param dialect of {@code raw}
   * @param raw the body as it came, or null
   */
  private record Written(
      List<String> texts,
      List<ToolCall> toolCalls,
      FinishReason finish,
      @Nullable String reasoning,
      @Nullable JsonNode logprobs,
      Usage usage,
      @Nullable Double confidence,
      @Nullable Dialect dialect,
      @Nullable String raw,
      List<Answer.Contribution> provenance,
      @Nullable Double usd) {
    /** Empty where there is more to it than text. */
    static Optional<Written> of(Answer answer) {
      List<String> texts = new ArrayList<>();
      for (var part : answer.content()) {
        if (!(part instanceof Part.Text text)) {
          return Optional.empty();
        }
        texts.add(text.text());
      }
      var raw = answer.raw();
      return Optional.of(
          new Written(
              texts,
              answer.toolCalls(),
              answer.finish(),
              answer.reasoning(),
              answer.logprobs(),
              answer.usage(),
              answer.confidence(),
              raw == null ? null : raw.dialect(),
              raw == null ? null : new String(raw.bytes(), StandardCharsets.UTF_8),
              answer.provenance(),
              answer.usd()));
    }

    Answer answer() {
      return new Answer(
          texts.stream().<Part>map(Part.Text::new).toList(),
          toolCalls,
          finish,
          null,
          reasoning,
          logprobs == null || logprobs.isNull() ? null : logprobs,
          usage,
          confidence,
          raw == null || dialect == null
              ? null
              : new Frame(dialect, raw.getBytes(StandardCharsets.UTF_8)),
          provenance,
          usd);
    }
  }

  /**
   * The answers of a store.
   *
   * @param nanos a monotonic clock in nanoseconds
   */
  public SharedAnswers(JdbcAnswers store, LongSupplier nanos, MeterRegistry meters) {
    this.store = store;
    this.nanos = nanos;
    this.found = Metric.CACHE_STORE.counter(meters, "found");
    this.missing = Metric.CACHE_STORE.counter(meters, "missing");
    this.skipped = Metric.CACHE_STORE.counter(meters, "skipped");
    this.failed = Metric.CACHE_STORE.counter(meters, "failed");
  }

  /** How long one question still waits for the store, all that it asks of it together. */
  static final class Patience {
    private long left = PATIENCE.toNanos();
  }

  /** What is kept under an id; empty as well where the store is slow, busy or away. */
  Optional<Kept> find(String id, Instant now, Patience patience) {
    var kept = ask(() -> store.find(id, now), Optional.<Kept>empty(), patience);
    (kept.isPresent() ? found : missing).increment();
    return kept;
  }

  /** As {@link JdbcAnswers#nearest}; empty as well where the store is slow, busy or away. */
  List<Near> nearest(
      Place place, String router, Instant now, double least, int limit, Patience patience) {
    return ask(() -> store.nearest(place, router, now, least, limit), List.<Near>of(), patience);
  }

  private <T> T ask(Supplier<T> read, T nothing, Patience patience) {
    var until = restsUntil;
    boolean rests = until != null && nanos.getAsLong() - until < 0;
    if (rests || patience.left <= 0 || !free.tryAcquire()) {
      skipped.increment();
      return nothing;
    }
    Future<T> asked;
    try {
      asked =
          readers.submit(() -> {
            try {
              return read.get();
            } finally {
              free.release();
            }
          });
    } catch (RejectedExecutionException e) { // closed
      free.release();
      return nothing;
    }
    long begun = nanos.getAsLong();
    try {
      var given = asked.get(patience.left, TimeUnit.NANOSECONDS);
      restsUntil = null;
      return given;
    } catch (TimeoutException e) {
      rest("it takes longer than %d ms".formatted(PATIENCE.toMillis()));
    } catch (ExecutionException e) {
      rest(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever asks notices it next
    } finally {
      patience.left -= nanos.getAsLong() - begun;
    }
    return nothing;
  }

  /** Whether it is thought to be away, since a failure that no success followed. */
  boolean rests() {
    return restsUntil != null;
  }

  private void rest(String why) {
    failed.increment();
    if (restsUntil == null) {
      log.warn("answers in the store are not looked for at present: {}", why);
    }
    restsUntil = nanos.getAsLong() + REST.toNanos();
  }

  /** The answer that was kept; empty where another release wrote it in another way. */
  static Optional<Answer> answer(Kept kept) {
    try {
      return Optional.of(Json.MAPPER.readValue(kept.answer(), Written.class).answer());
    } catch (JacksonException e) {
      log.debug("an answer that is kept cannot be read", e);
      return Optional.empty();
    }
  }

  /**
   * Has an answer kept, soon; not where it is more than text, or too long.
   *
   * @param kept what is known of it, but for the answer itself
   */
  void keep(Kept kept, Answer answer) {
    var written = Written.of(answer);
    if (written.isEmpty()) {
      return;
    }
    try {
      writer.execute(() -> {
        var json = Json.MAPPER.writeValueAsString(written.get());
        if (json.length() + kept.question().length() <= LONGEST) {
          write(kept.withAnswer(json));
        }
      });
    } catch (RejectedExecutionException e) {
      skipped.increment(); // the store is behind, and this is no more than a saving
    }
  }

  private void write(Kept kept) {
    try {
      store.keep(kept);
      restsUntil = null;
    } catch (ExpertException e) {
      rest(e.message());
    }
  }

  /** Has the answer made for a decision given no more, by anybody. */
  void drop(String decision, Instant now) {
    settle();
    store.drop(decision, now);
  }

  /** Decisions of which the answer was dropped at {@code since} or later. */
  Set<String> dropped(Instant since) {
    return store.dropped(since);
  }

  /**
   * Takes out what passes, and gives the ids.
   *
   * @throws ExpertException {@code STORE_UNAVAILABLE} when the store does not answer
   */
  List<String> forget(Predicate<Known> which) {
    settle();
    return store.forget(which);
  }

  /** Waits until the store has what it was given, so that nothing comes after its end. */
  private void settle() {
    try {
      writer.submit(() -> {}).get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException | TimeoutException | ExecutionException e) {
      throw new ExpertException(
          FailureKind.STORE_UNAVAILABLE,
          "the store is behind with answers that are kept: try again in a moment",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the call ended while it waited", e);
    }
  }

  /** Lets what waits be written, but not for long. */
  @Override
  public void close() {
    writer.shutdown();
    readers.shutdown();
    try {
      if (!writer.awaitTermination(LAST_WORDS.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("some answers are not kept: the store is behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
