package io.consilium.adapters.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.expert.classifier.LinearClassifier;
import io.consilium.expert.classifier.LogisticTrainer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TicketTriageTest {
  private OnnxEmbedder embedder;

  @BeforeAll
  void load() {
    embedder = OnnxEmbedder.forThisMachine();
  }

  @AfterAll
  void close() {
    embedder.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Which team should get this: \"I was charged twice.\" | I was charged twice.",
        "billing or technical? Which queue? 'The PDF won't open' | The PDF won't open",
        "route this ticket: app crashes on start | app crashes on start",
        "The sign says “closed for ever” on your shop | The sign says “closed for ever” on your shop",
        "My order came late: two weeks! | My order came late: two weeks!",
        "I can't log in | I can't log in"
      })
  void theFrameAroundACustomersMessageIsTakenOff(String question, String message) {
    assertThat(TicketTriage.message(question)).isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "You have debited my card two times for the same order | billing",
        "Since yesterday your app shuts down as soon as I start it | technical",
        "I can't remember my password and the mail to set a new one doesn't come | account access",
        "My package should have been here a week ago, where is it? | shipping",
        "What would you charge for fifty licences for our company? | sales",
        "Please end my subscription | cancellation"
      })
  void plainMessagesReachTheirTeam(String text, String team) {
    var guess = TicketTriage.load(embedder).guesses(embedder.embed(text)).getFirst();
    assertThat(guess.label()).isEqualTo(team);
    assertThat(guess.probability()).isGreaterThan(0.5);
  }

  @Test
  void theShippedModelIsWhatTheTrainerMakesOfThePhrases() {
    var shipped = TicketTriage.load(embedder);
    var trained = TicketTriage.train(embedder);
    assertThat(trained.labels()).isEqualTo(shipped.labels());
    for (var example : TicketTriage.examples()) {
      var vector = embedder.embed(example.text());
      var expected = shipped.guesses(vector).getFirst();
      // another processor may round vectors otherwise in the last digits
      assertThat(trained.guesses(vector))
          .filteredOn(guess -> guess.label().equals(expected.label()))
          .singleElement()
          .satisfies(guess ->
              assertThat(guess.probability())
                  .as(example.text())
                  .isCloseTo(expected.probability(), within(0.05)));
    }
  }

  @Test
  void trainingTwiceGivesTheSameBytes() throws IOException {
    var few =
        TicketTriage.examples().stream()
            .filter(e -> e.phrasing() % 10 == 0)
            .map(e -> e.in(embedder))
            .toList();
    assertThat(bytes(new LogisticTrainer(embedder.id(), 7).fit(few)))
        .isEqualTo(bytes(new LogisticTrainer(embedder.id(), 7).fit(few)));
  }

  private static byte[] bytes(LinearClassifier model) throws IOException {
    var bytes = new ByteArrayOutputStream();
    model.save(bytes);
    return bytes.toByteArray();
  }
}
