package io.consilium.bench.cold;

import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.Skill;
import io.consilium.expert.index.HybridIndex;
import io.consilium.expert.index.LexicalIndex;
import io.consilium.expert.index.VectorIndex;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Simpler ways to choose an expert, from the same texts. */
final class Baselines {
  private final Embedder embedder;
  private final List<String> ids;
  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Map<String, String> descriptions = new LinkedHashMap<>();

  Baselines(Embedder embedder, List<ExpertCard> cards) {
    this.embedder = embedder;
    this.ids = cards.stream().map(ExpertCard::id).toList();
    for (var card : cards) {
      descriptions.put(card.id(), card.description());
      texts.put(
          card.id(),
          card.id().replace('-', ' ')
              + ". "
              + card.description()
              + " "
              + card.skills().stream()
                  .filter(skill -> skill.weight() > 0)
                  .map(Skill::name)
                  .collect(Collectors.joining(", ")));
    }
  }

  /** Each by the name it has in the report. */
  Map<String, Function<Labelled, Guess>> all() {
    Map<String, Function<Labelled, Guess>> all = new LinkedHashMap<>();
    var words = new LexicalIndex();
    words.put(texts);
    all.put(
        "BM25 on description and skills",
        question ->
            words.search(question.text(), 1).stream()
                .findFirst()
                .map(hit -> new Guess(hit.id(), hit.score(), false))
                .orElse(new Guess(ids.getFirst(), 0, false)));
    all.put("embedding of the description", nearest(descriptions));
    all.put("embedding of description and skills", nearest(texts));
    var hybrid = new HybridIndex(embedder);
    hybrid.put(
        texts.entrySet().stream()
            .map(text -> HybridIndex.Entry.of(text.getKey(), text.getValue()))
            .toList());
    all.put(
        "hybrid index",
        question -> {
          var found = hybrid.search(question.text(), 1).getFirst();
          return new Guess(found.id(), found.score(), false);
        });
    var random = new Random(11);
    all.put(
        "random",
        question -> new Guess(ids.get(random.nextInt(ids.size())), random.nextDouble(), false));
    return all;
  }

  private Function<Labelled, Guess> nearest(Map<String, String> documents) {
    var index = new VectorIndex(embedder.id(), embedder.dimension());
    Map<String, float[]> vectors = new LinkedHashMap<>();
    documents.forEach((id, text) -> vectors.put(id, embedder.embed(text)));
    index.put(vectors);
    return question -> {
      var hit = index.nearest(embedder.embed(question.text()), 1).getFirst();
      return new Guess(hit.id(), hit.score(), false);
    };
  }
}
