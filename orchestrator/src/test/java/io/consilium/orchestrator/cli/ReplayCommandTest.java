package io.consilium.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayCommandTest {
  @TempDir Path folder;

  private record Ran(int code, String out, String err) {}

  private Ran run(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var oldOut = System.out;
    var oldErr = System.err;
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      int code = ConsiliumCli.run(Map.of("CONSILIUM_HOME", folder.toString()), arguments);
      return new Ran(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(oldOut);
      System.setErr(oldErr);
    }
  }

  private String log() throws IOException {
    var text = new StringBuilder("question,expert,correct,cost,category\n");
    for (int i = 0; i < 240; i++) {
      boolean sum = i % 2 == 0;
      var question = sum ? "How much is %d plus %d?" : "Who wrote the book number %d of shelf %d?";
      for (var expert : new String[] {"sums model", "words"}) {
        text.append(question.formatted(i, i * 7 % 31))
            .append(',')
            .append(expert)
            .append(expert.startsWith("sums") == sum ? ",1,0.01," : ",0,0.01,")
            .append(sum ? "sums\n" : "books\n");
      }
    }
    return Files.writeString(folder.resolve("log.csv"), text).toString();
  }

  private String policy(String text) throws IOException {
    return Files.writeString(folder.resolve("policy.yaml"), text).toString();
  }

  @Test
  void playsAPolicyWithoutTheService() throws IOException {
    var ran = run("replay", "--records", log(), "--policy", policy("policy: quality"));
    assertThat(ran.err()).contains("embedded", "fitting blend");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("questions played", "policy", "random", "best_single", "oracle")
        .containsPattern("policy +(9[0-9]|100)\\.[0-9]+%")
        .containsPattern("random +50\\.00%")
        .containsPattern("oracle +100\\.00%");
    assertThat(folder.resolve("cache")).isNotEmptyDirectory();
  }

  @Test
  void saysWhatIsWrongInOneLine() throws IOException {
    var ran = run("replay", "--records", log(), "--policy", policy("prise: 1"));
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).startsWith("consilium: policy.yaml: there is no key 'prise'");
    var overlap =
        run("replay", "--records", log(), "--policy", policy("value: 1"), "--train", "0:0.7");
    assertThat(overlap.err()).contains("overlap");
    var missing = run("replay", "--records", "nowhere.csv", "--policy", policy("value: 1"));
    assertThat(missing.err()).contains("nowhere.csv is not there");
  }
}
