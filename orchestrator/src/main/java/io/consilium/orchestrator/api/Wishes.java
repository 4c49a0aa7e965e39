package io.consilium.orchestrator.api;

import io.consilium.aggregator.AggregatorCatalogue;
import io.consilium.aggregator.strategy.Aggregators;
import io.consilium.expert.Caching;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Policy;
import io.consilium.expert.Roster;
import io.consilium.expert.Spelling;
import io.consilium.orchestrator.PinnedDecider;
import io.consilium.orchestrator.Policies;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the caller wants beyond the question: the {@code consilium} object of a body and the policy
 * in its model name. Everything in it is checked, for a misspelt wish would silently not come true.
 *
 * @param policy with pins, exclusions and minimum already applied
 * @param budgetUsd the most it may cost; infinity when unlimited
 * @param time the time there is, or null for the usual one
 * @param explain whether the reply is to say how it was decided
 * @param contrast whether the reply is to say how it stands to the replies it was made of
 * @param cache which earlier answers may do, or null where the caller says nothing
 * @param memory whether what is remembered for the tenant may bear on the answer
 * @param conversation names the conversation, or null
 */
record Wishes(
    Policy policy,
    double budgetUsd,
    @Nullable Duration time,
    boolean explain,
    boolean contrast,
    @Nullable Caching cache,
    boolean memory,
    @Nullable String conversation) {
  private static final List<String> KEYS =
      List.of(
          "policy",
          "budget_usd",
          "deadline_ms",
          "minimum",
          "risk",
          "aggregator",
          "explain",
          "contrast",
          "cache",
          "memory",
          "pin",
          "exclude",
          "conversation",
          "tools");

  /** Reads the wishes of a body. */
  static Wishes of(ObjectNode body, Policies policies, Roster roster) {
    var node = body.get("consilium");
    if (node == null || node.isNull()) {
      return new Wishes(
          policy(body, null, policies),
          Double.POSITIVE_INFINITY,
          null,
          false,
          false,
          null,
          false,
          null);
    }
    if (!node.isObject()) {
      throw new Given(body, "")
          .wrong("consilium", "an object, for example {\"policy\":\"economy\"}", node);
    }
    var wishes = new Given(node, "consilium.").only(KEYS);
    var policy = policy(body, wishes.text("policy"), policies);
    tools(wishes, roster);
    var budget =
        wishes.number(
            "budget_usd", Double.MIN_VALUE, Double.MAX_VALUE, "a positive number of US dollars");
    var minimum = wishes.number("minimum", 0, 1, "a probability from 0 to 1");
    var risk = wishes.number("risk", Double.MIN_NORMAL, 1, "a share above 0, at most 1");
    return new Wishes(
        new Policy(
            policy.name(),
            policy.value(),
            policy.priceWeight(),
            policy.secondUsd(),
            minimum == null ? policy.minimum() : minimum,
            experts(wishes, "pin", roster),
            Set.copyOf(experts(wishes, "exclude", roster)),
            risk == null ? policy.risk() : risk,
            policy.budgetUsd(),
            aggregator(wishes, policy, roster)),
        budget == null ? Double.POSITIVE_INFINITY : budget,
        time(wishes),
        Boolean.TRUE.equals(wishes.flag("explain")),
        Boolean.TRUE.equals(wishes.flag("contrast")),
        cache(wishes),
        Boolean.TRUE.equals(wishes.flag("memory")),
        conversation(wishes));
  }

  private static Policy policy(ObjectNode body, @Nullable String wished, Policies policies) {
    if (wished != null) {
      return policies
          .find(wished)
          .orElseThrow(() ->
              ExpertException.invalid(
                  "consilium.policy",
                  "there is no policy '%s'; there are %s"
                      .formatted(wished, String.join(", ", policies.names()))));
    }
    var model = body.path("model").asString("");
    if (!model.startsWith(PinnedDecider.POLICY_PREFIX)) {
      return policies.usual();
    }
    return policies
        .find(model.substring(PinnedDecider.POLICY_PREFIX.length()))
        .orElseThrow(() -> unknown(model, policies));
  }

  private static ExpertException unknown(String model, Policies policies) {
    var names = policies.names().stream().map(name -> PinnedDecider.POLICY_PREFIX + name).toList();
    return new ExpertException(
            FailureKind.UNKNOWN_MODEL,
            "there is no policy '%s'; near names: %s"
                .formatted(model, String.join(", ", Spelling.nearest(model, names, 3))))
        .about("model");
  }

  private static List<String> experts(Given wishes, String key, Roster roster) {
    return wishes.texts(key, "an array of expert ids").stream()
        .map(name ->
            roster
                .find(name)
                .orElseThrow(() -> PinnedDecider.unknown(name, roster).about("consilium." + key))
                .card()
                .id())
        .distinct()
        .toList();
  }

  /** How replies become one: a name that exists, with an expert that is there. */
  private static String aggregator(Given wishes, Policy policy, Roster roster) {
    var written = wishes.text("aggregator");
    if (written == null) {
      return policy.aggregator();
    }
    try {
      Aggregators.check(written);
    } catch (ExpertException wrong) {
      throw wrong.about("consilium.aggregator");
    }
    int colon = written.indexOf(AggregatorCatalogue.COLON);
    if (colon < 0) {
      return written;
    }
    var named = written.substring(colon + 1);
    var card =
        roster
            .find(named)
            .orElseThrow(() -> PinnedDecider.unknown(named, roster).about("consilium.aggregator"))
            .card();
    return written.substring(0, colon + 1) + card.id();
  }

  /** Which of our tools a model may call; read again where they are offered. */
  private static void tools(Given wishes, Roster roster) {
    var wish = wishes.value("tools");
    if (wish == null || List.of("auto", "any", "none").contains(wish.asString(""))) {
      return;
    }
    var right = "\"auto\", \"any\", \"none\" or an array of MCP servers and ids of tools";
    if (!wish.isArray()) {
      throw wishes.wrong("tools", right, wish);
    }
    Set<String> known = new TreeSet<>();
    for (var card : roster.cards()) {
      if (card.kind() instanceof ExpertKind.Tool tool) {
        known.add(tool.server());
        known.add(card.id());
      }
    }
    for (var name : wishes.texts("tools", right)) {
      if (!known.contains(name)) {
        throw ExpertException.invalid(
            "consilium.tools",
            "'%s' is neither an MCP server nor a tool here; near names: %s"
                .formatted(name, String.join(", ", Spelling.nearest(name, List.copyOf(known), 3))));
      }
    }
  }

  private static @Nullable Caching cache(Given wishes) {
    var word = wishes.text("cache");
    return word == null
        ? null
        : Caching.of(word)
            .orElseThrow(() ->
                ExpertException.invalid(
                    "consilium.cache",
                    "'consilium.cache' must be one of %s, not %s"
                        .formatted(String.join(", ", Caching.words()), word)));
  }

  private static @Nullable Duration time(Given wishes) {
    var millis =
        wishes.number("deadline_ms", 1, 86_400_000, "a number of milliseconds, from 1 to a day's");
    return millis == null ? null : Duration.ofMillis(millis.longValue());
  }

  private static @Nullable String conversation(Given wishes) {
    var name = wishes.text("conversation");
    if (name != null && (name.isBlank() || name.length() > 128)) {
      throw ExpertException.invalid(
          "consilium.conversation", "'consilium.conversation' must have 1 to 128 characters");
    }
    return name;
  }
}
