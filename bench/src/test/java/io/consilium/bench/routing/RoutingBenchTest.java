package io.consilium.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.router.records.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench on a generated data folder of the documented layout. */
class RoutingBenchTest {
  @TempDir Path folder;

  private void pairs() throws IOException {
    var questions = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      questions.append(
          """
          {"qid":"g%1$d","bench":"gsm8k","subject":"math","prompt":"Question number %1$d?",\
          "contaminated":%2$d,"weak":%3$d,"strong":%4$d}
          """
              .formatted(i, i % 50 == 0 ? 1 : 0, i % 2, i % 5 == 0 ? 0 : 1));
    }
    Files.createDirectories(folder.resolve("routellm-2"));
    Files.writeString(folder.resolve("routellm-2/questions.jsonl"), questions);
  }

  private void wide(String outcomes) throws IOException {
    var path = folder.resolve("zeroeval-56");
    Files.createDirectories(path);
    Files.writeString(
        path.resolve("questions.jsonl"),
        "{\"qid\":\"q1\",\"task\":\"gsm\",\"prompt\":\"12345\",\"gold\":\"3\"}\n");
    Files.writeString(
        path.resolve("models.csv"), "model,usd_per_mtok_in,usd_per_mtok_out\na,1,10\nb,2,20\n");
    Files.writeString(path.resolve("outcomes.csv"), outcomes);
    Files.writeString(path.resolve("output_chars.csv"), "qid,a,b\nq1,9,\n");
    Files.writeString(path.resolve("predictions.csv"), "qid,a,b\nq1,3,<none>\n");
  }

  @Test
  void writesOneLinePerFigureAndTheReportWhereItIsTold() throws IOException {
    pairs();
    var json = folder.resolve("figures.jsonl");
    var out = folder.resolve("report");
    RoutingBench.run(
        new String[] {
          "--data", folder.toString(),
          "--pools", "routellm-gsm8k",
          "--rows", "oracle",
          "--folds", "5",
          "--json", json.toString(),
          "--out", out.toString(),
          "--cache", folder.resolve("cache").toString()
        });
    var lines = Files.readAllLines(json);
    assertThat(lines)
        .allMatch(line -> line.startsWith("{\"bench\":\"routing\",\"pool\":\"routellm-gsm8k\""))
        .doesNotHaveDuplicates()
        .noneMatch(line -> line.contains("NaN"));
    List<String> keys = new ArrayList<>();
    lines.forEach(line -> keys.add(line.substring(0, line.indexOf("\"value\""))));
    assertThat(keys).doesNotHaveDuplicates();
    assertThat(lines)
        .anyMatch(line -> line.contains("\"row\":\"oracle\",\"metric\":\"apgr\""))
        .anyMatch(line -> line.contains("\"row\":\"task_table\",\"metric\":\"accuracy\""));
    assertThat(out.resolve("routing.md"))
        .content()
        .contains("routellm-gsm8k", "Noise floor", "Published, other data", "--folds 5");
    assertThat(out.resolve("routing/folds-routellm-gsm8k-reliability.svg"))
        .content()
        .contains("<svg");
  }

  @Test
  void readsCostsAsProxies() throws IOException {
    wide("qid,a,b\nq1,1,0\n");
    var read = DataFolder.ZEROEVAL.read(folder);
    // ceil(5 / 4) = 2 tokens in at 1, ceil(9 / 4) = 3 out at 10
    assertThat(read.records().usd(0, 0)).isEqualTo(32e-6f);
    assertThat(read.records().usd(0, 1)).as("length unknown").isNaN();
    assertThat(read.answers().of("q1", "a")).contains("3");
    assertThat(read.answers().of("q1", "b")).isEmpty();
    assertThat(read.proxy()).contains("ceil(characters / 4)");
  }

  @Test
  void namesWhatIsWrongInAFolder() throws IOException {
    assertThatThrownBy(() -> DataFolder.MMLU_PRO.read(folder))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("has no folder mmlu-pro-29");
    wide("qid,a\nq1,1\n");
    assertThatThrownBy(() -> DataFolder.ZEROEVAL.read(folder))
        .hasMessageContaining("outcomes.csv, line 2, column 'b'");
    wide("qid,a,b\nq1,2,0\n");
    assertThatThrownBy(() -> DataFolder.ZEROEVAL.read(folder))
        .hasMessageContaining("outcomes.csv, line 2, column 'a'");
    wide("qid,a,b\nq9,1,0\n");
    assertThatThrownBy(() -> DataFolder.ZEROEVAL.read(folder)).hasMessageContaining("q9");
  }
}
