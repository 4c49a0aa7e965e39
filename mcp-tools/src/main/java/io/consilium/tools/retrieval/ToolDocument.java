package io.consilium.tools.retrieval;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What a tool is found by: everything its server says of it, and what was written about it since.
 * One per version of a tool; made again when its description or schema changes (Lumer et al.,
 * "Toolshed", 2024).
 *
 * @param id the key it is found under
 * @param server the server it belongs to; empty when that says nothing
 * @param name its name at the server, such as {@code getUserName}
 * @param description what it does; may be long
 * @param topics further words on what it is about: fields, names and descriptions of arguments
 * @param questions questions that it answers, as somebody might ask them; possibly none
 */
public record ToolDocument(
    String id,
    String server,
    String name,
    String description,
    List<String> topics,
    List<String> questions) {
  private static final Pattern CAMEL =
      Pattern.compile("(?<=\\p{Ll})(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");
  private static final Pattern BREAK = Pattern.compile("[^\\p{L}\\p{N}]+");

  private static final Pattern SENTENCE = Pattern.compile("(?<=[.?!])\\s+|\\n");
  private static final int LONGEST_LEAD = 300;

  /** Deeper than this, arguments say little about what a tool is for. */
  private static final int DEEPEST = 3;

  public ToolDocument {
    topics = List.copyOf(topics);
    questions = List.copyOf(questions);
  }

  /**
   * The document of a tool as a server lists it.
   *
   * @param schema JSON schema of its arguments; whatever it is, it is read as far as it makes sense
   * @param skills further key topics, such as the skills of its card
   */
  public static ToolDocument of(
      String id,
      String server,
      String name,
      String description,
      JsonNode schema,
      List<String> skills) {
    List<String> topics = new ArrayList<>(skills);
    arguments(schema, topics, 0);
    return new ToolDocument(id, server, name, description, topics, List.of());
  }

  private static void arguments(JsonNode schema, List<String> topics, int depth) {
    if (depth == DEEPEST) {
      return;
    }
    for (var property : schema.path("properties").properties()) {
      var says = property.getValue().path("description").asString("");
      topics.add(
          says.isEmpty() ? words(property.getKey()) : words(property.getKey()) + ": " + says);
      property.getValue().path("enum").forEach(value -> topics.add(value.asString("")));
      arguments(property.getValue(), topics, depth + 1);
      arguments(property.getValue().path("items"), topics, depth + 1);
    }
  }

  /** The same with questions that it answers. */
  public ToolDocument withQuestions(List<String> all) {
    return new ToolDocument(id, server, name, description, topics, all);
  }

  /** The name as a person would write it: {@code getUserName} is "get User Name". */
  String spokenName() {
    return words(name);
  }

  /** The first sentence of the description; the name when there is none. */
  String lead() {
    var first = SENTENCE.split(description.strip(), 2)[0];
    var cut = first.length() > LONGEST_LEAD ? first.substring(0, LONGEST_LEAD) : first;
    return cut.isEmpty() ? spokenName() : cut;
  }

  private static String words(String name) {
    return BREAK.matcher(CAMEL.matcher(name).replaceAll(" ")).replaceAll(" ").strip();
  }

  /** Everything it is found by, in one text. */
  public String text() {
    var what = description.isBlank() ? spokenName() : spokenName() + ": " + description.strip();
    return Stream.of(what, String.join("; ", topics), words(server), String.join(" ", questions))
        .filter(part -> !part.isEmpty())
        .map(part -> part.endsWith(".") ? part.substring(0, part.length() - 1) : part)
        .collect(Collectors.joining(". "));
  }
}
