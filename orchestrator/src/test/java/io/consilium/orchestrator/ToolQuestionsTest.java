package io.consilium.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Answer;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Owner;
import io.consilium.expert.Price;
import io.consilium.expert.ToolSpec;
import io.consilium.expert.Usage;
import io.consilium.expert.index.Words;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcToolQuestions;
import io.consilium.expert.registry.SnapshotRegistry;
import io.consilium.expert.testing.ManualClock;
import io.consilium.expert.testing.ScriptedExpert;
import io.consilium.expert.testing.TestDatabases;
import io.consilium.tools.McpServerSettings;
import io.consilium.tools.ToolCards;
import io.consilium.tools.retrieval.FoundTool;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tools found by questions that a scripted expert wrote about them. */
class ToolQuestionsTest {
  private static final ToolSpec FORECAST = tool("forecast", "Meteorological data by place.");
  private static final ToolSpec ROUTE = tool("route", "Paths between two places.");
  private static final String UMBRELLA = "will it rain on my umbrella today";

  private final Database database = TestDatabases.embedded();
  private final JdbcToolQuestions store = new JdbcToolQuestions(database);
  private final ExpertRegistry registry = SnapshotRegistry.inMemory();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-12-01T12:00:00Z"));
  private final ScriptedExpert writer = writer(0.2);

  private static ToolSpec tool(String name, String description) {
    return new ToolSpec(
        name, description, Json.MAPPER.readTree("{\"type\":\"object\",\"properties\":{}}"));
  }

  /** Knows what people ask of forecasts. */
  private static ScriptedExpert writer(double usd) {
    return new ScriptedExpert(
        ScriptedExpert.card("writer").withPrice(new Price(0, 0, 0, usd)),
        question ->
            Answer.of(
                question.lastUserText().contains("Meteorological")
                    ? "1. Do I need an umbrella today?\n2. \"Will it rain?\"\nOK\n- Is it cold now"
                    : "How do I get to the station?",
                Usage.NONE));
  }

  /** One direction for each word, by chance. */
  private static final class WordEmbedder implements Embedder {
    @Override
    public String id() {
      return "words";
    }

    @Override
    public int dimension() {
      return 256;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(WordEmbedder::vector).toList();
    }

    private static float[] vector(String text) {
      float[] vector = new float[256];
      var words = Words.of(text);
      words.forEach(word ->
          vector[Math.floorMod(word.hashCode() * 31, 256)] += 1f / (float) Math.sqrt(words.size()));
      return vector;
    }
  }

  private ToolQuestions questions(String expert, double budget, ScriptedExpert as) {
    return new ToolQuestions(
        new ToolQuestions.Offer(expert, budget, Duration.ofSeconds(30)), store, id -> as, clock);
  }

  private RegisteredTools tools(ToolQuestions questions) {
    return new RegisteredTools(
        registry, id -> writer, request -> Map.of(), new WordEmbedder(), questions, Runnable::run);
  }

  private void serve(ToolSpec... specs) {
    registry.put(writer.card());
    registry.replaceAll(
        Owner.FILE,
        ToolCards.of(
            McpServerSettings.of(
                "geo", new McpServerSettings.Http(URI.create("http://127.0.0.1:1/mcp"), Map.of())),
            Arrays.asList(specs),
            Owner.FILE));
  }

  private static List<String> asked(FoundTool found) {
    return found.tool().questions();
  }

  @Test
  void aToolIsFoundByQuestionsThatAreWrittenOnceForEachVersionOfIt() {
    serve(FORECAST, ROUTE);
    var tools = tools(questions("writer", 10, writer));
    assertThat(tools.find(UMBRELLA, 2)).allMatch(found -> asked(found).isEmpty());

    tools.describe();
    tools.describe();

    var found = tools.find(UMBRELLA, 2).getFirst();
    assertThat(found.tool().id()).isEqualTo("geo/forecast");
    assertThat(asked(found))
        .containsExactly("Do I need an umbrella today?", "Will it rain?", "Is it cold now");
    assertThat(writer.asked()).hasSize(2);
    assertThat(writer.asked().getFirst().terms().record()).isFalse();

    serve(FORECAST, tool("route", "Paths between two places, by bicycle."));
    tools.describe();
    assertThat(writer.asked()).hasSize(3);
    assertThat(writer.asked().getLast().lastUserText()).contains("bicycle");
  }

  @Test
  void whatWasWrittenServesAfterARestartWithoutAskingAnew() {
    serve(FORECAST, ROUTE);
    tools(questions("writer", 10, writer)).describe();

    var restarted = tools(questions("writer", 10, writer));
    restarted.describe();

    assertThat(restarted.find(UMBRELLA, 1).getFirst().tool().questions()).isNotEmpty();
    assertThat(writer.asked()).hasSize(2);
  }

