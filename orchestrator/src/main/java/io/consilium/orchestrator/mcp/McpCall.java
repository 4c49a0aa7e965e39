package io.consilium.orchestrator.mcp;

import io.consilium.orchestrator.security.Caller;
import io.modelcontextprotocol.common.McpTransportContext;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The request that a handler serves.
 *
 * @param caller who sent it
 * @param progress takes what has happened so far, for callers who want to know
 */
record McpCall(Caller caller, Consumer<String> progress) {
  private static final String NAME = McpCall.class.getName();

  McpTransportContext context() {
    return McpTransportContext.create(Map.of(NAME, this));
  }

  static McpCall of(McpTransportContext context) {
    return (McpCall) context.get(NAME);
  }
}
