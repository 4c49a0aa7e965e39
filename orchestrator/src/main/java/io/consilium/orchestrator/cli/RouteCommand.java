package io.consilium.orchestrator.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says who would answer, without asking anyone. */
@Command(
    name = "route",
    description = "Who would answer, and why; nobody is asked.",
    mixinStandardHelpOptions = true)
final class RouteCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--policy", description = "quality, balanced, economy or a configured policy.")
  private String policy = "auto";

  @Option(names = "--json", description = "Print the decision as JSON.")
  private boolean json;

  @Parameters(arity = "1..*", paramLabel = "QUESTION", description = "The question.")
  private List<String> words = List.of();

  RouteCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    var out = spec.commandLine().getOut();
    var route = client.post("/v1/route", AskCommand.body("consilium/" + policy, words));
    if (json) {
      out.println(route.toPrettyString());
      out.flush();
    } else {
      Explanation.print(route, out);
    }
  }
}
