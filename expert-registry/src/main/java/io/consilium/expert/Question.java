package io.consilium.expert;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A question as the caller asked it: the whole body, a parsed view of what Consilium needs, and the
 * terms. Immutable; nothing the caller sent is lost.
 *
 * @param dialect the wire format of {@code body}
 * @param model the model asked for, as written ({@code consilium/auto}, an expert id, …)
 * @param body the whole body; shared, so copy it ({@code deepCopy}) before changing anything
 * @param messages the conversation, oldest first; at least one
 * @param tools the caller's tools
 * @param parameters what Consilium looks at
 * @param terms under which it is asked
 */
public record Question(
    Dialect dialect,
    String model,
    JsonNode body,
    List<Message> messages,
    List<ToolSpec> tools,
    Parameters parameters,
    Terms terms) {
  public Question {
    if (messages.isEmpty()) {
      throw ExpertException.invalid("messages", "messages must hold at least one message");
    }
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }

  /** A question of plain text, not streamed. */
  public static Question of(String text, Terms terms) {
    var body = Json.object().put("model", "consilium/auto");
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return new Question(
        Dialect.CHAT,
        "consilium/auto",
        body,
        List.of(Message.of(Role.USER, text)),
        List.of(),
        Parameters.DEFAULT,
        terms);
  }

  /** The same question under other terms. */
  public Question under(Terms other) {
    return new Question(dialect, model, body, messages, tools, parameters, other);
  }

  /**
   * The same question with a system message of ours, behind those of the caller; itself where it is
   * no chat.
   */
  public Question told(String words) {
    if (dialect != Dialect.CHAT
        || !(body instanceof ObjectNode object)
        || !(object.get("messages") instanceof ArrayNode)) {
      return this;
    }
    int place = 0;
    while (place < messages.size() && messages.get(place).role() == Role.SYSTEM) {
      place++;
    }
    List<Message> all = new ArrayList<>(messages);
    all.add(place, Message.of(Role.SYSTEM, words));
    var copy = object.deepCopy();
    ((ArrayNode) copy.path("messages"))
        .insert(place, Json.object().put("role", "system").put("content", words));
    return new Question(dialect, model, copy, all, tools, parameters, terms);
  }

  /** The text of the last user turn; empty when it has none. */
  public String lastUserText() {
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.get(i).role() == Role.USER) {
        return messages.get(i).text();
      }
    }
    return "";
  }
}
