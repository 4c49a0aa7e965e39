package io.consilium.adapters.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertException;
import io.consilium.expert.index.HybridPassages;
import io.consilium.expert.index.Passage;
import io.consilium.expert.index.PassageIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentIndexTest {
  @TempDir Path temp;
  private Path folder;
  private final WordsEmbedder embedder = new WordsEmbedder();

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(temp.resolve("docs"));
  }

  private DocumentIndex open() throws Exception {
    var index = index(new HybridPassages(embedder), Duration.ofHours(1));
    index.refresh();
    return index;
  }

  private DocumentIndex index(PassageIndex passages, Duration pause) {
    return new DocumentIndex("test", new FolderSource(folder), passages, embedder, pause);
  }

  private List<String> found(DocumentIndex index, String query) {
    return index.search(query, embedder.embed(query), 3).stream()
        .filter(found -> found.score() > 0.3)
        .map(found -> found.passage().text())
        .toList();
  }

  @Test
  void filesThatComeChangeOrGoAreFollowed() throws Exception {
    write("a.md", "the port is eight thousand");
    try (var index = open()) {
      assertThat(index.state().ready()).isTrue();
      assertThat(found(index, "the port")).containsExactly("the port is eight thousand");

      write("sub/b.txt", "cats sleep all day");
      index.refresh();
      assertThat(found(index, "cats sleep")).containsExactly("cats sleep all day");

      write("a.md", "the port is nine hundred and ninety");
      index.refresh();
      assertThat(found(index, "the port")).containsExactly("the port is nine hundred and ninety");

      Files.delete(folder.resolve("a.md"));
      index.refresh();
      assertThat(found(index, "the port")).isEmpty();
      assertThat(index.state().documents()).isEqualTo(1);
    }
  }

  @Test
  void itFollowsChangesByItself() throws Exception {
    try (var index = index(new HybridPassages(embedder), Duration.ofMillis(20))) {
      write("a.md", "penguins swim");
      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (found(index, "penguins swim").isEmpty()) {
        assertThat(System.nanoTime()).as("the file is indexed").isLessThan(end);
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aFileThatWasOnlyTouchedIsNotReadIntoTheIndexAgain() throws Exception {
    write("a.md", "the port is eight thousand");
    try (var index = open()) {
      embedder.embedded.clear();
      Files.setLastModifiedTime(folder.resolve("a.md"), FileTime.fromMillis(0));
      index.refresh();
      assertThat(embedder.embedded).isEmpty();
    }
  }

  @Test
  void anIndexThatOutlivesUsIsNotFilledAgainAndLosesWhatWentMeanwhile() throws Exception {
    var shared = new HybridPassages(embedder);
    write("a.md", "the port is eight thousand");
    write("b.md", "cats sleep all day");
    try (var index = index(shared, Duration.ofHours(1))) {
      index.refresh();
    }
    Files.delete(folder.resolve("b.md"));
    embedder.embedded.clear();

    try (var index = index(shared, Duration.ofHours(1))) {
      index.refresh();

      assertThat(embedder.embedded).isEmpty();
      assertThat(found(index, "the port")).containsExactly("the port is eight thousand");
      assertThat(found(index, "cats sleep")).isEmpty();
      assertThat(index.state().passages()).isEqualTo(1);
    }
  }

  @Test
  void whatCannotBeReadIsPassedOverWithAReason() throws Exception {
    write("good.md", "the port is eight thousand");
    Files.write(folder.resolve("binary.txt"), new byte[] {'a', 0, 'b'});
    Files.write(folder.resolve("latin.md"), new byte[] {'a', (byte) 0xe9, 'b'});
    Files.write(
        folder.resolve("no.pdf"), "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Files.write(folder.resolve("huge.txt"), new byte[5 << 20]);
    Files.write(folder.resolve("picture.png"), new byte[] {1});
    write(".hidden.md", "secret");
    try (var index = open()) {
      assertThat(index.state().documents()).isEqualTo(1);
      assertThat(index.state().skipped())
          .containsOnlyKeys("binary.txt", "latin.md", "no.pdf", "huge.txt")
          .hasEntrySatisfying("binary.txt", reason -> assertThat(reason).contains("binary"))
          .hasEntrySatisfying("latin.md", reason -> assertThat(reason).contains("UTF-8"))
          .hasEntrySatisfying("huge.txt", reason -> assertThat(reason).contains("5 MB"));
      index.refresh();
      assertThat(index.state().skipped()).hasSize(4);
    }
  }

  @Test
  void htmlAndPdfAreReadAsText() throws Exception {
    write(
        "page.html",
        "<html><body><nav>menu</nav><h1>Ports</h1><p>The <b>port</b> is 8080.</p><ul><li>one</li></ul></body></html>");
    try (var pdf = new PDDocument()) {
      var page = new PDPage();
      pdf.addPage(page);
      try (var content = new PDPageContentStream(pdf, page)) {
        content.beginText();
        content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
        content.newLineAtOffset(50, 700);
        content.showText("Penguins cannot fly.");
        content.endText();
      }
      pdf.save(folder.resolve("birds.pdf").toFile());
    }
    try (var index = open()) {
      var html = index.search("the port is", embedder.embed("the port is"), 1).getFirst().passage();
      assertThat(html).isEqualTo(new Passage("page.html", "Ports", "The port is 8080.\n\n- one"));
      var pdf =
          index.search("penguins fly", embedder.embed("penguins fly"), 1).getFirst().passage();
      assertThat(pdf).isEqualTo(new Passage("birds.pdf", "page 1", "Penguins cannot fly."));
    }
  }

  @Test
  void aFolderThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> new FolderSource(folder.resolve("missing")))
        .isInstanceOf(ExpertException.class)
        .hasMessageContaining("missing")
        .hasMessageContaining("create it or correct the path");
  }

  @Test
  void ourOwnDocumentationIsBundled() throws Exception {
    var bundled = new BundledDocuments();
    assertThat(bundled.list()).extracting(DocumentSource.Entry::name).contains("README.md");
    assertThat(bundled.list())
        .anySatisfy(entry -> assertThat(entry.name()).startsWith("docs/").endsWith(".md"));
    assertThat(bundled.read(bundled.list().getFirst())).isNotEmpty();
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Files.writeString(folder.resolve(name), text);
  }
}
