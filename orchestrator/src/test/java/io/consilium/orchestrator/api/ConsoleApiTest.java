package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.Json;
import io.consilium.orchestrator.discovery.Discovery;
import io.consilium.orchestrator.discovery.LocalServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLConnection;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** What the console needs beside the API proper. */
class ConsoleApiTest {
  private final RunningService service = RunningService.shared();

  private String key(String role) {
    return json(service.post(
            "/v1/keys", "{\"name\":\"at the console\",\"role\":\"%s\"}".formatted(role)))
        .path("key")
        .asString();
  }

  private HttpResponse<String> signIn(String key) {
    return service.post("/v1/session", "{\"key\":\"%s\"}".formatted(key));
  }

  private String cookie(String role) {
    var set = signIn(key(role)).headers().firstValue("Set-Cookie").orElseThrow();
    return set.substring(0, set.indexOf(';'));
  }

  private HttpRequest.Builder with(String cookie, String path) {
    return service.request(path).header("Cookie", cookie);
  }

  private static HttpRequest.Builder adding(HttpRequest.Builder request) {
    return request
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString("{\"examples\":[{\"question\":\"Which court?\"}]}"));
  }

  @Test
  void aKeyIsExchangedForACookieThatScriptsCannotRead() {
    var response = signIn(key("viewer"));

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.headers().firstValue("Set-Cookie").orElseThrow())
        .contains("consilium-session-", "HttpOnly", "SameSite=Strict", "Path=/");
    assertThat(signIn("consilium_wrong").statusCode()).isEqualTo(401);
    assertThat(service.post("/v1/session", "{\"kay\":\"x\"}").body())
        .contains("did you mean 'key'");
  }

  @Test
  void aSessionMayWhatItsKeyMay() {
    var viewer = cookie("viewer");

    assertThat(service.send(with(viewer, "/v1/experts")).statusCode()).isEqualTo(200);
    assertThat(json(service.send(with(viewer, "/v1/session"))).path("role").asString())
        .isEqualTo("viewer");
    var refused =
        service.send(adding(with(viewer, "/v1/recruit")).header("Sec-Fetch-Site", "same-origin"));
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("viewer");
  }

  @Test
  void aSessionThatIsOverIsRefusedUntilTheNextOne() {
    var viewer = cookie("viewer");
    service.send(with(viewer, "/v1/session").DELETE());

    assertThat(service.send(with(viewer, "/v1/experts")).statusCode()).isEqualTo(401);
    var who = json(service.send(with(viewer, "/v1/session")));
    assertThat(who.path("role").isNull()).isTrue();
    assertThat(who.path("why").asString()).contains("sign in again");
  }

  @Test
  void aWithdrawnKeyEndsItsSessions() {
    var made = json(service.post("/v1/keys", "{\"name\":\"short\",\"role\":\"viewer\"}"));
    var set = signIn(made.path("key").asString()).headers().firstValue("Set-Cookie").orElseThrow();
    service.delete("/v1/keys/" + made.path("id").asString());

    var response = service.send(with(set.substring(0, set.indexOf(';')), "/v1/experts"));

    assertThat(response.statusCode()).isEqualTo(401);
  }

  @Test
  void anotherSitesPageChangesNothingWithOurCookie() {
    var operator = cookie("operator");
    var bare = service.send(adding(with(operator, "/v1/recruit")));
    var cross =
        service.send(adding(with(operator, "/v1/recruit")).header("Sec-Fetch-Site", "cross-site"));
    var foreign =
        service.send(adding(with(operator, "/v1/recruit")).header("Origin", "http://evil.example"));
    var ours =
        service.send(
            adding(with(operator, "/v1/recruit"))
                .header("Origin", "http://127.0.0.1:" + service.port()));

    assertThat(bare.statusCode()).isEqualTo(403);
    assertThat(cross.statusCode()).isEqualTo(403);
    assertThat(foreign.statusCode()).isEqualTo(403);
    assertThat(ours.statusCode()).isNotEqualTo(403);
  }

  @Test
  void theOverviewSumsUpWhatWasAsked() {
    var expert = service.expert("plain");
    long before = json(service.get("/v1/overview?range=1h")).at("/totals/requests").asLong();
    var answered = service.chat(question(expert, "What is it?"));
    service.post(
        "/v1/feedback",
        "{\"decision\":\"%s\",\"score\":1}"
            .formatted(answered.headers().firstValue("x-consilium-decision").orElseThrow()));

    var overview = json(service.get("/v1/overview?range=1h"));

    assertThat(overview.at("/totals/requests").asLong()).isGreaterThan(before);
    assertThat(overview.path("series").isEmpty()).isFalse();
    assertThat(overview.path("experts").findValuesAsString("expert")).contains(expert);
    assertThat(overview.at("/totals/upstream_p50_ms").isNumber()).isTrue();
    assertThat(overview.at("/totals/upstream_p99_ms").asDouble())
        .isBetween(0.0, overview.at("/totals/p99_ms").asDouble());
    int experts = json(service.get("/v1/experts?limit=1")).path("total").asInt();
    assertThat(overview.path("health").valueStream().mapToInt(each -> each.asInt()).sum())
        .isEqualTo(experts);
    var alone = json(service.get("/v1/overview?range=1h&expert=" + expert)).path("experts");
    assertThat(alone.findValuesAsString("expert")).containsExactly(expert);
    assertThat(alone.at("/0/health/status").asString()).isNotEmpty();
    assertThat(json(service.get("/v1/spend?range=7d")).path("experts").findValuesAsString("expert"))
        .contains(expert);
    assertThat(service.get("/v1/overview?range=9d").body()).contains("15m, 1h, 6h");
  }

  @Test
  void whatIsFoundHereIsShownAndRegisteredWhenWished() throws Exception {
    var port = URI.create(service.upstream().url().toString()).getPort();
    var discovery =
        new DiscoveryController(
            new Discovery(LocalServer.on(port, 1, 1, 1), 1, Map.of()),
            service.context().getBean(ExpertRegistry.class),
            new Bodies(1000));
    var looked = new MockHttpServletResponse();
    discovery.look(looked);
    var found = Json.MAPPER.readTree(looked.getContentAsString()).at("/data/0");
    var request = new MockHttpServletRequest("POST", "/v1/discovery");
    request.setContent(Json.bytes(Json.object().put("where", found.path("where").asString())));
    var answered = new MockHttpServletResponse();
    discovery.register(request, answered);

    assertThat(found.path("where").asString()).contains(String.valueOf(port));
    assertThat(Json.MAPPER.readTree(answered.getContentAsString()).path("registered").isEmpty())
        .isFalse();
    assertThat(service.get("/v1/discovery").statusCode()).isEqualTo(200);
    assertThat(service.post("/v1/discovery", "{\"where\":\"nowhere\"}").statusCode())
        .isEqualTo(404);
  }

  @Test
  void whoChangedWhatIsOnRecord() {
    service.expert("echo");
    service.send(
        service
            .request("/v1/experts/echo")
            .header("Content-Type", "application/json")
            .PUT(
                BodyPublishers.ofString(
                    service.card("echo", "echo").put("context", 4096).toString())));

    var changes = json(service.get("/v1/audit?about=/v1/experts/echo")).path("data");

    assertThat(changes.get(0).path("action").asString()).isEqualTo("PUT");
    assertThat(changes.get(0).path("actor").asString()).isEqualTo("admin");
    assertThat(changes.get(0).path("note").asString()).startsWith("version ");
    var secret = key("viewer");
    var made = service.get("/v1/audit?about=/v1/keys").body();
    assertThat(made).contains("at the console, viewer, key_").doesNotContain(secret);
    assertThat(service.get("/v1/audit?limit=0").statusCode()).isEqualTo(400);
    assertThat(json(service.get("/v1/audit?limit=1")).path("data").size()).isEqualTo(1);
  }

  @Test
  void refusedAndFailedChangesAreNone() {
    service.send(
        service
            .request("/v1/experts/no-card")
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString("{\"kind\":\"nonsense\"}")));

    assertThat(json(service.get("/v1/audit?about=/v1/experts/no-card")).path("data").isEmpty())
        .isTrue();
  }

  @Test
  void whatHappensIsToldAsItHappens() throws Exception {
    URLConnection connection = service.at("/v1/events").toURL().openConnection();
    connection.setReadTimeout(20_000);
    try (var lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo(": here");
      service.chat(question(service.expert("plain"), "Are you there?"));
      var line = lines.readLine();
      while (line != null && !line.equals("event: decisions")) {
        line = lines.readLine();
      }

      assertThat(lines.readLine()).startsWith("data: {\"count\":");
    }
  }

  @Test
  void expertsComeInPagesAndAreFound() {
    service.expert("plain");
    var first = json(service.get("/v1/experts?limit=2"));
    var second = json(service.get("/v1/experts?limit=2&after=" + first.path("next").asString()));

    assertThat(first.path("data").size()).isEqualTo(2);
    assertThat(first.path("total").asInt()).isGreaterThan(2);
    assertThat(second.path("total")).isEqualTo(first.path("total"));
    assertThat(second.path("data").findValuesAsString("id"))
        .doesNotContainAnyElementsOf(first.path("data").findValuesAsString("id"));
    var found = json(service.get("/v1/experts?q=plain&kind=llm")).path("data");
    assertThat(found.findValuesAsString("id")).contains("plain");
    assertThat(json(service.get("/v1/experts?q=no-such-expert")).path("data").isEmpty()).isTrue();
  }

  @Test
  void policiesAreListedWithoutTheExperts() {
    service.expert("plain");
    var policies = json(service.get("/v1/models?owned_by=consilium")).path("data");
    var models = json(service.get("/v1/models?owned_by=llm")).path("data");

    assertThat(policies.findValuesAsString("id"))
        .contains("consilium/auto")
        .allMatch(id -> id.startsWith("consilium/"));
    assertThat(models.findValuesAsString("id")).contains("plain").doesNotContain("consilium/auto");
    var few = json(service.get("/v1/models?q=PLAI&limit=1"));
    assertThat(few.path("data").findValuesAsString("id"))
        .singleElement()
        .asString()
        .contains("plai");
    assertThat(json(service.get("/v1/models?limit=1")).path("has_more").asBoolean()).isTrue();
    assertThat(json(service.get("/v1/models")).path("has_more").asBoolean()).isFalse();
  }

  @Test
  void toolsThatWaitForApprovalAreListedAlone() {
    assertThat(json(service.get("/v1/tools?waiting=true")).path("data").isEmpty()).isTrue();
    assertThat(service.get("/v1/tools?waiting=perhaps").statusCode()).isEqualTo(400);
    assertThat(service.get("/v1/learning?expert=plain@1").statusCode()).isEqualTo(200);
  }

  @Test
  void withoutTheConsoleItsPageSaysHowToGetIt() {
    var response = service.get("/");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).contains("npm");
  }

  private static MockHttpServletResponse asset(ConsoleController console, String name)
      throws Exception {
    var response = new MockHttpServletResponse();
    console.asset(new MockHttpServletRequest("GET", "/assets/" + name), response);
    return response;
  }

  @Test
  void theConsoleIsServedSoThatNothingForeignRuns(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("index.html"), "<!doctype html><title>Consilium</title>");
    Files.createDirectories(folder.resolve("assets"));
    Files.writeString(folder.resolve("assets").resolve("app-1.js"), "let one = 1;");
    var console = new ConsoleController(folder);
    var page = new MockHttpServletResponse();
    console.page(new MockHttpServletRequest("GET", "/"), page);

    assertThat(page.getContentAsString()).contains("<title>Consilium</title>");
    assertThat(page.getHeader("Content-Security-Policy"))
        .contains("script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.getHeader("Cache-Control")).isEqualTo("no-cache");

    var conditional = new MockHttpServletRequest("GET", "/");
    conditional.addHeader("If-None-Match", String.valueOf(page.getHeader("ETag")));
    var again = new MockHttpServletResponse();
    console.page(conditional, again);
    assertThat(again.getStatus()).isEqualTo(304);

    var script = asset(console, "app-1.js");
    assertThat(script.getContentType()).startsWith("text/javascript");
    assertThat(script.getHeader("Cache-Control")).contains("immutable");
    for (var wrong : List.of("none.js", "..%2Findex.html", "%2e%2e%2findex.html")) {
      assertThatThrownBy(() -> asset(console, wrong)).hasMessageContaining("reload the page");
    }
  }
}
