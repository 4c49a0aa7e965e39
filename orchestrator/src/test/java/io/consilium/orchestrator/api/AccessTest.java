package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ApiKey.Access;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.orchestrator.security.Door;
import io.consilium.orchestrator.security.Doors;
import io.consilium.orchestrator.security.KeyCheck;
import io.consilium.orchestrator.security.Sessions;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

class AccessTest {
  private final RunningService service = RunningService.shared();

  @Test
  void everyMappedEndpointHasADoor() {
    var doors = new Doors(Door.ALL);
    List<String> without = new ArrayList<>();
    var mappings =
        service
            .context()
            .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
            .getHandlerMethods()
            .keySet();
    for (var mapping : mappings) {
      for (var pattern : mapping.getPatternValues()) {
        for (var method : mapping.getMethodsCondition().getMethods()) {
          if (doors.find(method.name(), pattern.replace("{*id}", "x")).isEmpty()) {
            without.add(method + " " + pattern);
          }
        }
      }
    }

    assertThat(mappings).hasSizeGreaterThan(15);
    assertThat(without).isEmpty();
  }

  @Test
  void everyDoorOpensForItsRolesAndNobodyElse() {
    Map<Access, String> keys = new EnumMap<>(Access.class);
    for (var access : Access.values()) {
      keys.put(access, key(name(access), "default", true));
    }
    for (var door : Door.ALL) {
      for (var access : Access.values()) {
        var request =
            service
                .request(door.path().replace("*", "no-such-thing"))
                .header("Authorization", "Bearer " + keys.get(access))
                .header("Content-Type", "application/json")
                .method(
                    door.path().equals("/v1/events") ? "HEAD" : door.method(), // it never ends
                    door.method().equals("GET")
                        ? BodyPublishers.noBody()
                        : BodyPublishers.ofString("{}"));

        int status = service.send(request).statusCode();

        if (door.open() || door.may().contains(access)) {
          assertThat(status).as("%s as %s", door, access).isNotIn(401, 403);
        } else {
          assertThat(status).as("%s as %s", door, access).isEqualTo(403);
        }
      }
    }
  }

  @Test
  void anotherSpellingOfAPathOpensNoDoor() {
    var user = key("user", "default", true);
    for (var path : List.of("/v1/%6beys", "/v1/keys/", "/v1//keys", "/v1/keys;x=1", "/v1/KEYS")) {
      var response = service.send(service.request(path).header("Authorization", "Bearer " + user));

      assertThat(response.statusCode()).as(path).isIn(400, 403, 404);
    }
  }

  @Test
  void aRevokedKeyIsWorthlessAtOnce() {
    var made = json(service.post("/v1/keys", "{\"name\":\"short-lived\",\"role\":\"viewer\"}"));
    service.delete("/v1/keys/" + made.path("id").asString());

    var response =
        service.send(
            service
                .request("/v1/models")
                .header("Authorization", "Bearer " + made.path("key").asString()));

    assertThat(response.statusCode()).isEqualTo(401);
  }

  @Test
  void theListOfKeysShowsNone() {
    var clear = key("viewer", "default", true);

    assertThat(service.get("/v1/keys").body())
        .contains("\"role\":\"viewer\"")
        .doesNotContain(clear);
  }

  private HttpResponse<String> change(String id, String body) {
    return service.send(
        service
            .request("/v1/keys/" + id)
            .header("Content-Type", "application/json")
            .method("PATCH", BodyPublishers.ofString(body)));
  }

  private int status(String path, String key) {
    return service
        .send(service.request(path).header("Authorization", "Bearer " + key))
        .statusCode();
  }

  @Test
  void aKeyIsChangedWhileItIsUsedAndItsSecretIsNotShownAgain() {
    var made = json(service.post("/v1/keys", "{\"name\":\"till\",\"role\":\"user\"}"));
    var id = made.path("id").asString();
    var secret = made.path("key").asString();
    assertThat(status("/v1/experts", secret)).isEqualTo(403);

    var changed =
        change(
            id,
            """
            {"name":"till 2","role":"viewer","record_content":false,"cache":"exact","learn":false,
             "expires":"2099-01-31T00:00:00Z"}
            """);

    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertThat(json(changed).path("name").asString()).isEqualTo("till 2");
    assertThat(json(changed).path("cache").asString()).isEqualTo("exact");
    assertThat(json(changed).path("learn").asBoolean()).isFalse();
    assertThat(json(changed).path("record_content").asBoolean()).isFalse();
    assertThat(json(changed).path("expires").asString()).isEqualTo("2099-01-31T00:00:00Z");
    assertThat(json(changed).has("key")).isFalse();
    assertThat(status("/v1/experts", secret)).isEqualTo(200);
    assertThat(json(service.get("/v1/audit?about=" + id)).at("/data/0/note").asString())
        .isEqualTo(
            "till: name till to till 2, role user to viewer, record content true to false,"
                + " expires never to 2099-01-31T00:00:00Z, cache semantic to exact, learn true to"
                + " false");

    var open = json(change(id, "{\"expires\":null}"));
    assertThat(open.path("expires").isNull()).isTrue();
    assertThat(open.path("role").asString()).isEqualTo("viewer");
  }

