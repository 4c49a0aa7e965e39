package io.consilium.tools;

import io.consilium.expert.Json;
import io.consilium.expert.Modality;
import io.consilium.expert.Part;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a tool gave back.
 *
 * @param content its parts in order
 * @param structured its structured content, or null
 * @param error whether the tool itself says that it failed; the text then says why
 */
public record ToolResult(List<Part> content, @Nullable JsonNode structured, boolean error) {
  public ToolResult {
    content = List.copyOf(content);
  }

  static ToolResult of(McpSchema.CallToolResult result) {
    JsonNode structured =
        result.structuredContent() == null
            ? null
            : Json.MAPPER.valueToTree(result.structuredContent());
    return new ToolResult(
        result.content().stream().map(ToolResult::part).toList(),
        structured,
        Boolean.TRUE.equals(result.isError()));
  }

  private static Part part(McpSchema.Content content) {
    JsonNode raw = Json.MAPPER.valueToTree(content);
    return switch (content) {
      case McpSchema.TextContent text -> new Part.Text(text.text());
      case McpSchema.ImageContent image ->
          new Part.Image("data:" + image.mimeType() + ";base64," + image.data(), raw);
      case McpSchema.AudioContent audio -> new Part.Other(Modality.AUDIO, raw);
      case McpSchema.EmbeddedResource embedded
          when embedded.resource() instanceof McpSchema.TextResourceContents text ->
          new Part.Text(text.text());
      case McpSchema.ResourceLink link -> new Part.Text(link.name() + ": " + link.uri());
      default -> new Part.Other(Modality.FILE, raw);
    };
  }

  /** The text parts, joined by line breaks; the structured content when there are none. */
  public String text() {
    var text =
        content.stream()
            .map(part -> part instanceof Part.Text t ? t.text() : "")
            .filter(t -> !t.isEmpty())
            .collect(Collectors.joining("\n"));
    return text.isEmpty() && structured != null ? structured.toPrettyString() : text;
  }

  /** The tool's own confidence in its result, when its structured content states one in 0 to 1. */
  public @Nullable Double confidence() {
    var stated = structured == null ? null : structured.get("confidence");
    if (stated == null || !stated.isNumber()) {
      return null;
    }
    double p = stated.asDouble();
    return p >= 0 && p <= 1 ? p : null;
  }
}
