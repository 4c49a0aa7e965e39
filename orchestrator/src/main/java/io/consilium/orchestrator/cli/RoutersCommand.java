package io.consilium.orchestrator.cli;

import io.consilium.expert.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Fits, shows, tries out and promotes router versions, and goes back. */
@Command(
    name = "routers",
    description = "Fit a router to recorded outcomes; list, show, try out and promote versions.",
    mixinStandardHelpOptions = true)
final class RoutersCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  RoutersCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    list();
  }

  @Command(name = "list", description = "List versions, newest first.")
  void list() {
    var out = spec.commandLine().getOut();
    var routers = client.get("/v1/routers");
    var table =
        new Table("version", "state", "fitted", "questions", "experts", "routed", "best single");
    for (var each : routers.path("data")) {
      var metrics = each.path("metrics");
      table.row(
          each.path("id").asString(""),
          each.path("state").asString(""),
          each.path("created").asString("").replaceFirst("\\..*|Z$", ""),
          Integer.toString(metrics.path("questions").asInt(0)),
          Integer.toString(each.path("experts").size()),
          share(metrics.path("accuracy")),
          share(metrics.path("best_single_accuracy")));
    }
    if (table.isEmpty()) {
      out.println("No router was fitted yet: ./consilium routers fit. Until then cards decide.");
    } else {
      table.print(out);
    }
    out.println("Serving: " + routers.path("serving").asString(""));
    out.flush();
  }

  @Command(
      name = "fit",
      description = "Fit a version to everything on record; it does not serve yet.")
  void fit(
      @Option(names = "--seed", defaultValue = "1", description = "Of all randomness.") int seed) {
    var out = spec.commandLine().getOut();
    var job = client.post("/v1/routers", Json.object().put("seed", seed));
    var version = JobWatch.await(client, job, out);
    print(version, out);
    out.println(
        "It does not serve yet. Make it serve with: ./consilium routers promote "
            + version.path("id").asString(""));
    out.flush();
  }

  @Command(name = "show", description = "Show a version and what was measured of it.")
  void show(@Parameters(paramLabel = "ID", description = "The version.") String id) {
    print(client.get("/v1/routers/" + id), spec.commandLine().getOut());
  }

  @Command(name = "promote", description = "Make a version serve.")
  void promote(@Parameters(paramLabel = "ID", description = "The version.") String id) {
    var out = spec.commandLine().getOut();
    print(client.post("/v1/routers/" + id + "/promote", Json.object()), out);
  }

  @Command(
      name = "evaluate",
      description = "Score a version on past traffic, by propensities and feedback.")
  void evaluate(
      @Parameters(paramLabel = "ID", description = "The version.") String id,
      @Option(names = "--days", defaultValue = "30", description = "How far back.") int days) {
    var out = spec.commandLine().getOut();
    var job = client.post("/v1/routers/" + id + "/evaluate", Json.object().put("days", days));
    var found = JobWatch.await(client, job, out);
    out.printf(
        Locale.ROOT,
        "%,d judged answers of the last %d days (%,d passed over), worth %.0f of its own%n",
        found.path("judged").asInt(0),
        days,
        found.path("passed_over").asInt(0),
        found.path("effective").asDouble(0));
    for (var name :
        List.of("served", "inverse_propensity", "self_normalised", "doubly_robust", "gain")) {
      var each = found.path(name);
      if (each.isObject()) {
        out.printf(
            Locale.ROOT,
            "  %-20s %6.3f  (%.3f to %.3f)%n",
            name.replace('_', ' '),
            each.path("value").asDouble(0),
            each.path("low").asDouble(0),
            each.path("high").asDouble(0));
      }
    }
    var accuracy = found.path("accuracy");
    for (var name : List.of("feedback", "audit")) {
      var each = accuracy.path(name);
      if (each.path("n").asInt(0) > 0) {
        out.printf(
            Locale.ROOT,
            "  right by %-11s %6.3f  (%.3f to %.3f), %,d answers%n",
            name.equals("audit") ? "the sample" : "feedback",
            each.path("value").asDouble(0),
            each.path("low").asDouble(0),
            each.path("high").asDouble(0),
            each.path("n").asInt(0));
      }
    }
    if (accuracy.has("note")) {
      out.println("  " + accuracy.path("note").asString(""));
    }
    out.println("Verdict: " + found.path("verdict").asString(""));
    if (!found.path("refusal").isNull()) {
      out.println("  for " + found.path("refusal").asString(""));
    }
    out.flush();
  }

  @Command(name = "shadow", description = "Let a version decide beside the one that serves.")
  void shadow(@Parameters(paramLabel = "ID", description = "The version.") String id) {
    var out = spec.commandLine().getOut();
    print(client.post("/v1/routers/" + id + "/shadow", Json.object()), out);
  }

  @Command(name = "canary", description = "Let a version decide a share of the questions.")
  void canary(
      @Parameters(paramLabel = "ID", description = "The version.") String id,
      @Option(names = "--share", defaultValue = "0.1", description = "Of questions, 0 to 1.")
          double share) {
    var out = spec.commandLine().getOut();
    print(client.post("/v1/routers/" + id + "/canary", Json.object().put("share", share)), out);
  }

  @Command(name = "rollback", description = "End the trial, or let the version before serve again.")
  void rollback() {
    print(client.post("/v1/routers/rollback", Json.object()), spec.commandLine().getOut());
  }

  private static void print(JsonNode version, PrintWriter out) {
    out.println("Version      " + version.path("id").asString(""));
    out.println(
        "State        "
            + version.path("state").asString("")
            + (version.path("serving").asBoolean(false) ? ", serving" : ""));
    out.println("Learnt from  " + Table.cut(version.path("fingerprint").asString(""), 24));
    for (var metric : version.path("metrics").properties()) {
      out.println(
          String.format(
              Locale.ROOT,
              "  %-22s %s",
              metric.getKey().replace('_', ' '),
              number(metric.getValue().asDouble(0))));
    }
    for (var part : version.path("planner").properties()) {
      out.println(
          String.format(
              Locale.ROOT,
              "  %-22s %s",
              part.getKey().replace('_', ' '),
              part.getValue().asString("")));
    }
    for (var each : version.path("trial").properties()) {
      var value = each.getValue();
      out.println(
          String.format(
              Locale.ROOT,
              "  %-22s %s",
              "trial: " + each.getKey().replace('_', ' '),
              value.isString() ? value.asString("") : number(value.asDouble(0))));
    }
    names("Experts      ", version.path("experts"), out);
    names("By card only ", version.path("known_by_card_only"), out);
    names("Not here now ", version.path("not_registered"), out);
    var warning = version.path("warning").asString("");
    if (!warning.isEmpty()) {
      out.println("Warning      " + warning);
    }
    out.flush();
  }

  private static void names(String title, JsonNode names, PrintWriter out) {
    List<String> all = new ArrayList<>();
    names.forEach(name -> all.add(name.asString("")));
    if (!all.isEmpty()) {
      out.println(title + Table.cut(String.join(", ", all), 100));
    }
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String share(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f %%", 100 * value.asDouble(0)) : "";
  }
}
