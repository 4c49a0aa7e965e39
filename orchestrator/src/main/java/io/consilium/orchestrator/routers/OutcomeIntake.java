package io.consilium.orchestrator.routers;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Outcome;
import io.consilium.expert.jdbc.AnswerKey;
import io.consilium.expert.jdbc.JdbcOutcomes;
import io.consilium.expert.jdbc.StoredItem;
import io.consilium.orchestrator.evaluate.KnownQuestion;
import io.consilium.router.records.Imported;
import io.consilium.router.records.RecordFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Takes outcomes that were sent, all or none. They are read by the same reader as files of records,
 * so what is wrong is said alike, with line and column.
 */
public final class OutcomeIntake {
  /** The most outcomes of one request. */
  public static final int MOST = 200_000;

  private final JdbcOutcomes store;

  public OutcomeIntake(JdbcOutcomes store) {
    this.store = store;
  }

  /** How a body is written. */
  public enum Form {
    /** An array of objects, or {@code {"outcomes": [...]}}. */
    JSON("outcomes.jsonl"),
    /** An object per line. */
    JSON_LINES("outcomes.jsonl"),
    /** RFC 4180, with a header. */
    CSV("outcomes.csv");

    private final String file;

    Form(String file) {
      this.file = file;
    }
  }

  /**
   * What was sent.
   *
   * @param imported outcomes
   * @param keys right answers by item, where rows brought them
   */
  public record Sent(Imported imported, Map<String, AnswerKey> keys) {}

  /**
   * What an import did.
   *
   * @param added new questions and outcomes, and those that were known
   * @param skipped what was left out and why, with how often
   */
  public record Report(JdbcOutcomes.Added added, Map<String, Integer> skipped) {}

  /**
   * Reads outcomes without keeping them.
   *
   * @throws ExpertException {@code INVALID_REQUEST} with line and column of what is wrong
   */
  public static Sent read(byte[] body, Form form) {
    var lines = form == Form.JSON ? lines(body) : body;
    try {
      var folder = Files.createTempDirectory("consilium-outcomes");
      var file = folder.resolve(form.file);
      try {
        Files.write(file, lines);
        var imported = RecordFormat.CONSILIUM.read(file);
        return new Sent(imported, keys(lines, form));
      } catch (ExpertException e) {
        throw form == Form.JSON ? ofArray(e) : e;
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The columns {@code right} and {@code check}, as in files of questions. */
  private static Map<String, AnswerKey> keys(byte[] lines, Form form) {
    Map<String, AnswerKey> keys = new TreeMap<>();
    var text = new String(lines, StandardCharsets.UTF_8);
    if (text.contains("right")) {
      for (var question : KnownQuestion.ofOutcomes(text, form.file)) {
        keys.put(
            question.id(),
            new AnswerKey(question.asked(), question.answer(), question.check().word()));
      }
    }
    return keys;
  }

  /** The line of an element is its place in the array. */
  private static ExpertException ofArray(ExpertException e) {
    return ExpertException.invalid(
        "outcomes", e.message().replace(Form.JSON.file + ", line ", "the array, element "));
  }

  private static byte[] lines(byte[] body) {
    JsonNode node;
    try {
      node = Json.MAPPER.readTree(body);
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw ExpertException.invalid(
          "outcomes",
          "the body is not valid JSON (line %d, column %d): %s"
              .formatted(
                  at == null ? 1 : at.getLineNr(),
                  at == null ? 1 : at.getColumnNr(),
                  Json.fault(e)));
    }
    if (node.isObject()) {
      node = node.path("outcomes");
    }
    if (!(node instanceof ArrayNode array) || array.isEmpty()) {
      throw ExpertException.invalid(
          "outcomes",
          "send an array of objects with question, expert, correct and cost, or {\"outcomes\": […]}");
    }
    var lines = new StringBuilder();
    array.forEach(element -> lines.append(element).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Keeps outcomes that were read.
   *
   * @param source who judged
   * @param tenant whose they are
   * @throws ExpertException {@code TOO_LARGE} when they are too many for one request
   */
  public Report keep(Sent sent, Outcome.Source source, String tenant, Instant now) {
    var imported = sent.imported();
    var records = imported.records();
    List<StoredItem> items = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    for (int row = 0; row < records.items().size(); row++) {
      var item = records.items().get(row);
      require(item.id(), 255, "id");
      items.add(new StoredItem(item.id(), item.text(), item.category(), item.hash()));
      for (int column = 0; column < records.experts().size(); column++) {
        if (records.known(row, column)) {
          outcomes.add(
              new Outcome(
                  require(records.experts().get(column), 160, "expert"),
                  item.id(),
                  records.correct(row, column),
                  1,
                  records.usd(row, column),
                  0,
                  records.tokens(row, column),
                  item.category(),
                  tenant,
                  now,
                  1,
                  source,
                  null,
                  sent.imported()
                      .answers()
                      .of(item.id(), records.experts().get(column))
                      .orElse(null)));
        }
      }
    }
    if (outcomes.size() > MOST) {
      throw new ExpertException(
          FailureKind.TOO_LARGE,
          "%,d outcomes are more than one request may bring (%,d): send them in parts"
              .formatted(outcomes.size(), MOST));
    }
    var added = store.add(items, outcomes);
    store.answers(sent.keys());
    return new Report(added, new TreeMap<>(imported.skipped()));
  }

  private static String require(String text, int most, String column) {
    if (text.length() > most) {
      throw ExpertException.invalid(
          column,
          "'%s' has at most %d characters; this has %d: %s…"
              .formatted(column, most, text.length(), text.substring(0, 40)));
    }
    return text;
  }
}
