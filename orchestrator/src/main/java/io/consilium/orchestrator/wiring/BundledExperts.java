package io.consilium.orchestrator.wiring;

import io.consilium.adapters.classifier.TicketTriage;
import io.consilium.expert.Embedder;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feature;
import io.consilium.expert.Owner;
import io.consilium.expert.Provider;
import io.consilium.expert.Service;
import io.consilium.expert.Skill;
import io.consilium.tools.McpConnection;
import io.consilium.tools.ToolCards;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The experts shipped with the service; what they say of themselves is in a resource. */
final class BundledExperts {
  private static final Logger log = LoggerFactory.getLogger(BundledExperts.class);
  private static final String RESOURCE = "/io/consilium/expert/bundled-experts.yaml";

  /** The collection of our own documentation, and the id of its expert. */
  static final String DOCUMENTS = "consilium-docs";

  private final ExpertRegistry registry;
  private final Embedder embedder;

  /** What the resource says of one expert. */
  private record Said(String id, String kind, String description, List<Skill> skills) {}

  BundledExperts(ExpertRegistry registry, Embedder embedder) {
    this.registry = registry;
    this.embedder = embedder;
  }

  /**
   * Registers all of them. Waits for the tools of {@code everyday}; should it not start, its
   * experts are left as they were and the failure is logged.
   */
  void register(McpConnection everyday) {
    List<ExpertCard> cards = new ArrayList<>();
    var said = said();
    for (var expert : said) {
      switch (expert.kind()) {
        case "retriever" -> cards.add(retriever(expert));
        case "classifier" -> cards.add(classifier(expert));
        default -> {}
      }
    }
    cards.add(embedder());
    try {
      var tools = ToolCards.of(everyday.settings(), everyday.tools(), Owner.BUNDLED);
      for (var tool : tools) {
        cards.add(
            said.stream()
                .filter(expert -> expert.id().equals(tool.id()))
                .findFirst()
                .map(expert -> described(tool, expert))
                .orElse(tool));
      }
      registry.replaceAll(Owner.BUNDLED, cards);
    } catch (ExpertException e) {
      log.error("the bundled calculators do not start: {}", e.message());
      cards.forEach(card -> registry.put(card.withOwner(Owner.BUNDLED)));
    }
  }

  private static ExpertCard retriever(Said expert) {
    return card(expert, new ExpertKind.Retriever(expert.id()), Provider.DOCUMENTS)
        .withFeatures(Set.of(Feature.STRUCTURED_OUTPUT));
  }

  private ExpertCard classifier(Said expert) {
    var labels = TicketTriage.load(embedder).labels();
    return card(expert, new ExpertKind.Classifier(labels), Provider.CLASSIFIER)
        .withFeatures(Set.of(Feature.STRUCTURED_OUTPUT));
  }

  private ExpertCard embedder() {
    return ExpertCard.of(
            "minilm",
            new ExpertKind.Llm(),
            "Turns texts into vectors of %d numbers, in this process."
                .formatted(embedder.dimension()),
            new Endpoint(Provider.EMBEDDER, null, embedder.id(), null, Map.of(), Map.of()))
        .withServices(Set.of(Service.EMBEDDINGS))
        .withOwner(Owner.BUNDLED);
  }

  private static ExpertCard card(Said expert, ExpertKind kind, Provider provider) {
    return ExpertCard.of(
            expert.id(),
            kind,
            expert.description(),
            new Endpoint(provider, null, expert.id(), null, Map.of(), Map.of()))
        .withSkills(expert.skills())
        .withOwner(Owner.BUNDLED);
  }

  private static ExpertCard described(ExpertCard tool, Said expert) {
    return ExpertCard.of(tool.id(), tool.kind(), expert.description(), tool.endpoint())
        .withSkills(expert.skills())
        .withOwner(Owner.BUNDLED);
  }

  private static List<Said> said() {
    List<Said> said = new ArrayList<>();
    try (var stream = BundledExperts.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IOException("it is not on the class path");
      }
      Iterable<Map<String, Object>> entries =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(stream);
      for (var entry : entries) {
        said.add(
            new Said(
                text(entry, "id"), text(entry, "kind"), text(entry, "description"), skills(entry)));
      }
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, RESOURCE + " cannot be read: " + e.getMessage(), e);
    }
    return said;
  }

  private static String text(Map<String, Object> entry, String key) {
    return String.valueOf(entry.get(key)).strip();
  }

  /** A skill is a phrase, or a map of name and weight. */
  private static List<Skill> skills(Map<String, Object> entry) {
    List<Skill> skills = new ArrayList<>();
    if (entry.get("skills") instanceof List<?> list) {
      for (var skill : list) {
        if (skill instanceof Map<?, ?> map && map.get("weight") instanceof Number weight) {
          skills.add(new Skill(String.valueOf(map.get("name")), weight.doubleValue()));
        } else {
          skills.add(new Skill(String.valueOf(skill), 1));
        }
      }
    }
    return skills;
  }
}
