package io.consilium.bench.routing;

import io.consilium.expert.index.CachedEmbedder;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.fit.TextSpace;
import io.consilium.router.records.Item;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is read in the questions of one part: profiles, and the space learnt on the training texts.
 * Shared by the pools that ask the same questions; made when first needed.
 */
final class Texts {
  private final CachedEmbedder embedder;
  private final SkillTags tags;
  private final List<Item> train;
  private final List<Item> test;
  private final long seed;
  private final Progress progress;
  private @Nullable Learnt learnt;

  /**
   * The training questions in numbers.
   *
   * @param profiles of the training questions
   * @param space learnt on them
   * @param vectors of them
   * @param questions profiles of the test questions
   */
  record Learnt(
      List<QuestionProfile> profiles,
      TextSpace space,
      List<float[]> vectors,
      List<QuestionProfile> questions) {}

  Texts(
      CachedEmbedder embedder,
      SkillTags tags,
      List<Item> train,
      List<Item> test,
      long seed,
      Progress progress) {
    this.embedder = embedder;
    this.tags = tags;
    this.train = train;
    this.test = test;
    this.seed = seed;
    this.progress = progress;
  }

  synchronized Learnt learnt() {
    var known = learnt;
    if (known == null) {
      var profiles = profiles(train);
      var questions = profiles(test);
      embed(profiles);
      embed(questions);
      progress.say("learning words of %,d questions".formatted(profiles.size()));
      var space = TextSpace.fit(profiles, embedder.id(), embedder.dimension(), seed);
      known = new Learnt(profiles, space, space.vectors(profiles), questions);
      learnt = known;
    }
    return known;
  }

  private List<QuestionProfile> profiles(List<Item> items) {
    return items.stream()
        .map(item ->
            QuestionProfiler.recorded(item.text(), tags, text -> Optional.of(embedder.embed(text))))
        .toList();
  }

  private void embed(List<QuestionProfile> profiles) {
    embedder.prepare(
        profiles.stream().map(QuestionProfile::text).toList(),
        (done, all) -> progress.say("embedded %,d of %,d questions".formatted(done, all)));
  }
}
