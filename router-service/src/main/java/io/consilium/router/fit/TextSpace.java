package io.consilium.router.fit;

import io.consilium.router.QuestionProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns a question into the numbers that fitted methods see: the embedding of its meaning, a latent
 * semantic vector of its words and word pairs learnt on the training texts (Deerwester et al.,
 * "Indexing by Latent Semantic Analysis", 1990), and what its surface tells. Words say which
 * textbook a question comes from where a small embedding says only what it is about; together they
 * route better than either.
 */
public final class TextSpace {
  private final String embedder;
  private final int embedding;
  private final Latent words;
  private final double[] mean;
  private final double[] scale;
  private final int room;

  private TextSpace(
      String embedder, int embedding, Latent words, double[] mean, double[] scale, int room) {
    this.embedder = embedder;
    this.embedding = embedding;
    this.words = words;
    this.mean = mean;
    this.scale = scale;
    this.room = room;
  }

  /**
   * Learns words and surface from training questions.
   *
   * @param embedder the id of the embedder the profiles' vectors come from
   * @param embedding the length of its vectors
   * @param seed of the randomised decomposition
   */
  public static TextSpace fit(
      List<QuestionProfile> profiles, String embedder, int embedding, long seed) {
    var texts = profiles.stream().map(QuestionProfile::fullText).toList();
    double[][] surfaces = texts.stream().map(Surface::of).toArray(double[][]::new);
    int width = Surface.WIDTH;
    double[] mean = new double[width];
    double[] scale = new double[width];
    for (int k = 0; k < width; k++) {
      double sum = 0;
      double squares = 0;
      for (var surface : surfaces) {
        sum += surface[k];
        squares += surface[k] * surface[k];
      }
      int n = Math.max(1, surfaces.length);
      mean[k] = sum / n;
      double deviation = Math.sqrt(Math.max(0, squares / n - mean[k] * mean[k]));
      scale[k] = deviation < 1e-6 ? 0 : SURFACE / deviation;
    }
    return new TextSpace(embedder, embedding, Latent.fit(texts, seed), mean, scale, 0);
  }

  /** Surface numbers weigh little next to two unit vectors. */
  private static final double SURFACE = 0.05;

  /**
   * All that has to be kept to have the same space again.
   *
   * @param embedder the id of the embedder
   * @param embedding the length of its vectors
   * @param words the learnt directions of words
   * @param mean of the surface numbers
   * @param scale of them
   */
  public record State(
      String embedder, int embedding, Latent words, double[] mean, double[] scale) {}

  /** What this space consists of. */
  public State state() {
    return new State(embedder, embedding, words, mean, scale);
  }

  /** The space that consists of this. */
  public static TextSpace of(State state) {
    return new TextSpace(state.embedder, state.embedding, state.words, state.mean, state.scale, 0);
  }

  /**
   * The same space with room for numbers that are not in the text; they are 0 in its vectors, and
   * whoever knows them writes them there, from {@link #known} on.
   */
  public TextSpace with(int numbers) {
    return new TextSpace(embedder, embedding, words, mean, scale, numbers);
  }

  /** Where the room for what is not in the text begins: the length of what the text tells. */
  public int known() {
    return likeness() + Surface.WIDTH;
  }

  /** The id of the embedder whose vectors are part of this space. */
  public String embedder() {
    return embedder;
  }

  /** The length of every vector. */
  public int dimension() {
    return known() + room;
  }

  /** The length of the leading part that measures likeness: two unit vectors, meaning and words. */
  public int likeness() {
    return embedding + words.dimension();
  }

  /** The vector of a question; empty when it has no embedding. Computed once per profile. */
  public Optional<float[]> vector(QuestionProfile profile) {
    return profile.derived(this, known -> compute(known));
  }

  private Optional<float[]> compute(QuestionProfile profile) {
    var meaning = profile.embedding();
    if (meaning.isEmpty() || meaning.get().length != embedding) {
      return Optional.empty();
    }
    float[] vector = new float[dimension()];
    System.arraycopy(meaning.get(), 0, vector, 0, embedding);
    words.into(profile.fullText(), vector, embedding);
    double[] surface = Surface.of(profile.fullText());
    for (int k = 0; k < surface.length; k++) {
      // what was never seen in training must not dominate
      double z = Math.clamp((surface[k] - mean[k]) * scale[k], -4 * SURFACE, 4 * SURFACE);
      vector[likeness() + k] = (float) z;
    }
    return Optional.of(vector);
  }

  /** The vectors of training questions; those without an embedding stand at the origin. */
  public List<float[]> vectors(List<QuestionProfile> profiles) {
    List<float[]> vectors = new ArrayList<>(profiles.size());
    for (var profile : profiles) {
      vectors.add(vector(profile).orElseGet(() -> new float[dimension()]));
    }
    return vectors;
  }
}
