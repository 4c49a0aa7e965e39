package io.consilium.expert.card;

/**
 * Something wrong with a document.
 *
 * @param pointer JSON pointer to the place
 * @param message what is wrong and what would be right
 */
record Problem(String pointer, String message) {
  /** The place as people write it: {@code price.input}. */
  String field() {
    return pointer.isEmpty() ? "" : pointer.substring(1).replace('/', '.');
  }
}
