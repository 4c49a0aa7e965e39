package io.consilium.tools.everyday;

/** A tool that answers a question in plain words. Stateless; may be called by many threads. */
interface EverydayTool {
  String name();

  String description();

  /**
   * Answers.
   *
   * @throws Unreadable when the question cannot be read or has no answer; the message says what was
   *     understood and gives examples
   */
  Reading read(String question) throws Unreadable;
}
