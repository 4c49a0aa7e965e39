package io.consilium.bench;

import io.consilium.bench.abilities.AbilitiesBench;
import io.consilium.bench.aggregation.AggregationBench;
import io.consilium.bench.cache.CacheBench;
import io.consilium.bench.classifier.ClassifierBench;
import io.consilium.bench.cold.ColdRoutingBench;
import io.consilium.bench.console.ConsoleBench;
import io.consilium.bench.decision.DecisionBench;
import io.consilium.bench.detectors.DetectorsBench;
import io.consilium.bench.drift.DriftBench;
import io.consilium.bench.durability.DurabilityBench;
import io.consilium.bench.gateway.GatewayBench;
import io.consilium.bench.learning.LearningBench;
import io.consilium.bench.neighbours.NeighboursBench;
import io.consilium.bench.panel.PanelBench;
import io.consilium.bench.routing.RoutingBench;
import io.consilium.bench.start.StartBench;
import io.consilium.bench.tools.ToolsBench;
import io.consilium.bench.worker.WorkerBench;
import io.consilium.expert.ExpertException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Runs one bench by name: {@code bench <name> [options]}. */
public final class Bench {

  /** Every bench that can be run, in the order the help shows them. */
  enum Name {
    START("from the command to readiness and the first answer"),
    GATEWAY("added latency and throughput of the service next to its peers"),
    CLASSIFIER("the bundled classifier on phrasings it has not seen"),
    DETECTORS("the wireless detectors on channels they were not trained on"),
    COLD_ROUTING("the right expert by descriptions and skills only"),
    ROUTING("estimators and planners on recorded outcomes"),
    AGGREGATION("votes, panels and cascades on recorded answers"),
    TOOLS("the right tools for a request, by descriptions and by requests seen before"),
    DECISION("how long a decision takes, and what it allocates (JMH)"),
    PANEL("what running a panel adds to its slowest expert"),
    ABILITIES("how few questions measure a new expert"),
    DRIFT("how soon a change of experts or questions is noticed, simulated"),
    LEARNING("how much better the service gets with use, on recorded outcomes"),
    CACHE("the semantic cache on questions that look alike, and on paraphrases"),
    DURABILITY("what kills and outages of service and database lose: nothing"),
    NEIGHBOURS("the nearest of a million vectors, in pgvector and in memory"),
    CONSOLE("how soon the console's screens appear with a million decisions"),
    WORKER("the inference worker: how right, how fast, whether requests mix");

    private final String summary;

    Name(String summary) {
      this.summary = summary;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private Bench() {}

  /**
   * Runs the bench named by the first argument; exits with 0, or with 2 when the call was wrong.
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 0 || args[0].equals("--help")) {
      System.out.println(usage());
      return;
    }
    Name name =
        Arrays.stream(Name.values()).filter(n -> n.word().equals(args[0])).findAny().orElse(null);
    if (name == null) {
      System.err.println("There is no bench called '" + args[0] + "'.\n" + usage());
      System.exit(2);
      return;
    }
    String[] options = Arrays.copyOfRange(args, 1, args.length);
    try {
      switch (name) {
        case START -> StartBench.run(options);
        case GATEWAY -> GatewayBench.run(options);
        case CLASSIFIER -> ClassifierBench.run(options);
        case DETECTORS -> DetectorsBench.run(options);
        case COLD_ROUTING -> ColdRoutingBench.run(options);
        case ROUTING -> RoutingBench.run(options);
        case AGGREGATION -> AggregationBench.run(options);
        case TOOLS -> ToolsBench.run(options);
        case DECISION -> DecisionBench.run(options);
        case PANEL -> PanelBench.run(options);
        case ABILITIES -> AbilitiesBench.run(options);
        case DRIFT -> DriftBench.run(options);
        case LEARNING -> LearningBench.run(options);
        case CACHE -> CacheBench.run(options);
        case DURABILITY -> DurabilityBench.run(options);
        case NEIGHBOURS -> NeighboursBench.run(options);
        case CONSOLE -> ConsoleBench.run(options);
        case WORKER -> WorkerBench.run(options);
      }
    } catch (IllegalArgumentException wrongCall) {
      System.err.println(wrongCall.getMessage());
      System.exit(2);
    } catch (ExpertException failure) {
      System.err.println(failure.message());
      System.exit(1);
    }
  }

  private static String usage() {
    return Arrays.stream(Name.values())
        .map(n -> "  %-14s %s".formatted(n.word(), n.summary))
        .collect(Collectors.joining("\n", "bench <name> [options]\n", ""));
  }
}
