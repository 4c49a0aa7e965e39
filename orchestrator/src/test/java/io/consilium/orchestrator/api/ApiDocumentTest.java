package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.orchestrator.security.Door;
import io.consilium.orchestrator.security.Doors;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ApiDocumentTest {
  private final RunningService service = RunningService.shared();
  private final ObjectNode document = ApiDocument.tree();

  @Test
  void everyDoorIsDescribedWithItsRolesAndErrors() {
    var served = json(service.get("/v3/api-docs"));

    assertThat(served).isEqualTo(Json.MAPPER.readTree(Json.bytes(document)));
    var doors = new Doors(Door.ALL);
    for (var door : Door.ALL) {
      var operations =
          served
              .path("paths")
              .propertyStream()
              .filter(path ->
                  doors
                      .find(door.method(), path.getKey().replaceAll("\\{[^}]*}", "x"))
                      .equals(Optional.of(door)))
              .map(path -> path.getValue().path(door.method().toLowerCase(Locale.ROOT)))
              .filter(operation -> !operation.isMissingNode())
              .toList();
      assertThat(operations).as(door.toString()).isNotEmpty();
      for (var operation : operations) {
        assertThat(operation.path("summary").asString()).isEqualTo(door.summary());
        assertThat(operation.path("security").isEmpty()).isEqualTo(door.open());
        assertThat(operation.path("x-roles").size()).isEqualTo(door.may().size());
        assertThat(operation.path("responses").path("default").path("$ref").asString())
            .endsWith(door.shape() == Door.Shape.OPENAI ? "OpenAiError" : "Problem");
      }
    }
    assertThat(served.path("paths").path("/v1/keys").path("post").path("description").asString())
        .contains("the role admin");
  }

  @Test
  void operationsAreNamedOnceAndReferencesLeadSomewhere() {
    var names = document.path("paths").findValuesAsString("operationId");
    assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThan(35);
    for (var reference : new TreeSet<>(document.findValuesAsString("$ref"))) {
      assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }
  }

  @Test
  void theKindsOfFailureAreThoseThereAre() {
    var kinds = document.path("components").path("schemas").path("FailureKind").path("enum");

    assertThat(kinds.valueStream().map(each -> each.asString()).collect(Collectors.toSet()))
        .isEqualTo(
            Arrays.stream(FailureKind.values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet()));
  }

  @Test
  void whatIsWrittenAndNotDescribedIsFound() {
    var lean = document.deepCopy();
    ((ObjectNode) lean.at("/components/schemas/Candidate/properties")).remove("usd");
    var api = new DescribedApi(lean);
    var asked =
        service
            .request("/v1/route")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(question("consilium/auto", "What is 2 + 2?").toString()));
    var answer = service.send(asked);

    assertThatThrownBy(() -> api.check(asked.build(), answer))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("usd");
  }

  @Test
  void examplesAreAsDescribed() {
    var api = new DescribedApi(document);
    int examples = 0;
    for (var path : document.path("paths").properties()) {
      for (var operation : path.getValue().properties()) {
        var content =
            operation.getValue().path("requestBody").path("content").path("application/json");
        var schema = content.path("schema");
        if (content.has("example")) {
          api.check(schema, content.path("example"), path.getKey());
          examples++;
        }
        for (var example : content.path("examples")) {
          api.check(schema, example.path("value"), path.getKey());
          examples++;
        }
      }
    }
    for (var error : new String[] {"OpenAiError", "Problem"}) {
      for (var content : document.at("/components/responses/" + error + "/content")) {
        api.check(content.path("schema"), content.path("example"), error);
        examples++;
      }
    }
    assertThat(examples).isGreaterThan(15);
  }

  @Test
  void theHealthOfTheServiceIsAsDescribed() {
    for (var path : new String[] {"/healthz", "/readyz", "/actuator/health", "/v1/jobs"}) {
      assertThat(service.get(path).statusCode()).as(path).isEqualTo(200);
    }
  }
}
