package io.consilium.expert.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.testing.LengthEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedEmbedderTest {
  @TempDir private Path folder;

  @Test
  void embedsEachTextOnceForEveryRun() {
    var cold = new LengthEmbedder();
    var first = new CachedEmbedder(cold, folder).embed(List.of("a", "bb", "a"));
    assertThat(cold.asked()).isEqualTo(2);
    var warm = new LengthEmbedder();
    var second = new CachedEmbedder(warm, folder).embed(List.of("bb", "a", "ccc"));
    assertThat(warm.asked()).isEqualTo(1);
    assertThat(second.get(0)).isEqualTo(first.get(1));
  }

  @Test
  void usesWhatAnotherComputedAndLeavesItAsItIs() throws IOException {
    var made = folder.resolve("made");
    new CachedEmbedder(new LengthEmbedder(), made).embed(List.of("a", "bb"));
    byte[] before = Files.readAllBytes(made.resolve("length_2.vectors"));
    var embedder = new LengthEmbedder();

    var vectors =
        new CachedEmbedder(embedder, folder.resolve("own"), made).embed(List.of("bb", "ccc"));

    assertThat(vectors).containsExactly(new float[] {1, 2}, new float[] {1, 3});
    assertThat(embedder.asked()).isEqualTo(1);
    assertThat(Files.readAllBytes(made.resolve("length_2.vectors"))).isEqualTo(before);
  }

  @Test
  void keepsWhatIsWholeOfADamagedCache() throws IOException {
    new CachedEmbedder(new LengthEmbedder(), folder).embed(List.of("a", "bb"));
    var file = folder.resolve("length_2.vectors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));
    var embedder = new LengthEmbedder();
    var again = new CachedEmbedder(embedder, folder).embed(List.of("a", "bb"));
    assertThat(embedder.asked()).isEqualTo(1);
    assertThat(again.get(1)).isEqualTo(new float[] {1, 2});
    var whole = new LengthEmbedder();
    new CachedEmbedder(whole, folder).embed(List.of("a", "bb"));
    assertThat(whole.asked()).isZero();
  }

  @Test
  void answersWhereNothingCanBeKept() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "no folder");

    assertThat(new CachedEmbedder(new LengthEmbedder(), file).embed(List.of("a")))
        .containsExactly(new float[] {1, 1});
  }
}
