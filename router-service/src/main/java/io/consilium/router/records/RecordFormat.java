package io.consilium.router.records;

import io.consilium.expert.ExpertException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Every layout of outcome records that can be read. A new one is a class and a line here. */
public enum RecordFormat {
  /**
   * Our own: one line per outcome, as CSV or JSON lines, with {@code question}, {@code expert},
   * {@code correct} and {@code cost}, and if wanted {@code id}, {@code category}, {@code options},
   * {@code tokens} and {@code answer}.
   */
  CONSILIUM,
  /**
   * RouterBench (arXiv 2403.12031): one line per question, with {@code sample_id}, {@code prompt},
   * {@code eval_name} and, for each expert, its name, {@code |model_response} and {@code
   * |total_cost}. Published as a Python pickle; take its CSV or JSON lines export.
   */
  ROUTERBENCH,
  /**
   * EmbedLLM (arXiv 2410.02223): one line per outcome, with {@code prompt_id}, {@code prompt},
   * {@code model_name} or {@code model_id}, {@code label} and if there {@code category}.
   */
  EMBEDLLM,
  /**
   * LLMRouterBench (arXiv 2601.07206): a folder {@code <dataset>/<split>/<model>/<time>.json}, each
   * with {@code records}.
   */
  LLMROUTERBENCH,
  /**
   * RouteLLM (arXiv 2406.18665): one line per question, with {@code prompt} and a column per
   * expert; a file, or a folder with one per category.
   */
  ROUTELLM;

  /** Its name in options. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The format of that name. */
  public static RecordFormat of(String word) {
    return Arrays.stream(values())
        .filter(format -> format.word().equals(word))
        .findAny()
        .orElseThrow(() ->
            ExpertException.invalid(
                "format",
                "no format of records is called '%s'; there are %s"
                    .formatted(
                        word,
                        Arrays.stream(values())
                            .map(RecordFormat::word)
                            .collect(Collectors.joining(", ")))));
  }

  /**
   * The format of a file or folder, told by its columns.
   *
   * @throws ExpertException when it looks like none of them
   */
  public static RecordFormat of(Path path) {
    if (Files.isDirectory(path)) {
      return OneJsonPerRun.files(path).isEmpty() ? ROUTELLM : LLMROUTERBENCH;
    }
    var file = RecordFile.at(path);
    if (file.plainName().endsWith(".json")) {
      return LLMROUTERBENCH;
    }
    var columns = file.columns();
    if (columns.contains("question") && columns.contains("expert")) {
      return CONSILIUM;
    }
    if (columns.contains("eval_name") && columns.contains("prompt")) {
      return ROUTERBENCH;
    }
    if (columns.contains("prompt_id") && columns.contains("label")) {
      return EMBEDLLM;
    }
    if (columns.contains("prompt")) {
      return ROUTELLM;
    }
    throw Place.wrong(
        file.name(),
        1,
        1,
        "the columns %s are those of no format; ours needs question, expert, correct and cost"
            .formatted(String.join(", ", columns)));
  }

  /**
   * Reads records.
   *
   * @throws ExpertException when something is wrong, with file, line and column
   */
  public Imported read(Path path) {
    return switch (this) {
      case CONSILIUM -> OutcomePerLine.ours(RecordFile.at(path));
      case EMBEDLLM -> OutcomePerLine.embedLlm(RecordFile.at(path));
      case ROUTERBENCH -> QuestionPerLine.routerBench(RecordFile.at(path));
      case ROUTELLM -> QuestionPerLine.routeLlm(path);
      case LLMROUTERBENCH -> OneJsonPerRun.read(path);
    };
  }
}
