package io.consilium.orchestrator.cli;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.aggregator.PlanRunner;
import io.consilium.aggregator.strategy.MajorityVote;
import io.consilium.aggregator.strategy.WeightedVote;
import io.consilium.expert.ExpertException;
import io.consilium.expert.index.CachedEmbedder;
import io.consilium.router.blend.BlendEstimator;
import io.consilium.router.records.HashRange;
import io.consilium.router.records.RecordFormat;
import io.consilium.router.replay.Replay;
import io.consilium.router.replay.ReplayPolicy;
import io.consilium.router.replay.ReplayResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plays a policy on recorded outcomes, on this machine, without the service. */
@Command(
    name = "replay",
    description = "What a policy would have done on your own record of outcomes; nobody is asked.",
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--records", required = true, description = "File or folder of outcomes.")
  private Path records = Path.of("");

  @Option(names = "--policy", required = true, description = "YAML file of the policy to play.")
  private Path policy = Path.of("");

  @Option(
      names = "--train",
      paramLabel = "LO:HI",
      description = "Questions to learn from, by question hash (0:0.6).")
  private String train = Replay.TRAIN.toString();

  @Option(names = "--test", paramLabel = "LO:HI", description = "Questions to play (0.6:1).")
  private String test = Replay.TEST.toString();

  @Option(
      names = "--format",
      description =
          "consilium, routerbench, embedllm, llmrouterbench or routellm; told by the columns.")
  private @Nullable String format;

  ReplayCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    var played = ReplayPolicy.read(policy);
    var learn = range("--train", train);
    var ask = range("--test", test);
    if (learn.low() < ask.high() && ask.low() < learn.high()) {
      throw ExpertException.invalid(
          "test",
          "--train %s and --test %s overlap; a question must not be in both".formatted(learn, ask));
    }
    var kind = format == null ? RecordFormat.of(records) : RecordFormat.of(format);
    var imported = kind.read(records);
    var runner =
        new PlanRunner(
            System::nanoTime,
            played.planner().nextStep(),
            List.of(new WeightedVote(), new MajorityVote()));
    var err = spec.commandLine().getErr();
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
    try (var model = new OnnxEmbedder(threads, 4_096, 1)) {
      var replay =
          new Replay(
              imported,
              played,
              BlendEstimator.standard(),
              new CachedEmbedder(model, CachedEmbedder.folder(client.environment())),
              (route, question, experts, onReply) ->
                  runner.run(route, question, experts, delta -> {}, onReply),
              said -> {
                err.println(said);
                err.flush();
              });
      print(replay.run(learn, ask), imported.unit());
    }
  }

  private static HashRange range(String option, String text) {
    try {
      return HashRange.parse(text);
    } catch (IllegalArgumentException e) {
      throw ExpertException.invalid(option, option + ": " + e.getMessage());
    }
  }

  private void print(ReplayResult result, String unit) {
    var out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%,d questions played, after learning from %,d others.%n",
        result.asked(),
        result.learnt());
    result.notes().forEach(note -> out.println("  left out or of note: " + note));
    out.printf(
        "%-12s %9s %14s %6s %10s%n",
        "", "accuracy", unit.isEmpty() ? "cost" : unit, "calls", "abstained");
    result.lines().forEach(line -> print(line.name(), line));
    if (result.categories().size() > 1) {
      out.printf("%nby category (the policy alone)%n");
      for (var category : result.categories()) {
        print("%s (%,d)".formatted(category.name(), category.asked()), category.lines().getFirst());
      }
    }
    out.flush();
  }

  private void print(String name, ReplayResult.Line line) {
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%-12s %8.2f%% %14s %6.2f %9.2f%%%n",
            name,
            100 * line.accuracy(),
            Double.isNaN(line.usd()) ? "unknown" : String.format(Locale.ROOT, "%.6f", line.usd()),
            line.calls(),
            100 * line.abstained());
  }
}
