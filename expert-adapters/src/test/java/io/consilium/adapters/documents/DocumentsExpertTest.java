package io.consilium.adapters.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.consilium.expert.Answer;
import io.consilium.expert.Assembly;
import io.consilium.expert.Endpoint;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feature;
import io.consilium.expert.Json;
import io.consilium.expert.Provider;
import io.consilium.expert.Question;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.index.HybridPassages;
import io.consilium.expert.index.PassageIndex;
import io.consilium.expert.testing.ExpertContract;
import io.consilium.expert.wire.ChatWire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsExpertTest extends ExpertContract {
  private static final Map<String, String> DOCUMENTS =
      Map.of(
          "sums.md",
          "# Sums\nWhat is 2 + 3? It is 5.",
          "run.md",
          """
          # Run
          ## Ports
          Our server was first written in the spring of a wet year by several people. The port of the server \
          is set with CONSILIUM_PORT. Trees grow in the garden behind the house where the people lived. Here \
          is how the port is set:

          ```
          CONSILIUM_PORT=9000 ./consilium up
          ```

          Nobody remembers who planted them, or whether they were apple trees at all, but everyone agrees \
          that the garden was large. The harvest was good in most years and was shared between the neighbours.
          """);

  @TempDir Path temp;
  private final List<DocumentIndex> open = new ArrayList<>();
  private @Nullable Expert expert;

  /** Documents that lie in memory. */
  private record Library(Map<String, String> documents) implements DocumentSource {
    @Override
    public List<Entry> list() {
      return documents.entrySet().stream()
          .map(file -> new Entry(file.getKey(), file.getValue().length(), "same"))
          .toList();
    }

    @Override
    public byte[] read(Entry entry) {
      return documents.getOrDefault(entry.name(), "").getBytes(StandardCharsets.UTF_8);
    }
  }

  @BeforeEach
  void read() {
    expert = over(new WordsEmbedder());
  }

  @AfterEach
  void close() {
    open.forEach(DocumentIndex::close);
  }

  @Override
  protected Expert expert() {
    return Objects.requireNonNull(expert);
  }

  @Override
  protected boolean streams() {
    return true;
  }

  @Override
  protected Optional<Expert> waiting() {
    return Optional.of(over(new WordsEmbedder("What is 2 + 3?")));
  }

  private Expert over(WordsEmbedder embedder) {
    return over(embedder, passages(embedder));
  }

  Expert over(WordsEmbedder embedder, PassageIndex passages) {
    var index = index(new Library(DOCUMENTS), passages, embedder);
    try {
      index.refresh();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return new DocumentsExpert(card(), index, embedder, InstantSource.system());
  }

  private DocumentIndex index(
      DocumentSource source, PassageIndex passages, WordsEmbedder embedder) {
    var index = new DocumentIndex("test", source, passages, embedder, Duration.ofHours(1));
    open.add(index);
    return index;
  }

  /** An empty index. */
  PassageIndex passages(WordsEmbedder embedder) {
    return new HybridPassages(embedder);
  }

  private static ExpertCard card() {
    return ExpertCard.of(
            "docs",
            new ExpertKind.Retriever("docs"),
            "Answers from the documents.",
            new Endpoint(Provider.DOCUMENTS, null, "docs", null, Map.of(), Map.of()))
        .withFeatures(Set.of(Feature.STRUCTURED_OUTPUT));
  }

  @Test
  void itQuotesTheSentencesThatAnswerAndSaysWhereTheyStand() {
    var answer = ask("how is the port of the server set", false);
    assertThat(answer.text())
        .contains("The port of the server is set with CONSILIUM_PORT.")
        .contains("CONSILIUM_PORT=9000 ./consilium up")
        .contains("— run.md, “Run > Ports”")
        .doesNotContain("harvest")
        .doesNotContain("Trees grow");
    assertThat(answer.confidence()).isBetween(0.2, 1.0);
  }

  @Test
  void asJsonItGivesWholePassages() {
    var passage =
        Json.MAPPER.readTree(ask("port of the server", true).text()).path("passages").path(0);
    assertThat(passage.path("source").asString()).isEqualTo("run.md");
    assertThat(passage.path("heading").asString()).isEqualTo("Run > Ports");
    assertThat(passage.path("text").asString()).contains("harvest");
    assertThat(passage.path("score").doubleValue()).isPositive();
  }

  @Test
  void whatTheDocumentsDoNotHoldIsDeclined() {
    var assembly = new Assembly();
    var body = Json.object().put("model", "docs").put("stream", true);
    body.putArray("messages").addObject().put("role", "user").put("content", "quantum zebra xylem");
    var answer =
        expert()
            .answer(
                ChatWire.question(body, Terms.within(Duration.ofSeconds(20), Instant.now())),
                assembly);
    assertThat(answer.refusal()).contains("nothing in the documents");
    assertThat(answer.confidence()).isZero();
    assertThat(assembly.answer(Usage.NONE).refusal()).isEqualTo(answer.refusal());
  }

  @Test
  void whileItIsStillReadingItAsksForAMoment() {
    var reading = new CountDownLatch(1);
    DocumentSource slow =
        new DocumentSource() {
          @Override
          public List<Entry> list() {
            try {
              reading.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return List.of();
          }

          @Override
          public byte[] read(Entry entry) {
            return new byte[0];
          }
        };
    var embedder = new WordsEmbedder();
    var expert =
        new DocumentsExpert(
            card(), index(slow, passages(embedder), embedder), embedder, InstantSource.system());
    var failure =
        (ExpertException) catchThrowable(() -> expert.answer(question("port", false), delta -> {}));
    assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(failure.retryAfter()).isPresent();
    reading.countDown();
  }

  private Answer ask(String text, boolean json) {
    return expert().answer(question(text, json), delta -> {});
  }

  static Question question(String text, boolean json) {
    var body = Json.object().put("model", "docs");
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    if (json) {
      body.putObject("response_format").put("type", "json_object");
    }
    return ChatWire.question(body, Terms.within(Duration.ofSeconds(20), Instant.now()));
  }
}
