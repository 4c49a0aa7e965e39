package io.consilium.adapters.classifier;

import io.consilium.expert.Embedder;
import io.consilium.expert.classifier.LogisticTrainer.Labelled;

/**
 * A labelled text.
 *
 * @param text as a person wrote it
 * @param label what it is
 * @param phrasing which way of putting it this is; examples of one phrasing are near copies, so
 *     honest splits keep them together
 */
public record Example(String text, String label, int phrasing) {
  /** This example as a trainer sees it. */
  public Labelled in(Embedder embedder) {
    return new Labelled(embedder.embed(text), label, phrasing);
  }
}
