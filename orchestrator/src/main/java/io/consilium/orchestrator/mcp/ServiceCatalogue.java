package io.consilium.orchestrator.mcp;

import static io.consilium.expert.ApiKey.Access.ADMIN;
import static io.consilium.expert.ApiKey.Access.OPERATOR;
import static io.consilium.expert.ApiKey.Access.VIEWER;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Roster;
import io.consilium.orchestrator.Orchestrator;
import io.consilium.orchestrator.api.ExpertsController;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.jackson3.DefaultJsonSchemaValidator;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything agents find here, as the SDK's server serves it. Made when the first agent comes and
 * anew when a card changes, since classifiers are tools and cards are resources.
 */
public final class ServiceCatalogue implements McpCatalogue {
  private static final Logger log = LoggerFactory.getLogger(ServiceCatalogue.class);
  private static final String EXPERTS = "consilium://experts/";
  private static final String DECISIONS = "consilium://decisions/";
  private static final String JSON = "application/json";

  /** Who may read cards; a user's own decisions are the user's too. */
  static final Set<Access> LOOK = Set.of(ADMIN, OPERATOR, VIEWER);

  private final McpTools tools;
  private final Orchestrator orchestrator;
  private final ExpertsController experts;
  private final String version;
  private volatile @Nullable Served served;

  /**
   * What one orchestrator offers.
   *
   * @param experts shows cards
   * @param version of this service, as agents see it
   */
  public ServiceCatalogue(
      McpTools tools, Orchestrator orchestrator, ExpertsController experts, String version) {
    this.tools = tools;
    this.orchestrator = orchestrator;
    this.experts = experts;
    this.version = version;
  }

  @Override
  public Served current() {
    var roster = orchestrator.roster();
    var now = served;
    if (now == null || !now.cards().equals(roster.cards())) {
      now = serve(roster); // two at once make the same
      served = now;
    }
    return now;
  }

  @Override
  public ObjectNode info() {
    return Json.object().put("name", "consilium").put("title", "Consilium").put("version", version);
  }

  @Override
  public String instructions() {
    return Offer.shipped().instructions();
  }

  private Served serve(Roster roster) {
    var offer = Offer.shipped();
    var all = tools.all(roster);
    var transport = new TakenHandler();
    McpServer.sync(transport)
        .jsonMapper(new JacksonMcpJsonMapper(Json.MAPPER))
        .jsonSchemaValidator(new DefaultJsonSchemaValidator(Json.MAPPER))
        .immediateExecution(true)
        .serverInfo(
            McpSchema.Implementation.builder("consilium", version).title("Consilium").build())
        .instructions(offer.instructions())
        .capabilities(
            McpSchema.ServerCapabilities.builder()
                .tools(true)
                .resources(false, true)
                .prompts(false)
                .build())
        .tools(all.stream().map(ServiceCatalogue::specification).toList())
        .resources(
            roster.cards().stream().map(card -> card(card.id(), card.description())).toList())
        .resourceTemplates(List.of(cards(), decisions()))
        .prompts(offer.prompts().stream().map(ServiceCatalogue::specification).toList())
        .build();
    Map<String, Set<Access>> may = new LinkedHashMap<>();
    all.forEach(tool -> may.put(tool.tool().name(), tool.may()));
    return new Served(List.copyOf(roster.cards()), transport.handler(), may);
  }

  static McpStatelessServerFeatures.SyncToolSpecification specification(McpTool tool) {
    return new McpStatelessServerFeatures.SyncToolSpecification(
        tool.tool(),
        (context, request) -> {
          try {
            var given = request.arguments();
            ObjectNode arguments =
                given == null ? Json.object() : Json.MAPPER.convertValue(given, ObjectNode.class);
            var said = tool.work().run(McpCall.of(context), arguments);
            return McpSchema.CallToolResult.builder(said.content())
                .structuredContent(Offer.map(said.structured()))
                .isError(false)
                .build();
          } catch (ExpertException failure) {
            return failed(failure);
          } catch (RuntimeException e) {
            throw internal(tool.tool().name(), e);
          }
        });
  }

