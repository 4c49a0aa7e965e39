package io.consilium.orchestrator.mcp;

import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Takes the handler from the SDK, which calls this a transport. */
final class TakenHandler implements McpStatelessServerTransport {
  private @Nullable McpStatelessServerHandler handler;

  @Override
  public void setMcpHandler(McpStatelessServerHandler given) {
    handler = given;
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.empty();
  }

  /** The handler of the server that was built with this. */
  McpStatelessServerHandler handler() {
    return Objects.requireNonNull(handler, "the server has not been built");
  }
}
