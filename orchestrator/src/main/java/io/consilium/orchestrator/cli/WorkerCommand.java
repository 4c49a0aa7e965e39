package io.consilium.orchestrator.cli;

import io.consilium.adapters.worker.MergedAdapter;
import io.consilium.expert.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Shows inference workers, and changes what they have loaded. */
@Command(
    name = "worker",
    description = "Inference workers: models, adapters, load, merge, unload, sleep, wake.",
    mixinStandardHelpOptions = true)
final class WorkerCommand implements Runnable {
  private static final String PATH = "/v1/workers";
  private static final String OWN = "local";

  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  WorkerCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    var table = new Table("worker", "engine", "state", "running", "waiting", "models", "trouble");
    for (var worker : client.get(PATH).path("data")) {
      table.row(
          worker.path("name").asString(""),
          worker.path("engine").asString(""),
          worker.path("state").asString(""),
          number(worker.path("load").path("running")),
          number(worker.path("load").path("waiting")),
          Integer.toString(worker.path("models").size()),
          worker.path("trouble").asString(""));
    }
    print(table);
  }

  @Command(name = "models", description = "What the workers serve.")
  void models() {
    list("");
  }

  @Command(name = "adapters", description = "The adapters of the workers.")
  void adapters() {
    list("adapter");
  }

  private void list(String kind) {
    var table = new Table("expert", "kind", "base", "active experts", "residency");
    for (var worker : client.get(PATH).path("data")) {
      for (var model : worker.path("models")) {
        if (kind.isEmpty() || kind.equals(model.path("kind").asString(""))) {
          table.row(
              model.path("expert").asString(""),
              model.path("kind").asString(""),
              model.path("base").asString(""),
              model.path("active_experts").asInt(0) == 0
                  ? ""
                  : Integer.toString(model.path("active_experts").asInt(0)),
              model.path("residency").asString(""));
        }
      }
    }
    print(table);
  }

  @Command(name = "load", description = "Load an adapter; it becomes an expert.")
  void load(
      @Option(names = "--worker", defaultValue = OWN, description = "Which worker.") String worker,
      @Option(names = "--pin", description = "Keep it in memory.") boolean pin,
      @Parameters(index = "0", paramLabel = "NAME", description = "What to call it.") String name,
      @Parameters(index = "1", paramLabel = "PATH", description = "Where the worker finds it.")
          String path) {
    client.post(
        PATH + "/" + worker + "/load",
        Json.object().put("adapter", name).put("path", path).put("pinned", pin));
    say("Loaded %s/%s.".formatted(worker, name));
  }

  @Command(
      name = "merge",
      description =
          "Write one adapter that does what several do together, for engines that mix none.")
  void merge(
      @Option(names = "--out", required = true, description = "The folder to write.") Path out,
      @Parameters(
              arity = "1..*",
              paramLabel = "FOLDER=WEIGHT",
              description = "Adapters of one base, as PEFT keeps them, each with its weight.")
          Map<Path, Double> parts) {
    try {
      int rank = MergedAdapter.write(parts, out);
      say("Wrote %s, of rank %d: the engine has to allow that rank.".formatted(out, rank));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Command(name = "unload", description = "Take an adapter away.")
  void unload(
      @Option(names = "--worker", defaultValue = OWN, description = "Which worker.") String worker,
      @Parameters(paramLabel = "NAME", description = "The adapter.") String name) {
    client.post(PATH + "/" + worker + "/unload", Json.object().put("adapter", name));
    say("Unloaded %s/%s.".formatted(worker, name));
  }

  @Command(name = "sleep", description = "Let a worker give its memory back.")
  void sleep(
      @Option(names = "--worker", defaultValue = OWN, description = "Which worker.")
          String worker) {
    client.post(PATH + "/" + worker + "/sleep", Json.object());
    say(worker + " sleeps.");
  }

  @Command(name = "wake", description = "Let a worker take its memory again.")
  void wake(
      @Option(names = "--worker", defaultValue = OWN, description = "Which worker.")
          String worker) {
    client.post(PATH + "/" + worker + "/wake", Json.object());
    say(worker + " is awake.");
  }

  private static String number(JsonNode value) {
    return value.isNumber() ? Long.toString(Math.round(value.asDouble())) : "";
  }

  private void print(Table table) {
    table.print(spec.commandLine().getOut());
    spec.commandLine().getOut().flush();
  }

  private void say(String text) {
    spec.commandLine().getOut().println(text);
    spec.commandLine().getOut().flush();
  }
}
