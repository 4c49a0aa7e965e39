package io.consilium.orchestrator.api;

import io.consilium.expert.ApiKey.Access;
import io.consilium.orchestrator.security.Door;
import io.consilium.orchestrator.security.Doors;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springdoc.core.customizers.OpenApiCustomizer;

/** Completes the generated OpenAPI document from the table of doors: what each does, who may. */
public final class ApiDocument implements OpenApiCustomizer {
  private static final String KEY = "key";

  private final Doors doors = new Doors(Door.ALL);

  @Override
  public void customise(OpenAPI document) {
    document.setInfo(
        new Info()
            .title("Consilium")
            .version("1")
            .description(
                "Composition of experts behind OpenAI's wire format. Bodies of OpenAI's endpoints"
                    + " follow OpenAI; fields not known here are passed on. A 'consilium' object in"
                    + " a body takes policy, budget_usd, deadline_ms, minimum or risk, explain, pin,"
                    + " exclude and conversation."));
    document
        .getComponents()
        .addSecuritySchemes(
            KEY, new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"));
    document
        .getPaths()
        .forEach((path, item) ->
            item.readOperationsMap()
                .forEach((method, operation) ->
                    doors
                        .find(method.name(), path.replaceAll("\\{[^}]*}", "x"))
                        .ifPresent(door -> describe(operation, door))));
  }

  private static void describe(Operation operation, Door door) {
    operation.setSummary(door.summary());
    operation.setDescription(
        door.open()
            ? "Anybody may call this."
            : "Needs a key with the role "
                + door.may().stream()
                    .sorted()
                    .map(ApiDocument::name)
                    .collect(Collectors.joining(", "))
                + ". On loopback, where no CONSILIUM_ADMIN_KEY is set, a missing key is accepted.");
    if (!door.open()) {
      operation.addSecurityItem(new SecurityRequirement().addList(KEY));
    }
    if (door.method().equals("POST") || door.method().equals("PUT")) {
      operation.setRequestBody(new RequestBody().required(true).content(json("application/json")));
    }
    var error =
        switch (door.shape()) {
          case OPENAI -> json("application/json");
          case PROBLEM -> json("application/problem+json");
        };
    operation.setResponses(
        new ApiResponses()
            .addApiResponse(
                "200", new ApiResponse().description("Done").content(json("application/json")))
            .addApiResponse(
                "default",
                new ApiResponse()
                    .description(
                        door.shape() == Door.Shape.OPENAI
                            ? "OpenAI's {\"error\":{…}}"
                            : "RFC 9457 problem details")
                    .content(error)));
  }

  private static Content json(String type) {
    return new Content().addMediaType(type, new MediaType().schema(new Schema<>().type("object")));
  }

  private static String name(Access access) {
    return access.name().toLowerCase(Locale.ROOT);
  }
}
