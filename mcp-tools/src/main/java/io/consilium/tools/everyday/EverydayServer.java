package io.consilium.tools.everyday;

import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The bundled MCP server as a process: speaks MCP on standard input and output, logs to standard
 * error, ends when its input is closed.
 */
public final class EverydayServer {
  /** The tools, and the ids of the experts they are. */
  public static final List<String> TOOL_NAMES =
      List.of("calculator", "unit-converter", "date-calculator");

  private static final int LONGEST_QUESTION = 4_000;

  /**
   * Schemas are ours and arguments are checked by the tool: the validator would double the start.
   */
  private static final JsonSchemaValidator UNCHECKED =
      (schema, content) -> JsonSchemaValidator.ValidationResponse.asValid(null);

  private EverydayServer() {}

  public static void main(String[] arguments) throws InterruptedException {

    var clock = Clock.system(ZoneId.systemDefault());
    serve(List.of(new Calculator(), new UnitConverter(), new DateCalculator(clock)));
  }

  private static void serve(List<EverydayTool> tools) throws InterruptedException {
    var input = new Watched(System.in);
    var output = System.out;
    System.setOut(System.err); // nothing but messages may reach the real standard output
    var json = new JacksonMcpJsonMapper(JsonMapper.builder().build());
    var server =
        McpServer.sync(new StdioServerTransportProvider(json, input, output))
            .serverInfo("consilium-everyday", "1")
            .capabilities(McpSchema.ServerCapabilities.builder().tools(false).build())
            .jsonSchemaValidator(UNCHECKED)
            .tools(tools.stream().map(EverydayServer::specification).toList())
            .build();
    Thread.ofPlatform().daemon().name("warm-up").start(() -> warmUp(tools));
    input.ended.await();
    server.close();
    System.exit(0);
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
      return failed("Give the question as a text: {\"question\": \"…\"}.");
    }
    if (question.length() > LONGEST_QUESTION) {
      return failed("The question is too long; at most 4,000 characters are read.");
    }
    try {
      var reading = tool.read(question);
      return CallToolResult.builder()
          .addTextContent(reading.text())
          .structuredContent(reading.structured())
          .isError(false)
          .build();
    } catch (Unreadable e) {
      return failed(e.message());
    } catch (RuntimeException e) {
      e.printStackTrace();
      return failed("This went wrong in the " + tool.name() + ", a defect of ours: " + e);
    }
  }

  private static CallToolResult failed(String why) {
    return CallToolResult.builder().addTextContent(why).isError(true).build();
  }

  /** Standard input that tells when it ends, which the SDK's transport keeps to itself. */
  private static final class Watched extends FilterInputStream {
    private final CountDownLatch ended = new CountDownLatch(1);

    Watched(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      if (read < 0) {
        ended.countDown();
      }
      return read;
    }
  }
}
