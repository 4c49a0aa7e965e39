package io.consilium.orchestrator.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists what was decided lately, or shows one decision. */
@Command(
    name = "decisions",
    description = "What was decided lately; with an id, one decision whole.",
    subcommands = DecisionReplayCommand.class,
    mixinStandardHelpOptions = true)
final class DecisionsCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--limit", description = "How many; default 20.")
  private int limit = 20;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Parameters(arity = "0..1", paramLabel = "ID", description = "One decision's id.")
  private @Nullable String id;

  DecisionsCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    var out = spec.commandLine().getOut();
    if (id != null) {
      out.println(client.get("/v1/decisions/" + id).toPrettyString());
      out.flush();
      return;
    }
    var decisions = client.get("/v1/decisions?limit=" + limit);
    if (json) {
      out.println(decisions.toPrettyString());
      out.flush();
      return;
    }
    var table = new Table("at", "decision", "plan", "price", "time", "question");
    for (var decision : decisions.path("data")) {
      var plan = decision.path("route").path("plan");
      table.row(
          Table.cut(decision.path("at").asString("").replaceAll("\\.\\d+Z$", "Z"), 20),
          decision.path("id").asString(""),
          plan.path("type").asString("")
              + (plan.has("expert") ? ": " + plan.path("expert").asString("") : ""),
          Table.usd(decision.path("usd").asDouble(0)),
          Table.millis(decision.path("millis").asDouble(0)),
          Table.cut(decision.path("question").asString("(not recorded)"), 50));
    }
    if (table.isEmpty()) {
      out.println("Nothing was asked yet.");
      out.flush();
    } else {
      table.print(out);
    }
  }
}
