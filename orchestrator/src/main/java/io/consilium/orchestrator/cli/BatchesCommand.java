package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Has many requests answered in the background, watches and cancels that. */
@Command(
    name = "batches",
    description = "List batches; submit, show, cancel and read them.",
    mixinStandardHelpOptions = true)
final class BatchesCommand implements Runnable {
  private static final String PATH = "/v1/batches/";
  private static final long LOOKS_MILLIS = 500;

  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  BatchesCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    var table = new Table("batch", "status", "answered", "failed", "of", "made");
    for (var batch : client.get("/v1/batches?limit=100").path("data")) {
      var counts = batch.path("request_counts");
      table.row(
          batch.path("id").asString(""),
          batch.path("status").asString(""),
          counts.path("completed").asString(""),
          counts.path("failed").asString(""),
          counts.path("total").asString(""),
          Instant.ofEpochSecond(batch.path("created_at").asLong(0)).toString());
    }
    if (table.isEmpty()) {
      say("There is no batch. './consilium batches submit FILE' makes one.");
    } else {
      table.print(spec.commandLine().getOut());
    }
  }

  @Command(
      name = "submit",
      description =
          "Have the requests of a file answered: JSON lines as OpenAI's batches take them.")
  void submit(
      @Parameters(paramLabel = "FILE", description = "The requests.") Path file,
      @Option(
              names = "--endpoint",
              defaultValue = "/v1/chat/completions",
              description = "What they ask; default ${DEFAULT-VALUE}.")
          String endpoint,
      @Option(
              names = "--window",
              defaultValue = "24h",
              description = "The time it may take; default ${DEFAULT-VALUE}.")
          String window,
      @Option(names = "--wait", description = "Wait until it has ended.") boolean wait) {
    if (!Files.isReadable(file)) {
      throw ExpertException.invalid("file", file + " cannot be read");
    }
    var kept = client.upload("/v1/files", "batch", file);
    var batch =
        client.post(
            "/v1/batches",
            Json.object()
                .put("input_file_id", kept.path("id").asString(""))
                .put("endpoint", endpoint)
                .put("completion_window", window));
    say(batch.path("id").asString(""));
    if (wait) {
      ended(batch);
    }
  }

  private void ended(JsonNode begun) {
    var batch = begun;
    var said = "";
    while (true) {
      var counts = batch.path("request_counts");
      var status = batch.path("status").asString("");
      var line =
          "  %s: %d answered, %d failed, of %d"
              .formatted(
                  status,
                  counts.path("completed").asInt(0),
                  counts.path("failed").asInt(0),
                  counts.path("total").asInt(0));
      if (!line.equals(said)) {
        say(line);
        said = line;
      }
      switch (status) {
        case "completed", "cancelled", "expired" -> {
          return;
        }
        case "failed" ->
            throw new ExpertException(
                FailureKind.INVALID_REQUEST,
                "nothing could be asked: "
                    + batch.at("/errors/data/0/message").asString("no reason given"));
        default -> pause();
      }
      batch = client.get(PATH + batch.path("id").asString(""));
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOKS_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(FailureKind.CANCELLED, "interrupted; the batch goes on", e);
    }
  }

  @Command(name = "show", description = "Show a batch and how far it is.")
  void show(@Parameters(paramLabel = "ID", description = "The batch.") String id) {
    say(client.get(PATH + id).toPrettyString());
  }

  @Command(name = "cancel", description = "Stop a batch; what was answered stays.")
  void cancel(@Parameters(paramLabel = "ID", description = "The batch.") String id) {
    var batch = client.post(PATH + id + "/cancel", Json.object());
    say("Batch %s is %s.".formatted(id, batch.path("status").asString("")));
  }

  @Command(name = "output", description = "Print the answers of a batch that has ended.")
  void output(
      @Parameters(paramLabel = "ID", description = "The batch.") String id,
      @Option(names = "--errors", description = "Print the lines that were not answered instead.")
          boolean errors) {
    var batch = client.get(PATH + id);
    var file = batch.path(errors ? "error_file_id" : "output_file_id").asString("");
    if (file.isEmpty()) {
      throw new ExpertException(
          FailureKind.NOT_FOUND,
          "batch %s is %s and has no such file".formatted(id, batch.path("status").asString("")));
    }
    var out = spec.commandLine().getOut();
    try (var lines = client.read("/v1/files/%s/content".formatted(file))) {
      lines.lines().forEach(out::println);
      out.flush();
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.UNAVAILABLE, "the connection broke: " + e.getMessage(), e);
    }
  }

  private void say(String text) {
    var out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
