package io.consilium.bench.neighbours;

import io.consilium.expert.Json;
import io.consilium.expert.index.VectorIndex;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.expert.testing.LocalPostgres;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.postgresql.PGConnection;

/**
 * Finds the nearest of many generated vectors: in PostgreSQL with pgvector, as the product's store
 * does it, and in memory, as its index does it.
 */
public final class NeighboursBench {
  private static final int QUERIES = 200;
  private static final int ROUNDS = 5;
  private static final long SEED = 1;
  private static final String SPACE = "bench";
  private static final String[] SERVER = {
    "shared_buffers=2GB",
    "maintenance_work_mem=2GB",
    "max_parallel_maintenance_workers=1",
    "max_wal_size=8GB"
  };
  static final String HELP =
      """
      bench neighbours [options]     needs PostgreSQL with pgvector: deploy/install-test-postgres.sh
        --vectors N   in PostgreSQL (default 1000000; the index takes minutes)
        --memory N    in memory (default 100000)
        --out FILE    the report (default bench/reports/neighbours.md)
        --json FILE   one JSON line per measure\
      """;

  private final int vectors;
  private final int memory;
  private final Clusters clusters;
  private final List<float[]> queries = new ArrayList<>();

  private NeighboursBench(int vectors, int memory) {
    this.vectors = vectors;
    this.memory = memory;
    this.clusters = new Clusters(Math.max(10, vectors / 1_000), SEED);
    var random = new Random(SEED + 1);
    for (int i = 0; i < QUERIES; i++) {
      queries.add(clusters.next(random));
    }
  }

