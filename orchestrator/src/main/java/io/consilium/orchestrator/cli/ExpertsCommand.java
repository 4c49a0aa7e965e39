package io.consilium.orchestrator.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Lists the experts, or shows one card. */
@Command(
    name = "experts",
    description = "Who is at the table; with an id, one card.",
    mixinStandardHelpOptions = true)
final class ExpertsCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Parameters(arity = "0..1", paramLabel = "ID", description = "One expert's id.")
  private @Nullable String id;

  ExpertsCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    var out = spec.commandLine().getOut();
    if (id != null || json) {
      out.println(client.get("/v1/experts" + (id == null ? "" : "/" + id)).toPrettyString());
      out.flush();
      return;
    }
    table(client.get("/v1/experts")).print(out);
  }

  static Table table(JsonNode experts) {
    var table = new Table("id", "kind", "state", "health", "owner", "what it does");
    for (var expert : experts.path("data")) {
      table.row(
          expert.path("id").asString(""),
          expert.path("kind").asString(""),
          expert.path("state").asString(""),
          health(expert.path("health")),
          expert.path("owner").asString(""),
          Table.cut(expert.path("description").asString(""), 60));
    }
    return table;
  }

  private static String health(JsonNode health) {
    return health.isString() ? health.asString("") : health.path("status").asString("");
  }
}
