package io.consilium.tools.retrieval;

import java.util.Set;

/**
 * A request seen before.
 *
 * @param request its text
 * @param tools ids of the tools that served it; at least one
 */
public record ToolExample(String request, Set<String> tools) {
  public ToolExample {
    if (tools.isEmpty()) {
      throw new IllegalArgumentException("an example names the tools that served: " + request);
    }
    tools = Set.copyOf(tools);
  }
}