  @Test
  void withoutAWriterNobodyIsAskedAndToolsAreFoundAllTheSame() {
    serve(FORECAST, ROUTE);
    for (var none : new String[] {null, " "}) {
      var tools = tools(questions(none, 10, writer));
      tools.describe();

      assertThat(tools.find("meteorological data", 1).getFirst().tool().id())
          .isEqualTo("geo/forecast");
    }
    assertThat(writer.asked()).isEmpty();
    assertThat(store.all()).isEmpty();
  }

  @Test
  void noMoreIsPaidThanTheDayAllows() {
    serve(FORECAST, ROUTE, tool("height", "Metres above the sea."));
    var tools = tools(questions("writer", 0.5, writer)); // each costs 0.2

    tools.describe();
    tools.describe();
    assertThat(writer.asked()).hasSize(2);

    clock.advance(Duration.ofDays(1));
    tools.describe();
    assertThat(writer.asked()).hasSize(3);
    assertThat(store.all()).extracting(JdbcToolQuestions.Written::usd).containsOnly(0.2);
  }

  @Test
  void aWriterThatFailsOrIsNotThereIsDoneWithoutAndAskedAgainLater() {
    serve(FORECAST, ROUTE);
    var failing = ScriptedExpert.failing("writer", FailureKind.UPSTREAM_AUTH);
    tools(questions("writer", 10, failing)).describe();
    assertThat(failing.asked()).hasSize(1);
    assertThat(store.all()).isEmpty();

    var nobody = tools(questions("nobody", 10, writer));
    nobody.describe();
    assertThat(nobody.find("meteorological data", 1)).hasSize(1);
    assertThat(writer.asked()).isEmpty();

    tools(questions("writer", 10, writer)).describe();
    assertThat(store.all()).hasSize(2);
  }

  @Test
  void whatIsNoQuestionIsNotKept() {
    assertThat(ToolQuestions.read("")).isEmpty();
    assertThat(ToolQuestions.read("Sorry.\n" + "ignore all tools ".repeat(40))).isEmpty();
    assertThat(ToolQuestions.read("* one two three\n* one two three\n12) “four five six”,"))
        .containsExactly("one two three", "four five six");
    assertThat(ToolQuestions.read("what is this a\n".repeat(3) + questionsOfNine())).hasSize(5);
  }

  private static String questionsOfNine() {
    var many = new StringBuilder();
    for (int i = 0; i < 9; i++) {
      many.append("is this question ").append(i).append('\n');
    }
    return many.toString();
  }

  @Test
  void whatCostsThoughItHoldsNoQuestionIsNotBoughtTwice() {
    serve(FORECAST);
    var mute = ScriptedExpert.saying("writer", "No.");
    var tools = tools(questions("writer", 10, mute));

    tools.describe();
    tools.describe();

    assertThat(mute.asked()).hasSize(1);
    assertThat(tools.find("meteorological data", 1)).hasSize(1);
  }

  @Test
  void whatTheStoreCouldNotKeepIsKeptLaterAndNotBoughtTwice() throws SQLException {
    serve(FORECAST, ROUTE);
    var tools = tools(questions("writer", 10, writer));
    inStore("alter table tool_question add constraint shut check (usd < 0)");
    try {
      tools.describe();
      tools.describe();
    } finally {
      inStore("alter table tool_question drop constraint shut");
    }
    assertThat(writer.asked()).as("and no more while that cannot be kept").hasSize(1);
    assertThat(store.all()).isEmpty();

    tools.describe();

    assertThat(writer.asked()).as("the other tool's only").hasSize(2);
    assertThat(store.all()).hasSize(2);
    assertThat(store.spent(clock.instant().minusSeconds(1))).isEqualTo(0.4, within(1e-9));
  }

  private void inStore(String statement) throws SQLException {
    try (var connection = database.dataSource().getConnection();
        var sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }

  @Test
  void aWriterThatIsGoneWhenAskedLeavesToolsAsTheyAre() {
    serve(FORECAST);
    var questions =
        new ToolQuestions(
            new ToolQuestions.Offer("writer", 10, Duration.ofSeconds(30)),
            store,
            id -> {
              throw new ExpertException(FailureKind.NO_EXPERT, "gone");
            },
            clock);
    var tools = tools(questions);

    tools.describe();

    assertThat(tools.find("meteorological data", 1)).hasSize(1);
  }
}
