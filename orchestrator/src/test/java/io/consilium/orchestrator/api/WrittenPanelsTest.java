package io.consilium.orchestrator.api;

import static io.consilium.orchestrator.api.RunningService.json;
import static io.consilium.orchestrator.api.RunningService.question;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.adapters.testing.Behaviours;
import io.consilium.expert.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Panels whose aggregator asks an expert by itself. */
@Timeout(120)
class WrittenPanelsTest {
  private static final String ASKED = "Describe the river.";

  private final RunningService service = RunningService.shared();

  @BeforeEach
  void experts() {
    service.upstream().script("blue", Behaviours.saying("The river is blue and calm."));
    service.upstream().script("wide", Behaviours.saying("It is wide, and boats go on it."));
    service.upstream().script("writer", Behaviours.saying("A wide blue river with boats."));
    for (var each : List.of("blue", "wide", "hang", "500")) {
      service.expert(each);
    }
    var writer = service.card("writer", "writer");
    writer.putObject("price").put("call", 0.5);
    put(writer);
  }

  private HttpResponse<String> put(ObjectNode card) {
    return service.send(
        service
            .request("/v1/experts/" + card.path("id").asString())
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(card.toString())));
  }

  private HttpResponse<String> declare(String id, String aggregator, String... members) {
    return put(composition(id, aggregator, members));
  }

  private static ObjectNode composition(String id, String aggregator, String... members) {
    var card =
        Json.object()
            .put("id", id)
            .put("kind", "composition")
            .put("description", "Several who write together.")
            .put("plan", "panel")
            .put("aggregator", aggregator);
    List.of(members).forEach(card.putArray("members")::add);
    return card;
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
  void aWriterMakesOneTextOfAllAndIsOnTheRecordAndInThePrice() {
    assertThat(declare("essay", "synthesis:writer", "blue", "wide").statusCode()).isIn(200, 201);
    int before = service.upstream().exchanges("writer").size();
    var body = question("essay", ASKED);
    body.putObject("consilium").put("contrast", true);

    var response = service.chat(body);

    assertThat(content(response)).isEqualTo("A wide blue river with boats.");
    assertThat(service.upstream().exchanges("writer").size()).isEqualTo(before + 1);
    assertThat(service.upstream().exchanges("writer").getLast().body().toString())
        .contains("The river is blue and calm.", "boats go on it");
    var decision = decision(response);
    assertThat(decision.path("usd").asDouble()).isEqualTo(0.5);
    assertThat(decision.path("replies").findValuesAsString("expert"))
        .containsExactlyInAnyOrder("blue", "wide", "writer");
    assertThat(json(response).path("consilium").path("contrast").path("aggregator").asString())
        .isEqualTo("synthesis:writer");
    assertThat(json(service.get("/v1/experts/essay")).path("price").path("call").asDouble())
        .isEqualTo(0.5);
  }

  @Test
  void aWriterStreamsItsText() {
    declare("streamed-essay", "synthesis:writer", "blue", "wide");

    var body = service.chat(question("streamed-essay", ASKED).put("stream", true)).body();

    assertThat(body).startsWith(": consilium {").endsWith("data: [DONE]\n\n");
    assertThat(body).contains("boats");
  }

  @Test
  void aFailingWriterLeavesTheBestReply() {
    declare("unwritten", "synthesis:500", "blue", "wide");

    for (boolean stream : new boolean[] {false, true}) {
      var response = service.chat(question("unwritten", ASKED).put("stream", stream));

      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(response.body()).containsAnyOf("blue", "boats");
      assertThat(decision(response).path("replies").toString())
          .contains("\"500\"", "\"failure\"", "\"blue\"", "\"wide\"");
    }
  }

  @Test
  void aWriterThatIsStillWritingAtTheDeadlineLeavesTheBestReply() throws Exception {
    declare("late", "synthesis:hang", "blue", "wide");
    var body = question("late", ASKED);
    body.putObject("consilium").put("deadline_ms", 1_500);

    var response = service.chat(body);

    assertThat(content(response)).containsAnyOf("blue", "boats");
    assertThat(decision(response).path("replies").toString()).contains("\"hang\"", "DEADLINE");
    assertThat(service.upstream().exchanges("hang").getLast().awaitHangUp(Duration.ofSeconds(10)))
        .isTrue();
  }

  @Test
  void aWriterThatWasRetiredLeavesTheBestReply() {
    put(service.card("passing", "writer"));
    declare("orphaned", "synthesis:passing", "blue", "wide");
    assertThat(service.delete("/v1/experts/passing").statusCode()).isLessThan(300);

    assertThat(content(service.chat(question("orphaned", ASKED)))).containsAnyOf("blue", "boats");
  }

  @Test
  void notesAreNeverTheAnswerWhenThePrimaryFails() {
    var notes = new AtomicInteger();
    service
        .upstream()
        .script(
            "peer",
            Behaviours.saying(exchange -> {
              boolean note = exchange.body().toString().contains("doubts");
              notes.addAndGet(note ? 1 : 0);
              return note ? "claims: it flows" : "It flows to the sea.";
            }));
    service.expert("peer");
    put(composition("noted", "notes_to_primary:500", "peer", "500").put("quorum", 1));

    assertThat(content(service.chat(question("noted", ASKED)))).isEqualTo("It flows to the sea.");
    assertThat(notes.get()).isEqualTo(1);
  }

  @Test
  void cardsBecomeTheBackgroundOfWhoAnswers() {
    declare("read-up", "knowledge_cards:writer", "blue", "wide");

    assertThat(content(service.chat(question("read-up", ASKED))))
        .isEqualTo("A wide blue river with boats.");
    assertThat(service.upstream().exchanges("writer").getLast().body().toString()).contains(ASKED);
  }

  @Test
  void aJudgeKeepsOneReplyAsItIs() {
    declare("judged", "best_of:writer", "blue", "wide");

    assertThat(content(service.chat(question("judged", ASKED))))
        .isIn("The river is blue and calm.", "It is wide, and boats go on it.");
  }

  @Test
  void namesThatAreNotThereAreRefusedWithTheNearest() {
    refused(declare("odd-1", "synthesys:writer", "blue", "wide"), "nearest is synthesis:EXPERT");
    refused(declare("odd-2", "weighted_votes", "blue", "wide"), "nearest is weighted_vote");
    refused(declare("odd-3", "synthesis:writr", "blue", "wide"), "near names: writer");
    refused(declare("odd-4", "synthesis", "blue", "wide"), "write synthesis:EXPERT");
    refused(declare("odd-5", "weighted_vote:writer", "blue", "wide"), "takes no expert");
    refused(declare("odd-6", "synthesis:odd-6", "blue", "wide"), "odd-6 → odd-6");
  }

  private static void refused(HttpResponse<String> response, String why) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(response.body()).contains("aggregator", why);
  }

  @Test
  void whatAWriterMadeOfOtherRepliesIsNoOutcomeOfItsOwn() {
    declare("graded", "synthesis:writer", "blue", "wide");
    var id = decision(service.chat(question("graded", ASKED + " Graded."))).path("id").asString();

    var said =
        service.post(
            "/v1/feedback",
            "{\"decision\":\"%s\",\"score\":1,\"correction\":\"blue\",\"check\":\"exact\"}"
                .formatted(id));

    assertThat(said.statusCode()).as(said.body()).isEqualTo(201);
    assertThat(json(said).path("outcomes").asInt()).isEqualTo(2);
  }
}
