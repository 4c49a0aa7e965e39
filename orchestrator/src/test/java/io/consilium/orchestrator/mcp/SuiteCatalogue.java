package io.consilium.orchestrator.mcp;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.Modality;
import io.consilium.expert.Part;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.jackson3.DefaultJsonSchemaValidator;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import tools.jackson.databind.node.ObjectNode;

/**
 * The made-up server that the official conformance suite asks for, behind our own endpoint in place
 * of our catalogue: its tools are served as ours are, its resources and prompts by the same SDK.
 */
public final class SuiteCatalogue implements McpCatalogue {
  private static final String PIXEL =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
  private static final String SILENCE =
      "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";
  private static final Map<String, Object> NOTHING = Map.of("type", "object");

  private final Served served = serve();

  /** Puts it in the place of the service's own. */
  @Configuration(proxyBeanMethods = false)
  public static class InPlaceOfOurs {
    @Bean
    @Primary
    McpCatalogue suiteCatalogue() {
      return new SuiteCatalogue();
    }
  }

  @Override
  public Served current() {
    return served;
  }

  @Override
  public ObjectNode info() {
    return Json.object().put("name", "suite").put("title", "Suite").put("version", "1");
  }

  @Override
  public String instructions() {
    return "A server for the conformance suite.";
  }

  private static McpTool tool(String name, Map<String, Object> input, McpTool.Work work) {
    return new McpTool(
        McpSchema.Tool.builder(name, input).description("For the suite.").build(),
        Set.of(Access.values()),
        work);
  }

  private static McpTool.Said said(String text, Part... parts) {
    return McpTool.Said.of(text, Json.object()).with(List.of(parts));
  }

  private static Part image() {
    return new Part.Image("data:image/png;base64," + PIXEL, Json.object());
  }

  private static Part audio() {
    return new Part.Other(
        Modality.AUDIO,
        Json.object().put("type", "audio").put("mimeType", "audio/wav").put("data", SILENCE));
  }

  private static Part resource(String uri, String mimeType, String text) {
    var raw = Json.object().put("type", "resource");
    raw.putObject("resource").put("uri", uri).put("mimeType", mimeType).put("text", text);
    return new Part.Other(Modality.FILE, raw);
  }

