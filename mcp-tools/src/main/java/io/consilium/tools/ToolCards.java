package io.consilium.tools;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Owner;
import io.consilium.expert.Provider;
import io.consilium.expert.ToolSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Cards for the tools a server lists: id, description and schema as the server gives them. */
public final class ToolCards {
  private static final int LONGEST_ID = 120;

  private ToolCards() {}

  /**
   * One card per tool, in the server's order. The id is the one configured for the tool, else
   * {@code server/tool} with characters that no id may hold replaced by {@code -}.
   */
  public static List<ExpertCard> of(McpServerSettings server, List<ToolSpec> tools, Owner owner) {
    List<ExpertCard> cards = new ArrayList<>();
    var taken = new HashSet<String>();
    for (var tool : tools) {
      var id = server.ids().getOrDefault(tool.name(), server.name() + "/" + tool.name());
      id = id.replaceAll("[^A-Za-z0-9._:@/-]", "-");
      id = id.length() > LONGEST_ID ? id.substring(0, LONGEST_ID) : id;
      var plain = id;
      for (int twin = 2; !taken.add(id); twin++) {
        id = plain + "-" + twin;
      }
      cards.add(card(id, server, tool).withOwner(owner));
    }
    return List.copyOf(cards);
  }

  private static ExpertCard card(String id, McpServerSettings server, ToolSpec tool) {
    var description =
        tool.description().isBlank()
            ? "Tool " + tool.name() + " of MCP server " + server.name() + "."
            : tool.description().strip();
    var url = server.transport() instanceof McpServerSettings.Http http ? http.url() : null;
    return ExpertCard.of(
        id,
        new ExpertKind.Tool(server.name(), tool.schema()),
        description,
        new Endpoint(
            Provider.MCP, url, tool.name(), null, Map.of(), Map.of("server", server.name())));
  }
}
