package io.consilium.tools.everyday;

import io.consilium.tools.stdio.StdioServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bundled MCP server as a process: speaks MCP on standard input and output, logs to standard
 * error, ends when its input is closed.
 */
public final class EverydayServer {
  /** The tools, and the ids of the experts they are. */
  public static final List<String> TOOL_NAMES =
      List.of("calculator", "unit-converter", "date-calculator");

  private static final int LONGEST_QUESTION = 4_000;

  private EverydayServer() {}

  public static void main(String[] arguments) throws InterruptedException {
    var clock = Clock.system(ZoneId.systemDefault());
    List<EverydayTool> tools =
        List.of(new Calculator(), new UnitConverter(), new DateCalculator(clock));
    StdioServer.serve(
        "consilium-everyday",
        tools.stream().map(EverydayServer::specification).toList(),
        () -> warmUp(tools));
  }

  /** Loads what the first questions need, while nobody waits for it. */
  private static void warmUp(List<EverydayTool> tools) {
    for (var tool : tools) {
      for (var question : List.of("2 + 2", "3 km in miles", "3pm in Tokyo")) {
        try {
          tool.read(question);
        } catch (Unreadable e) {
          // each tool can read one of them
        }
      }
    }
  }

  private static SyncToolSpecification specification(EverydayTool tool) {
    Map<String, Object> question =
        Map.of("type", "string", "description", "the question in plain words");
    Map<String, Object> schema =
        Map.of(
            "type",
            "object",
            "properties",
            Map.of("question", question),
            "required",
            List.of("question"));
    return SyncToolSpecification.builder()
        .tool(McpSchema.Tool.builder(tool.name(), schema).description(tool.description()).build())
        .callHandler((exchange, request) -> call(tool, request.arguments()))
        .build();
  }

  static CallToolResult call(EverydayTool tool, @Nullable Map<String, Object> arguments) {
    var given = arguments == null ? null : arguments.get("question");
    if (!(given instanceof String question) || question.isBlank()) {
      return StdioServer.failed("Give the question as a text: {\"question\": \"…\"}.");
    }
    if (question.length() > LONGEST_QUESTION) {
      return StdioServer.failed("The question is too long; at most 4,000 characters are read.");
    }
    try {
      var reading = tool.read(question);
      return CallToolResult.builder()
          .addTextContent(reading.text())
          .structuredContent(reading.structured())
          .isError(false)
          .build();
    } catch (Unreadable e) {
      return StdioServer.failed(e.message());
    } catch (RuntimeException e) {
      e.printStackTrace();
      return StdioServer.failed(
          "This went wrong in the " + tool.name() + ", a defect of ours: " + e);
    }
  }
}
