package io.consilium.expert.card;

import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.Plan;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes what a card says of a composition. */
final class CompositionReader {
  private static final List<String> PLANS = List.of("one", "cascade", "panel", "chain");
  private static final Pattern AGGREGATOR = Pattern.compile("[a-z][a-z0-9_]*(:\\S+)?");

  /** Hedge an expert that takes longer than 95 in 100 of its answers did. */
  private static final String P95 = "p95";

  private CompositionReader() {}

  static ExpertKind.Composition read(Reading card, boolean stored) {
    var members = card.texts("members");
    var label = card.text("plan", members.size() == 1 ? "one" : "panel").toLowerCase(Locale.ROOT);
    var fallbacks = card.texts("fallbacks");
    int millis = card.count("deadline_ms", 0);
    Long hedge = hedge(card);
    var aggregator = aggregator(card, Plan.WEIGHTED_VOTE);
    int quorum = card.has("quorum") ? card.count("quorum", members.size()) : members.size();
    int attempts = card.count("attempts", 0);
    if (attempts > ExpertKind.Composition.MOST_ATTEMPTS) {
      card.wrong("attempts", "must be at most %d".formatted(ExpertKind.Composition.MOST_ATTEMPTS));
      attempts = 0;
    }
    double minimum = card.number("minimum", 0, 1, 0);
    var nobody = new ExpertKind.Composition(new Plan.Abstain("this composition has no members"), 0);
    if (!PLANS.contains(label)) {
      if (!stored) {
        card.unknown("plan", label, PLANS);
      }
      return nobody;
    }
    if (members.isEmpty()) {
      if (!stored) {
        card.problem("'members' is missing: list the experts the composition asks");
      }
      return nobody;
    }
    belongs(card, label, "aggregator", "panel");
    belongs(card, label, "quorum", "panel");
    belongs(card, label, "minimum", "cascade");
    for (var key : List.of("hedge_ms", "hedge")) {
      if (card.has(key) && !label.equals("panel") && !label.equals("one")) {
        card.wrong(key, "belongs to a panel or to a plan 'one', not to a " + label);
      }
    }
    try {
      return new ExpertKind.Composition(
          switch (label) {
            case "one" -> one(card, members, fallbacks, hedge);
            case "cascade" -> new Plan.Cascade(members, minimum, "", fallbacks);
            case "chain" -> new Plan.Chain(members, fallbacks);
            default -> new Plan.Panel(members, aggregator, quorum, millis, fallbacks, hedge);
          },
          label.equals("panel") ? 0 : millis,
          attempts);
    } catch (ExpertException e) {
      var key = e.parameter().orElse("plan.members").substring("plan.".length());
      card.wrong(key, "is wrong: " + e.message());
      return nobody;
    }
  }

  /** How replies become one, as a plan writes it. */
  static String aggregator(Reading reading, String usual) {
    var written = reading.text("aggregator", usual);
    if (!written.isEmpty() && !AGGREGATOR.matcher(written).matches()) {
      reading.wrong("aggregator", "must be a name such as weighted_vote, or name:expert");
    }
    return written;
  }

  /** The members of {@code one} are asked in their order, so that more than one is a fallback. */
  private static Plan one(
      Reading card, List<String> members, List<String> fallbacks, @Nullable Long hedge) {
    if (members.size() > 1) {
      card.wrong("members", "of a plan 'one' is one expert: list the others as 'fallbacks'");
    }
    return new Plan.One(members.getFirst(), fallbacks, hedge);
  }

  private static @Nullable Long hedge(Reading card) {
    if (card.has("hedge")) {
      if (!card.text("hedge", P95).equals(P95)) {
        card.wrong("hedge", "can only be p95; give a time of your own as 'hedge_ms'");
      }
      if (card.has("hedge_ms")) {
        card.wrong("hedge", "and 'hedge_ms' exclude each other: keep one");
      }
      return Plan.AT_P95;
    }
    if (!card.has("hedge_ms")) {
      return null;
    }
    int millis = card.count("hedge_ms", 1);
    if (millis == 0) {
      card.wrong("hedge_ms", "must be 1 or more; leave it out to ask nobody in addition");
      return null;
    }
    return (long) millis;
  }

  private static void belongs(Reading card, String label, String key, String plan) {
    if (card.has(key) && !label.equals(plan)) {
      card.wrong(key, "belongs to a %s, not to a plan '%s'".formatted(plan, label));
    }
  }

  static void write(ObjectNode node, ExpertKind.Composition composition) {
    var plan = composition.plan();
    node.put("plan", plan.type());
    switch (plan) {
      case Plan.One one -> {
        node.putArray("members").add(one.expert());
        ends(node, one.fallbacks(), composition.millis(), one.hedge());
      }
      case Plan.Cascade cascade -> {
        cascade.members().forEach(node.putArray("members")::add);
        node.put("minimum", cascade.minimum());
        ends(node, cascade.fallbacks(), composition.millis(), null);
      }
      case Plan.Panel panel -> {
        panel.members().forEach(node.putArray("members")::add);
        node.put("aggregator", panel.aggregator()).put("quorum", panel.quorum());
        ends(node, panel.fallbacks(), panel.millis(), panel.hedge());
      }
      case Plan.Chain chain -> {
        chain.members().forEach(node.putArray("members")::add);
        ends(node, chain.fallbacks(), composition.millis(), null);
      }
      case Plan.Abstain abstain -> {}
    }
    if (composition.attempts() > 0) {
      node.put("attempts", composition.attempts());
    }
  }

  private static void ends(
      ObjectNode node, List<String> fallbacks, long millis, @Nullable Long hedge) {
    fallbacks.forEach(node.putArray("fallbacks")::add);
    node.put("deadline_ms", millis);
    if (hedge != null && hedge == Plan.AT_P95) {
      node.put("hedge", P95);
    } else if (hedge != null) {
      node.put("hedge_ms", hedge);
    }
  }
}
