package io.consilium.orchestrator.cli;

import io.consilium.expert.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Has something forgotten, and prints the receipt. */
@Command(
    name = "forget",
    description = "Forget a decision, a question or a tenant: records, outcomes, memories, cache.",
    mixinStandardHelpOptions = true)
final class ForgetCommand implements Runnable {
  private final Client client;

  @Spec private CommandSpec spec = CommandSpec.create();

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Subject subject = new Subject();

  /** What is to be forgotten. */
  private static final class Subject {
    @Option(names = "--decision", paramLabel = "ID", description = "One decision.")
    private @Nullable String decision;

    @Option(
        names = "--question",
        paramLabel = "TEXT",
        description = "All on record of a question with this text.")
    private @Nullable String question;

    @Option(names = "--tenant", paramLabel = "NAME", description = "All on record of a tenant.")
    private @Nullable String tenant;
  }

  ForgetCommand(Client client) {
    this.client = client;
  }

  @Override
  public void run() {
    var body = Json.object();
    if (subject.decision != null) {
      body.put("decision", subject.decision);
    }
    if (subject.question != null) {
      body.put("question", subject.question);
    }
    if (subject.tenant != null) {
      body.put("tenant", subject.tenant);
    }
    var receipt = client.post("/v1/forget", body);
    var out = spec.commandLine().getOut();
    var table = new Table("forgotten", "how many");
    receipt
        .path("removed")
        .propertyStream()
        .forEach(each -> table.row(each.getKey(), each.getValue().asString("")));
    table.print(out);
    out.println(
        "Receipt " + receipt.path("id").asString("") + ", " + receipt.path("digest").asString(""));
    out.println(
        "A router version fitted before keeps what it learnt until the next: ./consilium routers fit");
    out.flush();
  }
}
