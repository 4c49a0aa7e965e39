package io.consilium.bench.routing;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.router.fit.Rosters;
import io.consilium.router.records.Imported;
import io.consilium.router.records.Records;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Plays every row over one pool: fits on each part, then asks its test questions one by one. */
public final class PoolRun {
  private final Pool pool;
  private final Imported imported;
  private final Split split;
  private final RoutingOptions options;
  private final Progress progress;
  private final Records complete;
  private final Field field;
  private final Map<Integer, Part> parts = new ConcurrentHashMap<>(); // until they are played
  private final int trained;
  private final List<int[]> seats = new ArrayList<>(); // of each part's questions in the field

  /**
   * A run.
   *
   * @param texts gives the text side of a part, which pools may share
   * @throws ExpertException when the records do not hold the pool
   */
  PoolRun(
      Pool pool,
      Imported recorded,
      Split split,
      RoutingOptions options,
      Progress progress,
      BiFunction<
              List<io.consilium.router.records.Item>, List<io.consilium.router.records.Item>, Texts>
          texts) {
    this.pool = pool;
    this.split = split;
    this.options = options;
    this.progress = progress;
    var members = recorded.among(pool.among(recorded.records().experts())).forRouting();
    this.imported = members;
    this.complete = members.records().where(row -> members.records().complete(row));
    var rows = split.of(complete.items());
    int[] asked = rows.stream().flatMapToInt(part -> IntStream.of(part.test())).sorted().toArray();
    Map<Integer, Integer> seat = new LinkedHashMap<>();
    for (int row : asked) {
      seat.put(row, seat.size());
    }
    this.field = new Field(complete.rows(asked));
    var roster = Rosters.of(complete.experts());
    for (var part : rows) {
      if (part.train().length == 0 || part.test().length == 0) {
        throw ExpertException.invalid(
            "records",
            "%s has %,d complete questions to learn from and %,d to ask with %s; both are needed"
                .formatted(pool.word(), part.train().length, part.test().length, split.words()));
      }
      var train = complete.rows(part.train());
      var test = complete.rows(part.test());
      var text = texts.apply(train.items(), test.items());
      var training = new Learning(train, text);
      parts.put(
          parts.size(),
          new Part(
              pool,
              train,
              test,
              roster,
              () -> text.learnt().questions(),
              training::of,
              new ExpectedLength(
                  train,
                  test,
                  roster,
                  () -> training.of(options.seed()),
                  () -> text.learnt().questions()),
              new ConcurrentHashMap<>(),
              imported.answers()));
      seats.add(IntStream.of(part.test()).map(row -> seat.getOrDefault(row, -1)).toArray());
    }
    this.trained = (int) rows.stream().mapToInt(part -> part.train().length).average().orElse(0);
  }

  /** Which pool. */
  public Pool pool() {
    return pool;
  }

  /** What is asked. */
  public Field field() {
    return field;
  }

  /** The records of its experts. */
  public Imported imported() {
    return imported;
  }

  Split split() {
    return split;
  }

  /** How many questions on record are left out because an expert was not observed on them. */
  public int incomplete() {
    return imported.records().items().size() - complete.items().size();
  }

  /** How many questions each fit learns from, on average. */
  public int trained() {
    return trained;
  }

  /** Tapes of every row that makes sense in this pool, one per seed. */
  Map<String, List<Tape>> tapes(List<Row> rows, ExecutorService executor) {
    Map<String, List<Tape>> tapes = new LinkedHashMap<>();
    for (var row : rows) {
      if (options.wants(row)) {
        List<Tape> fits = new ArrayList<>();
        for (int i = 0; i < (row.random() ? options.seeds() : 1); i++) {
          fits.add(Tape.of(field, row));
        }
        tapes.put(row.name(), fits);
      }
    }
    List<Future<List<String>>> work = new ArrayList<>();
    for (int part = 0; part < seats.size(); part++) {
      int number = part;
      work.add(executor.submit(() -> play(number, rows, tapes)));
    }
    for (var future : work) {
      join(future).forEach(tapes::remove);
    }
    return tapes;
  }

  private static <T> T join(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "the bench was interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new ExpertException(FailureKind.INTERNAL, "a row failed", e.getCause());
    }
  }

  /** Plays one part; gives the rows that make no sense there. */
  private List<String> play(int number, List<Row> rows, Map<String, List<Tape>> tapes) {
    List<String> senseless = new ArrayList<>();
    var part = parts.remove(number); // what is learnt of it is large
    if (part == null) {
      throw new IllegalStateException("a part is played once");
    }
    int[] seat = seats.get(number);
    for (var row : rows) {
      var fits = tapes.getOrDefault(row.name(), List.of());
      long start = System.nanoTime();
      try {
        for (int i = 0; i < fits.size(); i++) {
          var fitted = row.fit(part, options.seed() + i);
          for (int question = 0; question < seat.length; question++) {
            fits.get(i).record(seat[question], fitted.turn(question));
          }
        }
      } catch (IllegalArgumentException e) {
        progress.say("%s: %s left out: %s".formatted(pool.word(), row.name(), e));
        senseless.add(row.name());
        continue;
      }
      if (!fits.isEmpty()) {
        progress.say(
            "%s, part %d of %d: %s, %.1f s"
                .formatted(
                    pool.word(),
                    number + 1,
                    seats.size(),
                    row.name(),
                    (System.nanoTime() - start) / 1e9));
      }
    }
    return senseless;
  }
}
