package io.consilium.tools.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.Json;
import io.consilium.tools.retrieval.ToolWeights.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

class ToolIndexTest {
  private static final ToolDocument WEATHER =
      tool("getForecast", "Tells the weather of a city for the coming days.");
  private static final ToolDocument MAIL = tool("sendMail", "Sends an email to a person.");
  private static final ToolDocument STOCKS = tool("stockQuote", "Price of a share right now.");
  private static final ToolDocument HOTELS = tool("bookHotel", "Reserves a room for some nights.");

  private final ToolIndex index = new ToolIndex(new FakeEmbedder(), ToolWeights.shipped());

  private static ToolDocument tool(String name, String description) {
    return ToolDocument.of(name, "", name, description, Json.object(), List.of());
  }

  private void hold(ToolDocument... tools) {
    index.replaceAll(List.of(tools));
  }

  private List<String> found(String request, int limit) {
    return index.search(request, limit).stream().map(found -> found.tool().id()).toList();
  }

  @Test
  void aToolIsFoundByItsDescriptionItsNameAndItsArguments() {
    var schema = Json.object();
    schema.putObject("properties").putObject("iban").put("description", "account of the payee");
    hold(
        WEATHER,
        MAIL,
        STOCKS,
        ToolDocument.of("pay", "bank", "pay", "Moves money.", schema, List.of("payments")));

    assertThat(found("what will the weather be", 1)).containsExactly("getForecast");
    assertThat(found("give me a quote", 1)).containsExactly("stockQuote");
    assertThat(found("I only have an IBAN", 1)).containsExactly("pay");
    assertThat(found("something at the bank", 1)).containsExactly("pay");
  }

  @Test
  void everyPieceOfARequestFindsItsTool() {
    hold(WEATHER, MAIL, STOCKS, HOTELS);

    assertThat(found("Tell me the weather of the city, and send an email to a person about it.", 2))
        .containsExactlyInAnyOrder("getForecast", "sendMail");
  }

  @Test
  void theScoreIsTheSumOfWhatEverySignalAdds() {
    hold(WEATHER, MAIL, STOCKS);

    for (var found : index.search("the weather in a city", 3)) {
      assertThat(found.why().values().stream().mapToDouble(each -> each).sum())
          .isEqualTo(found.score(), within(1e-9));
      assertThat(found.why()).containsKeys(Signal.values());
    }
  }

  @Test
  void whatServedBeforeIsFoundAgainForWordsTheToolNeverSays() {
    hold(WEATHER, MAIL, STOCKS, HOTELS);
    assertThat(found("will I need an umbrella", 1)).isNotEqualTo(List.of("getForecast"));

    index.learn(List.of(new ToolExample("do we need an umbrella", Set.of("getForecast"))));

    assertThat(index.examples()).isEqualTo(1);
    assertThat(found("will I need an umbrella", 1)).containsExactly("getForecast");
  }

  @Test
  void whatServedBeforeSaysNothingOfOtherRequests() {
    hold(WEATHER, MAIL, STOCKS, HOTELS);
    index.learn(List.of(new ToolExample("do we need an umbrella", Set.of("getForecast"))));

    var best = index.search("reserve a room for two nights", 1).getFirst();

    assertThat(best.tool().id()).isEqualTo("bookHotel");
    assertThat(best.why().get(Signal.EXAMPLES)).isZero();
  }

  @Test
  void howARequestIsWordedTellsWhichToolServesIt() {
    var worded = new ToolIndex(new FakeEmbedder(), ToolWeights.of(Map.of(Signal.WORDING, 1.0)));
    worded.replaceAll(List.of(WEATHER, MAIL, STOCKS, HOTELS));
    worded.learn(
        List.of(
            new ToolExample("what is it like out there", Set.of("getForecast")),
            new ToolExample("out with it", Set.of("sendMail"))));

    var best = worded.search("is it like that out there", 4);

    assertThat(best.getFirst().tool().id()).isEqualTo("getForecast");
    assertThat(best.getFirst().why().get(Signal.WORDING)).isPositive();
    assertThat(best.getLast().why().get(Signal.WORDING)).as("of what never served").isZero();
  }

  @Test
  void aToolThatIsGoneIsNotFoundThoughItServedBefore() {
    hold(WEATHER, MAIL);
    index.learn(List.of(new ToolExample("do we need an umbrella", Set.of("getForecast"))));

    hold(MAIL);

    assertThat(found("do we need an umbrella", 5)).containsExactly("sendMail");
  }

  @Test
  void aNewVersionOfAToolTakesThePlaceOfTheOld() {
    hold(WEATHER, MAIL);
    var changed = tool("sendMail", "Posts a parcel.");

    hold(WEATHER, changed);

    assertThat(index.holds(changed)).isTrue();
    assertThat(index.holds(MAIL)).isFalse();
    assertThat(index.search("a parcel", 1).getFirst().tool()).isEqualTo(changed);
  }

  @Test
  void aToolAmongThousandsIsFoundByAPieceOfARequest() {
    var many = new ArrayList<ToolDocument>();
    for (int i = 0; i < 2_500; i++) {
      many.add(tool("tool" + i, "Does thing number " + i + "."));
    }
    many.add(WEATHER);
    many.add(MAIL);
    index.replaceAll(many);

    assertThat(
            found(
                "Do thing number 7, tell the weather of a city, and send an email to a person", 3))
        .containsExactlyInAnyOrder("getForecast", "sendMail", "tool7");
  }

