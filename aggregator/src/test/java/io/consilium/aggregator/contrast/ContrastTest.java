package io.consilium.aggregator.contrast;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.consilium.aggregator.AnswerKey;
import io.consilium.expert.Answer;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Forecast;
import io.consilium.expert.Json;
import io.consilium.expert.Plan;
import io.consilium.expert.Question;
import io.consilium.expert.Reply;
import io.consilium.expert.Route;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.testing.ScriptedExpert;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ContrastTest {
  @Test
  void saysWhoAgreedWhoDifferedAndOnWhat() {
    var contrast =
        contrast(
            answer("The answer is 12.", "a"),
            said("a", "The answer is 12."),
            said("b", "12"),
            said("c", "13"));
    assertThat(contrast.groups())
        .containsExactly(
            new Contrast.Group("number", "12", true, List.of("a", "b")),
            new Contrast.Group("number", "13", false, List.of("c")));
    assertThat(contrast.differences())
        .containsExactly(
            new Contrast.Difference(List.of("c"), "number", List.of("13"), List.of("12")));
    assertThat(contrast.agreement()).isEqualTo(2 / 3.0);
  }

  @Test
  void namesTheStatementsEachExpertContributed() {
    var contrast =
        contrast(
            answer("Bern is the capital. The Aare flows through it.", "writer"),
            said("a", "Bern is the capital. It has bears."),
            said("b", "I think the Aare flows through it, and it is old."));
    assertThat(contrast.contributions())
        .containsExactly(
            new Contrast.Contribution("a", 1, "", List.of("Bern is the capital.")),
            new Contrast.Contribution("b", 1, "", List.of("The Aare flows through it.")),
            new Contrast.Contribution("writer", 1, "the answer", List.of()));
    assertThat(contrast.differences().getFirst())
        .isEqualTo(
            new Contrast.Difference(
                List.of("a"),
                "statements",
                List.of("It has bears."),
                List.of("The Aare flows through it.")));
  }

  @Test
  void aStatementWithAnotherNumberIsAnotherStatement() {
    var contrast =
        contrast(
            answer("The tower is about 324 metres high today.", "a"),
            said("b", "The tower is about 330 metres high today."));
    assertThat(contrast.contributions().getFirst().statements()).isEmpty();
  }

  @Test
  void saysInWhichFieldsTwoObjectsDiffer() {
    var contrast =
        contrast(
            answer("{\"name\": \"Ada\", \"born\": [1815, 12]}", "a"),
            said("a", "{\"name\": \"Ada\", \"born\": [1815, 12]}"),
            said("b", "{\"name\": \"Ada\", \"born\": [1816, 12]}"));
    assertThat(contrast.differences())
        .containsExactly(
            new Contrast.Difference(
                List.of("b"), "fields", List.of("$.born[0] = 1816"), List.of("$.born[0] = 1815")));
  }

  @Test
  void namesWhoWasDroppedAndWhy() {
    var refused =
        new Reply.Answered(
            ScriptedExpert.card("c"), null, Duration.ZERO, Answer.refused("I may not"), 0);
    var contrast =
        contrast(
            answer("4", "a"),
            said("a", "4"),
            failed("b", FailureKind.TIMEOUT),
            refused,
            said("d", "  "),
            failed("e", FailureKind.CANCELLED));
    assertThat(contrast.dropped())
        .extracting(Contrast.Dropped::expert, Contrast.Dropped::why)
        .containsExactly(
            tuple("b", "failed"),
            tuple("c", "refused"),
            tuple("d", "empty"),
            tuple("e", "cancelled"),
            tuple("f", "not_asked"));
    assertThat(contrast.replies())
        .extracting(Contrast.Asked::status)
        .containsExactly("answered", "failed", "answered", "answered", "cancelled");
  }

  @Test
  void givesTimePriceAndForecastOfEachReply() {
    var contrast = contrast(answer("4", "a"), said("a", "4"), said("b", "5"));
    assertThat(contrast.replies())
        .containsExactly(
            new Contrast.Asked("a", 1, "answered", 0, 0.7, 20, 0.25),
            new Contrast.Asked("b", 1, "answered", 1, 0.7, 20, 0.25));
    assertThat(contrast.usd()).isEqualTo(0.5);
  }

  @Test
  void twoMegabytesAreContrastedQuicklyAndQuotedShortly() {
    var long1 = "one word after another. ".repeat(90_000);
    var long2 = "Another word before one! ".repeat(90_000);
    var threads = ManagementFactory.getThreadMXBean(); // a busy machine does not stretch its time
    long start = threads.getCurrentThreadCpuTime();
    var contrast = contrast(answer(long1, "a"), said("a", long1), said("b", long2));
    assertThat(threads.getCurrentThreadCpuTime() - start).isLessThan(5_000_000_000L);
    assertThat(ContrastJson.tree(contrast).toString().length()).isLessThan(40_000);
  }

  @Property(tries = 200)
  void everyReplyIsAccountedForOnce(@ForAll("panels") List<Reply> replies) {
    var contrast = contrast(answer("1", "x"), replies.toArray(Reply[]::new));
    assertThat(contrast.replies()).hasSameSizeAs(replies);
    var grouped = new ArrayList<String>();
    contrast.groups().forEach(group -> grouped.addAll(group.experts()));
    var dropped = contrast.dropped().stream().map(Contrast.Dropped::expert).toList();
    assertThat(grouped).doesNotHaveDuplicates().doesNotContainAnyElementsOf(dropped);
    var known = new HashSet<>(grouped);
    known.addAll(dropped);
    replies.forEach(reply -> assertThat(known).contains(reply.card().id()));
    assertThat(contrast.groups().stream().filter(Contrast.Group::given).count())
        .isLessThanOrEqualTo(1);
    assertThat(contrast.agreement()).isBetween(0.0, 1.0);
    assertThat(contrast.usd())
        .isEqualTo(contrast.replies().stream().mapToDouble(Contrast.Asked::usd).sum());
  }

  @Property(tries = 200)
  void groupsDoNotDependOnWhoCameFirst(@ForAll("panels") List<Reply> replies) {
    var turned = new ArrayList<>(replies).reversed();
    assertThat(contrast(answer("1", "x"), turned.toArray(Reply[]::new)).groups())
        .isEqualTo(contrast(answer("1", "x"), replies.toArray(Reply[]::new)).groups());
  }

  @Property(tries = 100)
  void itsJsonKeepsWhatTheSchemaPromises(@ForAll("panels") List<Reply> replies) {
    var schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(ContrastJson.schema());
    var json = ContrastJson.tree(contrast(answer("1", "x"), replies.toArray(Reply[]::new)));
    assertThat(schema.validate(Json.MAPPER.readTree(json.toString()))).isEmpty();
  }

  @Test
  void theCaseOfLettersCountsInTheOutputOfAProgramAndNotElsewhere() {
    var output =
        new Plan.Panel(List.of("a", "b"), Plan.WEIGHTED_VOTE, 2, 0, List.of(), null, "crux");
    var code = new Route(output, List.of(), List.of(), 1, 0, "test", "s", "");
    var replies = List.of(said("a", "'Abc'"), said("b", "abc"), said("c", "\"Abc\""));

    var differing = Contrast.of(question(), code, replies, answer("'Abc'", "a"));
    assertThat(differing.groups()).hasSize(2);
    assertThat(differing.groups().getFirst().experts()).containsExactly("a", "c");
    assertThat(differing.groups().getFirst().answer()).isEqualTo("Abc");

    assertThat(Contrast.of(question(), route(), replies, answer("'Abc'", "a")).groups()).hasSize(1);
  }

  @Test
  void comparesByTheKeyItIsGiven() {
    var route = route();
    var replies = List.of(said("a", "4"), said("b", "four"));
    var contrast =
        Contrast.of(
            question(),
            route,
            replies,
            answer("4", "a"),
            each -> AnswerKey.of(each.text().replace("four", "4")));
    assertThat(contrast.groups()).hasSize(1);
  }

  @Provide
  Arbitrary<List<Reply>> panels() {
    var texts = Arbitraries.of("1", "2", "1.0", "{\"a\":1}", "A dog.", "", "2026-01-02");
    return texts
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .flatMap(said ->
            Arbitraries.integers()
                .between(0, 3)
                .list()
                .ofSize(said.size())
                .map(how ->
                    IntStream.range(0, said.size())
                        .mapToObj(i ->
                            how.get(i) == 0
                                ? failed("e" + i, FailureKind.UNAVAILABLE)
                                : said("e" + i, said.get(i)))
                        .toList()));
  }

  private static org.assertj.core.groups.Tuple tuple(Object... all) {
    return org.assertj.core.groups.Tuple.tuple(all);
  }

  private static Contrast contrast(Answer answer, Reply... replies) {
    return Contrast.of(question(), route(), List.of(replies), answer);
  }

  private static Question question() {
    return Question.of("?", Terms.within(Duration.ofMinutes(1), Instant.EPOCH));
  }

  private static Route route() {
    return new Route(
        new Plan.Panel(
            List.of("a", "b", "c", "d", "e", "f"), Plan.WEIGHTED_VOTE, 6, 0, List.of("g")),
        List.of(),
        List.of(),
        1,
        0,
        "test",
        "s",
        "");
  }

  private static Answer answer(String text, String by) {
    return Answer.of(text, Usage.NONE).from(List.of(new Answer.Contribution(by, 1, "the answer")));
  }

  private static Reply said(String id, String text) {
    return new Reply.Answered(
        ScriptedExpert.card(id),
        new Forecast(id, 0.7, 0.6, 0.8, 0, 0, List.of()),
        Duration.ofMillis(20),
        Answer.of(text, Usage.NONE),
        0.25);
  }

  private static Reply failed(String id, FailureKind kind) {
    return new Reply.Failed(
        ScriptedExpert.card(id),
        null,
        Duration.ofMillis(20),
        new ExpertException(kind, "scripted"));
  }
}
