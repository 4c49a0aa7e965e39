package io.consilium.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsiliumCliTest {
  @TempDir Path home;

  private final Map<String, String> seen = new ConcurrentHashMap<>();
  private final Map<String, String> replies = new ConcurrentHashMap<>();
  private HttpServer server;
  private String printed = "";
  private String complained = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::reply);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void reply(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    seen.put(path, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    var key = exchange.getRequestHeaders().getFirst("Authorization");
    seen.put("key", key == null ? "none" : key);
    var reply = replies.getOrDefault(path, "404 {\"detail\":\"nothing at " + path + "\"}");
    exchange.getResponseHeaders().add("x-consilium-expert", "calculator");
    var bytes = reply.substring(4).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(Integer.parseInt(reply.substring(0, 3)), bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private int run(String... arguments) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CONSILIUM_PORT", Integer.toString(server.getAddress().getPort()));
    environment.put("CONSILIUM_HOME", home.toString());
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var realOut = System.out;
    var realErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      return ConsiliumCli.run(environment, arguments);
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
      printed = out.toString(StandardCharsets.UTF_8);
      complained = err.toString(StandardCharsets.UTF_8);
    }
  }

  @Test
  void askPrintsTheStreamedAnswerAndWhoGaveIt() {
    replies.put(
        "/v1/chat/completions",
        """
        200 data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

        data: {"choices":[{"index":0,"delta":{"content":"409."}}]}

        data: {"choices":[{"index":0,"delta":{"content":"50 EUR"}}]}

        data: [DONE]

        """);

    assertThat(run("ask", "What", "is 17.5 % of 2,340 EUR?")).isZero();

    assertThat(printed).contains("409.50 EUR").contains("— calculator");
    assertThat(seen.get("/v1/chat/completions"))
        .contains("\"consilium/auto\"")
        .contains("What is 17.5 % of 2,340 EUR?");
  }

  @Test
  void explainShowsCandidatesWithIntervalsAndWhoCannotAnswer() {
    replies.put(
        "/v1/chat/completions",
        """
        200 {"choices":[{"message":{"content":"4"}}],"consilium":{"decision":"dec_1",
        "plan":{"type":"one","expert":"calculator","fallbacks":["tutor"]},"why":"it calculates",
        "candidates":[{"expert":"calculator","p":0.93,"low":0.85,"high":0.97,"usd":0,"ms":12,
        "why":{"centroid":{"p":0.9,"note":"near"}}}],
        "excluded":[{"expert":"minilm","reason":"serves embeddings only"}]}}\
        """);

    assertThat(run("ask", "--explain", "2+2")).isZero();

    assertThat(printed)
        .contains("one: calculator, then tutor")
        .contains("0.93")
        .contains("0.85 – 0.97")
        .contains("12 ms")
        .contains("serves embeddings only");
  }

  @Test
  void aChangedToolIsShownBesideWhatWasApprovedAndApproved() {
    replies.put(
        "/v1/tools",
        """
        200 {"data":[{"id":"crm/find","server":"crm","name":"find","pinned":true,"state":"changed",\
        "withheld":true,"fingerprint":"f1","definition":{"description":"Finds all.","schema":{}},\
        "approved_definition":{"description":"Finds.","schema":{}}},\
        {"id":"crm/add","state":"approved","withheld":false,"definition":{"description":"Adds."},\
        "approved_definition":{"description":"Adds."}}],"next":null}\
        """);
    replies.put("/v1/tools/crm/find/approve", "200 {\"id\":\"crm/find\"}");

    assertThat(run("tools", "list")).isZero();
    assertThat(printed)
        .contains("crm/find, now (f1)", "Finds all.", "as it was approved", "Finds.")
        .doesNotContain("crm/add, now");

    assertThat(run("tools", "approve", "crm/find", "--fingerprint", "f1")).isZero();
    assertThat(printed).contains("Approved crm/find.");
    assertThat(seen.get("/v1/tools/crm/find/approve")).isEqualTo("{\"fingerprint\":\"f1\"}");
  }

  @Test
  void aFileIsSubmittedWatchedAndRead() throws IOException {
    var file = Files.writeString(home.resolve("requests.jsonl"), "{\"custom_id\":\"a\"}\n");
    replies.put("/v1/files", "200 {\"id\":\"file-1\"}");
    replies.put(
        "/v1/batches",
        """
        200 {"id":"batch_1","status":"completed","output_file_id":"file-2","error_file_id":null,\
        "request_counts":{"total":1,"completed":1,"failed":0}}\
        """);
    replies.put("/v1/batches/batch_1", replies.get("/v1/batches"));
    replies.put("/v1/files/file-2/content", "200 {\"custom_id\":\"a\"}");

    assertThat(run("batches", "submit", file.toString(), "--wait")).isZero();
    assertThat(printed).contains("batch_1").contains("completed: 1 answered, 0 failed, of 1");
    assertThat(seen.get("/v1/files")).contains("name=\"purpose\"", "{\"custom_id\":\"a\"}");
    assertThat(seen.get("/v1/batches")).contains("\"completion_window\":\"24h\"");
    assertThat(run("batches", "output", "batch_1")).isZero();
    assertThat(printed).contains("{\"custom_id\":\"a\"}");
    assertThat(run("batches", "output", "batch_1", "--errors")).isEqualTo(1);
    assertThat(complained).contains("batch batch_1 is completed and has no such file");
  }

  @Test
  void theKeyOfTheDataFolderIsSent() throws IOException {
    Files.writeString(home.resolve("cli-key"), "csk-abc\n");
    replies.put("/v1/experts", "200 {\"data\":[]}");

    assertThat(run("experts")).isZero();

    assertThat(seen.get("key")).isEqualTo("Bearer csk-abc");
  }

  @Test
  void anErrorIsOneSentenceAndExitCodeOne() {
    replies.put("/v1/chat/completions", "404 {\"error\":{\"message\":\"no model 'x'; near: y\"}}");

    assertThat(run("ask", "--model", "x", "hello")).isEqualTo(1);

    assertThat(complained).isEqualTo("consilium: no model 'x'; near: y\n");
  }

  @Test
  void withoutAServiceTheErrorSaysHowToStartIt() {
    server.stop(0);

    assertThat(run("experts")).isEqualTo(1);

    assertThat(complained).contains("./consilium up");
  }

  @Test
  void anUnknownCommandIsMisuse() {
    assertThat(run("aks", "hello")).isEqualTo(2);
    assertThat(complained).contains("'aks'").contains("ask        Ask a question");
  }

  @Test
  void doctorSaysHowToMendAMissingService() {
    server.stop(0);

    assertThat(run("doctor")).isZero();

    assertThat(printed).contains("ok    Java").contains("warn  Service").contains("./consilium up");
  }

  @Test
  void aKeyIsShownOnceWithTheWayToRevokeIt() {
    replies.put("/v1/keys", "200 {\"id\":\"key_1\",\"key\":\"csk-new\"}");

    assertThat(run("keys", "create", "billing bot", "--role", "viewer", "--no-record")).isZero();

    assertThat(printed).contains("csk-new").contains("keys revoke key_1");
    assertThat(seen.get("/v1/keys"))
        .contains("\"role\":\"viewer\"")
        .contains("\"record_content\":false");
  }

  @Test
  void aKeyIsChangedInWhatIsNamedOnly() {
    replies.put("/v1/keys/key_1", "200 {\"id\":\"key_1\"}");

    assertThat(run("keys", "change", "key_1", "--role", "viewer", "--no-record", "--learn"))
        .isZero();
    assertThat(seen.get("/v1/keys/key_1"))
        .isEqualTo("{\"role\":\"viewer\",\"record_content\":false,\"learn\":true}");
    assertThat(printed).contains("Changed key_1.");

    assertThat(run("keys", "change", "key_1", "--expires", "never", "--cache", "off")).isZero();
    assertThat(seen.get("/v1/keys/key_1")).isEqualTo("{\"cache\":\"off\",\"expires\":null}");

    assertThat(run("keys", "change", "key_1")).isEqualTo(1);
    assertThat(complained).contains("say what to change");
  }

  @Test
  void memoryListsStatesAndForgets() {
    replies.put(
        "/v1/memory",
        """
        200 {"data":[{"id":"note_1","kind":"fact","subject":"hours","text":"Support answers from 8 to 18.",\
        "until":null,"superseded_by":null,"uses":3,"experts":[]}],"next":null,\
        "id":"note_2","supersedes":["note_1"],"conflicts":["note_0"]}\
        """);
    replies.put("/v1/memory/note_1", "200 {}");

    assertThat(run("memory")).isZero();
    assertThat(printed).contains("note_1", "hours", "Support answers from 8 to 18.", "3");

    assertThat(run("memory", "add", "Support sleeps.", "--subject", "hours")).isZero();
    assertThat(seen.get("/v1/memory"))
        .isEqualTo("{\"text\":\"Support sleeps.\",\"subject\":\"hours\"}");
    assertThat(printed)
        .contains("note_2", "takes the place of note_1", "may contradict note_0")
        .contains("memory forget note_0");

    assertThat(run("memory", "forget", "note_1")).isZero();
    assertThat(printed).contains("Forgot note_1.");
    assertThat(run("memory", "forget", "note_9")).isEqualTo(1);
    assertThat(complained).contains("nothing at /v1/memory/note_9");
  }

  @Test
  void memoryOfExperienceNamesExpertsAndHowRightTheyWere() {
    replies.put(
        "/v1/memory",
        """
        200 {"data":[{"id":"note_1","kind":"experience","subject":"one","text":"What is 2 + 3?",\
        "score":0.75,"uses":0,"experts":["a","b"]}],"next":null}\
        """);

    assertThat(run("memory", "list", "--kind", "experience", "--tenant", "acme")).isZero();

    assertThat(printed).contains("0.75", "a, b", "What is 2 + 3?");
  }
}
