package io.consilium.expert.card;

import io.consilium.expert.Compositions;
import io.consilium.expert.Embedder;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Plan;
import io.consilium.expert.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What cards may refer to: whom compositions name, and the embedder of gates.
 *
 * @param experts the experts there are
 * @param aggregators the ways to fuse answers there are; one that takes an expert of its own is
 *     written {@code synthesis:EXPERT}
 * @param embedder of questions, or null when not known
 */
public record Company(
    List<ExpertCard> experts, List<String> aggregators, @Nullable Embedder embedder) {
  private static final String EXPERT = ":EXPERT";

  public Company {
    experts = List.copyOf(experts);
    aggregators = List.copyOf(aggregators);
  }

  /**
   * Refuses a composition that names somebody who is not there, contains itself, or is nested too
   * deep, and a gate that does not fit its embedder.
   *
   * @throws ExpertException {@link FailureKind#INVALID_REQUEST} that names the key
   */
  public void check(ExpertCard card) {
    for (var objection : objections(card, name -> false).entrySet()) {
      throw ExpertException.invalid(
          objection.getKey(), "'%s' %s".formatted(objection.getKey(), objection.getValue()));
    }
  }

  /** What stands against a card, by key; {@code coming} says who will be there soon. */
  Map<String, String> objections(ExpertCard card, Predicate<String> coming) {
    Map<String, String> objections = new LinkedHashMap<>();
    var gate = card.gate();
    if (gate != null
        && embedder != null
        && gate.embedder().equals(embedder.id())
        && gate.vector().length != embedder.dimension()) {
      objections.put(
          "gate",
          "has a vector of %d numbers; those of %s have %d"
              .formatted(gate.vector().length, embedder.id(), embedder.dimension()));
    }
    if (!(card.kind() instanceof ExpertKind.Composition composition)) {
      return objections;
    }
    Map<String, ExpertCard> names = new LinkedHashMap<>();
    experts.forEach(each -> names.put(each.id(), each));
    experts.forEach(each -> each.aliases().forEach(alias -> names.putIfAbsent(alias, each)));
    names.put(card.id(), card);
    var plan = composition.plan();
    for (var member : plan.experts()) {
      if (!names.containsKey(member) && !coming.test(member)) {
        objections.putIfAbsent("members", absent(member, names));
      }
    }
    if (plan instanceof Plan.Panel panel) {
      int colon = panel.aggregator().indexOf(':');
      var name = colon < 0 ? panel.aggregator() : panel.aggregator().substring(0, colon);
      var writer = colon < 0 ? "" : panel.aggregator().substring(colon + 1);
      if (!aggregators.contains(colon < 0 ? name : name + EXPERT)) {
        objections.put("aggregator", unknown(name, colon >= 0));
      } else if (colon >= 0 && !names.containsKey(writer) && !coming.test(writer)) {
        objections.put("aggregator", absent(writer, names));
      }
    }
    new Compositions(name -> Optional.ofNullable(names.get(name)))
        .objection(card)
        .ifPresent(why -> objections.put("members", "are refused: " + why));
    return objections;
  }

  private static String absent(String name, Map<String, ExpertCard> names) {
    return "name '%s', and there is no such expert; near names: %s"
        .formatted(name, String.join(", ", Spelling.nearest(name, names.keySet(), 3)));
  }

  private String unknown(String name, boolean expert) {
    if (!expert && aggregators.contains(name + EXPERT)) {
      return "%s needs an expert of its own: write %s:EXPERT with its id".formatted(name, name);
    }
    if (expert && aggregators.contains(name)) {
      return "%s takes no expert of its own: write %s".formatted(name, name);
    }
    return "'%s' is unknown; the nearest is %s, and there are %s"
        .formatted(
            name,
            String.join("", Spelling.nearest(expert ? name + EXPERT : name, aggregators, 1)),
            String.join(", ", aggregators));
  }

  /** The same company with more experts, who come before the others. */
  Company with(List<ExpertCard> more) {
    List<ExpertCard> all = new ArrayList<>(more);
    for (var each : experts) {
      if (more.stream().noneMatch(card -> card.id().equals(each.id()))) {
        all.add(each);
      }
    }
    return new Company(all, aggregators, embedder);
  }
}
