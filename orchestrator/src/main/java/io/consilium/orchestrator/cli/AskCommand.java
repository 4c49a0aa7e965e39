package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks one question and prints the answer as it comes. */
@Command(
    name = "ask",
    description = "Ask a question.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ask --explain \"What is 17.5 %% of 2,340 EUR?\""})
final class AskCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--explain", description = "Show the candidates and why this plan was chosen.")
  private boolean explain;

  @Option(names = "--policy", description = "quality, balanced, economy or a configured policy.")
  private String policy = "auto";

  @Option(names = "--model", description = "An expert's id, to ask it without routing.")
  private @Nullable String model;

  @Option(names = "--json", description = "Print the whole reply as JSON.")
  private boolean json;

  @Parameters(arity = "1..*", paramLabel = "QUESTION", description = "The question.")
  private List<String> words = List.of();

  AskCommand(Client client) {
    this.client = client;
  }

  /** A chat body for a question; routes and answers take the same. */
  static ObjectNode body(String model, List<String> words) {
    var body = Json.object().put("model", model);
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", String.join(" ", words));
    return body;
  }

  @Override
  public void run() {
    var out = spec.commandLine().getOut();
    var body = body(model != null ? model : "consilium/" + policy, words);
    if (explain || json) {
      if (explain) {
        body.putObject("consilium").put("explain", true);
      }
      var reply = client.post("/v1/chat/completions", body);
      if (json) {
        out.println(reply.toPrettyString());
      } else {
        out.println(text(reply.path("choices").path(0).path("message")));
        out.println();
        Explanation.print(reply.path("consilium"), out);
      }
      out.flush();
      return;
    }
    stream(body.put("stream", true), out);
  }

  private static String text(JsonNode message) {
    var refusal = message.path("refusal").asString("");
    return refusal.isEmpty() ? message.path("content").asString("") : "No answer: " + refusal;
  }

  private void stream(ObjectNode body, PrintWriter out) {
    var response = client.open("/v1/chat/completions", body);
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        if (!line.startsWith("data:") || line.endsWith("[DONE]")) {
          continue;
        }
        var chunk = Json.MAPPER.readTree(line.substring("data:".length()));
        if (chunk.has("error")) {
          out.println();
          throw new ExpertException(
              FailureKind.STREAM_BROKEN, chunk.path("error").path("message").asString("broken"));
        }
        var delta = chunk.path("choices").path(0).path("delta");
        out.print(delta.path("content").asString(""));
        var refusal = delta.path("refusal").asString("");
        if (!refusal.isEmpty()) {
          out.print("No answer: " + refusal);
        }
        out.flush();
      }
    } catch (IOException e) {
      throw new ExpertException(FailureKind.STREAM_BROKEN, "the answer broke off: " + e, e);
    }
    out.println();
    response
        .headers()
        .firstValue("x-consilium-expert")
        .ifPresent(expert -> out.println("— " + expert));
    out.flush();
  }
}
