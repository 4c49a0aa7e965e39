package io.consilium.tools;

import com.ezylang.evalex.Expression;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.tools.everyday.EverydayServer;
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
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/** How the bundled tools are started: this JVM's program, and only the jars that server needs. */
public final class BundledServer {
  /** The name of the bundled server. */
  public static final String NAME = "everyday";

  /** One class of every jar on the server's class path. */
  private static final List<Class<?>> NEEDED =
      List.of(
          EverydayServer.class,
          McpServer.class,
          JacksonMcpJsonMapper.class,
          Mono.class,
          Publisher.class,
          JsonMapper.class,
          JsonParser.class,
          JsonProperty.class,
          Logger.class,
          Expression.class);

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

  /** Prints {@link #command}, one word a line, for the run that makes the cache. */
  public static void main(String[] arguments) {
    command(null).forEach(System.out::println);
  }

  /** The whole command line. */
  public static List<String> command(@Nullable Path aotCache) {
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
    command.addAll(List.of("-cp", classPath(), EverydayServer.class.getName()));
    return List.copyOf(command);
  }

  private static String classPath() {
    return NEEDED.stream()
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
