package io.consilium.tools.everyday;

/** A question that a tool cannot answer; the message is for the person who asked. */
final class Unreadable extends Exception {
  Unreadable(String message) {
    super(message);
  }

  String message() {
    return String.valueOf(getMessage());
  }
}
