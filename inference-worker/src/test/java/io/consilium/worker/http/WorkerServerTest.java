package io.consilium.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.worker.Demo;
import io.consilium.worker.engine.Engine;
import io.consilium.worker.engine.EngineSettings;
import io.consilium.worker.engine.Variant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class WorkerServerTest {
  private static final String KEY = "open sesame";

  @TempDir static Path folder;
  private static Demo demo;
  private static Engine engine;
  private static WorkerServer server;
  private static final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    demo = Demo.unpack(folder);
    engine =
        new Engine(
            new EngineSettings(
                demo.model(),
                Demo.NAME,
                List.of(new Variant.ActiveExperts(1)),
                demo.adapters(),
                null,
                folder,
                List.of(folder),
                demo.digests(),
                1,
                1,
                0,
                16,
                0));
    server =
        new WorkerServer(engine, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), KEY);
  }

  @AfterAll
  static void stop() {
    server.close();
    engine.close();
  }

  private static HttpResponse<String> send(String method, String path, String body, String key)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("authorization", "Bearer " + key)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode get(String path) throws Exception {
    return Exchange.JSON.readTree(send("GET", path, "", KEY).body());
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return send("POST", path, body.replace('\'', '"'), KEY);
  }

  private static JsonNode chat(String more) throws Exception {
    return Exchange.JSON.readTree(post("/v1/chat/completions", question(more)).body());
  }

  private static String question(String more) {
    return ("{'temperature':0,'max_tokens':20,%s,"
            + "'messages':[{'role':'user','content':'Intent: turn on the lights in the kitchen'}]}")
        .formatted(more);
  }

  @Test
  void anAnswerSaysWhoGaveIt() throws Exception {
    var answer = chat("'model':'consilium-demo-k1:triage'");

    assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("lights");
    assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(answer.at("/usage/completion_tokens").asInt()).isPositive();
    assertThat(answer.at("/worker/active_experts").asInt()).isEqualTo(1);
    assertThat(answer.at("/worker/adapters/0/name").asString()).isEqualTo("triage");
    assertThat(answer.at("/worker/adapters/0/scale").asDouble()).isEqualTo(1);
  }

  @Test
  void aStreamSaysTheSameInPieces() throws Exception {
    var events =
        post(
                "/v1/chat/completions",
                question("'model':'triage','stream':true,'stream_options':{'include_usage':true}"))
            .body()
            .lines()
            .filter(line -> line.startsWith("data: "))
            .map(line -> line.substring(6))
            .toList();

    assertThat(events.getLast()).isEqualTo("[DONE]");
    var text = new StringBuilder();
    for (var event : events.subList(0, events.size() - 1)) {
      text.append(Exchange.JSON.readTree(event).at("/choices/0/delta/content").asString(""));
    }
    assertThat(text).hasToString("lights");
    assertThat(
            Exchange.JSON.readTree(events.get(events.size() - 2)).at("/usage/total_tokens").asInt())
        .isPositive();
  }

  @Test
  void aRequestMayMixAdapters() throws Exception {
    var answer =
        chat("'model':'consilium-demo','lora':[{'id':0,'scale':0.25},{'name':'triage','scale':1}]");

    assertThat(answer.at("/worker/adapters").size()).isEqualTo(2);
  }

  @Test
  void aSchemaIsKept() throws Exception {
    var answer =
        chat(
            "'model':'triage','response_format':{'type':'json_schema','json_schema':{'name':'x',"
                + "'schema':{'type':'object','properties':{'intent':{'enum':['lights','call']}},"
                + "'required':['intent']}}}");

    assertThat(answer.at("/choices/0/message/content").asString())
        .isEqualTo("{\"intent\":\"lights\"}");
  }

  @Test
  void logProbabilitiesComeInOpenAisShape() throws Exception {
    var first =
        chat("'model':'triage','logprobs':true,'top_logprobs':2")
            .at("/choices/0/logprobs/content/0");

    assertThat(first.get("token").asString()).isEqualTo("lights");
    assertThat(first.get("top_logprobs").size()).isEqualTo(2);
    assertThat(first.get("logprob").asDouble()).isNegative();
  }

  @Test
  void aCompletionTakesTokensAndStopTexts() throws Exception {
    var tokens =
        Exchange.JSON
            .readTree(post("/tokenize", "{'content':'Anna said hello'}").body())
            .get("tokens");
    var answer =
        Exchange.JSON.readTree(
            post(
                    "/v1/completions",
                    "{'temperature':0,'max_tokens':5,'logprobs':1,'prompt':%s}".formatted(tokens))
                .body());

    assertThat(answer.at("/choices/0/logprobs/tokens").size()).isPositive();
    assertThat(
            Exchange.JSON
                .readTree(post("/detokenize", "{'tokens':%s}".formatted(tokens)).body())
                .get("content")
                .asString())
        .isEqualTo("Anna said hello");
  }

  @Test
  void modelsAdaptersHealthAndMetersAreTold() throws Exception {
    assertThat(send("GET", "/health", "", "").statusCode()).isEqualTo(200);
    assertThat(get("/v1/models").at("/data").valueStream().map(m -> m.get("id").asString()))
        .containsExactly("consilium-demo", "consilium-demo-k1", "extract", "normalise", "triage");
    assertThat(get("/lora-adapters").get(2).get("task_name").asString()).isEqualTo("triage");
    chat("'model':'triage'");
    assertThat(send("GET", "/metrics", "", KEY).body())
        .contains("llamacpp:tokens_predicted_total ")
        .contains("consilium_worker:adapters_resident ");
  }

  @Test
  void adaptersAreLoadedAndUnloadedAsVllmDoesIt() throws Exception {
    var path = demo.adapter("triage");
    var loaded =
        post("/v1/load_lora_adapter", "{'lora_name':'more','lora_path':'%s'}".formatted(path));

    assertThat(loaded.body()).isEqualTo("Success: LoRA adapter 'more' added successfully.");
    assertThat(chat("'model':'more'").at("/choices/0/message/content").asString())
        .isEqualTo("lights");
    assertThat(post("/v1/unload_lora_adapter", "{'lora_name':'more'}").statusCode()).isEqualTo(200);
    assertThat(post("/v1/unload_lora_adapter", "{'lora_name':'more'}").statusCode()).isEqualTo(404);
  }

  @Test
  void embeddingsHaveTheWidthOfTheModel() throws Exception {
    var answer = Exchange.JSON.readTree(post("/v1/embeddings", "{'input':['one','two']}").body());

    assertThat(answer.get("data").size()).isEqualTo(2);
    assertThat(answer.at("/data/1/embedding").size()).isEqualTo(128);
  }

  @Test
  void whatIsWrongIsSaidWithItsFieldAndStatus() throws Exception {
    refused(401, "key", send("GET", "/v1/models", "", "wrong"));
    refused(404, "triage", post("/v1/chat/completions", question("'model':'nobody'")));
    refused(
        404, "no adapter 9", post("/v1/chat/completions", question("'lora':[{'id':9,'scale':1}]")));
    refused(
        400, "scale", post("/v1/chat/completions", question("'lora':[{'id':0,'scale':'NaN'}]")));
    refused(
        400, "scale", post("/v1/chat/completions", question("'lora':[{'id':0,'scale':1e300}]")));
    refused(400, "no JSON", post("/v1/chat/completions", "{'model'"));
    refused(400, "grammar", post("/v1/chat/completions", question("'grammar':'root ::= ('")));
    refused(
        400,
        "pattern",
        post(
            "/v1/chat/completions",
            question(
                "'response_format':{'type':'json_schema','json_schema':{'schema':{'pattern':'a'}}}")));
    refused(
        400,
        "exceeds the available context",
        post("/v1/completions", "{'prompt':'%s'}".formatted("a b ".repeat(600))));
    refused(400, "tools", post("/v1/chat/completions", question("'tools':[{'type':'function'}]")));
    refused(400, "temperature", post("/v1/completions", "{'prompt':'a','temperature':-1}"));
    refused(
        404,
        "no file",
        post("/v1/load_lora_adapter", "{'lora_name':'x','lora_path':'/nowhere.gguf'}"));
    refused(405, "POST", send("GET", "/tokenize", "", KEY));
    refused(404, "nothing at", send("GET", "/nothing", "", KEY));
  }

  @Test
  void aFileThatIsNoAdapterOfThisBaseIsNamedAndTheWorkerGoesOn() throws Exception {
    byte[] whole = Files.readAllBytes(demo.adapter("triage"));
    var cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, whole.length / 2));
    var words = Files.writeString(folder.resolve("words.gguf"), "these are no numbers at all");
    var damaged = whole.clone();
    Arrays.fill(damaged, 24, 40, (byte) 0xff);
    var corrupt = Files.write(folder.resolve("corrupt.gguf"), damaged);
    var text = new String(whole, StandardCharsets.ISO_8859_1);
    var elsewhere =
        Files.write(
            folder.resolve("elsewhere.gguf"),
            text.replace("blk.0.", "blk.9.").getBytes(StandardCharsets.ISO_8859_1));

    refused(400, "cut.gguf is cut short", load(cut));
    refused(400, "words.gguf is no GGUF file", load(words));
    refused(400, "corrupt.gguf", load(corrupt));
    refused(400, "elsewhere.gguf changes blk.9", load(elsewhere));
    refused(400, "demo.gguf is no LoRA adapter", load(demo.model()));
    refused(403, "may not be loaded", load(Path.of("/proc/self/status")));
    refused(
        400, "no path", post("/v1/load_lora_adapter", "{'lora_name':'x','lora_path':'a\\u0000b'}"));

    assertThat(chat("'model':'triage'").at("/choices/0/message/content").asString())
        .isEqualTo("lights");
    assertThat(get("/lora-adapters").valueStream().map(a -> a.get("name").asString()))
        .doesNotContain("x");
  }

  private static HttpResponse<String> load(Path file) throws Exception {
    return post("/v1/load_lora_adapter", "{'lora_name':'x','lora_path':'%s'}".formatted(file));
  }

  @Test
  void aChatLongerThanTheContextIsRefusedAndAnAnswerThatReachesItsEndSaysSo() throws Exception {
    refused(
        400,
        "exceeds the available context size (512 tokens)",
        post(
            "/v1/chat/completions",
            "{'messages':[{'role':'user','content':'%s'}]}".formatted("a b ".repeat(600))));

    var answer =
        Exchange.JSON.readTree(
            post(
                    "/v1/completions",
                    "{'prompt':'a','max_tokens':9000,'grammar':'root ::= [a-z]{600}'}")
                .body());
    assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(answer.at("/usage/total_tokens").asInt()).isLessThanOrEqualTo(512);
  }

  private static void refused(int status, String saying, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(Exchange.JSON.readTree(answer.body()).at("/error/message").asString())
        .contains(saying);
  }

  @Test
  void asleepItSaysSoAndAQuestionWakesIt() throws Exception {
    assertThat(post("/sleep?level=1", "").statusCode()).isEqualTo(200);
    assertThat(get("/is_sleeping").get("is_sleeping").asBoolean()).isTrue();

    assertThat(chat("'model':'triage'").at("/choices/0/message/content").asString())
        .isEqualTo("lights");
    assertThat(get("/is_sleeping").get("is_sleeping").asBoolean()).isFalse();
  }
}
