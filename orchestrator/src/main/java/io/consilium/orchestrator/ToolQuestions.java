package io.consilium.orchestrator;

import io.consilium.expert.CardState;
import io.consilium.expert.Expert;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import io.consilium.expert.Policy;
import io.consilium.expert.Question;
import io.consilium.expert.Roster;
import io.consilium.expert.Terms;
import io.consilium.expert.Usage;
import io.consilium.expert.jdbc.JdbcToolQuestions;
import io.consilium.tools.retrieval.ToolDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets an expert write questions that a tool answers, which the tool is then found by as well
 * (hypothetical questions; Lumer et al., "Toolshed", 2024). Once for each version of a tool, at
 * most for so much a day, and kept in the store. What cannot be written is done without.
 *
 * <p>A tool's own words go to the expert, and what it says only into the search. Not for a handful
 * of well described tools: they are found without.
 */
public final class ToolQuestions {
  private static final Logger log = LoggerFactory.getLogger(ToolQuestions.class);
  private static final String PROMPT = "tool-questions-1.txt";

  /** So many in one look, so that what was written is soon searched for. */
  private static final int MOST = 20;

  private static final int QUESTIONS = 5;
  private static final int LONGEST = 200;
  private static final int LONGEST_DESCRIPTION = 4_000;

  /** What five questions take to write, in characters; for the price before they are written. */
  private static final int USUAL = 600;

  /** Numbers, dashes and quotes that lists begin and end with. */
  private static final Pattern MARKS =
      Pattern.compile("^[\\s\\-*•\"“]*(?:\\d{1,2}[.)]\\s*)?[\"“]?|[\"”,\\s]+$");

  private final Offer offer;
  private final JdbcToolQuestions store;
  private final Function<String, Expert> experts;
  private final Clock clock;
  private final Map<String, List<String>> known = new ConcurrentHashMap<>();
  private final String words = words();

  /** Paid for, and not in the store yet because that failed. */
  private final Queue<JdbcToolQuestions.Written> unkept = new ConcurrentLinkedQueue<>();

  /**
   * What may be written.
   *
   * @param writer the id of the expert that writes; null or blank for none
   * @param budgetUsd the most it may cost a day (UTC), in US dollars
   * @param patience the most one tool may take
   */
  public record Offer(@Nullable String writer, double budgetUsd, Duration patience) {
    /** Nothing is written, and nothing that was written is used. */
    public static final Offer NONE = new Offer(null, 0, Duration.ofMinutes(1));
  }

  /**
   * Questions of one store.
   *
   * @param experts finds the guarded expert with an id
   */
  public ToolQuestions(
      Offer offer, JdbcToolQuestions store, Function<String, Expert> experts, Clock clock) {
    this.offer = offer;
    this.store = store;
    this.experts = experts;
    this.clock = clock;
  }

  private static String words() {
    try (var in = ToolQuestions.class.getResourceAsStream(PROMPT)) {
      if (in == null) {
        throw new IllegalStateException(PROMPT + " is missing from this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable String writer() {
    var writer = offer.writer;
    return writer == null || writer.isBlank() ? null : writer;
  }

  /** Whether anything is written at all. */
  boolean wished() {
    return writer() != null;
  }

  /** Learns what was written so far, here or by another replica. */
  private void recall() {
    store.all().forEach(written -> known.put(written.version(), written.questions()));
  }

  /** The document with the questions that were written for this very version, if any were. */
  public ToolDocument with(ToolDocument document) {
    var questions = writer() == null ? null : known.get(version(document));
    return questions == null ? document : document.withQuestions(questions);
  }

  /**
   * Has questions written for tools that have none yet, while the day's money lasts. Blocks.
   *
   * @param documents of the tools there are
   * @param roster where the writer is
   */
  public void write(List<ToolDocument> documents, Roster roster) {
    var writer = writer();
    if (writer == null) {
      return;
    }
    try {
      keep();
      recall();
    } catch (ExpertException e) {
      log.warn("questions of tools are kept and read later: {}", e.message());
      return;
    }
    var waiting =
        documents.stream().filter(tool -> !known.containsKey(version(tool))).limit(MOST).toList();
    if (waiting.isEmpty() || !able(writer, roster)) {
      return;
    }
    try {
      var expert = experts.apply(writer);
      for (var tool : waiting) {
        var asked = asked(tool);
        double price = expert.card().price().of(Usage.estimate(asked.length(), USUAL));
        if (store.spent(today()) + price > offer.budgetUsd) {
          log.debug("no more questions of tools today: {} US dollars are spent", offer.budgetUsd);
          break;
        }
        write(tool, asked, expert);
      }
    } catch (ExpertException e) {
      log.warn("questions of tools are written later: {}", e.message());
    }
  }

  private static boolean able(String writer, Roster roster) {
    var seat = roster.find(writer);
    if (seat.isEmpty()) {
      log.warn(
          "there is no expert '{}' to write questions of tools: register it, or set consilium.tools.questions.expert",
          writer);
      return false;
    }
    var card = seat.get().card();
    return card.kind().writes()
        && card.state() != CardState.RETIRED
        && seat.get().health().routable();
  }

  private void write(ToolDocument tool, String asked, Expert expert) {
    var answer = expert.answer(Question.of(asked, terms()), piece -> {});
    var usd = answer.usd();
    var questions = answer.refusal() == null ? read(answer.text()) : List.<String>of();
    var written =
        new JdbcToolQuestions.Written(
            version(tool),
            tool.id(),
            questions,
            expert.card().id(),
            usd == null ? expert.card().price().of(answer.usage()) : usd,
            clock.instant());
    known.put(written.version(), questions);
    unkept.add(written);
    keep();
  }

  /**
   * Nothing more is bought while what was bought cannot be kept: the day's sum would not be known.
   */
  private void keep() {
    for (var written = unkept.peek(); written != null; written = unkept.peek()) {
      store.keep(written);
      unkept.remove(written);
    }
  }

  private String asked(ToolDocument tool) {
    var said = tool.description();
    var material =
        Json.object()
            .put("name", tool.name())
            .put("description", said.substring(0, Math.min(LONGEST_DESCRIPTION, said.length())))
            .put("server", tool.server());
    var topics = material.putArray("about");
    tool.topics().stream().limit(30).forEach(topics::add);
    return words + "\n\n" + material;
  }

  /** One question a line, however the list is marked; what is too long or too short is none. */
  static List<String> read(String said) {
    return said.lines()
        .map(line -> MARKS.matcher(line.strip()).replaceAll(""))
        .filter(line -> line.length() >= 8 && line.length() <= LONGEST && line.contains(" "))
        .distinct()
        .limit(QUESTIONS)
        .toList();
  }

  private Instant today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant();
  }

  private Terms terms() {
    return new Terms(
        Policy.BALANCED,
        clock.instant().plus(offer.patience),
        Double.POSITIVE_INFINITY,
        "default",
        null,
        null,
        Terms.newDecisionId(),
        1,
        null,
        false);
  }

  /** Of everything the tool says of itself. */
  private static String version(ToolDocument tool) {
    try {
      var said = tool.id() + "\n" + tool.withQuestions(List.of()).text();
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(said.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
