package io.consilium.orchestrator.api;

import io.consilium.aggregator.contrast.ContrastJson;
import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.Json;
import io.consilium.orchestrator.security.Door;
import io.consilium.orchestrator.security.Doors;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI document: bodies from {@code openapi.yaml}; what each endpoint does, who may call it
 * and the shape of its errors from the table of doors. Tests hold it against what is really
 * written.
 */
@RestController
public final class ApiDocument {
  private static final String KEY = "key";

  /** Made when first asked for, so that no start waits for it. */
  private static final class Written {
    private static final byte[] BYTES = Json.bytes(tree());
  }

  @GetMapping("/v3/api-docs")
  public void show(HttpServletResponse response) throws IOException {
    Bodies.write(200, Written.BYTES, response);
  }

  /** The whole document. */
  static ObjectNode tree() {
    var document = read();
    document.withObject("/components/schemas").set("Contrast", contrast());
    var doors = new Doors(Door.ALL);
    document
        .path("paths")
        .propertyStream()
        .forEach(path ->
            path.getValue()
                .propertyStream()
                .filter(each -> each.getValue().has("operationId"))
                .forEach(each ->
                    describe(
                        (ObjectNode) each.getValue(),
                        door(doors, each.getKey().toUpperCase(Locale.ROOT), path.getKey()))));
    return document;
  }

  private static Door door(Doors doors, String method, String path) {
    return doors
        .find(method, path.replaceAll("\\{[^}]*}", "x"))
        .orElseThrow(() ->
            new IllegalStateException(
                "openapi.yaml describes %s %s, which no door leads to".formatted(method, path)));
  }

  private static ObjectNode read() {
    try (var stream = resource(ApiDocument.class, "openapi.yaml")) {
      return Json.MAPPER.valueToTree(
          new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(stream));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The published schema of contrasts, its own definitions found from here. */
  private static ObjectNode contrast() {
    try (var stream = resource(ContrastJson.class, "contrast-1.schema.json")) {
      var text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      var schema =
          (ObjectNode)
              Json.MAPPER.readTree(
                  text.replace("\"#/$defs/", "\"#/components/schemas/Contrast/$defs/"));
      schema.remove("$schema");
      return schema;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(Class<?> beside, String name) throws IOException {
    var stream = beside.getResourceAsStream(name);
    if (stream == null) {
      throw new IOException(name + " is not on the class path");
    }
    return stream;
  }

  private static void describe(ObjectNode operation, Door door) {
    operation.put("summary", door.summary());
    operation.put(
        "description",
        door.open()
            ? "Anybody may call this."
            : "Needs a key with the role "
                + door.may().stream()
                    .sorted()
                    .map(ApiDocument::name)
                    .collect(Collectors.joining(", "))
                + ". On loopback, where no CONSILIUM_ADMIN_KEY is set, a missing key is accepted.");
    var security = operation.putArray("security");
    if (!door.open()) {
      security.addObject().putArray(KEY);
      var roles = operation.putArray("x-roles");
      door.may().stream().sorted().map(ApiDocument::name).forEach(roles::add);
    }
    operation
        .withObject("/responses/default")
        .put(
            "$ref",
            switch (door.shape()) {
              case OPENAI -> "#/components/responses/OpenAiError";
              case PROBLEM -> "#/components/responses/Problem";
            });
  }

  private static String name(Access access) {
    return access.name().toLowerCase(Locale.ROOT);
  }
}
