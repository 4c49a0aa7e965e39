package io.consilium.router.replay;

import io.consilium.expert.index.CachedEmbedder;
import io.consilium.router.QuestionProfile;
import io.consilium.router.QuestionProfiler;
import io.consilium.router.SkillTags;
import io.consilium.router.records.Item;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What the router would know of recorded questions. */
public final class Profiles {
  private Profiles() {}

  /**
   * Profiles of some questions, their vectors computed ahead.
   *
   * @param progress hears how many of how many are done, now and then
   */
  public static List<QuestionProfile> of(
      List<Item> items, CachedEmbedder embedder, BiConsumer<Integer, Integer> progress) {
    var tags = SkillTags.shipped();
    var profiles =
        items.stream()
            .map(item ->
                QuestionProfiler.recorded(
                    item.text(), tags, text -> Optional.of(embedder.embed(text))))
            .toList();
    embedder.prepare(profiles.stream().map(QuestionProfile::text).toList(), progress);
    return profiles;
  }
}