  /** What a model can mend is a result it reads; a cancelled request has none. */
  private static McpSchema.CallToolResult failed(ExpertException failure) {
    if (failure.kind() == FailureKind.CANCELLED) {
      throw McpError.builder(Refused.LATER).message("the request was cancelled").build();
    }
    return McpSchema.CallToolResult.builder(
            List.of(McpSchema.TextContent.builder(failure.message()).build()))
        .isError(true)
        .build();
  }

  private static McpError internal(String what, RuntimeException e) {
    log.error("{} failed", what, e);
    return McpError.builder(McpSchema.ErrorCodes.INTERNAL_ERROR)
        .message("%s failed by a defect of this service; its log says more".formatted(what))
        .build();
  }

  private McpStatelessServerFeatures.SyncResourceSpecification card(String id, String description) {
    return new McpStatelessServerFeatures.SyncResourceSpecification(
        McpSchema.Resource.builder(
                EXPERTS + URLEncoder.encode(id, StandardCharsets.UTF_8), "expert " + id)
            .description(description)
            .mimeType(JSON)
            .build(),
        (context, request) -> read(McpCall.of(context), request));
  }

  private McpStatelessServerFeatures.SyncResourceTemplateSpecification cards() {
    return new McpStatelessServerFeatures.SyncResourceTemplateSpecification(
        McpSchema.ResourceTemplate.builder(EXPERTS + "{id}", "expert")
            .description("An expert's card with health and load; the id percent-encoded.")
            .mimeType(JSON)
            .build(),
        (context, request) -> read(McpCall.of(context), request));
  }

  private McpStatelessServerFeatures.SyncResourceTemplateSpecification decisions() {
    return new McpStatelessServerFeatures.SyncResourceTemplateSpecification(
        McpSchema.ResourceTemplate.builder(DECISIONS + "{id}", "decision")
            .description("A decision: question, plan, forecasts, replies, price.")
            .mimeType(JSON)
            .build(),
        (context, request) -> read(McpCall.of(context), request));
  }

  private McpSchema.ReadResourceResult read(McpCall call, McpSchema.ReadResourceRequest request) {
    var uri = request.uri();
    try {
      ObjectNode found;
      if (uri.startsWith(DECISIONS)) {
        found = tools.decision(id(uri, DECISIONS), call.caller());
      } else if (LOOK.contains(call.caller().access())) {
        found = experts.card(id(uri, EXPERTS));
      } else {
        throw new ExpertException(
            FailureKind.FORBIDDEN,
            "cards are for keys with the role viewer, operator or admin; 'list_experts' shows who there is");
      }
      return McpSchema.ReadResourceResult.builder(
              List.of(
                  McpSchema.TextResourceContents.builder(uri, found.toString())
                      .mimeType(JSON)
                      .build()))
          .build();
    } catch (ExpertException failure) {
      throw McpError.builder(McpSchema.ErrorCodes.RESOURCE_NOT_FOUND)
          .message(failure.message())
          .data(Map.of("uri", uri))
          .build();
    } catch (RuntimeException e) {
      throw internal("reading " + uri, e);
    }
  }

  private static String id(String uri, String prefix) {
    return URLDecoder.decode(uri.substring(prefix.length()), StandardCharsets.UTF_8);
  }

  static McpStatelessServerFeatures.SyncPromptSpecification specification(Offer.Written written) {
    return new McpStatelessServerFeatures.SyncPromptSpecification(
        written.prompt(),
        (context, request) -> {
          var text = written.text();
          for (var argument : written.prompt().arguments()) {
            var given =
                request.arguments() == null ? null : request.arguments().get(argument.name());
            if (given == null || given.toString().isBlank()) {
              throw McpError.builder(McpSchema.ErrorCodes.INVALID_PARAMS)
                  .message(
                      "the prompt '%s' needs the argument '%s': %s"
                          .formatted(
                              written.prompt().name(), argument.name(), argument.description()))
                  .build();
            }
            text = text.replace("{" + argument.name() + "}", given.toString());
          }
          return McpSchema.GetPromptResult.builder(
                  List.of(
                      McpSchema.PromptMessage.builder(
                              McpSchema.Role.USER, McpSchema.TextContent.builder(text).build())
                          .build()))
              .description(written.prompt().description())
              .build();
        });
  }
}
