package io.consilium.router.fit;

import io.consilium.router.Estimator;
import io.consilium.router.QuestionProfile;
import io.consilium.router.records.QuestionHash;
import io.consilium.router.records.Records;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What a method may learn from.
 *
 * <p>Keeps what several methods work out of the same questions for as long as it is used itself.
 */
public final class Training {
  private final Records records;
  private final List<QuestionProfile> profiles;
  private final TextSpace space;
  private final List<float[]> vectors;
  private final long seed;
  private final Shared shared;
  private final boolean inner;

  /**
   * A training part.
   *
   * @param records outcomes; cells may be missing
   * @param profiles what the router would know of each item's question, in the order of the rows
   * @param space the numbers of a question's text, learnt on these texts; gives the vectors below
   *     and those of questions to come
   * @param vectors {@code space}'s vector of each item, in the order of the rows
   * @param seed of all randomness
   */
  public Training(
      Records records,
      List<QuestionProfile> profiles,
      TextSpace space,
      List<float[]> vectors,
      long seed) {
    this(records, List.copyOf(profiles), space, List.copyOf(vectors), seed, new Shared(), false);
    if (records.items().size() != profiles.size() || profiles.size() != vectors.size()) {
      throw new IllegalArgumentException("records, profiles and vectors must have as many rows");
    }
  }

  private Training(
      Records records,
      List<QuestionProfile> profiles,
      TextSpace space,
      List<float[]> vectors,
      long seed,
      Shared shared,
      boolean inner) {
    this.records = records;
    this.profiles = profiles;
    this.space = space;
    this.vectors = vectors;
    this.seed = seed;
    this.shared = shared;
    this.inner = inner;
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

  /** Outcomes; cells may be missing. */
  public Records records() {
    return records;
  }

  /** What the router would know of each item's question, in the order of the rows. */
  public List<QuestionProfile> profiles() {
    return profiles;
  }

  /** The numbers of a question's text. */
  public TextSpace space() {
    return space;
  }

  /** The vector of each item, in the order of the rows. */
  public List<float[]> vectors() {
    return vectors;
  }

  /** Of all randomness. */
  public long seed() {
    return seed;
  }

  /** The same with another seed. */
  public Training seeded(long other) {
    return new Training(records, profiles, space, vectors, other, shared, inner);
  }

  /** One row in so many is held out of a trial, by question hash, so that repeats stay together. */
  private static final int HELD = 5;

  /** The rows that are held out of a trial, to see how it does on questions it has not seen. */
  public int[] heldOut() {
    return rows(true);
  }

  /** The rows that a trial learns from: all others. */
  public int[] seen() {
    return rows(false);
  }

  private int[] rows(boolean held) {
    var items = records.items();
    return IntStream.range(0, items.size())
        .filter(i -> held == (QuestionHash.inner(items.get(i).hash(), HELD) == 0))
        .toArray();
  }

  /** Some rows in the same space: an inner fold. */
  public Training rows(int[] rows) {
    return shared
        .of(
            IntBuffer.wrap(rows.clone()),
            () ->
                new Training(
                    records.rows(rows),
                    Arrays.stream(rows).mapToObj(profiles::get).toList(),
                    space,
                    Arrays.stream(rows).mapToObj(vectors::get).toList(),
                    seed,
                    new Shared(),
                    true))
        .seeded(seed);
  }

  /** The fold of each item for choosing penalties, by its question: repeats never straddle. */
  public int[] folds() {
    return records.items().stream()
        .mapToInt(item -> QuestionHash.fold(item.hash(), Gram.FOLDS))
        .toArray();
  }

  /** Sums of products of the vectors, over {@link #folds}. */
  public Gram gram() {
    return shared.gram(() -> new Gram(vectors, folds()));
  }

  /**
   * Something worked out of this, whatever the seed: once however often it is asked for.
   *
   * @param key what; always of the same type
   */
  public <T> T shared(Object key, Supplier<T> make) {
    return shared.of(key, make);
  }

  /** Which fit: methods of the same class and input learn the same. */
  private record Fit(Class<?> method, String name, String input, long seed) {}

  /**
   * What a method learns from this, learnt once however often it is asked for; but what depends on
   * the seed is not kept of an inner fold, where nobody asks again.
   *
   * @throws IllegalArgumentException as {@link Method#fit}
   */
  public Estimator fit(Method method) {
    if (inner && method.random()) {
      return method.fit(this);
    }
    var fit = new Fit(method.getClass(), method.name(), method.input(), method.random() ? seed : 0);
    return shared.of(fit, () -> method.fit(this));
  }
}