  @Test
  void thousandsOfToolsRankAsThePlainSumOfTheirSignalsRanksThem() {
    var embedder = new DenseEmbedder();
    var tools = manyTools(2_100);
    var weights =
        ToolWeights.of(
            Map.of(
                Signal.WORDS, 0.2,
                Signal.PIECE_WORDS, 0.3,
                Signal.MEANING, 0.9,
                Signal.NAME, 1.1,
                Signal.PIECE_NAME, 0.7,
                Signal.LEAD, 1.3,
                Signal.PIECE_LEAD, 0.5));
    var large = new ToolIndex(embedder, weights);
    large.replaceAll(tools);

    for (var text :
        List.of("w1 w2 w3 w4", "w5 w6 w7 and then w8 w9", "w10 w11, w12 w13. w14 w15")) {
      var request = ToolRequest.of(text, embedder);
      var plain = PlainSearch.of(tools, embedder, weights, request);
      var found = large.search(request, 20, tool -> true);

      assertThat(found.stream().map(each -> each.tool().id()).toList())
          .isEqualTo(plain.ids().subList(0, 20));
      for (int rank = 0; rank < 20; rank++) {
        assertThat(found.get(rank).score()).isEqualTo(plain.scores().get(rank), within(1e-2));
      }
    }
  }

  @Test
  void onlyWantedToolsAreFoundAmongThousands() {
    var large = new ToolIndex(new DenseEmbedder(), ToolWeights.shipped());
    large.replaceAll(manyTools(2_100));

    assertThat(large.search("w1 w2 and w3 w4", 5, tool -> tool.id().endsWith("77")))
        .hasSize(5)
        .allMatch(found -> found.tool().id().endsWith("77"));
    assertThat(large.search("w1 w2 and w3 w4", 5, tool -> tool.id().equals("t1234"))).hasSize(1);
  }

  private static List<ToolDocument> manyTools(int count) {
    var random = new SplittableRandom(7);
    List<ToolDocument> tools = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var said = new StringJoiner(" ");
      for (int word = 0; word < 9; word++) {
        said.add((word == 5 ? "so. w" : "w") + random.nextInt(500));
      }
      tools.add(
          ToolDocument.of(
              "t" + i, "", "w" + random.nextInt(500), said.toString(), Json.object(), List.of()));
    }
    return tools;
  }

  @Test
  void anEmptyIndexFindsNothing() {
    assertThat(index.search("anything", 5)).isEmpty();
  }

  @Test
  void whatSaysNothingIsFoundNoBetterThanAnythingElse() {
    hold(WEATHER, tool("x", ""), tool("日本語", "。"));

    assertThat(found("weather", 3)).hasSize(3).startsWith("getForecast");
    assertThat(found("???", 3)).hasSize(3);
    assertThat(found("", 3)).hasSize(3);
  }

  @Test
  void weightsThatAreMissingCountNothing() {
    var words = new ToolIndex(new FakeEmbedder(), ToolWeights.of(Map.of(Signal.WORDS, 2.0)));
    words.replaceAll(List.of(WEATHER, MAIL));

    var best = words.search("weather", 1).getFirst();

    assertThat(best.why().get(Signal.MEANING)).isZero();
    assertThat(best.score()).isEqualTo(2.0, within(1e-6)); // of two, one standard deviation above
  }

  @Test
  void theBestOfManyNumbersComeInOrderAndTiesByPosition() {
    assertThat(Ranking.best(new double[] {1, 3, 2, 3, 0}, 3)).containsExactly(1, 3, 2);
    assertThat(Ranking.best(new double[] {1, 2}, 5)).containsExactly(1, 0);
    assertThat(Ranking.best(new double[0], 5)).isEmpty();
    assertThat(Ranking.best(new double[] {1}, 0)).isEmpty();
    assertThat(Ranking.best(new double[] {1, 3, 2, 3, 0}, 3, at -> at != 1))
        .containsExactly(3, 2, 0);
    assertThat(Ranking.best(new double[] {1, 3, 2}, 3, at -> at == 2)).containsExactly(2);
  }

  @Test
  void requestsAreTakenApartAtPunctuationAndAtWordsThatJoin() {
    assertThat(Clauses.of("Book a hotel, then send it to Bob and say thanks!"))
        .containsExactly("Book a hotel", "send it to Bob", "say thanks");
    assertThat(Clauses.of("weather")).containsExactly("weather");
    assertThat(Clauses.of("a sandy land")).containsExactly("a sandy land");
    var many = new ArrayList<String>();
    for (int i = 0; i < 40; i++) {
      many.add("do thing " + i);
    }
    assertThat(Clauses.of(String.join(", ", many))).hasSizeLessThan(15);
  }

  @Test
  void aDocumentReadsWhateverSchemaThereIs() {
    var odd = Json.MAPPER.readTree("{\"properties\":[1,2],\"items\":\"no\"}");

    assertThat(ToolDocument.of("a", "", "a_b", "Does.", odd, List.of()).text())
        .isEqualTo("a b: Does");
    var deep =
        Json.MAPPER.readTree(
            "{\"properties\":{\"userName\":{\"enum\":[\"ann\"]},\"list\":{\"items\":{\"properties\":"
                + "{\"size\":{\"description\":\"in cm\"}}}}}}");
    assertThat(ToolDocument.of("a", "crm-eu", "a", "", deep, List.of("sales")).text())
        .isEqualTo("a. sales; user Name; ann; list; size: in cm. crm eu");
  }
}
