package io.consilium.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Answer;
import io.consilium.expert.Delta;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Owner;
import io.consilium.expert.Part;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.testing.ExpertContract;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.expert.wire.ChatWire;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ToolExpertTest extends ExpertContract {
  private static final McpServerSettings SETTINGS = McpConnectionTest.odd();
  private static McpConnection server;

  @BeforeAll
  static void start() {
    server = new McpConnection(SETTINGS, tools -> {}, InstantSource.system());
    server.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ExpertCard card(String tool) {
    return ToolCards.of(SETTINGS, server.tools(), Owner.FILE).stream()
        .filter(card -> card.id().equals("odd/" + tool))
        .findFirst()
        .orElseThrow();
  }

  private static Answer ask(String tool, String text) {
    return new ToolExpert(card(tool), server).answer(question(text, false), delta -> {});
  }

  private static Question question(String text, boolean stream) {
    var body = Json.object().put("model", "any").put("stream", stream);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return ChatWire.question(body, Terms.within(Duration.ofSeconds(60), Instant.now()));
  }

  private static void assertFails(String tool, String text, FailureKind kind, String... words) {
    assertThatThrownBy(() -> ask(tool, text))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.message()).contains(words);
            });
  }

  @Override
  protected Expert expert() {
    return new ToolExpert(card("echo"), server);
  }

  @Override
  protected Optional<Expert> waiting() {
    return Optional.of(new ToolExpert(card("hang"), server));
  }

  @Override
  protected List<Expert> failing() {
    return List.of(
        new ToolExpert(card("fail"), server),
        new ToolExpert(card("pair"), server),
        new ToolExpert(card("broken"), server));
  }

  @Test
  void plainWordsGoToTheOneStringTheToolTakes() {
    assertThat(ask("echo", "say this").text()).isEqualTo("say this");
  }

  @Test
  void aJsonObjectThatFitsTheSchemaIsTheArguments() {
    assertThat(ask("echo", "{\"text\": \"in JSON\"}").text()).isEqualTo("in JSON");
    assertThat(ask("pair", " {\"first\": \"a\", \"second\": \"b\"}").text()).isEqualTo("ab");
  }

  @Test
  void aJsonObjectThatDoesNotFitIsTextWhereTextIsTaken() {
    assertThat(ask("echo", "{\"other\": 1}").text()).isEqualTo("{\"other\": 1}");
    assertFails("pair", "{\"first\": 1}", FailureKind.INVALID_REQUEST, "pair", "second");
  }

  @Test
  void plainWordsForAToolOfSeveralArgumentsAreUnsupported() {
    assertFails("pair", "join a and b", FailureKind.UNSUPPORTED, "first, second", "JSON object");
  }

  @Test
  void aToolWithoutArgumentsIsCalledWithNone() {
    assertThat(ask("nothing", "go").text()).isEqualTo("nothing needed");
  }

  @Test
  void whatTheToolCallsAFailureIsPassedOnInItsWords() {
    assertFails("fail", "x", FailureKind.UPSTREAM_REJECTED, "the moon is full");
  }

  @Test
  void theToolsOwnConfidenceIsKept() {
    assertThat(ask("confident", "x").confidence()).isEqualTo(0.7);
    assertThat(ask("echo", "x").confidence()).isNull();
  }

  @Test
  void structuredContentAloneIsTheAnswer() {
    assertThat(Json.MAPPER.readTree(ask("structured", "x").text()).path("celsius").asInt())
        .isEqualTo(21);
  }

  @Test
  void imagesArePassedThrough() {
    var answer = ask("picture", "x");

    assertThat(answer.text()).isEqualTo("a dot");
    assertThat(answer.content())
        .filteredOn(part -> part instanceof Part.Image)
        .singleElement()
        .isInstanceOfSatisfying(
            Part.Image.class,
            image -> assertThat(image.url()).isEqualTo("data:image/png;base64,AAAA"));
  }

  @Test
  void streamingGivesOnePiece() {
    var pieces = new ArrayList<Delta>();

    new ToolExpert(card("echo"), server).answer(question("a b c", true), pieces::add);

    assertThat(pieces).containsExactly(new Delta.Text("a b c"));
  }

  @Test
  void configuredIdsNameTheExperts() {
    var settings = SETTINGS.withIds(Map.of("echo", "parrot"));

    var cards = ToolCards.of(settings, server.tools(), Owner.BUNDLED);

    assertThat(cards).extracting(ExpertCard::id).contains("parrot", "odd/pair");
    assertThat(cards).extracting(ExpertCard::owner).containsOnly(Owner.BUNDLED);
    assertThat(cards.getFirst().description()).isEqualTo("Does echo.");
  }

  @Test
  void toolsOfTheSameNameAtTwoServersAreTwoExperts() {
    var other =
        McpServerSettings.of(
            "even", new McpServerSettings.Http(URI.create("http://127.0.0.1:1/mcp"), Map.of()));

    assertThat(ToolCards.of(SETTINGS, server.tools(), Owner.FILE))
        .extracting(ExpertCard::id)
        .contains("odd/echo")
        .doesNotContainAnyElementsOf(
            ToolCards.of(other, server.tools(), Owner.FILE).stream().map(ExpertCard::id).toList());
  }

  @Test
  void aCardOfAnotherKindIsRefused() {
    assertThatThrownBy(() -> new ToolExpert(ScriptedExpert.card("model"), server))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("must be of kind tool");
  }
}
