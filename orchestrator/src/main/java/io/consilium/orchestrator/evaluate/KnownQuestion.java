package io.consilium.orchestrator.evaluate;

import io.consilium.aggregator.AnswerKey;
import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A question whose right answer is known.
 *
 * @param id in records
 * @param question without its options
 * @param options of multiple choice; empty when there are none
 * @param answer the right one
 * @param check how a given answer is compared
 * @param category subject or task, or empty
 */
public record KnownQuestion(
    String id,
    String question,
    List<String> options,
    String answer,
    AnswerCheck check,
    String category) {
  private static final List<String> COLUMNS =
      List.of("id", "question", "options", "answer", "check", "category");

  /** A longer answer is no answer that others could have given alike. */
  private static final int SHORT = 200;

  public KnownQuestion {
    options = List.copyOf(options);
  }

  /** The question as it is asked: its options below it, by letter. */
  public String asked() {
    var text = new StringBuilder(question);
    for (int i = 0; i < options.size(); i++) {
      text.append('\n').append((char) ('A' + i)).append(". ").append(options.get(i));
    }
    return text.toString();
  }

  /** What a reply says, as votes compare it; empty when it says nothing short. */
  public static String said(String reply) {
    return AnswerKey.of(reply).map(AnswerKey::text).filter(key -> key.length() <= SHORT).orElse("");
  }

  /**
   * Reads a file of questions, CSV with a header or JSON lines, with {@code question} and {@code
   * answer}, and if wanted {@code check} (exact when missing, choice when there are options),
   * {@code options}, {@code category} and {@code id}. A question that stands there twice is read
   * once.
   *
   * @throws ExpertException with file, line and column of what is wrong
   */
  public static List<KnownQuestion> read(Path file) {
    var name = String.valueOf(file.getFileName());
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw ExpertException.invalid("questions", name + " is not UTF-8; save it as UTF-8");
    } catch (IOException e) {
      throw ExpertException.invalid("questions", file + " cannot be read: " + e.getMessage());
    }
    Map<String, KnownQuestion> questions = new java.util.LinkedHashMap<>();
    var rows =
        name.toLowerCase(Locale.ROOT).endsWith(".csv") ? table(text, name) : lines(text, name);
    for (var row : rows) {
      var question = row.question();
      var before = questions.putIfAbsent(question.id(), question);
      if (before != null && !before.equals(question)) {
        throw row.wrong("id", "'%s' already stands for another question".formatted(question.id()));
      }
    }
    if (questions.isEmpty()) {
      throw ExpertException.invalid("questions", name + " holds no question");
    }
    return List.copyOf(questions.values());
  }

  /**
   * The questions of rows of outcomes that bring their right answer in a column {@code right}, with
   * {@code check}; rows without one are passed over.
   *
   * @param name of the file in complaints; tells CSV from JSON lines
   */
  public static List<KnownQuestion> ofOutcomes(String text, String name) {
    var rows = name.endsWith(".csv") ? table(text, name) : lines(text, name);
    List<KnownQuestion> questions = new ArrayList<>();
    for (var row : rows) {
      var cells = new HashMap<>(row.cells());
      var right = cells.remove("right");
      cells.keySet().retainAll(COLUMNS);
      if (right != null && !right.isBlank()) {
        cells.put("answer", right);
        questions.add(new Row(row.file(), row.line(), cells).question());
      }
    }
    return questions;
  }

  private record Row(String file, long line, Map<String, String> cells) {
    ExpertException wrong(String column, String what) {
      return ExpertException.invalid(
          "questions", "%s, line %d, column '%s': %s".formatted(file, line, column, what));
    }

    private String cell(String column) {
      return cells.getOrDefault(column, "").strip();
    }

    KnownQuestion question() {
      for (var column : cells.keySet()) {
        if (!COLUMNS.contains(column)) {
          throw wrong(column, "there is no such column; known are " + String.join(", ", COLUMNS));
        }
      }
      var text = cell("question");
      if (text.isEmpty()) {
        throw wrong("question", "the question is missing");
      }
      var options = options();
      var check =
          cell("check").isEmpty()
              ? options.isEmpty() ? AnswerCheck.EXACT : AnswerCheck.CHOICE
              : check();
      var answer = cell("answer");
      var flaw = answer.isEmpty() ? "the known answer is missing" : check.flaw(answer);
      if (flaw != null) {
        throw wrong("answer", flaw);
      }
      var known = new KnownQuestion("", text, options, answer, check, cell("category"));
      return new KnownQuestion(
          cell("id").isEmpty() ? "q-" + hash(known.asked()) : cell("id"),
          text,
          options,
          answer,
          check,
          cell("category"));
    }

    private AnswerCheck check() {
      try {
        return AnswerCheck.of(cell("check"));
      } catch (ExpertException e) {
        throw wrong("check", e.message());
      }
    }

    private List<String> options() {
      if (cell("options").isEmpty()) {
        return List.of();
      }
      List<String> options = new ArrayList<>();
      try {
        var node = Json.MAPPER.readTree(cell("options"));
        if (node.isArray() && node.size() <= 26) {
          node.forEach(option -> options.add(option.asString("")));
          return options;
        }
      } catch (JacksonException e) {
        // said below
      }
      throw wrong(
          "options", "a JSON array of at most 26 texts is expected, such as [\"yes\",\"no\"]");
    }
  }

  private static String hash(String text) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static List<Row> lines(String text, String name) {
    List<Row> rows = new ArrayList<>();
    long number = 0;
    for (var line : text.lines().toList()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      Map<String, String> cells = new HashMap<>();
      try {
        var node = Json.MAPPER.readTree(line);
        if (!node.isObject()) {
          throw ExpertException.invalid(
              "questions", "%s, line %d: a JSON object is expected".formatted(name, number));
        }
        node.forEachEntry((key, value) -> cells.put(key, cell(value)));
      } catch (JacksonException e) {
        throw ExpertException.invalid(
            "questions",
            "%s, line %d: this is not JSON: %s".formatted(name, number, Json.fault(e)));
      }
      rows.add(new Row(name, number, cells));
    }
    return rows;
  }

  private static String cell(JsonNode value) {
    return value.isNull() ? "" : value.isValueNode() ? value.asString("") : value.toString();
  }

  private static List<Row> table(String text, String name) {
    List<Row> rows = new ArrayList<>();
    var format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (var parser =
        CSVParser.parse(text.startsWith("\uFEFF") ? text.substring(1) : text, format)) {
      for (var each : parser) {
        if (!each.isConsistent()) {
          throw ExpertException.invalid(
              "questions",
              "%s, line %d: the line has %d cells, the header %d; is a quote missing?"
                  .formatted(
                      name,
                      parser.getCurrentLineNumber(),
                      each.size(),
                      parser.getHeaderNames().size()));
        }
        rows.add(new Row(name, parser.getCurrentLineNumber(), each.toMap()));
      }
    } catch (IOException | java.io.UncheckedIOException | IllegalArgumentException e) {
      throw ExpertException.invalid(
          "questions", "%s is no proper CSV: %s".formatted(name, e.getMessage()));
    }
    return rows;
  }
}
