package io.consilium.expert.testing;

import io.consilium.expert.Embedder;
import java.util.List;

/** A fake embedder that knows nothing of a text but its length, and counts what it is asked. */
public final class LengthEmbedder implements Embedder {
  private int asked;

  @Override
  public String id() {
    return "length/2";
  }

  @Override
  public int dimension() {
    return 2;
  }

  @Override
  public List<float[]> embed(List<String> texts) {
    asked += texts.size();
    return texts.stream().map(text -> new float[] {1, text.length()}).toList();
  }

  /** How many texts it embedded. */
  public int asked() {
    return asked;
  }
}
