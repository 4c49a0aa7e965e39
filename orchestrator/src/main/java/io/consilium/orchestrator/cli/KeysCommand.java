package io.consilium.orchestrator.cli;

import io.consilium.expert.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes, lists and revokes API keys. */
@Command(
    name = "keys",
    description = "List API keys; make and revoke them.",
    mixinStandardHelpOptions = true)
final class KeysCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  KeysCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    var table = new Table("id", "name", "role", "tenant", "contents", "state");
    for (var key : client.get("/v1/keys").path("data")) {
      table.row(
          key.path("id").asString(""),
          key.path("name").asString(""),
          key.path("role").asString(""),
          key.path("tenant").asString(""),
          key.path("record_content").asBoolean(true) ? "recorded" : "not recorded",
          key.path("state").asString(""));
    }
    table.print(spec.commandLine().getOut());
  }

  @Command(name = "create", description = "Make a key; it is shown this once.")
  void create(
      @Parameters(paramLabel = "NAME", description = "Who or what it is for.") String name,
      @Option(
              names = "--role",
              defaultValue = "user",
              description = "admin, operator, viewer or user (default).")
          String role,
      @Option(names = "--tenant", defaultValue = "default", description = "Whose traffic it is.")
          String tenant,
      @Option(names = "--no-record", description = "Keep no question or answer asked with it.")
          boolean silent,
      @Option(
              names = "--cache",
              defaultValue = "semantic",
              description =
                  "The most of earlier answers it may get: off, exact or semantic (default).")
          String cache,
      @Option(names = "--no-learn", description = "What is said of its answers teaches no router.")
          boolean untaught) {
    var made =
        client.post(
            "/v1/keys",
            Json.object()
                .put("name", name)
                .put("role", role)
                .put("tenant", tenant)
                .put("record_content", !silent)
                .put("cache", cache)
                .put("learn", !untaught));
    var out = spec.commandLine().getOut();
    out.println(made.path("key").asString(""));
    out.println(
        "This is the only time it is shown. Revoke it with: ./consilium keys revoke "
            + made.path("id").asString(""));
    out.flush();
  }

  @Command(name = "revoke", description = "Make a key worthless at once.")
  void revoke(@Parameters(paramLabel = "ID", description = "The key's id.") String id) {
    client.delete("/v1/keys/" + id);
    var out = spec.commandLine().getOut();
    out.println("Revoked " + id + ".");
    out.flush();
  }
}
