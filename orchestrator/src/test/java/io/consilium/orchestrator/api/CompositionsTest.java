package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.consilium.adapters.openai.OpenAiClient;
import io.consilium.adapters.testing.Behaviours;
import io.consilium.adapters.testing.FakeExchange;
import io.consilium.adapters.testing.FakeUpstream;
import io.consilium.expert.Json;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Timeout(120)
class CompositionsTest {
  private final RunningService service = RunningService.shared();

  @BeforeEach
  void experts() {
    service.upstream().script("says-4", Behaviours.saying("The answer is 4."));
    service.upstream().script("says-four", Behaviours.saying("It is clear: the answer is 4."));
    service.upstream().script("says-5", Behaviours.saying("The answer is 5."));
    service.upstream().script("says-nothing", Behaviours.saying(""));
    for (var each :
        List.of(
            "says-4",
            "says-four",
            "says-5",
            "says-nothing",
            "hang",
            "500",
            "cut-stream",
            "cut-body")) {
      service.expert(each);
    }
  }

  private static ObjectNode composition(String id, String plan, String... members) {
    var card =
        Json.object()
            .put("id", id)
            .put("kind", "composition")
            .put("description", "Several who agree.")
            .put("plan", plan);
    List.of(members).forEach(card.putArray("members")::add);
    return card;
  }