  @Test
  void aChangeOfAKeyThatCannotBeSaysWhy() {
    var id = json(service.post("/v1/keys", "{\"name\":\"till\"}")).path("id").asString();

    assertThat(json(change(id, "{\"role\":\"boss\"}")).path("detail").asString())
        .contains("admin, operator, viewer or user");
    assertThat(json(change(id, "{\"rolle\":\"admin\"}")).path("detail").asString())
        .contains("did you mean 'role'");
    assertThat(json(change(id, "{\"tenant\":\"other\"}")).path("parameter").asString())
        .isEqualTo("tenant");
    assertThat(json(change(id, "{\"name\":\" \"}")).path("parameter").asString()).isEqualTo("name");
    assertThat(json(change(id, "{\"cache\":null}")).path("detail").asString())
        .contains("leave it out");
    assertThat(json(change(id, "{\"expires\":\"soon\"}")).path("parameter").asString())
        .isEqualTo("expires");
    assertThat(change("key_none", "{\"role\":\"user\"}").statusCode()).isEqualTo(404);
    assertThat(
            service
                .send(
                    service
                        .request("/v1/keys/" + id)
                        .header("Content-Type", "text/plain")
                        .method("PATCH", BodyPublishers.ofString("{\"role\":\"admin\"}")))
                .statusCode())
        .isEqualTo(415);
    service.delete("/v1/keys/" + id);
    assertThat(change(id, "{\"role\":\"user\"}").statusCode()).isEqualTo(409);
  }

  @Test
  void keysComeInPagesAndAreFound() {
    for (var name : List.of("page a", "page b", "page c")) {
      service.post("/v1/keys", "{\"name\":\"%s\"}".formatted(name));
    }
    var first = json(service.get("/v1/keys?q=PAGE&limit=2"));
    var second =
        json(service.get("/v1/keys?q=PAGE&limit=2&after=" + first.path("next").asString()));

    assertThat(first.path("data").findValuesAsString("name")).containsExactly("page c", "page b");
    assertThat(second.path("data").findValuesAsString("name")).containsExactly("page a");
    assertThat(second.path("next").isNull()).isTrue();
    assertThat(service.get("/v1/keys?after=key_none").statusCode()).isEqualTo(400);
    assertThat(service.get("/v1/keys?limit=501").statusCode()).isEqualTo(400);
  }

  @Test
  void aKeyMayForbidKeepingContents() {
    var secret = "my secret question " + System.nanoTime();
    var silent = key("user", "quiet", false);

    var answered =
        service.send(
            service
                .request("/v1/chat/completions")
                .header("Authorization", "Bearer " + silent)
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(question(service.expert("echo"), secret).toString())));
    var decision =
        service.get(
            "/v1/decisions/" + answered.headers().firstValue("x-consilium-decision").orElseThrow());

    assertThat(answered.statusCode()).isEqualTo(200);
    assertThat(json(decision).path("tenant").asString()).isEqualTo("quiet");
    assertThat(decision.body()).doesNotContain("my secret question");
  }

  @Test
  void theAdministratorsKeyIsForThisUserOnly() throws Exception {
    var file = service.home().resolve("cli-key");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    var response =
        service.send(
            service
                .request("/v1/keys")
                .header("Authorization", "Bearer " + Files.readString(file).strip()));
    assertThat(response.statusCode()).isEqualTo(200);
  }

  @Test
  void withoutAKeyOnlyLoopbackNamesAreAnswered() {
    var check =
        new KeyCheck(
            key -> Optional.empty(), service.context().getBean(Sessions.class), true, null);
    for (var name : List.of("localhost", "127.0.0.1", "[::1]")) {
      var request = new MockHttpServletRequest("GET", "/v1/models");
      request.setServerName(name);
      assertThat(check.admit(request, null).access()).isEqualTo(Access.ADMIN);
    }
    var rebound = new MockHttpServletRequest("GET", "/v1/models");
    rebound.setServerName("evil.example");

    assertThatThrownBy(() -> check.admit(rebound, null))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("evil.example");
  }

  @Test
  void whereAKeyIsNeededAMissingOneIsRefused() {
    var check =
        new KeyCheck(
            key -> Optional.empty(), service.context().getBean(Sessions.class), false, null);
    var request = new MockHttpServletRequest("GET", "/v1/models");
    request.setServerName("localhost");

    assertThatThrownBy(() -> check.admit(request, null))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("Authorization: Bearer");
  }

  private String key(String role, String tenant, boolean record) {
    HttpResponse<String> made =
        service.post(
            "/v1/keys",
            Json.object()
                .put("name", "test " + role)
                .put("role", role)
                .put("tenant", tenant)
                .put("record_content", record));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return json(made).path("key").asString();
  }

  private static String name(Access access) {
    return access.name().toLowerCase(Locale.ROOT);
  }
}
