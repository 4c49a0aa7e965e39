package io.consilium.router.records;

/**
 * A question with recorded outcomes.
 *
 * @param id unique in its records
 * @param text the whole question as estimators may see it, options of multiple choice included
 * @param category subject or task; a training target and a row of reports, never an input to a
 *     forecast; empty when there is none
 * @param hash {@link QuestionHash} of the question without its options, in [0, 1)
 */
public record Item(String id, String text, String category, double hash) {
  public Item {
    if (id.isBlank()) {
      throw new IllegalArgumentException("an item needs an id");
    }
    if (!(hash >= 0 && hash < 1)) {
      throw new IllegalArgumentException("a question hash lies in [0, 1), not " + hash);
    }
  }

  /**
   * An item by its parts.
   *
   * @param stem the question without options, by which it is hashed
   * @param text the question with them
   */
  public static Item of(String id, String stem, String text, String category) {
    return new Item(id, text, category, QuestionHash.of(stem));
  }
}
