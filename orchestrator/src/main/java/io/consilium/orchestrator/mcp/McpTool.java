package io.consilium.orchestrator.mcp;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.Json;
import io.consilium.expert.Part;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
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
   * @param content for a model to read, and what else there is: images, sound, resources
   * @param structured the same as the tool's output schema says
   */
  record Said(List<McpSchema.Content> content, ObjectNode structured) {
    /** An image that travels inside its address. */
    private static final Pattern DATA =
        Pattern.compile("data:(image/[^;,]+);base64,(.*)", Pattern.DOTALL);

    Said {
      content = List.copyOf(content);
    }

    static Said of(ObjectNode structured) {
      return of(structured.toString(), structured);
    }

    static Said of(String text, ObjectNode structured) {
      return new Said(List.of(McpSchema.TextContent.builder(text).build()), structured);
    }

    /** The same with the parts of an answer that are no text and that the protocol can carry. */
    Said with(List<Part> parts) {
      List<McpSchema.Content> all = new ArrayList<>(content);
      for (var part : parts) {
        switch (part) {
          case Part.Text _ -> {}
          case Part.Image image -> image(image.url()).ifPresent(all::add);
          case Part.Other other -> asSent(other.raw()).ifPresent(all::add);
        }
      }
      return new Said(all, structured);
    }

    private static Optional<McpSchema.Content> image(String url) {
      var data = DATA.matcher(url);
      return data.matches()
          ? Optional.of(McpSchema.ImageContent.builder(data.group(2), data.group(1)).build())
          : Optional.empty();
    }

    /** Parts that came from an MCP server; those of other dialects have no place here. */
    private static Optional<McpSchema.Content> asSent(JsonNode raw) {
      if (!raw.path("type").asString("").equals("audio") && !raw.has("resource")) {
        return Optional.empty();
      }
      try {
        return Optional.of(Json.MAPPER.convertValue(raw, McpSchema.Content.class));
      } catch (JacksonException | IllegalArgumentException other) {
        return Optional.empty();
      }
    }
  }
}
