package io.consilium.expert.card;

import io.consilium.expert.CardState;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Feature;
import io.consilium.expert.GateVector;
import io.consilium.expert.Json;
import io.consilium.expert.Measures;
import io.consilium.expert.Modality;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Owner;
import io.consilium.expert.Price;
import io.consilium.expert.Provider;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Service;
import io.consilium.expert.Skill;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads one card, fills what was left out, and collects everything wrong with it. */
final class CardReader {
  private static final URI OPENAI = URI.create("https://api.openai.com/v1");
  private final @Nullable Prices prices;
  private final @Nullable OutboundRules rules;
  private final SecretReading secrets;
  private final boolean stored;

  CardReader(Prices prices, OutboundRules rules, SecretReading secrets) {
    this.prices = prices;
    this.rules = rules;
    this.secrets = secrets;
    this.stored = false;
  }

  private CardReader() {
    this.prices = null;
    this.rules = null;
    this.secrets = new SecretReading.Stored();
    this.stored = true;
  }

  /** Reads cards as they were stored: complete, and checked before. */
  static CardReader stored() {
    return new CardReader();
  }

  /** A stored card, with its version, owner and measures. */
  @Nullable ExpertCard restore(Reading reading) {
    var version = reading.count("version", 1);
    var owner = reading.constant("owner", Owner.class);
    var measured = measures(reading, "measured");
    var card = read(reading, owner == null ? Owner.API : owner);
    return card == null ? null : card.withVersion(version).withMeasured(measured);
  }

  /** The card, or null when there were problems. */
  @Nullable ExpertCard read(Reading card, Owner owner) {
    int before = card.problems().size();
    var id = card.required("id", "a name callers use as model");
    var kind = kind(card);
    var endpoint = endpoint(card, kind, id);
    var services = new LinkedHashSet<>(card.constants("serves", Service.class));
    var modalities = new LinkedHashSet<>(card.constants("modalities", Modality.class));
    var state = card.constant("state", CardState.class);
    var description = card.text("description", "");
    var aliases = card.texts("aliases");
    var skills = skills(card);
    var price = price(card, endpoint);
    var context = card.count("context", contextWindow(endpoint));
    var features = Set.copyOf(card.constants("features", Feature.class));
    var claimed = measures(card, "claimed");
    var lineage = card.text("lineage");
    var licence = card.text("licence");
    var gate = gate(card);
    if (!stored) { // another version may have written more
      card.finish();
    }
    if (card.problems().size() > before) {
      return null;
    }
    try {
      return new ExpertCard(
          id,
          1,
          aliases,
          kind,
          description,
          skills,
          price,
          context,
          modalities.isEmpty() && !stored ? Set.of(Modality.TEXT) : modalities,
          features,
          services.isEmpty() ? Set.of(Service.CHAT) : services,
          claimed,
          Measures.NONE,
          lineage,
          licence,
          endpoint,
          state == null ? CardState.ROUTABLE : state,
          owner,
          gate);
    } catch (ExpertException e) {
      card.wrong(e.parameter().orElse("id"), "is wrong: " + e.message());
      return null;
    }
  }

  private ExpertKind kind(Reading card) {
    var label = card.text("kind", "llm");
    return switch (label) {
      case "llm" -> new ExpertKind.Llm();
      case "adapter" -> new ExpertKind.Adapter(card.required("base", "the base model"));
      case "classifier" -> new ExpertKind.Classifier(card.texts("labels"));
      case "tool" ->
          new ExpertKind.Tool(
              card.required("server", "the name of its MCP server"), orEmpty(card.node("schema")));
      case "retriever" -> new ExpertKind.Retriever(card.required("collection", "its documents"));
      case "composition" -> CompositionReader.read(card, stored);
      case "variant" ->
          new ExpertKind.Variant(
              card.required("of", "the expert it is a variant of"), plainTexts(card, "settings"));
      default -> {
        card.unknown("kind", label, ExpertKind.LABELS);
        yield new ExpertKind.Llm();
      }
    };
  }

  private Endpoint endpoint(Reading card, ExpertKind kind, String id) {
    var url = url(card, rules);
    Provider provider;
    if (card.has("provider")) {
      var named = card.constant("provider", Provider.class);
      provider = named == null ? Provider.OPENAI : named;
    } else {
      provider =
          switch (kind) {
            case ExpertKind.Tool t -> Provider.MCP;
            case ExpertKind.Retriever r -> Provider.DOCUMENTS;
            case ExpertKind.Classifier c -> Provider.CLASSIFIER;
            case ExpertKind.Llm l -> Provider.OPENAI;
            case ExpertKind.Adapter a -> Provider.OPENAI;
            case ExpertKind.Variant v -> Provider.OPENAI;
            case ExpertKind.Composition c -> Provider.COMPOSITION;
          };
      if (provider == Provider.OPENAI && !card.has("url")) {
        card.problem(
            "'provider' is missing: give one, or the 'url' of an OpenAI-compatible server");
      }
    }
    if (provider == Provider.OPENAI && url == null) {
      url = OPENAI;
    }
    boolean composed = kind instanceof ExpertKind.Composition;
    if (!stored && composed != (provider == Provider.COMPOSITION)) {
      card.wrong(
          "provider",
          composed
              ? "has no place in a composition: its members have their own"
              : "'composition' needs 'kind: composition'");
    }
    SecretRef key = null;
    var keyNode = card.node("key");
    if (keyNode != null) {
      key = secrets.read(card, "key", keyNode);
    }
    return new Endpoint(
        provider,
        url,
        card.text("model", stored ? "" : id),
        key,
        headers(card, secrets),
        plainTexts(card, "options"));
  }

