package io.consilium.orchestrator.mcp;

import io.consilium.expert.ApiKey.Access;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tool that agents may call.
 *
 * @param tool as it is listed
 * @param may who may call it; to others it is not there
 * @param work does it; blocks
 */
record McpTool(McpSchema.Tool tool, Set<Access> may, Work work) {
  /** What a tool does. */
  interface Work {
    /**
     * Serves one call.
     *
     * @throws io.consilium.expert.ExpertException shown to the agent's model, but for cancellations
     */
    Said run(McpCall call, ObjectNode arguments);
  }

  /**
   * What came of a call.
   *
   * @param text for a model to read
   * @param structured the same as the tool's output schema says
   */
  record Said(String text, ObjectNode structured) {
    static Said of(ObjectNode structured) {
      return new Said(structured.toString(), structured);
    }
  }
}
