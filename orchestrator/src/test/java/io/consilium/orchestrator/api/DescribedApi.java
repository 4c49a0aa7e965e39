package io.consilium.orchestrator.api;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.consilium.expert.Json;
import io.consilium.orchestrator.security.Door;
import io.consilium.orchestrator.security.Doors;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds exchanges against the API document. Objects whose fields it lists are closed here, so that
 * what is written and not described is found; to callers the document leaves them open.
 */
final class DescribedApi {
  private static final String JSON = "application/json";

  private final ObjectNode document;
  private final Doors doors = new Doors(Door.ALL);
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<JsonNode, Schema> schemas = new ConcurrentHashMap<>();

  DescribedApi(ObjectNode document) {
    this.document = document.deepCopy();
    close(this.document.path("components").path("schemas"));
    close(this.document.path("paths"));
  }

  private static void close(JsonNode node) {
    node.forEach(DescribedApi::close);
    if (node instanceof ObjectNode schema
        && schema.path("properties").isObject()
        && !schema.has("additionalProperties")) {
      schema.put("additionalProperties", false);
    }
  }

  /** Fails when the exchange is not described: an answer always, a request when it was accepted. */
  void check(HttpRequest request, HttpResponse<String> response) {
    var path = request.uri().getRawPath();
    var method = request.method();
    if (method.equals("HEAD")) {
      return; // there is nothing to read
    }
    var operation = operation(method, path);
    var type = response.headers().firstValue("content-type").orElse("").split(";")[0];
    int status = response.statusCode();
    if (operation == null) {
      var shape = doors.shape(path) == Door.Shape.OPENAI ? "OpenAiError" : "Problem";
      check(reference(shape), Json.MAPPER.readTree(response.body()), method + " " + path);
      return;
    }
    var said = "%s %s, %d".formatted(method, path, status);
    var described = operation.path("responses");
    var answer =
        dereferenced(
            described.has(Integer.toString(status))
                ? described.path(Integer.toString(status))
                : described.path("default"));
    if (status < 400 && !described.has(Integer.toString(status))) {
      throw new AssertionError(said + " is not described");
    }
    var content = answer.path("content").path(type);
    if (!answer.has("content") && response.body().isEmpty()) {
      return;
    }
    if (content.isMissingNode()) {
      throw new AssertionError(said + ": an answer of type " + type + " is not described");
    }
    if (type.endsWith("json")) {
      check(content.path("schema"), Json.MAPPER.readTree(response.body()), said);
    }
    if (path.equals("/v1/chat/completions") && type.equals("text/event-stream")) {
      response
          .body()
          .lines()
          .filter(line -> line.startsWith("data: {"))
          .map(line -> Json.MAPPER.readTree(line.substring("data: ".length())))
          .forEach(event ->
              check(reference(event.has("error") ? "OpenAiError" : "ChatChunk"), event, said));
    }
    var taken = operation.path("requestBody").path("content").path(JSON).path("schema");
    if (status < 300
        && !taken.isMissingNode()
        && request.headers().firstValue("content-type").orElse("").startsWith(JSON)) {
      check(taken, Json.MAPPER.readTree(body(request)), "the body of " + said);
    }
  }

  /** Fails when a value is not as its schema says. */
  void check(JsonNode schema, JsonNode value, String said) {
    var errors = schemas.computeIfAbsent(schema, this::compiled).validate(value);
    if (!errors.isEmpty()) {
      throw new AssertionError(
          "%s is not as described: %s in %s"
              .formatted(
                  said,
                  errors.stream().map(Error::toString).collect(Collectors.joining("; ")),
                  value));
    }
  }

  private Schema compiled(JsonNode schema) {
    var whole = (ObjectNode) schema.deepCopy();
    whole.set("components", document.path("components"));
    return registry.getSchema(whole);
  }

  private static JsonNode reference(String schema) {
    return Json.object().put("$ref", "#/components/schemas/" + schema);
  }

  private JsonNode dereferenced(JsonNode node) {
    var reference = node.path("$ref").asString("");
    return reference.isEmpty() ? node : document.at(reference.substring(1));
  }

  /** The most literal path of the document that the request's fits; null when there is none. */
  private @Nullable JsonNode operation(String method, String path) {
    var name = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
    return document
        .path("paths")
        .propertyStream()
        .filter(each -> each.getValue().has(name) && pattern(each.getKey()).matcher(path).matches())
        .max(Comparator.comparingInt(each -> literal(each.getKey())))
        .map(each -> each.getValue().path(name))
        .orElse(null);
  }

  private static int literal(String template) {
    return template.replaceAll("\\{[^}]*}", "").length();
  }

  private static Pattern pattern(String template) {
    return Pattern.compile(template.replaceAll("\\{[^}]*}", "(.+)"));
  }

  private static String body(HttpRequest request) {
    var text = BodySubscribers.ofString(StandardCharsets.UTF_8);
    request
        .bodyPublisher()
        .orElseThrow()
        .subscribe(
            new Flow.Subscriber<ByteBuffer>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                text.onSubscribe(subscription);
              }

              @Override
              public void onNext(ByteBuffer bytes) {
                text.onNext(List.of(bytes));
              }

              @Override
              public void onError(Throwable failure) {
                text.onError(failure);
              }

              @Override
              public void onComplete() {
                text.onComplete();
              }
            });
    return text.getBody().toCompletableFuture().join();
  }
}