  private static List<McpTool> tools() {
    Map<String, Object> modern =
        Map.of(
            "$schema",
            "https://json-schema.org/draft/2020-12/schema",
            "type",
            "object",
            "$defs",
            Map.of(
                "address",
                Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string")))),
            "properties",
            Map.of("address", Map.of("$ref", "#/$defs/address")),
            "additionalProperties",
            false);
    return List.of(
        tool(
            "test_simple_text",
            NOTHING,
            (call, arguments) -> said("This is a simple text response for testing.")),
        tool("test_image_content", NOTHING, (call, arguments) -> said("An image:", image())),
        tool("test_audio_content", NOTHING, (call, arguments) -> said("Silence:", audio())),
        tool(
            "test_embedded_resource",
            NOTHING,
            (call, arguments) ->
                said(
                    "A resource:",
                    resource(
                        "test://embedded-resource",
                        "text/plain",
                        "This is an embedded resource content."))),
        tool(
            "test_multiple_content_types",
            NOTHING,
            (call, arguments) ->
                said(
                    "Multiple content types test:",
                    image(),
                    resource(
                        "test://mixed-content-resource",
                        "application/json",
                        "{\"test\":\"data\",\"value\":123}"))),
        tool(
            "test_error_handling",
            NOTHING,
            (call, arguments) -> {
              throw ExpertException.invalid(
                  "arguments", "This tool intentionally returns an error for testing");
            }),
        tool(
            "test_tool_with_progress",
            NOTHING,
            (call, arguments) -> {
              List.of("begun", "half way", "done").forEach(call.progress());
              return said("done");
            }),
        tool("json_schema_2020_12_tool", modern, (call, arguments) -> said("taken")));
  }

  private static McpStatelessServerFeatures.SyncResourceSpecification resource(
      String uri, McpSchema.ResourceContents contents) {
    return new McpStatelessServerFeatures.SyncResourceSpecification(
        McpSchema.Resource.builder(uri, uri).mimeType(contents.mimeType()).build(),
        (context, request) -> McpSchema.ReadResourceResult.builder(List.of(contents)).build());
  }

  private static McpStatelessServerFeatures.SyncResourceTemplateSpecification template() {
    return new McpStatelessServerFeatures.SyncResourceTemplateSpecification(
        McpSchema.ResourceTemplate.builder("test://template/{id}/data", "template").build(),
        (context, request) -> {
          var id = request.uri().split("/", -1)[3];
          var text =
              Json.object()
                  .put("id", id)
                  .put("templateTest", true)
                  .put("data", "Data for ID: " + id)
                  .toString();
          return McpSchema.ReadResourceResult.builder(
                  List.of(
                      McpSchema.TextResourceContents.builder(request.uri(), text)
                          .mimeType("application/json")
                          .build()))
              .build();
        });
  }

  private static Offer.Written written(String name, String text, String... arguments) {
    return new Offer.Written(
        McpSchema.Prompt.builder(name)
            .description("For the suite.")
            .arguments(
                List.of(arguments).stream()
                    .map(argument ->
                        McpSchema.PromptArgument.builder(argument)
                            .description(argument)
                            .required(true)
                            .build())
                    .toList())
            .build(),
        text);
  }

  private static McpStatelessServerFeatures.SyncPromptSpecification prompt(
      String name, McpSchema.Content content, String... arguments) {
    return new McpStatelessServerFeatures.SyncPromptSpecification(
        written(name, "", arguments).prompt(),
        (context, request) ->
            McpSchema.GetPromptResult.builder(
                    List.of(McpSchema.PromptMessage.builder(McpSchema.Role.USER, content).build()))
                .build());
  }

  private static Served serve() {
    var tools = tools();
    var taken = new TakenHandler();
    McpServer.sync(taken)
        .jsonMapper(new JacksonMcpJsonMapper(Json.MAPPER))
        .jsonSchemaValidator(new DefaultJsonSchemaValidator(Json.MAPPER))
        .immediateExecution(true)
        .serverInfo(McpSchema.Implementation.builder("suite", "1").build())
        .capabilities(
            McpSchema.ServerCapabilities.builder()
                .tools(true)
                .resources(false, true)
                .prompts(false)
                .build())
        .tools(tools.stream().map(ServiceCatalogue::specification).toList())
        .resources(
            resource(
                "test://static-text",
                McpSchema.TextResourceContents.builder(
                        "test://static-text", "This is the content of the static text resource.")
                    .mimeType("text/plain")
                    .build()),
            resource(
                "test://static-binary",
                McpSchema.BlobResourceContents.builder("test://static-binary", PIXEL)
                    .mimeType("image/png")
                    .build()))
        .resourceTemplates(List.of(template()))
        .prompts(
            ServiceCatalogue.specification(
                written("test_simple_prompt", "This is a simple prompt for testing.")),
            ServiceCatalogue.specification(
                written(
                    "test_prompt_with_arguments",
                    "Prompt with arguments: arg1='{arg1}', arg2='{arg2}'",
                    "arg1",
                    "arg2")),
            prompt(
                "test_prompt_with_embedded_resource",
                McpSchema.EmbeddedResource.builder(
                        McpSchema.TextResourceContents.builder(
                                "test://example-resource", "Embedded resource content for testing.")
                            .mimeType("text/plain")
                            .build())
                    .build(),
                "resourceUri"),
            prompt(
                "test_prompt_with_image",
                McpSchema.ImageContent.builder(PIXEL, "image/png").build()))
        .build();
    Map<String, Set<Access>> may = new LinkedHashMap<>();
    tools.forEach(tool -> may.put(tool.tool().name(), tool.may()));
    return new Served(List.of(), taken.handler(), may);
  }
}
