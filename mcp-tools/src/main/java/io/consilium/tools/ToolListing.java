package io.consilium.tools;

import io.consilium.expert.Json;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the best of what a server lists: one bad entry must not hide the good ones. Entries without
 * a name and further entries of the same name are left out, schemas that are none let any arguments
 * pass, overlong descriptions are cut; each is said once, in the log.
 */
final class ToolListing {
  private static final Logger log = LoggerFactory.getLogger(ToolListing.class);

  /** No honest server has more. */
  private static final int MOST_TOOLS = 10_000;

  private static final int MOST_PAGES = 200;
  private static final int LONGEST_DESCRIPTION = 20_000;

  private final String server;
  private final Set<String> names = new HashSet<>();
  private final Set<String> said = new HashSet<>();
  private int pages;

  ToolListing(String server) {
    this.server = server;
  }

  /** A new listing begins. */
  synchronized void begin() {
    names.clear();
    pages = 0;
  }

  /** A page of the listing as the client can read it. */
  synchronized JsonNode page(JsonNode result) {
    var page = Json.object();
    var tools = page.putArray("tools");
    for (var tool : result.path("tools")) {
      var name = tool.path("name").asString("");
      if (name.isBlank()) {
        say("lists a tool without a name, which is left out");
      } else if (names.size() == MOST_TOOLS) {
        say("lists more than %,d tools; the others are left out".formatted(MOST_TOOLS));
      } else if (!names.add(name)) {
        say("lists the tool '%s' twice; only the first can be called".formatted(name));
      } else {
        tools.add(tool(name, tool));
      }
    }
    var next = result.path("nextCursor");
    if (next.isString() && ++pages < MOST_PAGES && names.size() < MOST_TOOLS) {
      page.set("nextCursor", next);
    }
    return page;
  }

  private ObjectNode tool(String name, JsonNode tool) {
    var read = Json.object().put("name", name);
    var description = tool.path("description").asString("");
    read.put(
        "description",
        description.length() > LONGEST_DESCRIPTION
            ? description.substring(0, LONGEST_DESCRIPTION)
            : description);
    var schema = tool.path("inputSchema");
    if (schema.isObject() && !wrong(schema)) {
      read.set("inputSchema", schema);
    } else {
      say("gives the tool '%s' a schema that is none; any arguments are passed on".formatted(name));
      read.putObject("inputSchema").put("type", "object");
    }
    return read;
  }

  /** Whether what must be there for arguments to be named is of the wrong kind. */
  private static boolean wrong(JsonNode schema) {
    var type = schema.path("type");
    var properties = schema.path("properties");
    var required = schema.path("required");
    return (!type.isMissingNode() && !type.asString("").equals("object"))
        || (!properties.isMissingNode() && !properties.isObject())
        || (!required.isMissingNode() && !required.isArray());
  }

  private void say(String what) {
    if (said.add(what)) {
      log.warn("MCP server {} {}", server, what);
    }
  }
}