  private HttpResponse<String> put(ObjectNode card) {
    return service.send(
        service
            .request("/v1/experts/" + card.path("id").asString())
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(card.toString())));
  }

  private void declare(ObjectNode card) {
    assertThat(put(card)).satisfies(r -> assertThat(r.statusCode()).as(r.body()).isIn(200, 201));
  }

  private static String content(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response).path("choices").path(0).path("message").path("content").asString("");
  }

  private JsonNode decision(HttpResponse<String> response) {
    var id = response.headers().firstValue("x-consilium-decision").orElseThrow();
    return json(service.get("/v1/decisions/" + id));
  }

  @Test
  void aNamedPanelAnswersLikeAnyModelAndSaysHowItsExpertsStand() {
    declare(composition("jury", "panel", "says-4", "says-5"));
    var body = question("jury", "What is 2 + 2?");
    body.putObject("consilium").put("contrast", true);

    var response = service.chat(body);

    assertThat(content(response)).endsWith("answer is 4.");
    assertThat(response.headers().firstValue("x-consilium-plan")).hasValue("panel");
    assertThat(json(response).path("model").asString()).isEqualTo("jury");
    var contrast = json(response).path("consilium").path("contrast");
    assertThat(contrast.path("schema").asString()).isEqualTo("consilium.contrast/1");
    assertThat(contrast.path("groups").size()).isEqualTo(2);
    assertThat(contrast.path("differences").path(0).path("experts").path(0).asString())
        .isEqualTo("says-5");
  }

  /** What a model was told in system messages when it was last asked. */
  private String told(String model) {
    var text = new StringBuilder();
    for (var message : service.upstream().exchanges(model).getLast().body().path("messages")) {
      if (message.path("role").asString().equals("system")) {
        text.append(message.path("content").asString());
      }
    }
    return text.toString();
  }

  @Test
  void laterExpertsOfACascadeSeeTheBestAttemptsWhereItAsksForThat() {
    service.upstream().script("says-6", Behaviours.saying("The answer is 6."));
    service.expert("says-6");
    var card = composition("seers", "cascade", "says-4", "says-5", "says-6");
    declare(card.put("attempts", 2));
    var body = question("seers", "What is 2 + 2, with attempts shown?");
    body.putObject("consilium").put("explain", true);

    var response = service.chat(body);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    var replies = decision(response).path("replies");
    assertThat(replies).hasSize(3);
    List<String> said = new ArrayList<>();
    for (var reply : replies) {
      var told = told(reply.path("expert").asString());
      if (said.isEmpty()) {
        assertThat(told).isEmpty();
      } else {
        assertThat(told).contains(said).contains("not instructions");
      }
      said.add(reply.path("text").asString());
    }
    var shown = decision(response).path("shown");
    assertThat(shown).hasSize(3);
    assertThat(shown.path(0).path("to").asString()).isEqualTo(expert(replies, 1));
    assertThat(shown.path(0).path("from").asString()).isEqualTo(expert(replies, 0));
    assertThat(json(response).path("consilium").path("shown")).isEqualTo(shown);
    assertThat(json(service.get("/v1/experts/seers")).path("attempts").asInt()).isEqualTo(2);
  }

  private static String expert(JsonNode replies, int number) {
    return replies.path(number).path("expert").asString();
  }

  @Test
  void aCompositionBelowAnotherSeesWhatTheOuterOneHeard() {
    declare(composition("inner-seers", "panel", "says-4", "says-four").put("attempts", 1));
    declare(composition("outer-seers", "chain", "says-5", "inner-seers"));

    var response = service.chat(question("outer-seers", "What is 2 + 2, nested?"));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(told("says-4")).contains("The answer is 5.");
    assertThat(decision(response).path("shown")).isEmpty();
    FakeUpstream.await(
        "the inner decision",
        () -> !json(service.get("/v1/decisions?model=inner-seers")).path("data").isEmpty());
    var all = json(service.get("/v1/decisions?model=inner-seers")).path("data");
    var inner = json(service.get("/v1/decisions/" + all.path(0).path("id").asString()));
    assertThat(inner.path("shown")).hasSize(2);
    assertThat(inner.path("shown").path(0).path("from").asString()).isEqualTo("says-5");
    assertThat(put(composition("too-many", "cascade", "says-4", "says-5").put("attempts", 6)))
        .satisfies(r -> assertThat(r.statusCode()).isEqualTo(400))
        .satisfies(r -> assertThat(r.body()).contains("attempts", "5"));
  }

  @Test
  void aCompositionIsListedWithItsCardAndThePriceOfItsMembers() {
    var dear = service.card("dear", "says-4");
    dear.putObject("price").put("input", 2).put("output", 4);
    assertThat(put(dear).statusCode()).isIn(200, 201);
    declare(composition("dear-pair", "panel", "dear", "says-5"));

    var shown = json(service.get("/v1/experts/dear-pair"));

    assertThat(shown.path("kind").asString()).isEqualTo("composition");
    assertThat(shown.path("aggregator").asString()).isEqualTo("weighted_vote");
    assertThat(shown.path("quorum").asInt()).isEqualTo(2);
    assertThat(shown.path("price").path("output").asDouble()).isEqualTo(4);
    assertThat(service.get("/v1/models").body()).contains("\"dear-pair\"");
    assertThat(json(service.chat(question("dear-pair", "2 + 2?"))).path("choices").size())
        .isEqualTo(1);
  }

  @Test
  void compositionsNestAndCostWhatAllTheirExpertsCost() {
    var dear = service.card("dear-inner", "says-4");
    dear.putObject("price").put("call", 0.25);
    assertThat(put(dear).statusCode()).isIn(200, 201);
    declare(composition("inner", "panel", "dear-inner", "says-four"));
    declare(composition("outer", "panel", "inner", "says-5", "says-4"));

    var response = service.chat(question("outer", "What is 2 + 2?"));

    assertThat(content(response)).endsWith("answer is 4.");
    var decision = decision(response);
    assertThat(decision.path("usd").asDouble()).isEqualTo(0.25);
    FakeUpstream.await(
        "the decision of the inner panel",
        () ->
            json(service.get("/v1/decisions?model=inner"))
                .path("data")
                .valueStream()
                .anyMatch(each ->
                    each.path("id").asString().startsWith(decision.path("id").asString() + ".")));
  }

  @Test
  void aCompositionCanBeRoutedTo() {
    declare(composition("routed-jury", "panel", "says-4", "says-four"));
    var body = question("consilium/auto", "What is 2 + 2?");
    body.putObject("consilium").put("minimum", 0).putArray("pin").add("routed-jury");

    var response = service.chat(body);

    assertThat(content(response)).endsWith("answer is 4.");
    assertThat(response.headers().firstValue("x-consilium-expert")).hasValue("routed-jury");
  }

  @Test
  void cyclesAreRefusedByName() {
    declare(composition("ring-a", "panel", "says-4", "says-5"));
    declare(composition("ring-b", "panel", "ring-a", "says-5"));

    var response = put(composition("ring-a", "panel", "says-4", "ring-b"));
    var self = put(composition("ring-c", "panel", "ring-c", "says-4"));

    refuses(response, "members", "ring-a → ring-b → ring-a");
    refuses(self, "members", "ring-c → ring-c");
  }

  @Test
  void nestingDeeperThanFourIsRefused() {
    declare(composition("deep-1", "panel", "says-4", "says-5"));
    for (int i = 2; i <= 4; i++) {
      declare(composition("deep-" + i, "panel", "deep-" + (i - 1), "says-5"));
    }

    refuses(put(composition("deep-5", "panel", "deep-4", "says-5")), "members", "at most 4 deep");
    assertThat(content(service.chat(question("deep-4", "2 + 2?")))).isNotBlank();
  }

  @Test
  void whoIsNotThereIsRefusedWithNearNames() {
    refuses(put(composition("lonely", "panel", "says-4", "says-fou")), "members", "says-four");
    refuses(
        put(composition("odd", "panel", "says-4", "says-5").put("aggregator", "telepathy")),
        "aggregator",
        "weighted_vote");
    refuses(
        put(composition("crowd", "panel", "says-4", "says-5").put("quorum", 3)),
        "quorum",
        "between 1 and the 2 members");
    refuses(put(composition("none", "panel")), "members", "missing");
  }

  private static void refuses(HttpResponse<String> response, String field, String why) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(response.body()).contains(field);
    assertThat(response.body()).contains(why);
  }

  @Test
  void consiliumPanelAsksSeveral() {
    var body = question("consilium/panel", "What is 2 + 2?");
    var wishes = body.putObject("consilium").put("contrast", true);
    wishes.putArray("pin").add("says-4").add("says-5").add("says-four");

    var response = service.chat(body);

    assertThat(content(response)).endsWith("answer is 4.");
    assertThat(response.headers().firstValue("x-consilium-plan")).hasValue("panel");
    assertThat(json(response).path("consilium").path("contrast").path("replies").size())
        .isEqualTo(3);
  }

  @Test
  void aQuorumIsEnoughAndTheStragglersCallEndsOnItsSocket() throws Exception {
    var card = composition("quick", "panel", "says-4", "hang", "says-four").put("quorum", 2);
    declare(card);
    int before = service.upstream().exchanges("hang").size();

    assertThat(content(service.chat(question("quick", "2 + 2?")))).endsWith("answer is 4.");

    if (service.upstream().exchanges("hang").size() > before) {
      assertThat(service.upstream().exchanges("hang").getLast().awaitHangUp(Duration.ofSeconds(10)))
          .isTrue();
    }
  }

  @Test
  void aDeadlineGivesWhatThereIsByThen() {
    declare(composition("hasty", "panel", "says-4", "hang").put("deadline_ms", 600));

    var response = service.chat(question("hasty", "2 + 2?"));

    assertThat(content(response)).contains("4");
    assertThat(decision(response).path("replies").toString()).contains("CANCELLED");
  }

  @Test
  void withNobodyLeftTheFallbackAnswersAndElseTheStatusIsReal() {
    var card = composition("spared", "panel", "500", "cut-stream");
    declare(composition("doomed", "panel", "500", "cut-body"));
    card.putArray("fallbacks").add("says-4");
    declare(card);

    assertThat(content(service.chat(question("spared", "2 + 2?")))).contains("4");
    for (boolean stream : new boolean[] {false, true}) {
      var response = service.chat(question("doomed", "2 + 2?").put("stream", stream));
      assertThat(response.statusCode()).isEqualTo(502);
      assertThat(response.body()).contains("all_failed", "(500)", "broke off");
    }
  }

  @Test
  void aSlowExpertIsHedgedAndBothAreOnRecord() throws Exception {
    for (var plan : List.of("one", "panel")) {
      var card =
          plan.equals("one")
              ? composition("hedged-one", "one", "hang")
              : composition("hedged-panel", "panel", "hang", "says-four");
      card.put("hedge_ms", 200).putArray("fallbacks").add("says-4");
      declare(card);
      for (boolean stream : new boolean[] {false, true}) {
        int before = service.upstream().exchanges("hang").size();
        var response = service.chat(question("hedged-" + plan, "2 + 2?").put("stream", stream));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).contains("4.");
        assertThat(service.upstream().exchanges("hang").size()).isEqualTo(before + 1);
        assertThat(
                service.upstream().exchanges("hang").getLast().awaitHangUp(Duration.ofSeconds(10)))
            .isTrue();
        var replies = decision(response).path("replies");
        assertThat(replies.toString()).contains("\"hang\"", "CANCELLED", "\"says-4\"");
      }
    }
  }

  @Test
  void whoTakesLongerThanItEverDoesIsHedgedAtP95AndOnlyOnceItIsKnown() throws Exception {
    service
        .upstream()
        .script(
            "p95-brisk",
            Behaviours.after(20, Behaviours.saying("The answer is 4."), FakeExchange::hang));
    service.upstream().script("p95-spare", Behaviours.saying("The spare says 4."));
    service.expert("p95-brisk");
    service.expert("p95-spare");
    var card = composition("at-p95", "one", "p95-brisk").put("hedge", "p95");
    card.putArray("fallbacks").add("p95-spare");
    declare(card);

    for (int i = 0; i < 20; i++) {
      assertThat(content(service.chat(question("at-p95", "2 + 2, time " + i)))).contains("answer");
    }
    assertThat(service.upstream().exchanges("p95-spare"))
        .as("too little is known to hedge")
        .isEmpty();
    var response = service.chat(question("at-p95", "2 + 2, once more"));

    assertThat(content(response)).isEqualTo("The spare says 4.");
    assertThat(service.upstream().exchanges("p95-brisk")).hasSize(21);
    assertThat(
            service.upstream().exchanges("p95-brisk").getLast().awaitHangUp(Duration.ofSeconds(10)))
        .isTrue();
    assertThat(decision(response).path("replies").toString())
        .contains("\"p95-brisk\"", "CANCELLED", "\"p95-spare\"");
  }

  @Test
  void aStreamedPanelShowsWhoIsDoneAndThenTheText() {
    declare(composition("told", "panel", "says-4", "500"));

    var body = service.chat(question("told", "2 + 2?").put("stream", true)).body();

    assertThat(body).startsWith(": consilium {");
    assertThat(body)
        .contains("{\"expert\":\"says-4\",\"progress\":\"answered\"}")
        .contains("{\"expert\":\"500\",\"progress\":\"failed\"}")
        .contains("answer is 4.")
        .endsWith("data: [DONE]\n\n");
    assertThat(body.lastIndexOf(": consilium")).isLessThan(body.indexOf("data: "));
  }

  @Test
  void aCascadeStreamsOnlyOnceItStops() {
    declare(composition("steps", "cascade", "says-4", "says-four", "says-5"));

    var response = service.chat(question("steps", "2 + 2?").put("stream", true));

    assertThat(response.headers().firstValue("x-consilium-plan")).hasValue("cascade");
    assertThat(response.body()).contains("4.").endsWith("data: [DONE]\n\n");
  }

  @Test
  void anExpertThatStreamsHalfAndDiesIsAFailedMember() {
    declare(composition("half", "panel", "cut-stream", "says-4", "says-nothing"));

    var response = service.chat(question("half", "2 + 2?"));

    assertThat(content(response)).contains("4");
    assertThat(decision(response).path("replies").toString()).contains("STREAM_BROKEN", "says-4");
  }

  @Test
  void twoMegabytesAreFusedWhole() {
    var long4 = "x ".repeat(1 << 20) + "\nThe answer is 4.";
    service.upstream().script("says-much", Behaviours.saying(long4));
    service.expert("says-much");
    declare(composition("much", "panel", "says-much", "says-nothing"));
    var body = question("much", "2 + 2?");
    body.putObject("consilium").put("contrast", true);

    assertThat(content(service.chat(body))).hasSizeGreaterThan(2 << 20);
  }

  @Test
  void aDecisionIsReplayedWithoutAnExpertAndNobodyIsAsked() {
    declare(composition("replayed", "panel", "says-4", "says-5"));
    var response = service.chat(question("replayed", "What is 2 + 2?"));
    var id = response.headers().firstValue("x-consilium-decision").orElseThrow();
    int asked = service.upstream().exchanges().size();

    var same = service.post("/v1/decisions/" + id + "/replay", "{}");
    var fewer = service.post("/v1/decisions/" + id + "/replay", "{\"without\":[\"says-5\"]}");
    var alone = service.post("/v1/decisions/" + id + "/replay", "{\"without\":[\"says-4\"]}");
    var counted =
        service.post("/v1/decisions/" + id + "/replay", "{\"aggregator\":\"majority_vote\"}");
    var planned = service.post("/v1/decisions/" + id + "/replay", "{\"policy\":\"panel\"}");

    assertThat(same.statusCode()).as(same.body()).isEqualTo(200);
    for (var each : List.of(same, fewer, counted, planned)) {
      assertThat(json(each).path("answer").path("text").asString()).endsWith("answer is 4.");
      assertThat(json(each).path("diff").path("same_answer").asBoolean()).isTrue();
      assertThat(json(each).path("missing").size()).isZero();
    }
    assertThat(json(fewer).path("contrast").path("replies").size()).isEqualTo(1);
    assertThat(json(alone).path("answer").path("text").asString()).isEqualTo("The answer is 5.");
    assertThat(json(alone).path("diff").path("same_answer").asBoolean()).isFalse();
    assertThat(json(alone).path("plan").path("type").asString()).isEqualTo("one");
    assertThat(service.upstream().exchanges().size()).isEqualTo(asked);
  }

  @Test
  void aReplaySaysWhatItCannotPlay() {
    declare(composition("played", "panel", "says-4", "says-5"));
    var id =
        service
            .chat(question("played", "What is 2 + 2?"))
            .headers()
            .firstValue("x-consilium-decision")
            .orElseThrow();

    var stranger = service.post("/v1/decisions/" + id + "/replay", "{\"without\":[\"plato\"]}");
    var unknown = service.post("/v1/decisions/" + id + "/replay", "{\"aggregator\":\"telepathy\"}");
    var nobody = service.post("/v1/decisions/dec_none/replay", "{}");
    var elsewhere = service.post("/v1/decisions/" + id, "{}");

    assertThat(stranger.statusCode()).isEqualTo(400);
    assertThat(stranger.body()).contains("plato", "says-4");
    assertThat(json(unknown).path("failure").path("message").asString() + unknown.body())
        .contains("telepathy", "weighted_vote");
    assertThat(nobody.statusCode()).isEqualTo(404);
    assertThat(elsewhere.statusCode()).isEqualTo(404);
  }

  @Test
  void wordsThatWereNotRecordedAreMissingAndNamed() {
    declare(composition("silent", "panel", "says-4", "says-5"));
    var key =
        json(service.post(
                "/v1/keys",
                "{\"name\":\"quiet\",\"tenant\":\"quiet\",\"role\":\"user\",\"record_content\":false}"))
            .path("key")
            .asString();
    var response =
        service.send(
            service
                .request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key)
                .POST(BodyPublishers.ofString(question("silent", "What is 2 + 2?").toString())));
    var id = response.headers().firstValue("x-consilium-decision").orElseThrow();

    var replay = service.post("/v1/decisions/" + id + "/replay", "{}");

    assertThat(replay.statusCode()).as(replay.body()).isEqualTo(409);
    assertThat(replay.body()).contains("says-4", "says-5", "not recorded");
  }

  @Test
  void aKnownAnswerGivesEveryMemberItsOutcomeAndItsCredit() {
    declare(composition("credited", "panel", "says-4", "says-5"));
    var id =
        service
            .chat(question("credited", "What is 2 + 2, credited?"))
            .headers()
            .firstValue("x-consilium-decision")
            .orElseThrow();

    var said =
        service.post(
            "/v1/feedback",
            "{\"decision\":\"%s\",\"score\":1,\"correction\":\"4\",\"check\":\"number\"}"
                .formatted(id));

    assertThat(said.statusCode()).as(said.body()).isEqualTo(201);
    assertThat(json(said).path("outcomes").asInt()).isEqualTo(2);
    assertThat(json(said).path("credits").asInt()).isEqualTo(2);
    var credit = json(service.get("/v1/decisions/" + id)).path("credit");
    assertThat(credit.size()).isEqualTo(2);
    assertThat(credit.path(0).path("expert").asString()).isEqualTo("says-4");
    assertThat(credit.path(0).path("contribution").asDouble()).isEqualTo(1);
    assertThat(credit.valueStream().filter(each -> each.path("expert").asString().equals("says-5")))
        .allSatisfy(each -> assertThat(each.path("contribution").asDouble()).isZero());
    var outcomes = json(service.get("/v1/outcomes?expert=says-5@1")).path("data");
    assertThat(outcomes.valueStream().filter(each -> each.path("item").asString().equals(id)))
        .hasSize(1)
        .allSatisfy(each -> assertThat(each.path("correct").asDouble()).isZero());
  }

  @Test
  void twoHundredPanelsAtOnceLeaveNoCallUnderWay() throws Exception {
    declare(composition("busy", "panel", "says-4", "hang", "says-four").put("quorum", 2));
    var answers = new ConcurrentLinkedQueue<Integer>();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      callers.add(
          Thread.ofVirtual()
              .start(() -> answers.add(service.chat(question("busy", "2 + 2?")).statusCode())));
    }
    for (var caller : callers) {
      caller.join();
    }

    assertThat(answers).hasSize(200).containsOnly(200);
    var meters = service.context().getBean(MeterRegistry.class);
    FakeUpstream.await(
        "no call under way",
        () ->
            meters.get("consilium.expert.in_flight").gauges().stream()
                    .mapToDouble(gauge -> gauge.value())
                    .sum()
                == 0);
    for (var call : service.upstream().exchanges("hang")) {
      assertThat(call.awaitHangUp(Duration.ofSeconds(10))).isTrue();
    }
    var client = service.context().getBean(OpenAiClient.class);
    FakeUpstream.await("every connection to be given back", () -> client.leased() == 0);
    FakeUpstream.await("every thread of a panel to end", () -> threads("panel-") == 0);
  }

  /** How many threads, virtual ones too, have a name that starts like this. */
  private static long threads(String prefix) {
    try {
      var folder = Files.createTempDirectory("threads");
      var dump = folder.resolve("dump.json");
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
      var names = Json.MAPPER.readTree(Files.readString(dump)).findValuesAsString("name");
      Files.delete(dump);
      Files.delete(folder);
      return names.stream().filter(name -> name.startsWith(prefix)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
