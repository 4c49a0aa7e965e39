package io.consilium.expert;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation.
 *
 * @param role who says it
 * @param content its parts in order; may be empty when tool calls are given
 * @param toolCalls the calls an assistant turn asks for
 * @param toolCallId for a tool turn, the call it answers
 */
public record Message(
    Role role, List<Part> content, List<ToolCall> toolCalls, @Nullable String toolCallId) {
  public Message {
    content = List.copyOf(content);
    toolCalls = List.copyOf(toolCalls);
  }

  /** A turn of plain text. */
  public static Message of(Role role, String text) {
    return new Message(role, List.of(new Part.Text(text)), List.of(), null);
  }

  /** The text parts, joined by line breaks; empty when there are none. */
  public String text() {
    if (content.size() == 1 && content.getFirst() instanceof Part.Text only) {
      return only.text();
    }
    return content.stream()
        .map(part -> part instanceof Part.Text text ? text.text() : "")
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("\n"));
  }
}
