package io.consilium.orchestrator.cli;

import io.consilium.expert.ExpertException;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point of the commands that talk to the service. */
@Command(
    name = "consilium",
    description = "Ask the consilium, and look at what it decided.",
    mixinStandardHelpOptions = true,
    subcommands = {
      AskCommand.class,
      RouteCommand.class,
      ExpertsCommand.class,
      DecisionsCommand.class,
      BatchesCommand.class,
      KeysCommand.class,
      MemoryCommand.class,
      ForgetCommand.class,
      ReplayCommand.class,
      EvaluateCommand.class,
      RoutersCommand.class,
      ToolsCommand.class,
      WorkerCommand.class,
      DbCommand.class,
      McpCommand.class,
      StatusCommand.class,
      DiscoverCommand.class,
      DoctorCommand.class
    })
public final class ConsiliumCli {
  private ConsiliumCli() {}

  /** Runs one command and exits: 0 when it worked, 1 when it failed, 2 when it was misused. */
  public static void main(String[] arguments) {
    System.exit(run(System.getenv(), arguments));
  }

  /** Runs one command in an environment and gives the code that the process would exit with. */
  public static int run(Map<String, String> environment, String... arguments) {
    var line = new CommandLine(new ConsiliumCli(), factory(new Client(environment)));
    line.setExecutionExceptionHandler((failure, command, parsed) -> {
      if (!(failure instanceof ExpertException known)) {
        throw failure;
      }
      command.getErr().println("consilium: " + known.message());
      return 1;
    });
    return line.execute(arguments);
  }

  /** Gives each command the client; that is all the injection there is. */
  private static CommandLine.IFactory factory(Client client) {
    return new CommandLine.IFactory() {
      @Override
      public <K> K create(Class<K> type) throws Exception {
        for (var constructor : type.getDeclaredConstructors()) {
          var parameters = constructor.getParameterTypes();
          if (parameters.length == 1 && parameters[0] == Client.class) {
            return type.cast(constructor.newInstance(client));
          }
        }
        return CommandLine.defaultFactory().create(type);
      }
    };
  }
}
