package io.consilium.tools.wireless;

import io.consilium.expert.Json;
import io.consilium.expert.classifier.LinearClassifier.Guess;
import io.consilium.tools.stdio.StdioServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The detectors as an MCP server of their own, one tool each: "lightweight expert models behind
 * MCP" that a language model asks about a channel it cannot read ("Model Context Protocol-based
 * Internet of Experts for Wireless Environment-aware LLM Agents", 2025).
 */
public final class WirelessServer {
  /** What the server calls itself. */
  public static final String NAME = "consilium-wireless";

  private static final Map<String, Object> INPUT =
      Map.of(
          "type",
          "object",
          "properties",
          Map.of(
              "channel",
              Map.of(
                  "type",
                  "array",
                  "description",
                  "complex gain of the channel: %d rows, one per slot of 0.5 ms, of real and imaginary part in each of %d resource blocks of 360 kHz"
                      .formatted(ChannelGrid.SLOTS, ChannelGrid.BLOCKS),
                  "minItems",
                  ChannelGrid.SLOTS,
                  "maxItems",
                  ChannelGrid.SLOTS,
                  "items",
                  Map.of(
                      "type",
                      "array",
                      "minItems",
                      2 * ChannelGrid.BLOCKS,
                      "maxItems",
                      2 * ChannelGrid.BLOCKS,
                      "items",
                      Map.of("type", "number")))),
          "required",
          List.of("channel"));

  private WirelessServer() {}

  public static void main(String[] arguments) throws InterruptedException {
    var detection = Detection.shipped();
    StdioServer.serve(
        NAME,
        Arrays.stream(Detector.values()).map(each -> specification(each, detection)).toList(),
        () -> {});
  }

  private static SyncToolSpecification specification(Detector detector, Detection detection) {
    var tool =
        McpSchema.Tool.builder(detector.id(), INPUT)
            .description(detector.description())
            .outputSchema(output(detector))
            .build();
    return SyncToolSpecification.builder()
        .tool(tool)
        .callHandler((exchange, request) -> call(detector, detection, request.arguments()))
        .build();
  }

  private static Map<String, Object> output(Detector detector) {
    var probability = Map.of("type", "number", "minimum", 0, "maximum", 1);
    return Map.of(
        "type",
        "object",
        "properties",
        Map.of(
            "label",
            Map.of("type", "string", "enum", detector.labels()),
            "confidence",
            probability,
            "probabilities",
            Map.of(
                "type",
                "object",
                "properties",
                detector.labels().stream().collect(Collectors.toMap(l -> l, l -> probability)))),
        "required",
        List.of("label", "confidence", "probabilities"));
  }

  static CallToolResult call(
      Detector detector, Detection detection, @Nullable Map<String, Object> arguments) {
    List<Guess> guesses;
    try {
      var channel = arguments == null ? null : arguments.get("channel");
      guesses = detection.guesses(detector, ChannelGrid.of(Json.MAPPER.valueToTree(channel)));
    } catch (IllegalArgumentException e) {
      return StdioServer.failed(String.valueOf(e.getMessage()));
    }
    var best = guesses.getFirst();
    Map<String, Double> probabilities = new LinkedHashMap<>();
    guesses.forEach(guess -> probabilities.put(guess.label(), rounded(guess.probability())));
    return CallToolResult.builder()
        .addTextContent(String.format(Locale.ROOT, "%s (%.2f)", best.label(), best.probability()))
        .structuredContent(
            Map.of(
                "label",
                best.label(),
                "confidence",
                rounded(best.probability()),
                "probabilities",
                probabilities))
        .isError(false)
        .build();
  }

  private static double rounded(double probability) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.4f", probability));
  }
}
