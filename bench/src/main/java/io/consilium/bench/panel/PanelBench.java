package io.consilium.bench.panel;

import io.consilium.aggregator.PlanRunner;
import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.NextStep;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.expert.testing.ScriptedExpert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Runs panels of instant scripted experts, one after another, and reports how much longer each took
 * than its slowest expert; writes {@code bench/reports/panel.md} or the file after {@code --out}.
 */
public final class PanelBench {
  private static final int WARM_UP = 20_000;
  private static final int RUNS = 20_000;
  private static final int REPEATS = 3;
  private static final List<Integer> SIZES = List.of(2, 3, 5, 9);

  private PanelBench() {}

  /** An expert that notes how long its slowest call since the last look took. */
  private record Timed(Expert expert, AtomicLong slowest) implements Expert {
    @Override
    public ExpertCard card() {
      return expert.card();
    }

    @Override
    public Answer answer(Question question, Consumer<Delta> out) {
      long start = System.nanoTime();
      try {
        return expert.answer(question, out);
      } finally {
        slowest.accumulateAndGet(System.nanoTime() - start, Math::max);
      }
    }
  }

  /** Milliseconds at the median and the 99th percentile. */
  private record Added(double p50, double p99) {}

  public static void run(String[] options) throws IOException {
    var out = Path.of("bench/reports/panel.md");
    if (options.length == 2 && options[0].equals("--out")) {
      out = Path.of(options[1]);
    } else if (options.length > 0) {
      throw new IllegalArgumentException("usage: bench panel [--out FILE]");
    }
    var report = new StringBuilder();
    report.append(
        """
        # What a panel adds to its slowest expert

        %s, Java %s, %d cores. Experts answer at once from memory; each member is asked on a virtual thread of its own, and
        the weighted vote hears all of them. Added time is that of the panel less that of its slowest expert. %,d panels one after
        another, after %,d to warm up; %d rounds each, the spread over rounds is the noise floor.

        | experts | added, p50 ms (lowest–highest round) | added, p99 ms (lowest–highest round) |
        |--:|--:|--:|
        """
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                RUNS,
                WARM_UP,
                REPEATS));
    for (int size : SIZES) {
      measure(size, WARM_UP);
      List<Added> rounds = new ArrayList<>();
      for (int i = 0; i < REPEATS; i++) {
        rounds.add(measure(size, RUNS));
      }
      report.append(
          String.format(
              Locale.ROOT,
              "| %d | %s | %s |%n",
              size,
              range(rounds.stream().mapToDouble(Added::p50).toArray()),
              range(rounds.stream().mapToDouble(Added::p99).toArray())));
    }
    report.append("\nAim: at most 1 ms at the median for 5 experts on 2 cores.\n");
    Files.createDirectories(out.toAbsolutePath().getParent());
    Files.writeString(out, report);
    System.out.print(report);
  }

  private static String range(double[] values) {
    Arrays.sort(values);
    return String.format(
        Locale.ROOT,
        "%.3f (%.3f–%.3f)",
        values[values.length / 2],
        values[0],
        values[values.length - 1]);
  }

  private static Added measure(int size, int runs) {
    var slowest = new AtomicLong();
    Map<String, Expert> experts = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      // two answers in turn, so that no vote is settled before its last member
      experts.put(
          "e" + i, new Timed(ScriptedExpert.saying("e" + i, i % 2 == 0 ? "4" : "5"), slowest));
    }
    var members = List.copyOf(experts.keySet());
    var route =
        new Route(
            new Plan.Panel(members, Plan.WEIGHTED_VOTE, size, 0, List.of()),
            List.of(),
            List.of(),
            1,
            0,
            "bench",
            "bench",
            "");
    var runner = new PlanRunner(System::nanoTime, NextStep.agreement(), Aggregators.standard());
    var question = Question.of("2 + 2?", Terms.within(Duration.ofHours(1), Instant.now()));
    double[] added = new double[runs];
    for (int i = 0; i < runs; i++) {
      slowest.set(0);
      long start = System.nanoTime();
      runner.run(
          route,
          question,
          id -> {
            var expert = experts.get(id);
            if (expert == null) {
              throw new IllegalStateException(id);
            }
            return expert;
          },
          piece -> {},
          reply -> {});
      added[i] = (System.nanoTime() - start - slowest.get()) / 1e6;
    }
    Arrays.sort(added);
    return new Added(added[runs / 2], added[runs * 99 / 100]);
  }
}
