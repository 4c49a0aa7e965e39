package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertCard;
import io.consilium.orchestrator.discovery.Discovery;
import io.consilium.orchestrator.discovery.LocalServer;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Looks for model servers and provider keys; registers nothing. Exit 0 when something was found.
 */
@Command(
    name = "discover",
    description = "Look for local model servers and provider keys; registers nothing.",
    mixinStandardHelpOptions = true)
final class DiscoverCommand implements Callable<Integer> {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  DiscoverCommand(Client client) {
    this.client = client;
  }

  @Override
  public Integer call() {
    var environment = client.environment();
    int port = Integer.parseInt(environment.getOrDefault("CONSILIUM_PORT", "8080"));
    var findings = new Discovery(LocalServer.in(environment), port, environment).look();
    var out = spec.commandLine().getOut();
    if (findings.isEmpty()) {
      out.println("Found no local model server and no provider key.");
      out.flush();
      return 1;
    }
    var table = new Table("found", "experts it offers");
    for (var finding : findings) {
      table.row(
          finding.where(),
          Table.cut(
              finding.cards().stream().map(ExpertCard::id).collect(Collectors.joining(", ")), 100));
    }
    table.print(out);
    return 0;
  }
}
