package io.consilium.expert;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What routers see of an expert.
 *
 * @param id unique; letters, digits and {@code . _ - / : @}
 * @param version counts up with every change, from 1
 * @param aliases other names callers may use
 * @param kind what sort of expert it is
 * @param description what it knows and does, in a sentence or two; the cold router reads this
 * @param skills what it is good or bad at
 * @param price what it costs
 * @param contextWindow the most tokens it reads; 0 when unlimited or unknown
 * @param modalities what it understands
 * @param features hard abilities
 * @param services what it serves
 * @param claimed what its maker says
 * @param measured what was measured here
 * @param lineage the model or data it descends from, or null
 * @param licence SPDX id, or null
 * @param endpoint where it is reached
 * @param state where in its life it stands
 * @param owner who may change it
 * @param gate what its owner says of the questions it is for, or null
 */
public record ExpertCard(
    String id,
    int version,
    List<String> aliases,
    ExpertKind kind,
    String description,
    List<Skill> skills,
    Price price,
    int contextWindow,
    Set<Modality> modalities,
    Set<Feature> features,
    Set<Service> services,
    Measures claimed,
    Measures measured,
    @Nullable String lineage,
    @Nullable String licence,
    Endpoint endpoint,
    CardState state,
    Owner owner,
    @Nullable GateVector gate) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}");

  public ExpertCard {
    if (!ID.matcher(id).matches()) {
      throw ExpertException.invalid(
          "id",
          "'%s' is no expert id: start with a letter or digit, then at most 127 of letters, digits, . _ - / : @"
              .formatted(id));
    }
    if (id.startsWith("consilium/")) {
      throw ExpertException.invalid(
          "id", "ids starting with 'consilium/' name policies; choose another id than " + id);
    }
    if (version < 1) {
      throw ExpertException.invalid("version", "versions count from 1");
    }
    if (contextWindow < 0) {
      throw ExpertException.invalid("context_window", "context_window must be 0 or more tokens");
    }
    if (services.isEmpty()) {
      throw ExpertException.invalid("serves", "an expert serves chat, embeddings or both");
    }
    aliases = List.copyOf(aliases);
    skills = List.copyOf(skills);
    modalities = Set.copyOf(modalities);
    features = Set.copyOf(features);
    services = Set.copyOf(services);
  }

  /** A routable text expert with nothing but the essentials; the rest through the {@code with…}. */
  public static ExpertCard of(String id, ExpertKind kind, String description, Endpoint endpoint) {
    return new ExpertCard(
        id,
        1,
        List.of(),
        kind,
        description,
        List.of(),
        Price.FREE,
        0,
        Set.of(Modality.TEXT),
        Set.of(),
        Set.of(Service.CHAT),
        Measures.NONE,
        Measures.NONE,
        null,
        null,
        endpoint,
        CardState.ROUTABLE,
        Owner.API,
        null);
  }

  /** Whether a name may be the id of a card. */
  public static boolean isId(String name) {
    return ID.matcher(name).matches() && !name.startsWith("consilium/");
  }

  /** {@code id@version}: what replies, outcomes and provenance name. */
  public String reference() {
    return id + "@" + version;
  }

  /** Whether {@code name} is the id or an alias. */
  public boolean answersTo(String name) {
    return id.equals(name) || aliases.contains(name);
  }

  /** Refuses a question that needs what this card does not declare, and says what that is. */
  public void require(Question question) {
    var lacking = lacking(question);
    if (!lacking.isEmpty()) {
      throw new ExpertException(
          FailureKind.UNSUPPORTED,
          "%s cannot serve this: it does not declare %s. Ask another expert, or add that to its card if it can."
              .formatted(id, String.join(", ", lacking)));
    }
  }

  /** What the question needs and this card does not declare, as the card would name it. */
  public List<String> lacking(Question question) {
    List<String> lacking = new ArrayList<>(0);
    var service = question.dialect() == Dialect.EMBEDDINGS ? Service.EMBEDDINGS : Service.CHAT;
    lack(!services.contains(service), "serves", service, lacking);
    var asked = question.parameters();
    lack(!question.tools().isEmpty(), Feature.TOOLS, lacking);
    lack(asked.structured(), Feature.STRUCTURED_OUTPUT, lacking);
    lack(asked.logprobs(), Feature.LOGPROBS, lacking);
    for (var message : question.messages()) {
      for (var part : message.content()) {
        switch (part) {
          case Part.Text text -> {}
          case Part.Image image ->
              lack(!modalities.contains(Modality.IMAGE), "modality", Modality.IMAGE, lacking);
          case Part.Other other ->
              lack(!modalities.contains(other.modality()), "modality", other.modality(), lacking);
        }
      }
    }
    return lacking;
  }

  private void lack(boolean needed, Feature feature, List<String> lacking) {
    lack(needed && !features.contains(feature), "feature", feature, lacking);
  }

  private static void lack(boolean missing, String field, Enum<?> value, List<String> lacking) {
    var name = field + " " + value.name().toLowerCase(Locale.ROOT);
    if (missing && !lacking.contains(name)) {
      lacking.add(name);
    }
  }

  public ExpertCard withVersion(int next) {
    return copy(next, aliases, skills, price, features, services, measured, state, owner);
  }

  public ExpertCard withSkills(List<Skill> all) {
    return copy(version, aliases, all, price, features, services, measured, state, owner);
  }

  public ExpertCard withPrice(Price other) {
    return copy(version, aliases, skills, other, features, services, measured, state, owner);
  }

  public ExpertCard withFeatures(Set<Feature> all) {
    return copy(version, aliases, skills, price, all, services, measured, state, owner);
  }

  public ExpertCard withServices(Set<Service> all) {
    return copy(version, aliases, skills, price, features, all, measured, state, owner);
  }

  public ExpertCard withMeasured(Measures all) {
    return copy(version, aliases, skills, price, features, services, all, state, owner);
  }

  public ExpertCard withState(CardState next) {
    return copy(version, aliases, skills, price, features, services, measured, next, owner);
  }

  public ExpertCard withOwner(Owner other) {
    return copy(version, aliases, skills, price, features, services, measured, state, other);
  }

  public ExpertCard withAliases(List<String> all) {
    return copy(version, all, skills, price, features, services, measured, state, owner);
  }

  public ExpertCard withGate(@Nullable GateVector trained) {
    return new ExpertCard(
        id,
        version,
        aliases,
        kind,
        description,
        skills,
        price,
        contextWindow,
        modalities,
        features,
        services,
        claimed,
        measured,
        lineage,
        licence,
        endpoint,
        state,
        owner,
        trained);
  }

  private ExpertCard copy(
      int version,
      List<String> aliases,
      List<Skill> skills,
      Price price,
      Set<Feature> features,
      Set<Service> services,
      Measures measured,
      CardState state,
      Owner owner) {
    return new ExpertCard(
        id,
        version,
        aliases,
        kind,
        description,
        skills,
        price,
        contextWindow,
        modalities,
        features,
        services,
        claimed,
        measured,
        lineage,
        licence,
        endpoint,
        state,
        owner,
        gate);
  }
}
