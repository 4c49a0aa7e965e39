package io.consilium.orchestrator.cli;

import io.consilium.expert.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a decision again from its recorded replies. */
@Command(
    name = "replay",
    description =
        "Run a decision again from its recorded replies: without an expert, under another aggregator or policy.",
    mixinStandardHelpOptions = true)
final class DecisionReplayCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "ID", description = "The decision's id.")
  private String id = "";

  @Option(names = "--without", paramLabel = "EXPERT", description = "Leave one out; repeatable.")
  private List<String> without = new ArrayList<>();

  @Option(names = "--aggregator", description = "How the replies become one.")
  private @Nullable String aggregator;

  @Option(names = "--policy", description = "Plan again under this policy, with those who replied.")
  private @Nullable String policy;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  DecisionReplayCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    var out = spec.commandLine().getOut();
    var body = Json.object();
    without.forEach(body.putArray("without")::add);
    if (aggregator != null) {
      body.put("aggregator", aggregator);
    }
    if (policy != null) {
      body.put("policy", policy);
    }
    var result = client.post("/v1/decisions/" + id + "/replay", body);
    if (json) {
      out.println(result.toPrettyString());
      out.flush();
      return;
    }
    var diff = result.path("diff");
    out.println("Before    " + Table.cut(diff.path("before").asString("(not recorded)"), 200));
    var failure = result.path("failure").path("message").asString("");
    out.println(
        "After     "
            + (failure.isEmpty()
                ? Table.cut(diff.path("after").asString("(nothing)"), 200)
                : "nobody answered: " + failure));
    out.println("The same  " + (diff.path("same_answer").asBoolean(false) ? "yes" : "no"));
    out.println(
        "Plan      %s, was %s"
            .formatted(
                diff.path("plan_after").asString(""), diff.path("plan_before").asString("")));
    for (var missing : result.path("missing")) {
      out.println(
          "Missing   %s: %s"
              .formatted(missing.path("expert").asString(""), missing.path("why").asString("")));
    }
    var groups = new Table("answer", "given", "experts");
    for (var group : result.path("contrast").path("groups")) {
      List<String> experts = new ArrayList<>();
      group.path("experts").forEach(each -> experts.add(each.asString("")));
      groups.row(
          Table.cut(group.path("answer").asString(""), 60),
          group.path("given").asBoolean(false) ? "yes" : "",
          String.join(", ", experts));
    }
    if (!groups.isEmpty()) {
      out.println();
      groups.print(out);
    }
    out.flush();
  }
}
