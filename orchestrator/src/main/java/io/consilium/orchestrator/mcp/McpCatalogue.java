package io.consilium.orchestrator.mcp;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.ExpertCard;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tools, resources and prompts that {@link McpEndpoint} serves: those of this service, or in tests
 * those of another server behind the same endpoint.
 */
public interface McpCatalogue {
  /** What there is now; made anew when it changes. */
  Served current();

  /** Who serves: name, title and version. */
  ObjectNode info();

  /** What a model should know before it calls anything. */
  String instructions();

  /**
   * One state of a catalogue.
   *
   * @param cards it was made of
   * @param handler serves requests
   * @param may who may call each tool, in the order they are listed
   */
  record Served(
      List<ExpertCard> cards, McpStatelessServerHandler handler, Map<String, Set<Access>> may) {}
}
