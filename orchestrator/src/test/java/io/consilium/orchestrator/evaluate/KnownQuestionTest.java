package io.consilium.orchestrator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownQuestionTest {
  @TempDir private Path folder;

  private Path file(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void refused(String name, String text, String... said) {
    assertThatThrownBy(() -> KnownQuestion.read(file(name, text)))
        .isInstanceOf(ExpertException.class)
        .hasMessageContainingAll(said);
  }

  @Test
  void csvAndJsonLinesHoldTheSame() {
    var csv =
        KnownQuestion.read(
            file(
                "q.csv",
                "question,answer,check,category,options\n\"What is 2 + 2, say?\",4,number,maths,\nWhich?,b,,,\"[\"\"x\"\",\"\"y\"\"]\"\n"));
    var lines =
        KnownQuestion.read(
            file(
                "q.jsonl",
                """
                {"question": "What is 2 + 2, say?", "answer": 4, "check": "number", "category": "maths"}

                {"question": "Which?", "answer": "b", "options": ["x", "y"]}
                {"question": "Which?", "answer": "b", "options": ["x", "y"]}
                """));

    assertThat(csv).isEqualTo(lines);
    assertThat(csv.get(1).check()).isEqualTo(AnswerCheck.CHOICE);
    assertThat(csv.get(1).asked()).isEqualTo("Which?\nA. x\nB. y");
  }

  @Test
  void whatIsWrongIsSaidWithItsPlace() {
    refused("a.csv", "question,answer\nHow many?\n", "line 2");
    refused("b.csv", "question,answer,check\nHow many?,several,number\n", "line 2", "'answer'");
    refused("c.jsonl", "{\"question\": \"x\"}\n", "line 1", "'answer'");
    refused("d.jsonl", "{\"question\": \n", "line 1", "JSON");
    refused("e.jsonl", "{\"question\":\"x\",\"answer\":\"y\",\"chek\":\"exact\"}", "'chek'");
    refused("f.jsonl", "{\"question\":\"x\",\"answer\":\"y\",\"check\":\"vibes\"}", "vibes");
    refused("g.jsonl", "", "no question");
    refused(
        "h.jsonl",
        "{\"id\":\"1\",\"question\":\"x\",\"answer\":\"y\"}\n{\"id\":\"1\",\"question\":\"z\",\"answer\":\"y\"}",
        "line 2",
        "'1'");
  }
}
