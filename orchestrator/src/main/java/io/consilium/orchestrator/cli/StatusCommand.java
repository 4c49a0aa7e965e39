package io.consilium.orchestrator.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what runs and gives three things to try; printed after {@code up}. */
@Command(
    name = "status",
    description = "What runs, and three things to try.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  StatusCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    var experts = client.get("/v1/experts");
    var out = spec.commandLine().getOut();
    out.printf(
        "%nConsilium is ready on %s with %d experts:%n%n",
        client.address().replace("127.0.0.1", "localhost"), experts.path("data").size());
    ExpertsCommand.table(experts).print(out);
    out.printf(
        """

        Try:
          ./consilium ask "What is 17.5 %% of 2,340 EUR?"
          ./consilium ask --explain "How many days until Christmas?"
          curl -s %s/v1/chat/completions -H 'content-type: application/json' \\
            -d '{"model":"consilium/auto","messages":[{"role":"user","content":"6 ft 2 in cm?"}]}'

        Data: %s
        """,
        client.address().replace("127.0.0.1", "localhost"), client.home());
    out.flush();
  }
}
