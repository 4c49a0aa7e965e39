package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Makes, lists, changes and revokes API keys. */
@Command(
    name = "keys",
    description = "List API keys; make, change and revoke them.",
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
    var after = "";
    do {
      var page = client.get("/v1/keys?limit=500" + after);
      for (var key : page.path("data")) {
        table.row(
            key.path("id").asString(""),
            key.path("name").asString(""),
            key.path("role").asString(""),
            key.path("tenant").asString(""),
            key.path("record_content").asBoolean(true) ? "recorded" : "not recorded",
            key.path("state").asString(""));
      }
      var next = page.path("next").asString("");
      after = next.isEmpty() ? "" : "&after=" + next;
    } while (!after.isEmpty());
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

  @Command(name = "change", description = "Change what a key may and keeps; the rest stays.")
  void change(
      @Parameters(paramLabel = "ID", description = "The key's id.") String id,
      @Option(names = "--name", description = "What people recognise it by.") @Nullable String name,
      @Option(names = "--role", description = "admin, operator, viewer or user.")
          @Nullable String role,
      @Option(names = "--record", negatable = true, description = "Keep questions and answers.")
          @Nullable Boolean record,
      @Option(names = "--cache", description = "off, exact or semantic.") @Nullable String cache,
      @Option(names = "--learn", negatable = true, description = "Let its answers teach routers.")
          @Nullable Boolean learn,
      @Option(
              names = "--expires",
              paramLabel = "TIME",
              description = "When it ends, such as 2027-01-31T00:00:00Z; 'never' for no end.")
          @Nullable String expires) {
    var body = Json.object();
    put(body, "name", name);
    put(body, "role", role);
    put(body, "cache", cache);
    if (record != null) {
      body.put("record_content", record);
    }
    if (learn != null) {
      body.put("learn", learn);
    }
    if (expires != null) {
      body.put("expires", expires.equals("never") ? null : expires);
    }
    if (body.isEmpty()) {
      throw new ExpertException(
          FailureKind.INVALID_REQUEST,
          "say what to change: --name, --role, --[no-]record, --cache, --[no-]learn or --expires");
    }
    client.patch("/v1/keys/" + id, body);
    var out = spec.commandLine().getOut();
    out.println("Changed " + id + ".");
    out.flush();
  }

  private static void put(ObjectNode body, String field, @Nullable String value) {
    if (value != null) {
      body.put(field, value);
    }
  }

  @Command(name = "revoke", description = "Make a key worthless at once.")
  void revoke(@Parameters(paramLabel = "ID", description = "The key's id.") String id) {
    client.delete("/v1/keys/" + id);
    var out = spec.commandLine().getOut();
    out.println("Revoked " + id + ".");
    out.flush();
  }
}
