package io.consilium.expert.card;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.Measures;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Owner;
import io.consilium.expert.SecretRef;
import io.consilium.expert.secret.Secrets;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one shape of a card outside Java: in {@code experts.yaml}, in the API and in the store. Equal
 * cards are written as equal texts.
 */
public final class CardJson {
  private static final List<String> READ_ONLY =
      List.of(
          "version", "owner", "measured", "health", "residency", "load", "latency_ms", "interview");

  private final Secrets secrets;
  private final Prices prices;
  private final OutboundRules rules;

  public CardJson(Secrets secrets, Prices prices, OutboundRules rules) {
    this.secrets = secrets;
    this.prices = prices;
    this.rules = rules;
  }

  /**
   * A card from the body of a request. Values in clear of secrets are sealed; a secret sent as it
   * is shown ({@code {"set":true}}) stays what it was while the address stays, so that it cannot be
   * sent to another. Read-only fields ({@code version}, {@code owner}, {@code measured}, {@code
   * health}, …) may be sent back and are not looked at.
   *
   * @param before the card that is changed, or null
   * @throws ExpertException {@link FailureKind#INVALID_REQUEST} that says everything wrong with it
   */
  public ExpertCard read(ObjectNode body, Owner owner, @Nullable ExpertCard before) {
    List<Problem> problems = new ArrayList<>();
    Function<String, @Nullable SecretRef> secretBefore =
        field -> before == null ? null : secret(before, field);
    var reading = new Reading(body, "", problems);
    READ_ONLY.forEach(reading::node);
    var card =
        new CardReader(prices, rules, new SecretReading.Api(secrets, secretBefore))
            .read(reading, owner);
    if (card != null && before != null && keepsSecrets(body) && !sameServer(card, before)) {
      problems.add(
          new Problem(
              "/key", "the address changed: enter its key and secret headers again with it"));
    }
    if (card == null || !problems.isEmpty()) {
      throw new ExpertException(
              FailureKind.INVALID_REQUEST,
              problems.stream().map(Problem::message).collect(Collectors.joining("; ")))
          .about(problems.getFirst().field());
    }
    return card;
  }

  /** The card for people: its secrets are shown as set or by their reference, never by value. */
  public static ObjectNode shown(ExpertCard card) {
    return write(card, CardJson::hidden);
  }

  /** The card for the store. */
  public static ObjectNode stored(ExpertCard card) {
    return write(card, ref -> Json.MAPPER.getNodeFactory().stringNode(ref.reference()));
  }

  /** The card in a text of the store. */
  public static ExpertCard restored(ObjectNode node) {
    List<Problem> problems = new ArrayList<>();
    var card = CardReader.stored().restore(new Reading(node, "", problems));
    if (card == null) {
      throw new ExpertException(
          FailureKind.INTERNAL, "a stored card cannot be read back: " + problems);
    }
    return card;
  }

  private static boolean keepsSecrets(ObjectNode body) {
    return body.path("key").isObject()
        || body.path("headers").valueStream().anyMatch(JsonNode::isObject);
  }

  private static boolean sameServer(ExpertCard card, ExpertCard before) {
    return card.endpoint().provider() == before.endpoint().provider()
        && Objects.equals(origin(card.endpoint().url()), origin(before.endpoint().url()));
  }

  private static @Nullable String origin(@Nullable URI url) {
    return url == null ? null : url.getScheme() + "://" + url.getRawAuthority();
  }

  private static @Nullable SecretRef secret(ExpertCard card, String field) {
    return field.equals("key")
        ? card.endpoint().key()
        : card.endpoint().headers().get(field.substring("headers/".length()));
  }

  private static ObjectNode hidden(SecretRef ref) {
    var shown = Json.object().put("set", true);
    return ref.reference().startsWith("sealed:") ? shown : shown.put("reference", ref.reference());
  }

  private static ObjectNode write(ExpertCard card, Function<SecretRef, JsonNode> secret) {
    var node = Json.object();
    node.put("id", card.id()).put("version", card.version());
    strings(node, "aliases", card.aliases());
    node.put("kind", card.kind().label());
    kind(node, card.kind());
    node.put("description", card.description());
    var skills = node.putArray("skills");
    for (var skill : card.skills()) {
      if (skill.weight() == 1) {
        skills.add(skill.name());
      } else {
        skills.addObject().put(skill.name(), skill.weight());
      }
    }
    node.putObject("price")
        .put("input", card.price().input())
        .put("cached_input", card.price().cachedInput())
        .put("output", card.price().output())
        .put("call", card.price().call());
    node.put("context", card.contextWindow());
    strings(node, "modalities", labels(card.modalities()));
    strings(node, "features", labels(card.features()));
    strings(node, "serves", labels(card.services()));
    measures(node, "claimed", card.claimed());
    measures(node, "measured", card.measured());
    node.put("lineage", card.lineage()).put("licence", card.licence());
    var endpoint = card.endpoint();
    node.put("provider", Reading.label(endpoint.provider()));
    node.put("url", endpoint.url() == null ? null : endpoint.url().toString());
    node.put("model", endpoint.model());
    if (endpoint.key() == null) {
      node.putNull("key");
    } else {
      node.set("key", secret.apply(endpoint.key()));
    }
    var headers = node.putObject("headers");
    new TreeMap<>(endpoint.headers()).forEach((name, ref) -> headers.set(name, secret.apply(ref)));
    texts(node.putObject("options"), endpoint.options());
    var gate = card.gate();
    if (gate != null) {
      var vector = node.putObject("gate").put("embedder", gate.embedder()).putArray("vector");
      for (float value : gate.vector()) {
        vector.add(value);
      }
    }
    node.put("state", Reading.label(card.state())).put("owner", Reading.label(card.owner()));
    return node;
  }

  private static void kind(ObjectNode node, ExpertKind kind) {
    switch (kind) {
      case ExpertKind.Llm llm -> {}
      case ExpertKind.Adapter adapter -> node.put("base", adapter.base());
      case ExpertKind.Classifier classifier -> strings(node, "labels", classifier.labels());
      case ExpertKind.Tool tool -> node.put("server", tool.server()).set("schema", tool.schema());
      case ExpertKind.Retriever retriever -> node.put("collection", retriever.collection());
      case ExpertKind.Composition composition -> CompositionReader.write(node, composition);
      case ExpertKind.Variant variant ->
          texts(node.put("of", variant.of()).putObject("settings"), variant.settings());
    }
  }

  private static void measures(ObjectNode node, String name, Measures measures) {
    var object = node.putObject(name);
    var accuracy = object.putObject("accuracy");
    new TreeMap<>(measures.accuracy()).forEach(accuracy::put);
    object.put("latency_ms", measures.latencyMillis());
  }

  private static void strings(ObjectNode node, String name, Collection<String> values) {
    var array = node.putArray(name);
    values.forEach(array::add);
  }

  private static void texts(ObjectNode node, Map<String, String> values) {
    new TreeMap<>(values).forEach(node::put);
  }

  private static <E extends Enum<E>> List<String> labels(Collection<E> constants) {
    return constants.stream().sorted().map(Reading::label).toList();
  }
}
