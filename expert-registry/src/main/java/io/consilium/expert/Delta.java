package io.consilium.expert;

import java.util.List;

/** One streamed piece of an answer. */
public sealed interface Delta {
  /** A piece of the answer's text. */
  record Text(String text) implements Delta {}

  /** A piece of the reasoning the expert shows. */
  record Reasoning(String text) implements Delta {}

  /** A piece of the words in which the expert declines to answer. */
  record Refusal(String text) implements Delta {}

  /**
   * A piece of a tool call.
   *
   * @param index which call of the answer, from 0
   * @param id the call's id in its first piece, empty later
   * @param name the tool's name in its first piece, empty later
   * @param arguments the next piece of the JSON text of its arguments
   */
  record ToolCall(int index, String id, String name, String arguments) implements Delta {}

  /**
   * Something happened that a waiting person may like to know; not part of the answer. It is sent
   * only once an answer is sure to come, so that it may open a stream.
   */
  record Progress(String expert, String message) implements Delta {}

  /** What the answer took, known at its end. */
  record Used(Usage usage) implements Delta {}

  /** The answer is over; optional, at most one. */
  record Finish(FinishReason reason) implements Delta {}

  /**
   * One upstream frame and what it says. A caller who speaks the frame's dialect gets its bytes as
   * they came; for anyone else the parts are rendered.
   */
  record Framed(Frame frame, List<Delta> parts) implements Delta {
    public Framed {
      parts = List.copyOf(parts);
    }
  }
}
