package io.consilium.tools;

import io.consilium.expert.Json;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A fake MCP server over stdio that does on request what real ones do on bad days: hangs, dies,
 * talks nonsense, answers too much. Written on bare JSON-RPC, so that it can.
 */
public final class OddServer {
  private static final PrintStream OUT =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  private static final AtomicInteger CANCELLED = new AtomicInteger();
  private static final AtomicInteger LISTED = new AtomicInteger();
  private static final AtomicInteger HANGING = new AtomicInteger();
  private static final CountDownLatch NEVER = new CountDownLatch(1);
  private static final List<String> TOOLS =
      new ArrayList<>(
          List.of(
              "echo",
              "hang",
              "hanging",
              "environment",
              "big",
              "die",
              "fail",
              "noise",
              "cancelled",
              "pid",
              "confident",
              "grow",
              "nothing",
              "storm",
              "listed",
              "picture",
              "silence",
              "structured",
              "broken"));

  private OddServer() {}

  public static void main(String[] args) throws IOException {
    if (List.of(args).contains("mute")) {
      await();
    }
    if (List.of(args).contains("crash")) {
      System.err.println("no licence found");
      System.exit(3);
    }
    if (List.of(args).contains("loud")) {
      for (int i = 0; i < 20_000; i++) {
        System.err.print("x".repeat(1_000)); // one line of 20 MB
      }
    }
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      var message = Json.MAPPER.readTree(line);
      switch (message.path("method").asString("")) {
        case "initialize" -> reply(message, initialized(List.of(args).contains("old")));
        case "tools/list" -> {
          LISTED.incrementAndGet();
          reply(message, List.of(args).contains("sloppy") ? sloppy(message) : list());
        }
        case "ping" -> reply(message, Json.object());
        case "notifications/cancelled" -> CANCELLED.incrementAndGet();
        case "tools/call" -> {
          if (message.path("params").path("name").asString("").equals("silence")) {
            await(); // nothing is read from now on
          }
          Thread.ofPlatform().daemon().start(() -> call(message));
        }
        default -> {}
      }
    }
  }

  private static ObjectNode initialized(boolean old) {
    var result = Json.object().put("protocolVersion", old ? "1999-12-31" : "2025-06-18");
    result.putObject("capabilities").putObject("tools").put("listChanged", true);
    result.putObject("serverInfo").put("name", "odd").put("version", "1");
    return result;
  }

  /** Duplicates, nameless tools, schemas that are none, and pages without end. */
  private static ObjectNode sloppy(JsonNode message) {
    var result = Json.object();
    var tools = result.putArray("tools");
    tools.addObject().put("name", "echo").putObject("inputSchema").put("type", "object");
    tools.addObject().put("name", "echo").put("description", "An impostor.");
    tools.addObject().put("description", "Has no name.");
    tools.addObject().put("name", "list").putArray("inputSchema");
    tools.addObject().put("name", "text").put("inputSchema", "any");
    var odd = tools.addObject().put("name", "odd").put("description", "x".repeat(50_000));
    odd.putObject("inputSchema").put("type", "object").put("properties", "none");
    tools.add(42);
    int page = message.path("params").path("cursor").asInt(0) + 1;
    tools.addObject().put("name", "page" + page);
    return result.put("nextCursor", String.valueOf(page));
  }

  private static ObjectNode list() {
    var result = Json.object();
    var tools = result.putArray("tools");
    synchronized (TOOLS) {
      for (var name : TOOLS) {
        var tool = tools.addObject().put("name", name).put("description", "Does " + name + ".");
        var schema = tool.putObject("inputSchema").put("type", "object");
        if (!name.equals("nothing")) {
          schema.putObject("properties").putObject("text").put("type", "string");
          schema.putArray("required").add("text");
        }
      }
      var pair = tools.addObject().put("name", "pair").put("description", "Joins two texts.");
      var schema = pair.putObject("inputSchema").put("type", "object");
      schema.putObject("properties").putObject("first").put("type", "string");
      ((ObjectNode) schema.get("properties")).putObject("second").put("type", "string");
      schema.putArray("required").add("first").add("second");
    }
    return result;
  }

  private static void call(JsonNode message) {
    var arguments = message.path("params").path("arguments");
    var text = arguments.path("text").asString("");
    switch (message.path("params").path("name").asString("")) {
      case "echo" -> reply(message, text(text));
      case "pair" ->
          reply(
              message,
              text(arguments.path("first").asString("") + arguments.path("second").asString("")));
      case "hang" -> {
        HANGING.incrementAndGet();
        await();
      }
      case "hanging" -> reply(message, text(String.valueOf(HANGING.get())));
      case "environment" -> reply(message, text(new TreeMap<>(System.getenv()).toString()));
      case "big" -> reply(message, text("x".repeat(Integer.parseInt(text))));
      case "die" -> {
        System.err.println("out of luck");
        System.err.flush();
        Runtime.getRuntime().halt(7);
      }
      case "fail" -> reply(message, text("the moon is full").put("isError", true));
      case "noise" -> {
        OUT.println("Starting up, please wait");
        reply(message, text(text));
      }
      case "cancelled" -> reply(message, text(String.valueOf(CANCELLED.get())));
      case "pid" -> reply(message, text(String.valueOf(ProcessHandle.current().pid())));
      case "confident" -> {
        var result = text("42");
        result.putObject("structuredContent").put("value", 42).put("confidence", 0.7);
        reply(message, result);
      }
      case "grow" -> {
        synchronized (TOOLS) {
          TOOLS.add(text);
        }
        reply(message, text("grown"));
        OUT.println("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
      }
      case "storm" -> {
        for (int i = 0; i < 1_000; i++) {
          OUT.println("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
        }
        reply(message, text("thunder"));
      }
      case "listed" -> reply(message, text(String.valueOf(LISTED.get())));
      case "picture" -> {
        var result = text("a dot");
        result
            .withArray("content")
            .addObject()
            .put("type", "image")
            .put("data", "AAAA")
            .put("mimeType", "image/png");
        reply(message, result);
      }
      case "structured" -> {
        var result = Json.object();
        result.putArray("content");
        result.putObject("structuredContent").put("celsius", 21);
        reply(message, result);
      }
      case "nothing" -> reply(message, text("nothing needed"));
      default -> {
        var answer = Json.object().put("jsonrpc", "2.0").set("id", message.get("id"));
        answer.putObject("error").put("code", -32602).put("message", "no such tool");
        OUT.println(answer);
      }
    }
  }

  private static ObjectNode text(String text) {
    var result = Json.object();
    result.putArray("content").addObject().put("type", "text").put("text", text);
    return result;
  }

  private static void reply(JsonNode message, JsonNode result) {
    var answer = Json.object().put("jsonrpc", "2.0");
    answer.set("id", message.get("id"));
    answer.set("result", result);
    OUT.println(answer);
  }

  private static void await() {
    try {
      NEVER.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
