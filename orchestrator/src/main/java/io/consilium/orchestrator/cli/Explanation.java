package io.consilium.orchestrator.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A decision, as the service explains it, in words. */
final class Explanation {
  private Explanation() {}

  static void print(JsonNode explained, PrintWriter out) {
    var plan = explained.path("plan");
    out.println("Plan      " + plan(plan));
    var why = explained.path("why").asString("");
    if (!why.isEmpty()) {
      out.println("Why       " + why);
    }
    var decision = explained.path("decision").asString("");
    if (!decision.isEmpty()) {
      out.println("Decision  " + decision);
    }
    var candidates = new Table("expert", "P(correct)", "interval", "price", "time", "because");
    for (var candidate : explained.path("candidates")) {
      candidates.row(
          candidate.path("expert").asString(""),
          Table.probability(candidate.path("p").asDouble(0)),
          Table.probability(candidate.path("low").asDouble(0))
              + " – "
              + Table.probability(candidate.path("high").asDouble(0)),
          Table.usd(candidate.path("usd").asDouble(0)),
          Table.millis(candidate.path("ms").asDouble(0)),
          Table.cut(reasons(candidate.path("why")), 70));
    }
    if (!candidates.isEmpty()) {
      out.println();
      candidates.print(out);
    }
    var choices = new Table("might have been chosen", "probability");
    for (var choice : explained.path("choices")) {
      choices.row(
          Table.cut(plan(choice.path("plan")), 90),
          Table.probability(choice.path("propensity").asDouble(0)));
    }
    if (!choices.isEmpty()) {
      out.println();
      choices.print(out);
    }
    var excluded = new Table("cannot answer", "because");
    for (var exclusion : explained.path("excluded")) {
      excluded.row(
          exclusion.path("expert").asString(""),
          Table.cut(exclusion.path("reason").asString(""), 90));
    }
    if (!excluded.isEmpty()) {
      out.println();
      excluded.print(out);
    }
    out.flush();
  }

  private static String plan(JsonNode plan) {
    var type = plan.path("type").asString("?");
    if (type.equals("abstain")) {
      return "abstain: " + plan.path("reason").asString("");
    }
    List<String> fallbacks = new ArrayList<>();
    plan.path("fallbacks").forEach(fallback -> fallbacks.add(fallback.asString("")));
    List<String> members = new ArrayList<>();
    plan.path("members").forEach(member -> members.add(member.asString("")));
    return type
        + ": "
        + plan.path("expert").asString(String.join(", ", members))
        + (fallbacks.isEmpty() ? "" : ", then " + String.join(", ", fallbacks));
  }

  /** {@code why} maps each estimator to what it said. */
  private static String reasons(JsonNode why) {
    List<String> reasons = new ArrayList<>();
    for (var entry : why.properties()) {
      var said = entry.getValue();
      var p =
          said.isNumber()
              ? Table.probability(said.asDouble())
              : said.has("p") ? Table.probability(said.path("p").asDouble(0)) : "";
      reasons.add(Table.join(" ", entry.getKey(), p, said.path("note").asString("")));
    }
    return String.join("; ", reasons);
  }
}
