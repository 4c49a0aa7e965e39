package io.consilium.adapters.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.index.Passage;
import java.util.List;
import org.junit.jupiter.api.Test;

class PassagesTest {
  @Test
  void everySectionIsAPassageUnderTheHeadingsAboveIt() {
    var passages =
        Passages.of(
            "a.md", "before\n\n# Run\nStart it.\n## Ports\nUse `8080`.\n# Stop\nStop it.\n");
    assertThat(passages)
        .containsExactly(
            new Passage("a.md", "", "before"),
            new Passage("a.md", "Run", "Start it."),
            new Passage("a.md", "Run > Ports", "Use `8080`."),
            new Passage("a.md", "Stop", "Stop it."));
  }

  @Test
  void aHashInsideAFencedBlockIsNoHeadingAndTheBlockStaysWhole() {
    var passages = Passages.of("a.md", "# Build\n```\n# a comment\n\nmake\n```\n");
    assertThat(passages)
        .containsExactly(new Passage("a.md", "Build", "```\n# a comment\n\nmake\n```"));
  }

  @Test
  void longSectionsAreCutBetweenParagraphs() {
    var paragraph = "word ".repeat(120).strip();
    var passages =
        Passages.of(
            "a.md", "# Long\n" + String.join("\n\n", List.of(paragraph, paragraph, paragraph)));
    assertThat(passages).hasSizeGreaterThan(1).allMatch(p -> p.heading().equals("Long"));
    assertThat(passages).allMatch(p -> p.text().length() <= 1_300);
  }
}
