package io.consilium.expert.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Embedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every index of passages holds to. */
public abstract class PassageIndexContract {
  /** Words that mean the same are one direction, so that meaning and words can differ. */
  private static final Map<String, Integer> MEANING =
      Map.of("feline", 0, "cat", 0, "dog", 1, "port", 2, "harbour", 2, "sleep", 3, "nap", 3);

  protected static final Embedder EMBEDDER = new Meanings();

  private PassageIndex index = emptyIndex();

  /** An empty index of a collection of its own, in the space of {@link #EMBEDDER}. */
  protected abstract PassageIndex emptyIndex();

  /** A fake embedder that knows a few meanings. */
  private static final class Meanings implements Embedder {
    @Override
    public String id() {
      return "meanings";
    }

    @Override
    public int dimension() {
      return 5;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
      return texts.stream().map(Meanings::vector).toList();
    }

    private static float[] vector(String text) {
      var vector = new float[5];
      vector[4] = 0.5f;
      for (var word : text.toLowerCase(Locale.ROOT).split("[^a-z]+")) {
        var meaning = MEANING.get(word);
        if (meaning != null) {
          vector[meaning] += 1;
        }
      }
      double square = 0;
      for (var each : vector) {
        square += each * each;
      }
      for (int i = 0; i < vector.length; i++) {
        vector[i] /= (float) Math.sqrt(square);
      }
      return vector;
    }
  }

  @BeforeEach
  void empty() {
    index = emptyIndex();
  }

  private static PassageIndex.Entry entry(String id, String heading, String text) {
    var passage = new Passage(id + ".md", heading, text);
    return new PassageIndex.Entry(id, passage, EMBEDDER.embed(passage.searched()));
  }

  private List<String> found(String query, int limit) {
    return index.search(query, EMBEDDER.embed(query), limit).stream()
        .map(found -> found.passage().source().replace(".md", ""))
        .toList();
  }

  @Test
  void whatMeansTheSameIsFoundAndSoIsWhatSharesARareWord() {
    index.put(
        List.of(
            entry("a", "", "The cat has a long nap."),
            entry("b", "Ships", "The harbour is closed."),
            entry("c", "", "Error E4711 is thrown by the parser.")));
    index.settle();

    assertThat(found("feline sleep", 1)).containsExactly("a");
    assertThat(found("What does E4711 mean?", 1)).containsExactly("c");
    assertThat(found("ships in a port", 1)).containsExactly("b");
    var best = index.search("feline sleep", EMBEDDER.embed("feline sleep"), 1).getFirst();
    assertThat(best.passage()).isEqualTo(new Passage("a.md", "", "The cat has a long nap."));
    assertThat(best.cosine()).isBetween(0.99, 1.001);
    assertThat(best.lexical()).isZero();
    assertThat(best.score()).isEqualTo(HybridIndex.score(best.cosine(), 0));
  }

  @Test
  void wordsWeighAsBm25SaysAndOneGivenTwiceCountsTwice() {
    var texts = List.of("cat dog dog", "cat bird", "dog tree tree house");
    for (int i = 0; i < texts.size(); i++) {
      index.put(List.of(entry("t" + i, "", texts.get(i))));
    }
    var expected =
        Bm25.of(texts.stream().map(Words::of).toList()).scores(Words.of("dog dog house"));

    var found = index.search("dog dog house", EMBEDDER.embed("dog dog house"), 3);

    assertThat(found).hasSize(3);
    for (var each : found) {
      int number = each.passage().source().charAt(1) - '0';
      assertThat(each.lexical())
          .isCloseTo(expected[number], org.assertj.core.api.Assertions.within(1e-9));
    }
  }

  @Test
  void nothingIsFoundWhereNothingIsAndNoMoreThanIsAskedFor() {
    assertThat(found("cat", 5)).isEmpty();
    List<PassageIndex.Entry> many = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      many.add(entry("p" + i, "", "cat number " + i));
    }
    index.put(many);

    assertThat(found("cat", 5)).hasSize(5);
    assertThat(found("the of and", 40)).hasSize(30); // by meaning alone
  }

  @Test
  void whatIsHeldIsToldAndStaysAsItIs() {
    index.put(List.of(entry("a", "", "cat")));
    index.put(List.of(entry("a", "", "dog"), entry("b", "", "port")));

    assertThat(index.holding(List.of("a", "b", "c"))).containsExactlyInAnyOrder("a", "b");
    assertThat(index.search("cat", EMBEDDER.embed("cat"), 1).getFirst().passage().text())
        .isEqualTo("cat");
  }

  @Test
  void whatIsRemovedOrNotRetainedIsFoundNoMore() {
    index.put(List.of(entry("a", "", "cat"), entry("b", "", "dog"), entry("c", "", "port")));

    index.remove(List.of("a", "nobody"));
    assertThat(found("cat", 5)).containsExactlyInAnyOrder("b", "c");
    index.retain(Set.of("b"));

    assertThat(found("port", 5)).containsExactly("b");
    assertThat(index.holding(List.of("a", "b", "c"))).containsExactly("b");
  }
}
