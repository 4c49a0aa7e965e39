package io.consilium.expert.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.Embedder;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.GateVector;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Owner;
import io.consilium.expert.Plan;
import io.consilium.expert.Policy;
import io.consilium.expert.Price;
import io.consilium.expert.Provider;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Skill;
import io.consilium.expert.secret.Secrets;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpertsFileTest {
  private static final String CLEAR = "sk-very-secret-0123456789";

  @TempDir private Path home = Path.of("");

  private ExpertsFile file() {
    return new ExpertsFile(
        home.resolve("experts.yaml"),
        new Secrets(Map.of(), home),
        Prices.shipped(),
        OutboundRules.standard());
  }

  private void assertWrong(String text, String... lines) {
    assertThatThrownBy(() -> file().parse(text))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.CONFIGURATION);
              var said = e.message().lines().toList();
              assertThat(said).hasSize(lines.length);
              for (int i = 0; i < lines.length; i++) {
                assertThat(said.get(i)).startsWith("experts.yaml:" + lines[i].split("\\|", -1)[0]);
                assertThat(said.get(i)).contains(lines[i].split("\\|", -1)[1]);
              }
            })
        .hasMessageNotContaining(CLEAR);
  }

  @Test
  void theShortFormDeclaresAnExpert() {
    var contents =
        file()
            .parse(
                """
                experts:
                  - id: gpt-4o-mini
                    provider: openai
                    key: ${OPENAI_API_KEY}
                    description: Small, quick and cheap.
                    skills: [writing, summaries, proofs: -0.5]
                    price: {input: 0.15, output: 0.6}
                    context: 128000
                    features: [tools, structured-output]
                    headers: {X-Org: our-org, X-Api-Token: "Bearer ${T}"}
                """);

    var card = contents.experts().getFirst();
    assertThat(card.owner()).isEqualTo(Owner.FILE);
    assertThat(card.endpoint().key()).isEqualTo(new SecretRef("${OPENAI_API_KEY}"));
    assertThat(card.price()).isEqualTo(new Price(0.15, 0.15, 0.6, 0));
    assertThat(card.skills())
        .containsExactly(
            new Skill("writing", 1), new Skill("summaries", 1), new Skill("proofs", -0.5));
    assertThat(card.endpoint().headers())
        .containsEntry("X-Api-Token", new SecretRef("Bearer ${T}"));
    assertThat(contents.warnings()).isEmpty();
    assertThat(file().parse("experts: [{id: a, url: 'http://h', headers: {X-Org: our}}]"))
        .isEqualTo(file().parse("experts: [{id: a, url: 'http://h', headers: {X-Org: our}}]"));
  }

  @Test
  void theOtherSectionsAreRead() throws Exception {
    Files.createDirectories(home.resolve("docs"));
    var contents =
        file()
            .parse(
                """
                mcp:
                  files:
                    command: npx
                    args: [-y, some-server, /tmp]
                    env: {LOG: debug, API_TOKEN: "${FILES_TOKEN}"}
                    ids: {read_file: reader}
                  search:
                    url: https://example.org/mcp
                    headers: {Authorization: "Bearer ${SEARCH_TOKEN}"}
                    pin: true
                documents:
                  - docs
                  - {id: handbook, folder: ./docs, description: How we work., skills: [holidays]}
                policies:
                  careful: {like: quality, minimum: 0.8, exclude: [tiny]}
                """);

    assertThat(contents.servers())
        .containsExactly(
            new McpServer(
                "files",
                List.of("npx", "-y", "some-server", "/tmp"),
                Map.of("LOG", "debug", "API_TOKEN", "${FILES_TOKEN}"),
                null,
                Map.of(),
                Map.of("read_file", "reader"),
                false),
            new McpServer(
                "search",
                List.of(),
                Map.of(),
                URI.create("https://example.org/mcp"),
                Map.of("Authorization", new SecretRef("Bearer ${SEARCH_TOKEN}")),
                Map.of(),
                true));
    assertThat(contents.documents())
        .extracting(DocumentFolder::id)
        .containsExactly("docs", "handbook");
    assertThat(contents.documents())
        .extracting(DocumentFolder::folder)
        .containsOnly(home.resolve("docs").toAbsolutePath());
    var careful = contents.policies().getFirst();
    assertThat(careful.minimum()).isEqualTo(0.8);
    assertThat(careful.value()).isEqualTo(Policy.QUALITY.value());
    assertThat(careful.exclude()).containsExactly("tiny");
  }

  @Test
  void anEmptyFileDeclaresNothing() {
    assertThat(file().parse("")).isEqualTo(ExpertsFile.Contents.NOTHING);
    assertThat(file().parse("# nothing yet\n")).isEqualTo(ExpertsFile.Contents.NOTHING);
    assertThat(file().parse("experts:\nmcp:\n")).isEqualTo(ExpertsFile.Contents.NOTHING);
  }

  @Test
  void aTypoIsReportedWithFileLineKeyAndTheNearestValidKey() {
    assertWrong(
        """
        experts:
          - id: a
            url: http://localhost:1/v1
            descripton: Knows it.
        """,
        "4: |unknown key 'descripton'; did you mean 'description'?");
    assertWrong("expert:\n  - id: a\n", "1: |unknown key 'expert'; did you mean 'experts'?");
  }

  @Test
  void everythingWrongIsReportedAtOnceInTheOrderOfLines() {
    assertWrong(
        """
        experts:
          - id: a
            url: http://localhost:1/v1
            price: {inptu: 1, output: cheap}
            context: many
          - url: http://localhost:2/v1
            provider: opnai
        policies:
          auto: {}
          mine: {like: balancd, minimum: 2}
        mcp:
          both: {command: x, url: "http://h"}
        documents: [nowhere]
        """,
        "4: |'output' must be a number, at least 0, not \"cheap\"",
        "4: |did you mean 'input'?",
        "5: |'context' must be a whole number",
        "6: |'id' is missing",
        "7: |did you mean 'openai'?",
        "9: |name of the default",
        "10: |did you mean 'balanced'?",
        "10: |'minimum' must be a number from 0 to 1, not 2",
        "12: |either 'command' or 'url'",
        "13: |is no folder");
  }

  @Test
  void twoCardsWithOneNameAreReportedWithBothLines() {
    assertWrong(
        """
        experts:
          - {id: a, url: "http://h"}
          - {id: b, url: "http://h", aliases: [fast]}
          - {id: a, url: "http://h"}
          - {id: fast, url: "http://h"}
        """,
        "4: |'id' 'a' is taken by the expert on line 2",
        "5: |'id' 'fast' is taken by the expert on line 3");
  }

  @Test
  void credentialsInClearAreRefusedWhereverTheyStand() {
    assertWrong(
        """
        experts:
          - id: a
            url: http://localhost:1/v1
            key: %1$s
            headers:
              Authorization: Bearer %1$s
            options: {api_key: %1$s}
          - id: b
            url: http://me:%1$s@localhost:1/v1
        mcp:
          s:
            command: x
            env:
              MY_TOKEN: %1$s
        """
            .formatted(CLEAR),
        "4: |'key' stands in clear: write ${ENVIRONMENT_VARIABLE}",
        "6: |'Authorization' stands in clear",
        "7: |'api_key' looks like a credential",
        "9: |'url' holds a credential",
        "14: |'MY_TOKEN' stands in clear");
  }

  @Test
  void aVariableInsideOtherTextIsNotTakenForText() {
    assertWrong(
        """
        experts:
          - {id: a, url: "http://h", headers: {X-User: "me-${USER}"}}
        mcp:
          s: {command: x, env: {USER: "me-${USER}"}, ids: {tool: []}}
          t:
        policies: {mine: }
        """,
        "2: |inside other text",
        "4: |must be an expert id",
        "4: |inside other text",
        "5: |'t' is empty",
        "6: |'mine' is empty");
  }

  @Test
  void aFileThatIsNoYamlIsReportedWithItsLine() {
    assertWrong("experts:\n  - id: a\n    description: x: y\n", "3: |is no valid YAML");
    assertWrong("experts:\n\t- id: a\n", "2: |is no valid YAML");
    assertWrong("experts:\n  - id: a\n    key: [${X\n", "3: |need quotes");
    assertWrong("- id: a\n", "1: |must be a map");
    assertWrong("experts: 5\n", "1: |must be a list");
    assertWrong("experts: [5]\n", "1: |must be a map");
    assertWrong("experts:\n  - {id: a, id: b, url: \"http://h\"}\n", "2: |given twice");
  }

  @Test
  void wordsThatOlderYamlTakesForTruthAreTexts() {
    var cards =
        file()
            .parse("experts: [{id: no, url: 'http://h'}, {id: 7, url: 'http://h', lineage: 1:30}]")
            .experts();

    assertThat(cards).extracting(ExpertCard::id).containsExactly("no", "7");
    assertThat(cards.getLast().lineage()).isEqualTo("1:30");
  }

  @Test
  void aFileMadeToGrowBeyondMeasureIsRefused() {
    var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append("*a%d,".formatted(i - 1).repeat(10)).append("]\n");
    }
    assertThatThrownBy(() -> file().parse(bomb.toString()))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("valid YAML");
    assertThatThrownBy(() -> file().parse("a: &a [*a]\n"))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("valid YAML");
  }

  @Test
  void aMetadataAddressIsRefusedWithItsLine() {
    assertWrong("experts:\n  - id: a\n    url: http://169.254.169.254/latest\n", "3: |link-local");
    assertWrong("mcp:\n  a:\n    url: http://metadata.google.internal/\n", "3: |metadata");
  }

  @Test
  void aHostedExpertWithoutAKnownPriceIsWarnedAbout() {
    var contents =
        file()
            .parse(
                """
                experts:
                  - {id: a, url: "https://models.example.org/v1"}
                  - {id: b, url: "http://localhost:1/v1"}
                  - {id: c, provider: anthropic, model: claude-sonnet-4-5}
                """);

    assertThat(contents.warnings())
        .singleElement()
        .asString()
        .startsWith("experts.yaml:2: ")
        .contains("'a'", "counts as free");
  }

  @Test
  void aFileThatIsAwayOrNoTextIsNamed() throws Exception {
    assertThatThrownBy(() -> file().read())
        .hasMessageContainingAll("experts.yaml does not exist", "CONSILIUM_CONFIG");
    Files.write(home.resolve("experts.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> file().read()).hasMessageContaining("UTF-8");
    Files.delete(home.resolve("experts.yaml"));
    Files.createDirectory(home.resolve("experts.yaml"));
    assertThatThrownBy(() -> file().read()).hasMessageContaining("cannot be read");
  }

  @Test
  void theExampleOfTheReferencePageIsRight() throws Exception {
    var page = Files.readString(Path.of("../docs/reference/experts-yaml.md"));
    var example = page.substring(page.indexOf("```yaml\n") + "```yaml\n".length());
    var contents = file().parse(example.substring(0, example.indexOf("```")));
    assertThat(contents.experts()).isNotEmpty();
    assertThat(contents.servers()).isNotEmpty();
    assertThat(contents.policies()).isNotEmpty();
  }

  private static final String PAIR =
      """
      experts:
        - {id: a, url: "http://localhost:1/v1"}
        - {id: b, url: "http://localhost:2/v1", aliases: [bee]}
      """;

  @Test
  void compositionsAreReadWithEverythingTheirPlanSays() {
    var contents =
        file()
            .parse(
                PAIR
                    + """
                      - id: jury
                        kind: composition
                        members: [a, bee, other]
                        aggregator: majority_vote
                        quorum: 2
                        deadline_ms: 5000
                        hedge_ms: 700
                        fallbacks: [a]
                      - {id: steps, kind: composition, plan: cascade, members: [a, b], minimum: 0.4, deadline_ms: 900}
                      - {id: front, kind: composition, members: [a], fallbacks: [b], hedge_ms: 50}
                      - {id: brisk, kind: composition, members: [a], fallbacks: [b], hedge: p95}
                    """,
                new Company(
                    List.of(named("other")), List.of("majority_vote", "weighted_vote"), null));

    assertThat(contents.experts().subList(2, 6))
        .extracting(ExpertCard::kind)
        .containsExactly(
            new ExpertKind.Composition(
                new Plan.Panel(
                    List.of("a", "bee", "other"), "majority_vote", 2, 5_000, List.of("a"), 700L),
                0),
            new ExpertKind.Composition(
                new Plan.Cascade(List.of("a", "b"), 0.4, "", List.of()), 900),
            new ExpertKind.Composition(new Plan.One("a", List.of("b"), 50L), 0),
            new ExpertKind.Composition(new Plan.One("a", List.of("b"), Plan.AT_P95), 0));
    var brisk = contents.experts().get(5);
    assertThat(CardJson.shown(brisk).path("hedge").asString("")).isEqualTo("p95");
  }

  @Test
  void aHedgeIsATimeOrAPercentile() {
    var text =
        PAIR
            + """
              - {id: odd, kind: composition, members: [a], fallbacks: [b], hedge: p50}
              - {id: both, kind: composition, members: [a], fallbacks: [b], hedge: p95, hedge_ms: 5}
              - {id: steps, kind: composition, plan: chain, members: [a, b], hedge: p95}
            """;

    assertThatThrownBy(() -> file().parse(text))
        .hasMessageContaining("experts.yaml:4: 'hedge' can only be p95")
        .hasMessageContaining("experts.yaml:5: 'hedge' and 'hedge_ms' exclude each other")
        .hasMessageContaining("experts.yaml:6: 'hedge' belongs to a panel or to a plan 'one'");
  }

  @Test
  void aGateIsReadAndFitsItsEmbedder() {
    var company = new Company(List.of(), List.of(), new HashEmbedder(3));
    var text =
        """
        experts:
          - {id: a, url: "http://127.0.0.1:9/v1", gate: {embedder: hash/3, vector: [1, -0.5, 0]}}
          - {id: b, url: "http://127.0.0.1:9/v1", gate: {embedder: other, vector: [1, 2]}}
        """;

    assertThat(file().parse(text, company).experts())
        .extracting(ExpertCard::gate)
        .containsExactly(
            new GateVector("hash/3", new float[] {1, -0.5f, 0}),
            new GateVector("other", new float[] {1, 2}));
    var wrong =
        text
            + """
              - {id: c, url: "http://127.0.0.1:9/v1", gate: {embedder: hash/3, vector: [1, 2]}}
            """;
    assertThatThrownBy(() -> file().parse(wrong, company))
        .hasMessageContaining("experts.yaml:4: 'gate' of 'c' has a vector of 2 numbers")
        .hasMessageContaining("those of hash/3 have 3");
    var shapeless =
        """
        experts:
          - {id: a, url: "http://127.0.0.1:9/v1", gate: {vector: [0, 0]}}
          - {id: b, url: "http://127.0.0.1:9/v1", gate: {embedder: hash/3, vector: [0, 0, 0]}}
          - {id: c, url: "http://127.0.0.1:9/v1", gate: {embedder: hash/3, vector: [1, x]}}
          - {id: d, url: "http://127.0.0.1:9/v1", gate: [1, 2]}
        """;
    assertThatThrownBy(() -> file().parse(shapeless, company))
        .hasMessageContaining("'embedder' is missing")
        .hasMessageContaining("not all 0")
        .hasMessageContaining("must be a number")
        .hasMessageContaining("experts.yaml:5");
  }

  /** A fake: only its name and length are looked at. */
  private record HashEmbedder(int dimension) implements Embedder {
    @Override
    public String id() {
      return "hash/" + dimension;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      throw new AssertionError("nothing is embedded to read a file");
    }
  }

  @Test
  void whatIsWrongWithACompositionIsSaidWithItsLine() {
    var company =
        new Company(List.of(named("other")), List.of("weighted_vote", "synthesis:EXPERT"), null);
    var text =
        PAIR
            + """
              - {id: jury, kind: composition, members: [a, bea]}
              - {id: crowd, kind: composition, members: [a, b], quorum: 3}
              - {id: ring, kind: composition, members: [a, circle]}
              - {id: circle, kind: composition, members: [b, ring]}
              - {id: odd, kind: composition, members: [a, b], aggregator: synthesis}
              - {id: lost, kind: composition, members: [a, b], aggregator: telepathy}
            """;

    assertThatThrownBy(() -> file().parse(text, company))
        .hasMessageContaining("experts.yaml:4: 'members' of 'jury' name 'bea'")
        .hasMessageContaining("near names: bee")
        .hasMessageContaining("experts.yaml:5: 'quorum' is wrong")
        .hasMessageContaining("experts.yaml:6: 'members' of 'ring'")
        .hasMessageContaining("ring → circle → ring")
        .hasMessageContaining("experts.yaml:8: 'aggregator' of 'odd' synthesis needs an expert")
        .hasMessageContaining("experts.yaml:9: 'aggregator' of 'lost' 'telepathy' is unknown");
  }

  private static ExpertCard named(String id) {
    return ExpertCard.of(
        id,
        new ExpertKind.Llm(),
        "",
        new Endpoint(Provider.OPENAI, null, id, null, Map.of(), Map.of()));
  }
}
