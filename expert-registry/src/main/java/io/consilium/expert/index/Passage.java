package io.consilium.expert.index;

/**
 * A piece of a document that can be found and quoted by itself.
 *
 * @param source the file it stands in, as people know it
 * @param heading the headings above it, outermost first, joined by {@code " > "}; possibly empty
 * @param text its words
 */
public record Passage(String source, String heading, String text) {
  /** What it is found by: where it stands says as much as what it says. */
  public String searched() {
    return heading.isEmpty() ? text : heading + "\n" + text;
  }
}
