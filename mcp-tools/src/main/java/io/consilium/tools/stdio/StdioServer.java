package io.consilium.tools.stdio;

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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.json.JsonMapper;

/**
 * This process as an MCP server: speaks MCP on standard input and output, logs to standard error,
 * ends when its input is closed.
 */
public final class StdioServer {
  /**
   * Schemas are ours and arguments are checked by the tool: the validator would double the start.
   */
  private static final JsonSchemaValidator UNCHECKED =
      (schema, content) -> JsonSchemaValidator.ValidationResponse.asValid(null);

  private StdioServer() {}

  /**
   * Serves until the input is closed, then ends the process.
   *
   * @param name what the server calls itself
   * @param warmUp loads what the first calls need, on a thread of its own
   */
  public static void serve(String name, List<SyncToolSpecification> tools, Runnable warmUp)
      throws InterruptedException {
    var input = new Watched(System.in);
    var output = System.out;
    System.setOut(System.err); // nothing but messages may reach the real standard output
    var json = new JacksonMcpJsonMapper(JsonMapper.builder().build());
    var server =
        McpServer.sync(new StdioServerTransportProvider(json, input, output))
            .serverInfo(name, "1")
            .capabilities(McpSchema.ServerCapabilities.builder().tools(false).build())
            .jsonSchemaValidator(UNCHECKED)
            // one after another: the transport dies of two replies that are ready at once
            .immediateExecution(true)
            .tools(tools)
            .build();
    Thread.ofPlatform().daemon().name("warm-up").start(warmUp);
    input.ended.await();
    server.close();
    System.exit(0);
  }

  /** The result of a call that went wrong, in words for who called. */
  public static CallToolResult failed(String why) {
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
