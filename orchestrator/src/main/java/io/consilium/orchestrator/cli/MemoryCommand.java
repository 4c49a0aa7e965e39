package io.consilium.orchestrator.cli;

import io.consilium.expert.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What is remembered for a tenant: facts that were stated, and experience. */
@Command(
    name = "memory",
    description = "List what is remembered for a tenant; state facts, and have notes forgotten.",
    mixinStandardHelpOptions = true)
final class MemoryCommand implements Runnable {
  private static final String PATH = "/v1/memory";
  private static final int PAGE = 100;
  private static final int WIDTH = 70;

  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  MemoryCommand(Client client) {
    this.client = client;
  }

  /** The facts of the key's own tenant that hold. */
  @Override
  public void run() {
    list("fact", null, false);
  }

  @Command(name = "list", description = "List notes, newest first.")
  void list(
      @Option(
              names = "--kind",
              defaultValue = "fact",
              description = "fact (default) or experience.")
          String kind,
      @Option(names = "--tenant", description = "Another tenant's; for keys that see all.")
          @Nullable String tenant,
      @Option(names = "--all", description = "Also those that hold no more, or not yet.")
          boolean all) {
    var query = "?kind=%s&all=%s&limit=%d".formatted(encoded(kind), all, PAGE);
    if (tenant != null) {
      query += "&tenant=" + encoded(tenant);
    }
    var table =
        kind.equals("experience")
            ? new Table("note", "how right", "experts", "used", "question")
            : new Table("note", "subject", "until", "used", "fact");
    for (JsonNode page = client.get(PATH + query);
        ;
        page = client.get(PATH + query + "&after=" + encoded(page.path("next").asString("")))) {
      page.path("data").forEach(note -> row(table, note));
      if (page.path("next").isNull()) {
        break;
      }
    }
    if (table.isEmpty()) {
      say("Nothing is remembered. './consilium memory add \"…\"' states a fact.");
    } else {
      table.print(spec.commandLine().getOut());
    }
  }

  private static void row(Table table, JsonNode note) {
    boolean experience = note.path("kind").asString("").equals("experience");
    var superseded = note.path("superseded_by").asString("");
    table.row(
        note.path("id").asString(""),
        experience
            ? Table.probability(note.path("score").asDouble(0))
            : Table.cut(note.path("subject").asString(""), 20),
        experience
            ? String.join(", ", note.path("experts").valueStream().map(JsonNode::asString).toList())
            : superseded.isEmpty()
                ? note.path("until").asString("")
                : "superseded by " + superseded,
        note.path("uses").asString("0"),
        Table.cut(note.path("text").asString(""), WIDTH));
  }

  @Command(name = "add", description = "State a fact.")
  void add(
      @Parameters(paramLabel = "TEXT", description = "What holds.") String text,
      @Option(
              names = "--subject",
              description = "What it is about; a later one on it takes its place.")
          @Nullable String subject,
      @Option(names = "--from", description = "When it begins to hold: 2027-01-31T00:00:00Z.")
          @Nullable String from,
      @Option(names = "--until", description = "When it ends to hold.") @Nullable String until,
      @Option(names = "--supersedes", paramLabel = "ID", description = "A note it replaces.")
          @Nullable List<String> supersedes,
      @Option(names = "--tenant", description = "Another tenant's; for keys that see all.")
          @Nullable String tenant) {
    var body = Json.object().put("text", text);
    if (subject != null) {
      body.put("subject", subject);
    }
    if (from != null) {
      body.put("from", from);
    }
    if (until != null) {
      body.put("until", until);
    }
    if (tenant != null) {
      body.put("tenant", tenant);
    }
    if (supersedes != null) {
      supersedes.forEach(body.putArray("supersedes")::add);
    }
    var kept = client.post(PATH, body);
    say(kept.path("id").asString(""));
    kept.path("supersedes").forEach(id -> say("It takes the place of " + id.asString("") + "."));
    kept.path("conflicts")
        .forEach(id ->
            say(
                "It may contradict %s, which stays: if so, ./consilium memory forget %1$s"
                    .formatted(id.asString(""))));
  }

  @Command(name = "forget", description = "Delete a note.")
  void forget(@Parameters(paramLabel = "ID", description = "The note.") String id) {
    client.delete(PATH + "/" + encoded(id));
    say("Forgot " + id + ".");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void say(String text) {
    var out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
