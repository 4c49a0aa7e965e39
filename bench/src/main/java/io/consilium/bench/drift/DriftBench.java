package io.consilium.bench.drift;

import io.consilium.expert.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Plays the same generated runs under every way of keeping abilities current. Deterministic. */
public final class DriftBench {
  private static final int RUNS = 20;

  private static final int[] BORDERS = {0, World.WORSE, World.NEW, World.MOVED, World.QUESTIONS};

  private static final List<String> PHASES =
      List.of(
          "nothing happens",
          "the best gets worse",
          "a better one appears",
          "the question mix moves");

  private final Map<Follower, List<Follower.Run>> runs = new EnumMap<>(Follower.class);

  private DriftBench() {
    for (var follower : Follower.values()) {
      runs.put(
          follower, IntStream.range(0, RUNS).mapToObj(seed -> follower.play(seed + 1)).toList());
    }
  }

  /** Runs the bench: {@code [--out DIR] [--json FILE]}. */
  public static void run(String[] args) throws IOException {
    Optional<Path> out = Optional.empty();
    Optional<Path> json = Optional.empty();
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      if (!List.of("--out", "--json").contains(option) || !rest.hasNext()) {
        throw new IllegalArgumentException(
            "bench drift [--out DIR] [--json FILE]; all of its data is generated");
      }
      var path = Optional.of(Path.of(rest.next()).toAbsolutePath());
      out = option.equals("--out") ? path : out;
      json = option.equals("--json") ? path : json;
    }
    var bench = new DriftBench();
    var page = bench.markdown(LocalDate.now(ZoneOffset.UTC));
    System.out.println(page);
    var folder = out.orElse(Path.of("bench", "reports"));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("drift.md"), page);
    if (json.isPresent()) {
      Files.write(json.get(), bench.json());
    }
  }

  /** Right answers lost per 1,000 questions of a phase. */
  private double regret(Follower follower, int phase) {
    return runs.getOrDefault(follower, List.of()).stream()
        .mapToDouble(run ->
            1_000
                * Arrays.stream(run.regret(), BORDERS[phase], BORDERS[phase + 1])
                    .average()
                    .orElse(0))
        .average()
        .orElse(0);
  }

  private double all(Follower follower) {
    return runs.getOrDefault(follower, List.of()).stream()
        .mapToDouble(run -> 1_000 * Arrays.stream(run.regret()).average().orElse(0))
        .average()
        .orElse(0);
  }

  private double noise(Follower follower) {
    double mean = all(follower);
    double squares =
        runs.getOrDefault(follower, List.of()).stream()
            .mapToDouble(run -> 1_000 * Arrays.stream(run.regret()).average().orElse(0) - mean)
            .map(x -> x * x)
            .sum();
    return Math.sqrt(squares / (RUNS - 1) / RUNS);
  }

  /** Per run: questions from the fall to the fallen expert's first alarm; empty when none came. */
  private List<Integer> delays() {
    List<Integer> delays = new ArrayList<>();
    for (var run : runs.getOrDefault(Follower.FOLLOWED, List.of())) {
      run.alarms().getFirst().stream()
          .filter(time -> time >= World.WORSE)
          .findFirst()
          .ifPresent(time -> delays.add(time - World.WORSE));
    }
    delays.sort(null);
    return delays;
  }

  /** Alarms of founders before anything happened, and of unchanged ones at any time. */
  private int falseAlarms() {
    int alarms = 0;
    for (var run : runs.getOrDefault(Follower.FOLLOWED, List.of())) {
      for (int expert : World.founders()) {
        for (int time : run.alarms().get(expert)) {
          alarms += expert > 0 || time < World.WORSE ? 1 : 0;
        }
      }
    }
    return alarms;
  }

  private String markdown(LocalDate date) {
    var delays = delays();
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            """
            # Drift: experts and questions change while serving

            Generated on %s by `./consilium bench drift`; do not edit. **A simulation: every expert, question
            and outcome is generated**, from fixed seeds; it shows how the rules behave, not how any real
            expert does.

            Four experts of known ability serve; one question in %.0f explores. At question %,d the best one
            silently gets worse (1.7 of general ability, in log-odds), at %,d a better one appears of which
            nothing is known, at %,d the mix turns from four in five questions of one skill to one in seven.
            Outcomes are learnt only of the expert that was asked. %d runs of %,d questions; every way meets the
            same questions and luck.

            ## Regret

            Right answers lost per 1,000 questions against an oracle that knows every true ability, but of
            questions only their text.

            | way | %s | all | ± |
            |---|--:|--:|--:|--:|--:|--:|
            """,
            date,
            1 / Follower.EXPLORE,
            World.WORSE,
            World.NEW,
            World.MOVED,
            RUNS,
            World.QUESTIONS,
            String.join(" | ", PHASES)));
    for (var follower : Follower.values()) {
      text.append("| %s: %s |".formatted(word(follower), follower.words));
      for (int phase = 0; phase < PHASES.size(); phase++) {
        text.append(String.format(Locale.ROOT, " %.1f |", regret(follower, phase)));
      }
      text.append(String.format(Locale.ROOT, " %.1f | %.1f |%n", all(follower), noise(follower)));
    }
    text.append(
        String.format(
            Locale.ROOT,
            """

            ± is the standard error of the last column but one over runs. Exploring alone costs what `followed`
            loses while nothing happens, and more when the fleet differs more.

            ## Detection

            | | |
            |---|--:|
            | runs in which the fall was noticed | %d of %d |
            | questions from the fall to the alarm, median | %s |
            | the same, slowest run | %s |
            | alarms of experts that had not changed, in all runs | %d |

            The detector sums standardised forecast residuals of one expert version (CUSUM, slack 0.2, alarm at
            15); an expert that is asked less is noticed later. `steady` follows as well, but the more it has
            seen the slower. `decaying` comes near, at a rate that suits changes as large as these,
            but never grows surer of any expert.
            """,
            delays.size(),
            RUNS,
            delays.isEmpty() ? "–" : "%d".formatted(delays.get(delays.size() / 2)),
            delays.isEmpty() ? "–" : "%d".formatted(delays.getLast()),
            falseAlarms()));
    return text.toString();
  }

  private static String word(Follower follower) {
    return "`" + follower.name().toLowerCase(Locale.ROOT) + "`";
  }

  private List<String> json() {
    List<String> json = new ArrayList<>();
    for (var follower : Follower.values()) {
      for (int phase = 0; phase < PHASES.size(); phase++) {
        json.add(figure(follower, "regret_per_1000", PHASES.get(phase), regret(follower, phase)));
      }
      json.add(figure(follower, "regret_per_1000", "all", all(follower)));
    }
    var delays = delays();
    if (!delays.isEmpty()) {
      json.add(
          figure(
              Follower.FOLLOWED, "detection_delay", PHASES.get(1), delays.get(delays.size() / 2)));
    }
    json.add(figure(Follower.FOLLOWED, "false_alarms", "all", falseAlarms()));
    return json;
  }

  private static String figure(Follower follower, String metric, String phase, double value) {
    return Json.object()
        .put("bench", "drift")
        .put("row", follower.name().toLowerCase(Locale.ROOT))
        .put("metric", metric)
        .put("phase", phase)
        .put("value", Math.round(value * 1e6) / 1e6)
        .toString();
  }
}
