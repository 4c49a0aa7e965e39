package io.consilium.expert;

import java.util.List;

/**
 * Turns texts into unit vectors. Vectors of two embedders never meet, so everything stored names
 * the {@link #id} of its space.
 */
public interface Embedder {
  /** Names the vector space: model, version and pooling. */
  String id();

  /** Length of every vector. */
  int dimension();

  /**
   * One unit vector per text, in order. Blocks the calling thread without holding a carrier; texts
   * longer than the model reads keep their head and tail.
   */
  List<float[]> embed(List<String> texts);

  /** The vector of one text. */
  default float[] embed(String text) {
    return embed(List.of(text)).getFirst();
  }
}
