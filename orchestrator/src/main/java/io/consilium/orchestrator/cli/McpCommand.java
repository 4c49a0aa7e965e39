package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The service as an MCP server over standard input and output: every line goes to {@code /mcp} of
 * the service that runs, every message that comes back is a line. It knows no method but those the
 * transport itself is made of, so it speaks whatever version the service does.
 */
@Command(
    name = "mcp",
    description = "Be an MCP server over standard input and output, for agents on this machine.",
    mixinStandardHelpOptions = true)
final class McpCommand implements Runnable {
  private static final String SESSION = "Mcp-Session-Id";
  private static final String VERSION = "MCP-Protocol-Version";
  private static final String META_VERSION = "io.modelcontextprotocol/protocolVersion";
  private static final int NO_SESSION = -32_001;
  private static final int FAILED = -32_000;

  private final Client client;
  private final Map<JsonNode, Thread> modern = new ConcurrentHashMap<>();
  private volatile @Nullable JsonNode opening;
  private volatile @Nullable String session;
  private volatile @Nullable String version;

  @Spec private CommandSpec spec = CommandSpec.create();

  McpCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    serve(System.in, spec.commandLine().getOut());
  }

  /** Carries messages both ways until the input ends and what it asked for is answered. */
  void serve(InputStream in, PrintWriter out) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        var message = message(line, out);
        if (message == null) {
          continue;
        }
        if (method(message).equals("initialize")) {
          opening = message;
          carry(message, out); // what follows needs its session
        } else {
          var _ = threads.submit(() -> carry(message, out)); // failures become messages
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable JsonNode message(String line, PrintWriter out) {
    if (line.isBlank()) {
      return null;
    }
    try {
      return Json.MAPPER.readTree(line);
    } catch (JacksonException e) {
      say(error(null, -32_700, "this line is not valid JSON: " + Json.fault(e)), out);
      return null;
    }
  }

  private static String method(JsonNode message) {
    return message.path("method").asString("");
  }

  private void carry(JsonNode message, PrintWriter out) {
    var id = message.get("id");
    boolean isModern = message.path("params").path("_meta").has(META_VERSION);
    if (method(message).equals("notifications/cancelled")) {
      var running = modern.get(message.path("params").path("requestId"));
      if (running != null) {
        running.interrupt(); // closing the connection is how this version cancels
        return;
      }
    }
    try {
      if (isModern && id != null) {
        modern.put(id, Thread.currentThread());
      }
      send(message, isModern, true, out);
    } catch (ExpertException | UncheckedIOException e) {
      boolean cancelled = Thread.interrupted();
      if (id != null && !cancelled) {
        say(
            error(
                id,
                FAILED,
                e instanceof ExpertException known
                    ? known.message()
                    : "the service broke off its answer"),
            out);
      }
    } finally {
      if (isModern && id != null) {
        modern.remove(id);
      }
    }
  }

  private void send(JsonNode message, boolean isModern, boolean again, PrintWriter out) {
    var response = client.exchange("/mcp", message, headers(message, isModern));
    response.headers().firstValue(SESSION).ifPresent(id -> session = id);
    var type = response.headers().firstValue("content-type").orElse("");
    if (type.startsWith("text/event-stream")) {
      events(response, out);
      return;
    }
    var reply = whole(response);
    if (reply.isEmpty()) {
      return; // a notification was taken
    }
    var open = opening;
    if (again
        && reply.path("error").path("code").asInt(0) == NO_SESSION
        && open != null
        && !message.equals(open)) {
      // the service was started anew: begin anew, and say it again
      session = null;
      send(open, false, false, new PrintWriter(PrintWriter.nullWriter()));
      send(message, isModern, false, out);
      return;
    }
    if (method(message).equals("initialize")) {
      version = reply.path("result").path("protocolVersion").asString(null);
    }
    if (reply.has("jsonrpc")) {
      say(reply, out);
    } else if (message.has("id")) {
      say(
          error(
              message.get("id"),
              FAILED,
              reply.path("detail").asString("the service answered HTTP " + response.statusCode())),
          out);
    }
  }

  private Map<String, String> headers(JsonNode message, boolean isModern) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json, text/event-stream");
    var params = message.path("params");
    if (isModern) {
      headers.put(VERSION, safe(params.path("_meta").path(META_VERSION).asString("")));
      headers.put("Mcp-Method", safe(method(message)));
      var name = params.path("name").asString(params.path("uri").asString(""));
      if (!name.isEmpty()) {
        headers.put("Mcp-Name", safe(name));
      }
      return headers;
    }
    var known = session;
    if (known != null && !method(message).equals("initialize")) {
      headers.put(SESSION, known);
    }
    var spoken = version;
    if (spoken != null) {
      headers.put(VERSION, spoken);
    }
    return headers;
  }

  /** A header's value, encoded as the protocol says where it cannot stand as it is. */
  private static String safe(String value) {
    boolean plain =
        value.chars().allMatch(c -> c >= 0x20 && c < 0x7f)
            && value.equals(value.strip())
            && !value.startsWith("=?base64?");
    return plain
        ? value
        : "=?base64?%s?="
            .formatted(Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
  }

  private static void events(HttpResponse<InputStream> response, PrintWriter out) {
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data:")) {
          say(Json.MAPPER.readTree(line.substring("data:".length())), out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode whole(HttpResponse<InputStream> response) {
    try (var body = response.body()) {
      var bytes = body.readAllBytes();
      return bytes.length == 0 ? Json.object() : Json.MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode error(@Nullable JsonNode id, int code, String message) {
    var root = Json.object().put("jsonrpc", "2.0");
    if (id == null) {
      root.putNull("id");
    } else {
      root.set("id", id);
    }
    root.putObject("error").put("code", code).put("message", message);
    return root;
  }

  private static void say(JsonNode message, PrintWriter out) {
    synchronized (out) {
      out.println(message);
      out.flush();
    }
  }
}
