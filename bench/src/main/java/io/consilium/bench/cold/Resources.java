package io.consilium.bench.cold;

import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Json;
import io.consilium.expert.Provider;
import io.consilium.expert.Skill;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** The cards and questions of the bench. */
final class Resources {
  private static final int HASTY = 5;

  private Resources() {}

  /** The bundled experts. */
  static List<ExpertCard> bundled() throws IOException {
    return cards("/io/consilium/expert/bundled-experts.yaml");
  }

  /** The bundled experts, then the distractors. */
  static List<ExpertCard> cards() throws IOException {
    List<ExpertCard> cards = new ArrayList<>(cards("/io/consilium/expert/bundled-experts.yaml"));
    cards.addAll(cards("distractors.yaml"));
    return cards;
  }

  /** The same, each distractor with no more skills than a hasty owner gives. */
  static List<ExpertCard> terse() throws IOException {
    List<ExpertCard> cards = new ArrayList<>(cards("/io/consilium/expert/bundled-experts.yaml"));
    for (var card : cards("distractors.yaml")) {
      cards.add(card.withSkills(card.skills().subList(0, HASTY)));
    }
    return cards;
  }

  private static List<ExpertCard> cards(String resource) throws IOException {
    List<ExpertCard> cards = new ArrayList<>();
    try (var stream = open(resource)) {
      List<?> entries = new Yaml().load(stream);
      for (var entry : entries) {
        Map<?, ?> fields = (Map<?, ?>) entry;
        List<Skill> skills = new ArrayList<>();
        for (var skill : (List<?>) text(fields, "skills")) {
          skills.add(
              skill instanceof Map<?, ?> weighted
                  ? new Skill(
                      text(weighted, "name").toString(),
                      Double.parseDouble(text(weighted, "weight").toString()))
                  : new Skill(skill.toString(), 1));
        }
        cards.add(
            card(
                    text(fields, "id").toString(),
                    kind(text(fields, "kind").toString()),
                    text(fields, "description").toString().strip())
                .withSkills(skills));
      }
    }
    return cards;
  }

  private static Object text(Map<?, ?> fields, String name) {
    var value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("a card lacks " + name + ": " + fields);
    }
    return value;
  }

  static ExpertCard card(String id, ExpertKind kind, String description) {
    return ExpertCard.of(
        id, kind, description, new Endpoint(Provider.MCP, null, id, null, Map.of(), Map.of()));
  }

  private static ExpertKind kind(String label) {
    return switch (label) {
      case "tool" -> new ExpertKind.Tool("bench", Json.object());
      case "llm" -> new ExpertKind.Llm();
      case "retriever" -> new ExpertKind.Retriever("bench");
      case "classifier" -> new ExpertKind.Classifier(List.of());
      default -> throw new IllegalArgumentException("no kind of expert is called " + label);
    };
  }

  static BufferedReader reader(String resource) throws IOException {
    return new BufferedReader(new InputStreamReader(open(resource), StandardCharsets.UTF_8));
  }

  private static InputStream open(String resource) throws IOException {
    var stream = Resources.class.getResourceAsStream(resource);
    if (stream == null) {
      throw new FileNotFoundException(resource + " is not on the class path");
    }
    return stream;
  }
}