  static Map<String, SecretRef> headers(Reading card, SecretReading secrets) {
    Map<String, SecretRef> headers = new LinkedHashMap<>();
    card.entries("headers")
        .forEach((name, node) -> {
          var ref = secrets.read(card, "headers/" + name, node);
          if (ref != null) {
            headers.put(name, ref);
          }
        });
    return headers;
  }

  static @Nullable URI url(Reading card, @Nullable OutboundRules rules) {
    var text = card.text("url");
    if (text == null) {
      return null;
    }
    URI url;
    try {
      url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    } catch (URISyntaxException e) {
      card.wrong("url", "is no address: write something like http://localhost:11434/v1");
      return null;
    }
    if (url.getRawUserInfo() != null) {
      card.wrong("url", "holds a credential: put it under 'key' as ${ENVIRONMENT_VARIABLE}");
      return null;
    }
    if (rules != null) {
      rules.objection(url).ifPresent(why -> card.wrong("url", "is refused: " + why));
    }
    return url;
  }

  static List<Skill> skills(Reading card) {
    List<Skill> skills = new ArrayList<>();
    var node = card.node("skills");
    if (node == null) {
      return skills;
    }
    if (!node.isArray()) {
      card.wrong("skills", "must be a list such as [algebra, poetry: -0.5]");
      return skills;
    }
    for (int i = 0; i < node.size(); i++) {
      var skill = skill(node.get(i));
      if (skill == null) {
        card.wrong(
            "skills/" + i, "must be a name, or 'name: weight' with a weight between -1 and 1");
      } else {
        skills.add(skill);
      }
    }
    return skills;
  }

  private static @Nullable Skill skill(JsonNode node) {
    if (node.isString() && !node.stringValue().isBlank()) {
      return new Skill(node.stringValue().strip(), 1);
    }
    if (node.isObject() && node.size() == 1) {
      var entry = node.properties().iterator().next();
      double weight = entry.getValue().isNumber() ? entry.getValue().doubleValue() : Double.NaN;
      if (weight >= -1 && weight <= 1 && !entry.getKey().isBlank()) {
        return new Skill(entry.getKey(), weight);
      }
    }
    return null;
  }

  private Price price(Reading card, Endpoint endpoint) {
    if (!card.has("price")) {
      return prices == null
          ? Price.FREE
          : prices.of(endpoint).map(Prices.Listed::price).orElse(Price.FREE);
    }
    var price = card.object("price");
    if (price == null) {
      return Price.FREE;
    }
    double input = price.number("input", 0, Double.MAX_VALUE, 0);
    var read =
        new Price(
            input,
            price.number("cached_input", 0, Double.MAX_VALUE, input),
            price.number("output", 0, Double.MAX_VALUE, 0),
            price.number("call", 0, Double.MAX_VALUE, 0));
    price.finish();
    return read;
  }

  private int contextWindow(Endpoint endpoint) {
    return prices == null ? 0 : prices.of(endpoint).map(Prices.Listed::context).orElse(0);
  }

  /** The embedder's own length is looked at where the service knows it; here only the shape. */
  private static @Nullable GateVector gate(Reading card) {
    var gate = card.object("gate");
    if (gate == null) {
      return null;
    }
    int before = card.problems().size();
    var embedder = gate.required("embedder", "the id of the embedder its vector belongs to");
    var numbers = gate.node("vector");
    gate.finish();
    if (numbers == null || !numbers.isArray() || numbers.isEmpty()) {
      gate.wrong("vector", "must be a list of numbers, as many as the embedder's vectors have");
      return null;
    }
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      if (!numbers.get(i).isNumber()) {
        gate.wrong("vector/" + i, "must be a number");
        return null;
      }
      vector[i] = numbers.get(i).floatValue();
    }
    try {
      return card.problems().size() > before ? null : new GateVector(embedder, vector);
    } catch (ExpertException e) {
      card.wrong("gate", "is wrong: " + e.message());
      return null;
    }
  }

  private static Measures measures(Reading card, String name) {
    var measures = card.object(name);
    if (measures == null) {
      return Measures.NONE;
    }
    Map<String, Double> accuracy = new LinkedHashMap<>();
    var sets = measures.object("accuracy");
    if (sets != null) {
      for (var set : measures.entries("accuracy").keySet()) {
        accuracy.put(set, sets.number(set, 0, 1, 0));
      }
    }
    var read = new Measures(accuracy, measures.number("latency_ms", 0, Double.MAX_VALUE, 0));
    measures.finish();
    return read;
  }

  /** Settings as texts; one that looks like a credential does not belong here. */
  private Map<String, String> plainTexts(Reading card, String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    card.entries(name)
        .forEach((key, node) -> {
          if (node.isObject() || node.isArray()) {
            card.wrong(name + "/" + key, "must be a single value");
          } else if (!stored && Reading.CONFIDENTIAL.matcher(key).matches()) {
            card.wrong(name + "/" + key, "looks like a credential: put it under 'key'");
          } else {
            texts.put(key, node.isString() ? node.stringValue() : node.toString());
          }
        });
    return texts;
  }

  private static JsonNode orEmpty(@Nullable JsonNode node) {
    return node == null ? Json.object() : node;
  }
}
