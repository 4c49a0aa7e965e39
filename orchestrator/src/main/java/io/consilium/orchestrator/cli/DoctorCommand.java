package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Checks this machine and the service; every line that is not ok says how to mend it. */
@Command(
    name = "doctor",
    description = "Check this machine and the service.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final List<String> PROVIDER_KEYS =
      List.of(
          "OPENAI_API_KEY",
          "ANTHROPIC_API_KEY",
          "GEMINI_API_KEY",
          "MISTRAL_API_KEY",
          "OPENROUTER_API_KEY",
          "GROQ_API_KEY",
          "DEEPSEEK_API_KEY");

  private final Client client;
  private int failures;

  @Spec private CommandSpec spec = CommandSpec.create();

  DoctorCommand(Client client) {
    this.client = client;
  }

  private enum Mark {
    OK("ok  "),
    WARN("warn"),
    FAIL("FAIL");

    final String shown;

    Mark(String shown) {
      this.shown = shown;
    }
  }

  @Override
  public Integer call() {
    line(Mark.OK, "Java", Runtime.version() + " at " + System.getProperty("java.home"));
    maven();
    home();
    journal();
    keys();
    service();
    return failures == 0 ? 0 : 1;
  }

  private void maven() {
    boolean found =
        List.of(client.environment().getOrDefault("PATH", "").split(":")).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "mvn")));
    if (found) {
      line(Mark.OK, "Maven", "on the PATH");
    } else {
      line(
          Mark.WARN,
          "Maven",
          "not on the PATH; needed to build from source (apt-get install maven)");
    }
  }

  private void home() {
    var home = client.home();
    var existing = home;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing != null && Files.isWritable(existing)) {
      line(Mark.OK, "Data folder", home + space(existing));
    } else {
      line(
          Mark.FAIL,
          "Data folder",
          home + " cannot be written; make it writable or set CONSILIUM_HOME to another folder");
    }
  }

  /** What of the journal waits for somebody to look at it. */
  private void journal() {
    var journal = client.home().resolve("journal");
    var damaged = journal.resolve("damaged");
    var rejected = journal.resolve("rejected.ndjson");
    if (Files.isDirectory(damaged)) {
      line(
          Mark.WARN,
          "Journal",
          "damaged files are kept in %s; what could be read of them is stored. Look at them, then remove the folder"
              .formatted(damaged));
    }
    if (Files.exists(rejected)) {
      line(
          Mark.WARN,
          "Journal",
          "decisions the store would not take are in %s; look at them, then remove the file"
              .formatted(rejected));
    }
  }

  private static String space(Path folder) {
    try {
      return ", %d GiB free".formatted(Files.getFileStore(folder).getUsableSpace() >> 30);
    } catch (IOException e) {
      return "";
    }
  }

  private void keys() {
    var found =
        PROVIDER_KEYS.stream()
            .filter(name -> !client.environment().getOrDefault(name, "").isBlank())
            .toList();
    line(
        Mark.OK,
        "Provider keys",
        found.isEmpty()
            ? "none in the environment; the bundled experts need none"
            : String.join(", ", found) + " (register with ./consilium up --discover)");
  }

  private void service() {
    try {
      var experts = client.get("/v1/experts").path("data");
      line(Mark.OK, "Service", client.address() + ", " + experts.size() + " experts");
      for (var expert : experts) {
        var health = expert.path("health");
        var status = health.isString() ? health.asString("") : health.path("status").asString("");
        if (status.equalsIgnoreCase("down") || status.equalsIgnoreCase("degraded")) {
          line(
              Mark.WARN,
              "Expert",
              expert.path("id").asString("")
                  + " is "
                  + status
                  + ": "
                  + health.path("reason").asString(""));
        }
      }
      router();
    } catch (ExpertException e) {
      line(Mark.WARN, "Service", e.message());
    }
  }

  /** Whether the router that serves knows the experts that are registered. */
  private void router() {
    var serving = client.get("/v1/routers").path("serving").asString("");
    if (!serving.startsWith("router_")) {
      line(Mark.OK, "Router", serving + "; no fitted version serves, so cards decide");
      return;
    }
    var version = client.get("/v1/routers/" + serving);
    var gone = version.path("not_registered");
    var unknown = version.path("known_by_card_only");
    if (version.has("warning")) {
      line(Mark.WARN, "Router", serving + ": " + version.path("warning").asString(""));
    } else if (gone.isEmpty() && unknown.isEmpty()) {
      line(Mark.OK, "Router", serving + ", fitted on all experts");
    } else {
      line(
          gone.isEmpty() ? Mark.OK : Mark.WARN,
          "Router",
          "%s knows %d experts by outcomes and %d by their card only%s"
              .formatted(
                  serving,
                  version.path("experts").size() - gone.size(),
                  unknown.size(),
                  gone.isEmpty()
                      ? ""
                      : "; it was fitted on %s as well, not registered now: give cards these names as aliases, or fit anew"
                          .formatted(
                              String.join(
                                  ", ", gone.valueStream().map(JsonNode::asString).toList()))));
    }
  }

  private void line(Mark mark, String what, String found) {
    if (mark == Mark.FAIL) {
      failures++;
    }
    var out = spec.commandLine().getOut();
    out.printf("%s  %-14s %s%n", mark.shown, what, found);
    out.flush();
  }
}
