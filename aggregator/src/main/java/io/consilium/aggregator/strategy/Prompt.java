package io.consilium.aggregator.strategy;

import io.consilium.expert.Dialect;
import io.consilium.expert.Json;
import io.consilium.expert.Message;
import io.consilium.expert.Parameters;
import io.consilium.expert.Question;
import io.consilium.expert.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Words put to an expert on our behalf. What others wrote is passed as JSON strings, so that it
 * cannot end its quotation, and cut to a length a context window holds.
 */
final class Prompt {
  private static final int LONGEST = 24_000;

  private final String words;

  private Prompt(String words) {
    this.words = words;
  }

  /** A prompt by its file, such as {@code judge-1.txt}. */
  static Prompt of(String resource) {
    try (var in = Prompt.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from this build");
      }
      return new Prompt(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** These texts as one JSON array. */
  static JsonNode quoted(List<String> texts) {
    var array = Json.MAPPER.createArrayNode();
    texts.forEach(text -> array.add(cut(text)));
    return array;
  }

  /** Head and tail of a text too long to be passed on. */
  static String cut(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST / 2) + "\n[…]\n" + text.substring(text.length() - LONGEST / 2);
  }

  /** The caller's question with these words after it; form, tools and limits stay the caller's. */
  Question after(Question question, JsonNode material, boolean stream) {
    return appended(question, words + "\n\n" + material, stream, false);
  }

  /** The caller's question with these words after it, to be answered in plain text. */
  Question plainAfter(Question question) {
    return appended(question, words, false, true);
  }

  /** A question of its own about some material. */
  Question about(Question question, JsonNode material) {
    return Question.of(words + "\n\n" + material, question.terms());
  }

  private static Question appended(Question question, String text, boolean stream, boolean plain) {
    List<Message> messages = new ArrayList<>(question.messages());
    messages.add(Message.of(Role.USER, text));
    var body = question.body();
    if (question.dialect() == Dialect.CHAT && body instanceof ObjectNode object) {
      var copy = object.deepCopy();
      if (copy.get("messages") instanceof ArrayNode array) {
        array.addObject().put("role", "user").put("content", text);
      }
      if (plain) {
        copy.remove(List.of("tools", "tool_choice", "parallel_tool_calls", "response_format"));
      }
      if (!stream) {
        copy.remove(List.of("stream", "stream_options"));
      }
      body = copy;
    }
    var asked = question.parameters();
    return new Question(
        question.dialect(),
        question.model(),
        body,
        messages,
        plain ? List.of() : question.tools(),
        new Parameters(
            stream,
            stream && asked.streamUsage(),
            asked.maxTokens(),
            asked.temperature(),
            !plain && asked.structured(),
            false),
        question.terms());
  }
}
