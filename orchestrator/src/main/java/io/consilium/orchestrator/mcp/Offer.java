package io.consilium.orchestrator.mcp;

import io.consilium.expert.Json;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** What is written in {@code offer.yaml}: the words and schemas that agents see. */
final class Offer {
  static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  /** Read when the first agent comes, so that no start waits for it. */
  private static final class Shipped {
    private static final Offer OFFER = read();
  }

  private final JsonNode root;

  private Offer(JsonNode root) {
    this.root = root;
  }

  static Offer shipped() {
    return Shipped.OFFER;
  }

  private static Offer read() {
    try (var stream =
        Objects.requireNonNull(Offer.class.getResourceAsStream("offer.yaml"), "offer.yaml")) {
      return new Offer(
          Json.MAPPER.valueToTree(
              new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(stream)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String instructions() {
    return root.path("instructions").asString().strip();
  }

  /** A tool as it is listed. */
  McpSchema.Tool tool(String name) {
    var tool =
        elements(root.path("tools")).stream()
            .filter(each -> each.path("name").asString().equals(name))
            .findFirst()
            .orElseThrow();
    var hints = tool.path("hints");
    return McpSchema.Tool.builder(name, map(tool.path("input")))
        .title(tool.path("title").asString())
        .description(tool.path("description").asString().strip())
        .outputSchema(map(tool.path("output")))
        .annotations(
            McpSchema.ToolAnnotations.builder()
                .readOnlyHint(hints.path("readOnly").asBoolean())
                .openWorldHint(hints.path("openWorld").asBoolean())
                .build())
        .build();
  }

  /** The arguments of every classifier's tool. */
  Map<String, Object> classifierInput() {
    return map(root.path("classifier").path("input"));
  }

  /** A prompt and the text it becomes, its arguments in braces. */
  record Written(McpSchema.Prompt prompt, String text) {}

  List<Written> prompts() {
    return elements(root.path("prompts")).stream()
        .map(each ->
            new Written(
                McpSchema.Prompt.builder(each.path("name").asString())
                    .title(each.path("title").asString())
                    .description(each.path("description").asString())
                    .arguments(
                        elements(each.path("arguments")).stream()
                            .map(argument ->
                                McpSchema.PromptArgument.builder(argument.path("name").asString())
                                    .description(argument.path("description").asString())
                                    .required(argument.path("required").asBoolean())
                                    .build())
                            .toList())
                    .build(),
                each.path("text").asString().strip()))
        .toList();
  }

  private static List<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  static Map<String, Object> map(JsonNode node) {
    return Json.MAPPER.convertValue(node, MAP);
  }
}
