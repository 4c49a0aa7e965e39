package io.consilium.tools;

import com.ezylang.evalex.Expression;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.tools.everyday.EverydayServer;
import io.consilium.tools.wireless.WirelessServer;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/** How the bundled tool servers are started: this JVM's program, and only the jars each needs. */
public final class BundledServer {
  /** The name of the server that is always there. */
  public static final String NAME = "everyday";

  /** One class of every jar that any server needs. */
  private static final List<Class<?>> NEEDED =
      List.of(
          BundledServer.class,
          McpServer.class,
          JacksonMcpJsonMapper.class,
          Mono.class,
          Publisher.class,
          JsonMapper.class,
          JsonParser.class,
          JsonProperty.class,
          Logger.class);

  private BundledServer() {}

  /**
   * The settings of the server whose tools are the experts {@code calculator}, {@code
   * unit-converter} and {@code date-calculator}.
   *
   * @param aotCache a cache made by a training run of {@link #command} with {@code
   *     -XX:AOTCacheOutput}; null when there is none
   */
  public static McpServerSettings everyday(@Nullable Path aotCache) {
    var command = command(aotCache);
    return McpServerSettings.of(
            NAME,
            new McpServerSettings.Stdio(
                command.getFirst(), command.subList(1, command.size()), Map.of()))
        .withIds(EverydayServer.TOOL_NAMES.stream().collect(Collectors.toMap(n -> n, n -> n)));
  }

  /**
   * Prints the command line of the server named, {@code everyday} or {@code wireless}, a word a
   * line.
   */
  public static void main(String[] arguments) {
    switch (arguments.length == 0 ? NAME : arguments[0]) {
      case NAME -> command(null).forEach(System.out::println);
      case "wireless" -> wireless().forEach(System.out::println);
      default ->
          throw new ExpertException(
              FailureKind.CONFIGURATION,
              "there are the servers everyday and wireless, not " + arguments[0]);
    }
  }

  /** The whole command line of the everyday tools. */
  public static List<String> command(@Nullable Path aotCache) {
    return command(EverydayServer.class, Expression.class, aotCache);
  }

  /** The whole command line of the wireless detectors. */
  public static List<String> wireless() {
    return command(WirelessServer.class, Json.class, null);
  }

  private static List<String> command(Class<?> server, Class<?> further, @Nullable Path aotCache) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-Dslf4j.internal.verbosity=ERROR"));
    if (aotCache != null) {
      command.add("-XX:AOTCache=" + aotCache);
    }
    command.addAll(List.of("-cp", classPath(further), server.getName()));
    return List.copyOf(command);
  }

  private static String classPath(Class<?> further) {
    return Stream.concat(NEEDED.stream(), Stream.of(further))
        .map(BundledServer::place)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String place(Class<?> type) {
    try {
      URI place = type.getProtectionDomain().getCodeSource().getLocation().toURI();
      if ("file".equals(place.getScheme())) {
        return Path.of(place).toString();
      }
    } catch (URISyntaxException e) {
      throw new ExpertException(FailureKind.INTERNAL, "no place on disk for " + type.getName(), e);
    }
    throw new ExpertException(
        FailureKind.CONFIGURATION,
        "the bundled tools need their jars as files: extract the application first (java -Djarmode=tools -jar APPLICATION.jar extract), as ./consilium does");
  }
}
