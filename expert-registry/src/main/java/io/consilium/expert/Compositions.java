package io.consilium.expert;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How compositions stand among the other experts: whether they can be run at all, what they cost,
 * and whom their plans name.
 */
public final class Compositions {
  private final Function<String, Optional<ExpertCard>> find;
  private final Map<String, Integer> heights = new HashMap<>();

  /**
   * Compositions among these experts.
   *
   * @param find the card with an id or alias
   */
  public Compositions(Function<String, Optional<ExpertCard>> find) {
    this.find = find;
  }

  /** Compositions among the experts of a roster. */
  public static Compositions of(Roster roster) {
    return new Compositions(name -> roster.find(name).map(Roster.Seat::card));
  }

  /**
   * Why this composition cannot be run: it contains itself, or is nested too deep. Empty when
   * nothing stands against it, and for every other kind of expert.
   */
  public Optional<String> objection(ExpertCard card) {
    Deque<String> path = new ArrayDeque<>();
    List<String> deepest = new ArrayList<>();
    var cycle = walk(card, path, deepest);
    if (cycle != null) {
      return Optional.of(
          "a composition cannot contain itself: %s; take one of them out of 'members', 'fallbacks' or 'aggregator'"
              .formatted(String.join(" → ", cycle)));
    }
    return deepest.size() > Terms.MAX_DEPTH
        ? Optional.of(
            "compositions nest at most %d deep, and this is %d: %s"
                .formatted(Terms.MAX_DEPTH, deepest.size(), String.join(" → ", deepest)))
        : Optional.empty();
  }

  /**
   * Goes down; returns the circle it went in, or null, and leaves the longest way in {@code
   * deepest}. What was gone down once and is no deeper from here is not gone down again.
   */
  private @Nullable List<String> walk(ExpertCard card, Deque<String> path, List<String> deepest) {
    if (!(card.kind() instanceof ExpertKind.Composition composition)) {
      return null;
    }
    if (path.contains(card.id())) {
      List<String> cycle = new ArrayList<>(path);
      Collections.reverse(cycle);
      cycle = new ArrayList<>(cycle.subList(cycle.indexOf(card.id()), cycle.size()));
      cycle.add(card.id());
      return cycle;
    }
    path.push(card.id());
    if (heights.getOrDefault(card.id(), 0) < path.size()) {
      heights.put(card.id(), path.size());
      if (path.size() > deepest.size()) {
        deepest.clear();
        deepest.addAll(path);
        Collections.reverse(deepest);
      }
      for (var member : composition.members()) {
        var next = member.equals(card.id()) ? Optional.of(card) : find.apply(member);
        var cycle = next.isEmpty() ? null : walk(next.get(), path, deepest);
        if (cycle != null) {
          return cycle;
        }
      }
    }
    path.pop();
    return null;
  }

  /**
   * What a composition costs at most when nobody fails: the prices of all its members together, of
   * the expert its aggregator asks once, or of its one expert; for other kinds of experts, and
   * where a price is declared, that price.
   */
  public Price price(ExpertCard card) {
    return price(card, 0);
  }

  private Price price(ExpertCard card, int depth) {
    if (!(card.kind() instanceof ExpertKind.Composition composition)
        || !card.price().equals(Price.FREE)
        || depth > Terms.MAX_DEPTH) {
      return card.price();
    }
    List<String> asked =
        switch (composition.plan()) {
          case Plan.One one -> List.of(one.expert());
          case Plan.Cascade cascade -> cascade.members();
          case Plan.Panel panel ->
              Stream.concat(panel.members().stream(), panel.helper().stream()).toList();
          case Plan.Chain chain -> chain.members();
          case Plan.Abstain abstain -> List.of();
        };
    var sum = Price.FREE;
    for (var member : asked) {
      var price = find.apply(member).map(each -> price(each, depth + 1)).orElse(Price.FREE);
      sum =
          new Price(
              sum.input() + price.input(),
              sum.cachedInput() + price.cachedInput(),
              sum.output() + price.output(),
              sum.call() + price.call());
    }
    return sum;
  }

  /** The same plan with ids in place of aliases; names of nobody stay as they are. */
  public Plan byId(Plan plan) {
    return plan.renamed(name -> find.apply(name).map(ExpertCard::id).orElse(name));
  }
}
