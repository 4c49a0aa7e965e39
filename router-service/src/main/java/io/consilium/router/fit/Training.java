package io.consilium.router.fit;

import io.consilium.router.QuestionProfile;
import io.consilium.router.records.Records;
import java.util.Arrays;
import java.util.List;

/**
 * What a method may learn from.
 *
 * @param records outcomes; cells may be missing
 * @param profiles what the router would know of each item's question, in the order of the rows
 * @param space the numbers of a question's text, learnt on these texts; gives the vectors below and
 *     those of questions to come
 * @param vectors {@code space}'s vector of each item, in the order of the rows
 * @param seed of all randomness
 */
public record Training(
    Records records,
    List<QuestionProfile> profiles,
    TextSpace space,
    List<float[]> vectors,
    long seed) {
  public Training {
    if (records.items().size() != profiles.size() || profiles.size() != vectors.size()) {
      throw new IllegalArgumentException("records, profiles and vectors must have as many rows");
    }
    profiles = List.copyOf(profiles);
    vectors = List.copyOf(vectors);
  }

  /**
   * Training on everything given, in a space learnt from it.
   *
   * @param embedder the id of the embedder the profiles' vectors come from
   * @param dimension their length
   */
  public static Training of(
      Records records, List<QuestionProfile> profiles, String embedder, int dimension, long seed) {
    var space = TextSpace.fit(profiles, embedder, dimension, seed);
    return new Training(records, profiles, space, space.vectors(profiles), seed);
  }

  /** Some rows in the same space: an inner fold. */
  public Training rows(int[] rows) {
    return new Training(
        records.rows(rows),
        Arrays.stream(rows).mapToObj(profiles::get).toList(),
        space,
        Arrays.stream(rows).mapToObj(vectors::get).toList(),
        seed);
  }
}
