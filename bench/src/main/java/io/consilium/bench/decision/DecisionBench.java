package io.consilium.bench.decision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Times decisions and writes the report. */
public final class DecisionBench {
  private static final Path REPORT = Path.of("bench", "reports", "decision.md");

  /** What each benchmark times, and how long it may take in microseconds. */
  private static final Map<String, Row> ROWS =
      Map.of(
          "profile", new Row("question profile without embedding", 50),
          "decide",
              new Row("forecast + plan, 100 experts, the served blend without neighbours", 200),
          "decideByNeighbours",
              new Row(
                  "forecast + plan, 100 experts, the served blend on 10,000 recorded questions",
                  1_000),
          "decideAmongTenThousand",
              new Row("forecast + plan, 10,000 experts, a linear estimator", 5_000),
          "routeAmongTenThousand",
              new Row(
                  "whole route, 10,000 experts: who may answer, means, plan, the 64 best in full",
                  5_000));

  private record Row(String what, int aim) {}

  private DecisionBench() {}

  /**
   * Runs it.
   *
   * @param args {@code --seconds N} of measurement per benchmark (5), {@code --out FILE}
   */
  public static void run(String[] args) throws IOException {
    int seconds = 5;
    var out = REPORT;
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      switch (rest.next()) {
        case "--seconds" -> seconds = Integer.parseInt(rest.next());
        case "--out" -> out = Path.of(rest.next());
        default ->
            throw new IllegalArgumentException(
                "bench decision [--seconds N] [--out FILE]: N of measurement per row (5)");
      }
    }
    var options =
        new OptionsBuilder()
            .include(DecisionBenchmark.class.getName())
            .forks(1)
            .threads(1)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(Math.max(1, seconds / 2)))
            .measurementIterations(1)
            .measurementTime(TimeValue.seconds(seconds))
            .addProfiler(GCProfiler.class)
            .jvmArgsAppend(
                "-Xmx3g",
                "-XX:+UseSerialGC",
                "-XX:ActiveProcessorCount=1",
                "--add-modules",
                "jdk.incubator.vector")
            .build();
    try {
      var report = report(new Runner(options).run());
      if (out.getParent() != null) {
        Files.createDirectories(out.getParent());
      }
      Files.writeString(out, report);
      System.out.println(report);
    } catch (RunnerException e) {
      throw new IOException("the benchmarks did not run: " + e.getMessage(), e);
    }
  }

  private static String report(Collection<RunResult> results) {
    List<String> lines = new ArrayList<>();
    for (var result : results) {
      var name = result.getParams().getBenchmark();
      var row = ROWS.get(name.substring(name.lastIndexOf('.') + 1));
      if (row == null) {
        continue;
      }
      var times = result.getPrimaryResult().getStatistics();
      var allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
      double bytes = allocated == null ? Double.NaN : allocated.getScore();
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %.1f | %.1f | ≤ %d | %.1f |",
              row.what,
              times.getPercentile(50),
              times.getPercentile(99),
              row.aim,
              bytes / 1024));
    }
    lines.sort(null);
    return """
    # How long a decision takes

    Made by `./consilium bench decision` on %s, with JMH: one fork, one thread, one core, serial collector, steady
    state. Experts and questions are made up in the shape of real ones (questions of 40 words, vectors of 384 numbers
    beside those of words); what was learnt does not change the time. "Plan" is all of it: every expert alone, the best
    cascade looked three replies ahead among a shortlist of five, panels of three and five, the frontier.

    | what | p50, µs | p99, µs | aim, p50 | KiB allocated |
    |---|--:|--:|--:|--:|
    %s

    The embedding of a question (2 to 3 ms on one core) and the numbers of its words come before and are not timed here;
    nor, but for the whole route, is the guard of eligibility. Plans are made from the means of all experts; intervals
    and reasons are worked out for the 64 most useful and whoever the plan may ask, so that costs no plan. Cascades and panels are sought among five experts only, drawn by seven tastes of
    price against P(correct): an expert outside can still be asked alone, so the shortlist costs nothing there.
    """
        .formatted(LocalDate.now(ZoneOffset.UTC), String.join("\n", lines));
  }
}
