package io.consilium.router.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFormatTest {
  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    var path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private static Imported read(Path path) {
    return RecordFormat.of(path).read(path);
  }

  private Imported csv(String text) throws IOException {
    return read(file("log.csv", text));
  }

  private void refused(String text, String... parts) throws IOException {
    var path = file("log.csv", text);
    assertThatThrownBy(() -> read(path).forRouting())
        .isInstanceOf(ExpertException.class)
        .message()
        .contains(parts);
  }

  @Test
  void readsOurOwnCsv() throws IOException {
    var read =
        csv(
            """
            question,expert,correct,cost,category,options,tokens,answer
            "Two, plus two?",a,1,0.002,maths,"[""3"",""4""]",12,B
            "Two, plus two?",b,0,,maths,"[""3"",""4""]",,A
            Capital of Peru?,a,true,0.001,,,,
            Capital of Peru?,b,0.5,0.004,,,,
            """);
    var records = read.records();
    assertThat(records.experts()).containsExactly("a", "b");
    assertThat(records.items())
        .extracting(Item::text)
        .containsExactly("Two, plus two?\nA. 3\nB. 4", "Capital of Peru?");
    assertThat(records.items().getFirst().hash()).isEqualTo(QuestionHash.of("Two, plus two?"));
    assertThat(records.items().getFirst().category()).isEqualTo("maths");
    assertThat(records.correct(0, 0)).isEqualTo(1);
    assertThat(records.usd(0, 0)).isEqualTo(0.002f);
    assertThat(records.usd(0, 1)).isNaN();
    assertThat(records.tokens(0, 0)).isEqualTo(12);
    assertThat(records.correct(1, 1)).isEqualTo(0.5);
    assertThat(read.answers().of(records.items().getFirst().id(), "b")).contains("A");
    assertThat(read.unit()).isEqualTo("usd");
    assertThat(read.notes()).isEmpty();
  }

  @Test
  void readsOurOwnJsonLinesPackedToo() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(
          """
          {"id":7,"question":"Yes?","options":["yes","no"],"expert":"a","correct":true,"cost":0}

          {"id":7,"question":"Yes?","options":["yes","no"],"expert":"b","correct":false,"cost":null}
          """
              .getBytes(StandardCharsets.UTF_8));
    }
    var path = Files.write(folder.resolve("log.jsonl.gz"), bytes.toByteArray());
    var records = read(path).forRouting().records();
    assertThat(records.items()).extracting(Item::id).containsExactly("7");
    assertThat(records.items().getFirst().text()).isEqualTo("Yes?\nA. yes\nB. no");
    assertThat(records.correct(0, 0)).isEqualTo(1);
    assertThat(records.usd(0, 1)).isNaN();
  }

  @Test
  void leavesOutMissingAndRepeatedOutcomesAndCountsThem() throws IOException {
    var read =
        csv(
            """
            question,expert,correct,cost
            q1,a,1,0
            q1,b,,0
            q1,a,0,0
            q2,b,0,0
            """);
    assertThat(read.records().correct(0, 0)).as("the first counts").isEqualTo(1);
    assertThat(read.records().known(0, 1)).isFalse();
    assertThat(read.notes())
        .containsExactly(
            "1 × outcome missing", "1 × repeated outcome of the same expert on the same question");
  }

  @Test
  void namesFileLineAndColumnOfWhatIsWrong() throws IOException {
    var header = "id,question,expert,correct,cost\n";
    refused(header + "1,q,a,2,0\n", "log.csv", "line 2", "'correct'", "not 2");
    refused(header + "1,q,a,1,0\n2,q,b,yes,0\n", "line 3", "'correct'", "'yes'");
    refused(header + "1,q,a,1,-0.5\n", "line 2", "'cost'", "0 or more", "-0.5");
    refused(header + "1,q,a,1,NaN\n", "line 2", "'cost'", "NaN");
    refused(header + "1,q,,1,0\n", "line 2", "'expert'", "empty");
    refused(header + "1,\"two\nlines\",a,1,0\n2,q,a,1\n", "line 4", "column 5", "4 cells");
    refused(header + "1,q,a,1,0\n2,\"q,a,1,0\n", "line 3", "broken");
    refused(header + "1,q \"x\",a,1,0\n1,other,a,1,0\n", "line 3", "'id'", "another question");
    refused("question,expert,correct\nq,a,1\n", "line 1", "'cost'", "no such column");
    refused("question,expert,expert\n", "line 1", "column 3", "two columns");
    refused("a,b,c\n1,2,3\n", "line 1", "no format", "question, expert");
    refused("", "line 1", "empty");
    refused(
        "question,expert,correct,cost,options\nq,a,1,0,yes or no\n", "line 2", "'options'", "JSON");
  }

  @Test
  void saysWhereTextIsNotUtf8() throws IOException {
    var path = folder.resolve("log.csv");
    Files.write(
        path,
        "question,expert,correct,cost\nq,a,1,0\nna\u00efve,b,1,0\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> read(path))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("log.csv, line 3, column 3: this byte is not UTF-8");
  }

  @Test
  void saysWhereJsonIsBroken() throws IOException {
    var line = "{\"question\":\"q\",\"expert\":\"a\",\"correct\":1,\"cost\":0}\n";
    var path = file("log.jsonl", line + "{\"question\":\"q\",\"expert\":}\n");
    assertThatThrownBy(() -> read(path))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("log.jsonl, line 2, column 26")
        .hasMessageContaining("not JSON");
    var array = file("array.jsonl", "[1]\n");
    assertThatThrownBy(() -> read(array)).hasMessageContaining("line 1, column 1");
  }

  @Test
  void needsTwoExpertsAndTwoClassesToRoute() throws IOException {
    var header = "question,expert,correct,cost\n";
    refused(header, "no expert", "at least two");
    refused(header + "q,a,1,0\nr,a,0,0\n", "one expert, a", "at least two");
    refused(header + "q,a,1,0\nq,b,1,0\n", "every outcome on record is right");
    refused(header + "q,a,0,0\nq,b,0,0\n", "every outcome on record is wrong");
    refused(header + "q,a,,0\nq,b,,0\n", "every outcome on record is missing");
  }

  @Test
  void namesExpertsThatAreNotOnRecord() throws IOException {
    var read = csv("question,expert,correct,cost\nq,alpha,1,0\nq,beta,0,0\n");
    assertThat(read.among(List.of("beta", "alpha")).records().experts())
        .containsExactly("beta", "alpha");
    assertThatThrownBy(() -> read.among(List.of("alpha", "betta")))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("no outcomes of betta")
        .hasMessageContaining("did you mean beta");
  }

  @Test
  void readsRouterBench() throws IOException {
    var read =
        read(
            file(
                "bench.csv",
                """
                sample_id,prompt,eval_name,m1,m2,m1|model_response,m2|model_response,m1|total_cost,m2|total_cost,oracle_model_to_route_to
                s.1,"['Say \\'hi\\'\\nnow']",mbpp,1.0,False,hi,no,0.001,0.2,m1
                """));
    var records = read.records();
    assertThat(records.experts()).containsExactly("m1", "m2");
    assertThat(records.items())
        .containsExactly(Item.of("s.1", "Say 'hi'\nnow", "Say 'hi'\nnow", "mbpp"));
    assertThat(records.correct(0, 1)).isZero();
    assertThat(records.usd(0, 1)).isEqualTo(0.2f);
  }

  @Test
  void readsEmbedLlm() throws IOException {
    var read =
        read(
            file(
                "train.csv",
                """
                prompt_id,model_id,category_id,category,label,prompt,model_name
                4,0,1,mmlu,1,Why?,x/one
                4,1,1,mmlu,0,Why?,x/two
                4,1,1,mmlu,1,Why?,x/two
                """));
    assertThat(read.records().experts()).containsExactly("x/one", "x/two");
    assertThat(read.records().items()).containsExactly(Item.of("4", "Why?", "Why?", "mmlu"));
    assertThat(read.records().correct(0, 1)).isZero();
    assertThat(read.unit()).isEmpty();
    assertThat(read.notes()).hasSize(1);
  }

  @Test
  void readsRouteLlmAsAFolderOfSubjects() throws IOException {
    file(
        "mmlu/mmlu_law.csv", "prompt,weak,strong\n\"Is it?\nA. yes\nB. no\nAnswer:\",False,True\n");
    file("mmlu/mmlu_art.csv", "prompt,weak,strong,weak_response\nWhose?,True,True,mine\n");
    var records = read(folder.resolve("mmlu")).records();
    assertThat(records.experts()).containsExactly("weak", "strong");
    assertThat(records.items()).extracting(Item::category).containsExactly("art", "law");
    assertThat(records.items().getLast().hash()).isEqualTo(QuestionHash.of("Is it?"));
    assertThat(records.items().getLast().text()).contains("B. no");
  }

  @Test
  void readsLlmRouterBenchAndTakesTheNewestRun() throws IOException {
    file("bench/aime/test/one/20250101.json", "{\"records\":[]}");
    file(
        "bench/aime/test/one/20250202.json",
        """
        {"performance":1,"records":[{"index":1,"origin_query":"2+2?","prompt":"Solve: 2+2?",
         "prediction":"4","score":1.0,"prompt_tokens":15,"completion_tokens":5,"cost":0.25}]}\
        """);
    file(
        "bench/aime/test/two/20250101.json",
        "{\"records\":[{\"index\":1,\"origin_query\":\"2+2?\",\"score\":0,\"cost\":0.5}]}");
    var read = read(folder.resolve("bench"));
    assertThat(read.records().experts()).containsExactly("one", "two");
    assertThat(read.records().items())
        .containsExactly(Item.of("aime/test/1", "2+2?", "2+2?", "aime"));
    assertThat(read.records().usd(0, 1)).isEqualTo(0.5);
    assertThat(read.records().tokens(0, 0)).isEqualTo(5);
    assertThat(read.answers().of("aime/test/1", "one")).contains("4");
    assertThat(read.notes()).hasSize(1);
  }

  @Test
  void saysWhichEntryOfARunIsWrong() throws IOException {
    file(
        "bench/aime/test/one/1.json", "{\"records\":[{\"index\":1,\"prompt\":\"q\",\"score\":7}]}");
    assertThatThrownBy(() -> read(folder.resolve("bench")))
        .hasMessageContaining("1.json")
        .hasMessageContaining("line 1")
        .hasMessageContaining("'score'");
  }
}
