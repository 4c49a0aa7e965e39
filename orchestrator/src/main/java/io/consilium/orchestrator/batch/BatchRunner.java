package io.consilium.orchestrator.batch;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.jdbc.JdbcBatches;
import io.consilium.expert.jdbc.JdbcFiles;
import io.consilium.expert.jdbc.StoredBatch;
import io.consilium.expert.jdbc.StoredBatch.State;
import io.consilium.expert.jdbc.StoredFile;
import io.consilium.orchestrator.security.Caller;
import io.consilium.orchestrator.telemetry.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers the requests of a batch. They are routed first and grouped by the experts they would be
 * put to, so that a model or adapter that has to be loaded is loaded once and not in turn with
 * others (Symbolic-MoE: Adaptive Skill-based Routing for Heterogeneous Reasoning, 2025).
 *
 * <p>What came of each line is in the store as soon as it is there. A run that was cut off goes on
 * with the lines of which nothing is there yet: a request that was under way then is put again, and
 * its line is answered once.
 */
public final class BatchRunner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BatchRunner.class);

  /** How often it is looked whether somebody cancelled, or the time is over. */
  private static final long LOOKS_MILLIS = 500;

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** A batch of which nothing can be asked says so much about why. */
  private static final int REASONS = 20;

  private final JdbcBatches batches;
  private final JdbcFiles files;
  private final Desk desk;
  private final Function<StoredFile.Owner, Optional<Caller>> callers;
  private final Residency residency;
  private final BatchSettings settings;
  private final int longestLine;
  private final Clock clock;
  private final Counter answered;
  private final Counter failed;
  private final Set<Run> runs = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /** Which experts are in memory. */
  public interface Residency {
    /** Whether asking this expert may throw another one out of memory. */
    boolean swaps(String expert);

    /** The ids of those known to be in memory now. */
    Set<String> awake();
  }

  /**
   * @param callers what an owner may now; empty when the key no longer works
   * @param longestLine bytes of a request
   */
  public BatchRunner(
      JdbcBatches batches,
      JdbcFiles files,
      Desk desk,
      Function<StoredFile.Owner, Optional<Caller>> callers,
      Residency residency,
      BatchSettings settings,
      int longestLine,
      Clock clock,
      MeterRegistry meters) {
    this.batches = batches;
    this.files = files;
    this.desk = desk;
    this.callers = callers;
    this.residency = residency;
    this.settings = settings;
    this.longestLine = longestLine;
    this.clock = clock;
    this.answered = Metric.BATCH_LINES.counter(meters, "answered");
    this.failed = Metric.BATCH_LINES.counter(meters, "failed");
  }

  private record Line(int number, long from, int length) {}

  /** Why a run ends before all lines are through. */
  private enum Stop {
    /** Somebody cancelled it. */
    CANCELLED,
    /** Its time is over. */
    EXPIRED,
    /** The key it was made with no longer works. */
    REVOKED,
    /** The service stops. */
    SERVICE
  }

  private static final class Run {
    private final StoredBatch batch;
    private final Dialect dialect;
    private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();
    private final Lock cut = new ReentrantLock();

    /**
     * Who waits for an expert and may be interrupted. Whoever writes to the store may not: the
     * embedded one closes its file when that happens.
     */
    private final Set<Thread> waiting = new HashSet<>();

    private volatile long looked = System.nanoTime();

    private volatile @Nullable Caller caller;

    private Run(StoredBatch batch, Dialect dialect) {
      this.batch = batch;
      this.dialect = dialect;
    }

    private Caller caller() {
      var known = caller;
      if (known == null) {
        throw new ExpertException(
            FailureKind.STORE_UNAVAILABLE,
            "whose batch %s is cannot be seen now".formatted(batch.id()));
      }
      return known;
    }
  }

  /**
   * Answers a batch to its end.
   *
   * @throws ExpertException {@code CANCELLED} when the service stops before that
   */
  public void run(String id) {
    var found = batches.find(id);
    if (found.isEmpty() || found.get().state().ended()) {
      return;
    }
    var batch = found.get();
    var run = new Run(batch, BatchInput.dialect(batch.endpoint()).orElseThrow());
    runs.add(run);
    try {
      look(run);
      if (run.stop.get() == null) {
        var _ = run.caller();
      }
      List<Line> lines = batch.state() == State.CANCELLING ? List.of() : read(run);
      if (lines == null) {
        return; // it failed
      }
      for (var group : grouped(run, lines)) {
        if (run.stop.get() != null) {
          break;
        }
        answer(run, group);
      }
      end(run, lines);
    } finally {
      runs.remove(run);
    }
  }

  /** The lines of which nothing came yet; null when there is nothing to ask in the whole input. */
  private @Nullable List<Line> read(Run run) {
    var id = run.batch.id();
    var done = batches.lines(id);
    List<Line> lines = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    var errors = Json.MAPPER.createArrayNode();
    var counts = new int[2]; // lines, and those that are no requests
    boolean fresh = run.batch.state() == State.VALIDATING;
    BatchInput.read(
        files.contents(run.batch.input()),
        longestLine,
        (number, from, bytes) -> {
          counts[0]++;
          try {
            if (bytes == null) {
              throw BatchInput.tooLong(longestLine);
            }
            var request = BatchInput.request(bytes, run.batch.endpoint());
            if (!ids.add(request.id())) {
              throw new BatchInput.Faulty(
                  "duplicate_custom_id",
                  request.id(),
                  "'custom_id' stands in an earlier line already: give each line its own");
            }
            if (!done.get(number)) {
              lines.add(new Line(number, from, bytes.length));
            }
          } catch (BatchInput.Faulty faulty) {
            counts[1]++;
            if (fresh) {
              if (errors.size() < REASONS) {
                error(errors.addObject(), faulty.code(), faulty.message(), number);
              }
              keep(run, number, false, faulty(run, number, faulty));
            }
          }
          return counts[0] <= settings.maxLines() && !stopping;
        });
    if (fresh && !stopping) {
      if (counts[0] > settings.maxLines()) {
        errors.removeAll();
        error(
            errors.addObject(),
            "too_many_lines",
            "a batch has at most %,d requests: split it, or raise consilium.batch.max-lines"
                .formatted(settings.maxLines()),
            settings.maxLines() + 1);
      } else if (counts[0] == 0) {
        error(errors.addObject(), "empty_file", "the file holds no request", null);
      }
      if (counts[0] == counts[1] || counts[0] > settings.maxLines()) {
        batches.fail(id, errors, clock.instant());
        return null;
      }
      batches.begin(id, counts[0], clock.instant());
    }
    return lines;
  }

  private static void error(ObjectNode into, String code, String message, @Nullable Integer line) {
    into.put("code", code).put("message", message).putNull("param").put("line", line);
  }

  /**
   * The lines in the order in which they are answered: all those first whose experts need no
   * loading, then those of experts in memory, then the others, expert by expert.
   */
  private List<List<Line>> grouped(Run run, List<Line> lines) {
    var contents = files.contents(run.batch.input());
    Map<List<String>, List<Line>> groups =
        new TreeMap<>(Comparator.<List<String>, String>comparing(each -> String.join("\n", each)));
    for (var line : lines) {
      if (stops(run)) {
        break;
      }
      groups.computeIfAbsent(loaded(run, line, contents), key -> new ArrayList<>()).add(line);
    }
    var awake = groups.size() < 2 ? Set.<String>of() : residency.awake();
    return groups.entrySet().stream()
        .sorted(
            Comparator.comparing(
                (Map.Entry<List<String>, List<Line>> each) -> !awake.containsAll(each.getKey())))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The experts a line would be put to that may have to be loaded, in the order of their ids. */
  private List<String> loaded(Run run, Line line, JdbcFiles.Contents contents) {
    try {
      var request = request(run, line, contents);
      return desk.ask(run.dialect, request.body(), run.caller()).experts().stream()
          .filter(residency::swaps)
          .distinct()
          .sorted()
          .toList();
    } catch (ExpertException e) {
      return List.of(); // it fails alike when it is answered, and says so then
    }
  }

  private static BatchInput.Request request(Run run, Line line, JdbcFiles.Contents contents) {
    try {
      return BatchInput.request(contents.range(line.from(), line.length()), run.batch.endpoint());
    } catch (BatchInput.Faulty e) {
      throw new ExpertException(
          FailureKind.NOT_FOUND, "the file of requests is no longer what it was", e);
    }
  }

  private void answer(Run run, List<Line> group) {
    var contents = files.contents(run.batch.input());
    var free = new Semaphore(settings.lanes());
    var executor = Executors.newVirtualThreadPerTaskExecutor();
    try {
      for (var line : group) {
        if (!acquired(free, run)) {
          break;
        }
        var request = request(run, line, contents);
        executor.execute(() -> {
          try {
            answer(run, line, request);
          } catch (RuntimeException e) {
            log.error("line {} of batch {} broke", line.number(), run.batch.id(), e);
          } finally {
            free.release();
          }
        });
      }
      executor.shutdown();
      while (!executor.awaitTermination(LOOKS_MILLIS, TimeUnit.MILLISECONDS)) {
        if (stops(run) && run.stop.get() != Stop.SERVICE) {
          cutOff(run);
        }
      }
    } catch (InterruptedException e) {
      run.stop.compareAndSet(null, Stop.SERVICE);
      cutOff(run);
    } finally {
      executor.close();
    }
  }

  private boolean acquired(Semaphore free, Run run) throws InterruptedException {
    while (!stops(run)) {
      if (free.tryAcquire(LOOKS_MILLIS, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }

  private void answer(Run run, Line line, BatchInput.Request request) {
    var wait = settings.firstWait();
    for (int attempt = 1; ; attempt++) {
      try {
        var reply = asked(run, request);
        keep(run, line.number(), true, said(run, line.number(), request.id(), reply));
        answered.increment();
        return;
      } catch (ExpertException e) {
        if (run.stop.get() != null || stopping || e.kind() == FailureKind.CANCELLED) {
          return; // nothing came of it
        }
        if (!e.kind().retryable() || attempt >= settings.attempts()) {
          var reply = desk.failed(e);
          keep(run, line.number(), false, said(run, line.number(), request.id(), reply));
          failed.increment();
          return;
        }
        if (!waited(run, shorter(e.retryAfter().orElse(wait), LONGEST_WAIT))) {
          return;
        }
        wait = shorter(wait.multipliedBy(2), LONGEST_WAIT);
      }
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private Desk.Reply asked(Run run, BatchInput.Request request) {
    run.cut.lock();
    try {
      if (run.stop.get() != null) {
        throw new ExpertException(FailureKind.CANCELLED, "the batch ends");
      }
      run.waiting.add(Thread.currentThread());
    } finally {
      run.cut.unlock();
    }
    try {
      // reading takes our own wishes out of the body
      return desk.ask(run.dialect, request.body().deepCopy(), run.caller()).answer();
    } finally {
      run.cut.lock();
      try {
        run.waiting.remove(Thread.currentThread());
      } finally {
        run.cut.unlock();
      }
      var _ = Thread.interrupted(); // what follows writes to the store
    }
  }

  private static void cutOff(Run run) {
    run.cut.lock();
    try {
      run.waiting.forEach(Thread::interrupt);
    } finally {
      run.cut.unlock();
    }
  }

  /** Waits; false when the run ends meanwhile. */
  private boolean waited(Run run, Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    while (System.nanoTime() < end) {
      if (run.stop.get() != null || stopping) {
        return false;
      }
      LockSupport.parkNanos(Math.min(end - System.nanoTime(), LOOKS_MILLIS * 1_000_000));
    }
    return true;
  }

  /** Keeps what came of a line; an answer in hand outlasts a store that is away for a while. */
  private void keep(Run run, int number, boolean ok, ObjectNode said) {
    var wait = settings.firstWait();
    while (true) {
      try {
        batches.line(run.batch.id(), number, ok, said);
        return;
      } catch (ExpertException e) {
        if (e.kind() != FailureKind.STORE_UNAVAILABLE || !waited(run, wait)) {
          throw e;
        }
        wait = shorter(wait.multipliedBy(2), LONGEST_WAIT);
      }
    }
  }

  private static ObjectNode said(Run run, int number, String id, Desk.Reply reply) {
    var line = line(run, number).put("custom_id", id);
    line.putObject("response")
        .put("status_code", reply.status())
        .put("request_id", reply.decision())
        .set("body", reply.body());
    return line.putNull("error");
  }

  private static ObjectNode faulty(Run run, int number, BatchInput.Faulty faulty) {
    var line = line(run, number).put("custom_id", faulty.id()).putNull("response");
    error(line.putObject("error"), faulty.code(), faulty.message(), number);
    return line;
  }

  private static ObjectNode line(Run run, int number) {
    return Json.object()
        .put(
            "id", "batch_req_%s_%d".formatted(run.batch.id().substring("batch_".length()), number));
  }

  /** Whether the run is to end; looks every so often. */
  private boolean stops(Run run) {
    if (stopping) {
      run.stop.compareAndSet(null, Stop.SERVICE);
    }
    if (run.stop.get() == null && System.nanoTime() - run.looked > LOOKS_MILLIS * 1_000_000) {
      look(run);
    }
    return run.stop.get() != null;
  }

  private void look(Run run) {
    run.looked = System.nanoTime();
    try {
      var state = batches.state(run.batch.id());
      if (state.isEmpty() || state.get() == State.CANCELLING || state.get().ended()) {
        run.stop.compareAndSet(null, Stop.CANCELLED);
      } else if (!clock.instant().isBefore(run.batch.times().expires())) {
        run.stop.compareAndSet(null, Stop.EXPIRED);
      } else {
        callers
            .apply(run.batch.owner())
            .ifPresentOrElse(
                caller -> run.caller = caller, () -> run.stop.compareAndSet(null, Stop.REVOKED));
      }
    } catch (ExpertException e) {
      log.warn("how batch {} stands cannot be seen: {}", run.batch.id(), e.message());
    }
  }

  private void end(Run run, List<Line> asked) {
    var stop = run.stop.get();
    if (stop == null) {
      look(run); // who cancels at the last moment is not told that it was done
      stop = run.stop.get();
    }
    if (stop == Stop.SERVICE) {
      throw new ExpertException(
          FailureKind.CANCELLED,
          "the service stops; batch %s goes on later".formatted(run.batch.id()));
    }
    var id = run.batch.id();
    var now = clock.instant();
    var done = batches.lines(id);
    var open = asked.stream().filter(line -> !done.get(line.number())).toList();
    if (stop == null && !open.isEmpty()) {
      throw new ExpertException(
          FailureKind.INTERNAL, "nothing came of %d lines of batch %s".formatted(open.size(), id));
    }
    if (stop == Stop.EXPIRED) {
      leave(run, open, "batch_expired", "the batch's time was over before this was answered");
    } else if (stop == Stop.REVOKED) {
      leave(run, open, "invalid_api_key", "the key of this batch no longer works");
    }
    batches.finalizing(id, now);
    batches.finish(
        id,
        stop == Stop.CANCELLED
            ? State.CANCELLED
            : stop == Stop.EXPIRED ? State.EXPIRED : State.COMPLETED,
        new JdbcBatches.Files(file(run.batch, "output", now), file(run.batch, "error", now)),
        now);
  }

  private void leave(Run run, List<Line> open, String code, String message) {
    var contents = files.contents(run.batch.input());
    for (var line : open) {
      var request = request(run, line, contents);
      keep(
          run,
          line.number(),
          false,
          faulty(run, line.number(), new BatchInput.Faulty(code, request.id(), message)));
      failed.increment();
    }
  }

  private StoredFile file(StoredBatch batch, String kind, Instant now) {
    var keepSeconds = batch.keepSeconds();
    var keep =
        keepSeconds != null
            ? Duration.ofSeconds(keepSeconds)
            : batch.record() ? settings.keep() : settings.keepUnrecorded();
    return new StoredFile(
        "file-%s-%s".formatted(batch.id().substring("batch_".length()), kind),
        batch.owner(),
        "%s_%s.jsonl".formatted(batch.id(), kind),
        "batch_output",
        0,
        now,
        now.plus(keep));
  }

  /** Begins no further request; those under way may end. */
  public void stop() {
    stopping = true;
  }

  /** Cuts off the requests under way. */
  @Override
  public void close() {
    stop();
    runs.forEach(run -> {
      run.stop.compareAndSet(null, Stop.SERVICE);
      cutOff(run);
    });
  }
}
