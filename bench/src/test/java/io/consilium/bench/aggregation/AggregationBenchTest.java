package io.consilium.bench.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.router.estimator.LabelTableEstimator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench on a generated data folder of the documented layout. */
class AggregationBenchTest {
  private static final String[] EXPERTS = {
    "Meta-Llama-3-8B-Instruct",
    "Meta-Llama-3.1-8B-Instruct",
    "Phi-3.5-mini-instruct",
    "Qwen2-7B-Instruct",
    "Yi-1.5-9B-Chat",
    "gemma-2-2b-it",
    "gemma-2-9b-it",
    "gpt-3.5-turbo-0125",
    "claude-3-haiku-20240307",
    "reka-core-20240501"
  };

  @TempDir Path folder;

  /** Experts are right two times in three and err each in his own way, so that votes win. */
  private void data() throws IOException {
    var random = new Random(5);
    var questions = new StringBuilder();
    var outcomes = new StringBuilder("qid," + String.join(",", EXPERTS) + "\n");
    var predictions = new StringBuilder(outcomes);
    var chars = new StringBuilder(outcomes);
    for (int i = 0; i < 140; i++) {
      questions.append(
          "{\"qid\":\"q%1$d\",\"task\":\"gsm\",\"prompt\":\"Add one to %1$d?\",\"gold\":\"%2$d\"}\n"
              .formatted(i, i + 1));
      outcomes.append('q').append(i);
      predictions.append('q').append(i);
      chars.append('q').append(i);
      for (int e = 0; e < EXPERTS.length; e++) {
        boolean right = random.nextInt(3) > 0;
        outcomes.append(right ? ",1" : ",0");
        predictions.append(right ? ",$" + (i + 1) + ".00" : "," + (1_000 * (e + 2)));
        chars.append(",40");
      }
      outcomes.append('\n');
      predictions.append('\n');
      chars.append('\n');
    }
    var models = new StringBuilder("model,usd_per_mtok_in,usd_per_mtok_out\n");
    for (var expert : EXPERTS) {
      models.append(expert).append(",1,2\n");
    }
    var path = folder.resolve("zeroeval-56");
    Files.createDirectories(path);
    Files.writeString(path.resolve("questions.jsonl"), questions);
    Files.writeString(path.resolve("outcomes.csv"), outcomes);
    Files.writeString(path.resolve("predictions.csv"), predictions);
    Files.writeString(path.resolve("output_chars.csv"), chars);
    Files.writeString(path.resolve("models.csv"), models);
  }

  @Test
  void measuresVotesPanelsAndJointFailure() throws IOException {
    data();
    var json = folder.resolve("figures.jsonl");
    AggregationBench.run(
        new String[] {
          "--data", folder.toString(),
          "--pools", "small-10",
          "--rows", "plurality,panel_k5,glad5,risk_5,joint_success,cascade_b1",
          "--seeds", "1",
          "--json", json.toString(),
          "--out", folder.resolve("report").toString(),
          "--cache", folder.resolve("cache").toString()
        },
        AggregationRows.all(new LabelTableEstimator())); // forecasts that are quickly learnt

    var lines = Files.readAllLines(json);
    assertThat(lines)
        .allMatch(line -> line.startsWith("{\"bench\":\"aggregation\",\"pool\":\"small-10\""))
        .anyMatch(line -> line.contains("\"row\":\"glad5\",\"metric\":\"accuracy\""))
        .anyMatch(line -> line.contains("\"row\":\"joint_success\",\"metric\":\"all_wrong\""))
        .anyMatch(line -> line.contains("\"row\":\"risk_5\",\"metric\":\"aurc\""))
        .as("its strong expert is not in this pool")
        .noneMatch(line -> line.contains("cascade_b1"));
    assertThat(accuracy(lines, "plurality")).isGreaterThan(0.95);
    assertThat(accuracy(lines, "panel_k5")).isGreaterThan(accuracy(lines, "best_single"));
    assertThat(number(lines, "panel_k5", "calls")).isBetween(1.0, 5.0);
    assertThat(folder.resolve("report/aggregation.md"))
        .content()
        .contains("panel_k5", "failing together", "Not measured here");
  }

  private static double accuracy(List<String> lines, String row) {
    return number(lines, row, "value");
  }

  private static double number(List<String> lines, String row, String field) {
    var line =
        lines.stream()
            .filter(each -> each.contains("\"row\":\"" + row + "\",\"metric\":\"accuracy\""))
            .findAny()
            .orElseThrow();
    return Double.parseDouble(line.replaceAll(".*\"" + field + "\":([-0-9.E]+).*", "$1"));
  }

  @Test
  void saysWhichRowsThereAre() {
    assertThatThrownBy(
            () -> AggregationBench.run(new String[] {"--data", "d", "--rows", "unheard"}))
        .hasMessageContaining("no row unheard")
        .hasMessageContaining("panel_k5");
  }
}