  /** Runs the bench; throws {@link IllegalArgumentException} on bad options. */
  public static void run(String[] args) throws IOException, SQLException {
    int vectors = 1_000_000;
    int memory = 100_000;
    var report = Path.of("bench", "reports", "neighbours.md");
    Optional<Path> json = Optional.empty();
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      if (option.equals("--help")) {
        System.out.println(HELP);
        return;
      }
      if (!List.of("--vectors", "--memory", "--out", "--json").contains(option)
          || !rest.hasNext()) {
        throw new IllegalArgumentException(HELP);
      }
      var value = rest.next();
      switch (option) {
        case "--vectors" -> vectors = number(option, value);
        case "--memory" -> memory = number(option, value);
        case "--out" -> report = Path.of(value);
        default -> json = Optional.of(Path.of(value));
      }
    }
    var bench = new NeighboursBench(vectors, memory);
    Map<String, Double> figures = new java.util.LinkedHashMap<>();
    bench.inMemory(figures);
    bench.inPostgres(figures);
    Files.createDirectories(report.toAbsolutePath().getParent());
    var page = bench.markdown(figures);
    Files.writeString(report, page);
    System.out.println(page);
    if (json.isPresent()) {
      Files.write(
          json.get(),
          figures.entrySet().stream()
              .map(figure ->
                  Json.object()
                      .put("bench", "neighbours")
                      .put("metric", figure.getKey())
                      .put("value", figure.getValue())
                      .toString())
              .toList());
    }
  }

  private static int number(String option, String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1_000 && number <= 10_000_000) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw new IllegalArgumentException(option + " must be 1000 to 10000000 but is '" + text + "'");
  }

  private void inMemory(Map<String, Double> figures) {
    var random = new Random(SEED + 2);
    var truth = new Truth(queries);
    Map<String, float[]> all = new HashMap<>(2 * memory);
    for (int i = 0; i < memory; i++) {
      var vector = clusters.next(random);
      truth.see(i, vector);
      all.put(Integer.toString(i), vector);
    }
    var index = new VectorIndex(SPACE, Clusters.DIMENSION);
    index.put(all);
    all.clear();
    figures.put("memory_vectors", (double) memory);
    measure(
        "memory",
        truth,
        query ->
            index.nearest(query, Truth.NEAREST).stream()
                .map(hit -> Integer.valueOf(hit.id()))
                .toList(),
        figures);
  }

  private void inPostgres(Map<String, Double> figures) throws SQLException, IOException {
    try (var server = LocalPostgres.start(SERVER)) {
      server.execute("postgres", "create database bench");
      try (var database = Database.open(server.url("bench"), Path.of("unused"))) {
        var outcomes = new JdbcOutcomes(database);
        var truth = new Truth(queries);
        System.out.printf(Locale.ROOT, "loading %,d vectors%n", vectors);
        long start = System.nanoTime();
        load(database, truth);
        figures.put("load_seconds", (System.nanoTime() - start) / 1e9);
        System.out.println("making the index");
        start = System.nanoTime();
        outcomes.indexNearest(SPACE, Clusters.DIMENSION);
        figures.put("index_seconds", (System.nanoTime() - start) / 1e9);
        figures.put("vectors", (double) vectors);
        figures.put("dimension", truth.dimension());
        figures.put("cosine_of_20th", truth.reach());
        try (var connection = database.dataSource().getConnection();
            var statement = connection.createStatement();
            var sizes =
                statement.executeQuery(
                    """
                    select sum(pg_relation_size(indexrelid)) filter (where pg_get_indexdef(indexrelid) like '%hnsw%'),
                      pg_table_size('item_vector')
                    from pg_index where indrelid = 'item_vector'::regclass
                    """)) {
          sizes.next();
          figures.put("index_mib", sizes.getDouble(1) / (1 << 20));
          figures.put("table_mib", sizes.getDouble(2) / (1 << 20));
        }
        measure(
            "pgvector",
            truth,
            query ->
                outcomes.nearest(SPACE, query, Truth.NEAREST).stream()
                    .map(near -> Integer.valueOf(near.item()))
                    .toList(),
            figures);
      }
    }
  }

  /** Half precision as pgvector's binary form takes it. */
  private void load(Database database, Truth truth) throws SQLException, IOException {
    var random = new Random(SEED + 2);
    try (var connection = database.dataSource().getConnection()) {
      var copy =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn("copy item_vector (item, embedder, vector, near) from stdin (format binary)");
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      out.write("PGCOPY\n".getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[] {(byte) 0xff, '\r', '\n', 0});
      out.writeInt(0);
      out.writeInt(0);
      var space = SPACE.getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < vectors; i++) {
        var vector = clusters.next(random);
        truth.see(i, vector);
        var item = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
        out.writeShort(4);
        out.writeInt(item.length);
        out.write(item);
        out.writeInt(space.length);
        out.write(space);
        out.writeInt(4 * vector.length);
        for (float number : vector) {
          out.writeFloat(number);
        }
        out.writeInt(4 + 2 * vector.length);
        out.writeShort(vector.length);
        out.writeShort(0);
        for (float number : vector) {
          out.writeShort(Float.floatToFloat16(number));
        }
        if (bytes.size() > 1 << 20) {
          copy.writeToCopy(bytes.toByteArray(), 0, bytes.size());
          bytes.reset();
        }
      }
      out.writeShort(-1);
      copy.writeToCopy(bytes.toByteArray(), 0, bytes.size());
      copy.endCopy();
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
    }
  }

  private void measure(
      String name,
      Truth truth,
      Function<float[], List<Integer>> search,
      Map<String, Double> figures) {
    double recall = 0;
    List<Double> took = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (int q = 0; q < queries.size(); q++) {
        long start = System.nanoTime();
        var found = search.apply(queries.get(q));
        double millis = (System.nanoTime() - start) / 1e6;
        if (round > 0) { // the first warms
          took.add(millis);
        } else {
          Set<Integer> numbers = new HashSet<>(found);
          recall += truth.recall(q, numbers) / queries.size();
        }
      }
    }
    double[] sorted = took.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    figures.put(name + "_recall", recall);
    figures.put(name + "_p50_ms", sorted[sorted.length / 2]);
    figures.put(name + "_p99_ms", sorted[sorted.length * 99 / 100]);
    System.out.printf(
        Locale.ROOT, "%s: recall %.4f, p50 %.2f ms%n", name, recall, sorted[sorted.length / 2]);
  }

  private String markdown(Map<String, Double> figures) {
    Function<String, Double> of = name -> figures.getOrDefault(name, Double.NaN);
    boolean index = of.apply("pgvector_p50_ms") <= 10 && of.apply("pgvector_recall") >= 0.95;
    boolean exact = of.apply("memory_p50_ms") <= 4 && of.apply("memory_recall") >= 0.9999;
    return String.format(
        Locale.ROOT,
        """
        # Neighbours bench

        Generated on %s by `./consilium bench neighbours`; do not edit. **Every vector is generated**: %,d
        clusters of unit vectors with %d numbers, each stretched along %d directions of its own (way from the
        centre %.1f of the centre's length, %.2f of it in every other direction). Measured at the 20 nearest,
        the intrinsic dimension is %.1f (maximum likelihood, Levina and Bickel 2004) and the 20th nearest has a
        cosine of %.2f. Queries are further members, none of them stored.
        %d cores, Linux %s, Java %s, load average %.1f at the end, this bench included; one query at a time, %d queries %d times after a first round that warms.

        | promise | measured | bound | verdict |
        | --- | --: | --: | --- |
        | the 20 nearest of %,d in pgvector, p50 and recall@20 | %.2f ms, %.4f | ≤ 10 ms, ≥ 0.95 | %s |
        | the 20 nearest of %,d in memory, p50, exact | %.2f ms, %.4f | ≤ 4 ms, 1 | %s |

        | where | vectors | p50 | p99 | recall@20 |
        | --- | --: | --: | --: | --: |
        | pgvector, HNSW over halfvec (m 16, ef_construction 128, ef_search 200), over JDBC | %,d | %.2f ms | %.2f ms | %.4f |
        | `VectorIndex`, one thread | %,d | %.2f ms | %.2f ms | %.4f |

        | PostgreSQL | |
        | --- | --: |
        | index | %,.0f MiB |
        | table, both precisions | %,.0f MiB |
        | to load by COPY | %.0f s |
        | to make the index | %.0f s |
        | settings | `%s` |
        """,
        LocalDate.now(ZoneOffset.UTC),
        clusters.count(),
        Clusters.DIMENSION,
        Clusters.DIRECTIONS,
        Clusters.SPREAD,
        Clusters.AMBIENT,
        of.apply("dimension"),
        of.apply("cosine_of_20th"),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version"),
        Runtime.version().feature(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        QUERIES,
        ROUNDS - 1,
        vectors,
        of.apply("pgvector_p50_ms"),
        of.apply("pgvector_recall"),
        index ? "pass" : "**miss**",
        memory,
        of.apply("memory_p50_ms"),
        of.apply("memory_recall"),
        exact ? "pass" : "**miss**",
        vectors,
        of.apply("pgvector_p50_ms"),
        of.apply("pgvector_p99_ms"),
        of.apply("pgvector_recall"),
        memory,
        of.apply("memory_p50_ms"),
        of.apply("memory_p99_ms"),
        of.apply("memory_recall"),
        of.apply("index_mib"),
        of.apply("table_mib"),
        of.apply("load_seconds"),
        of.apply("index_seconds"),
        String.join("`, `", SERVER));
  }
}
