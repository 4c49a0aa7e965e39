package io.consilium.orchestrator.wiring;

import io.consilium.tools.McpConnection;
import io.consilium.tools.McpServerSettings;
import io.consilium.tools.everyday.EverydayServer;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The bundled MCP server as a child process: the same Java, the same class path. */
final class EverydayProcess {
  static final String NAME = "everyday";

  private EverydayProcess() {}

  /** The connection to a new process, not begun. */
  static McpConnection connection(InstantSource clock) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new McpConnection(
        McpServerSettings.of(NAME, new McpServerSettings.Stdio(java, arguments(), Map.of()))
            .withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(20))
            .withIds(
                EverydayServer.TOOL_NAMES.stream()
                    .collect(Collectors.toMap(name -> name, name -> name))),
        tools -> {},
        clock);
  }

  private static List<String> arguments() {
    var path = System.getProperty("java.class.path");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-Xshare:auto",
                "-cp",
                path));
    if (isExecutableJar(path)) {
      arguments.add("-Dloader.main=" + EverydayServer.class.getName());
      arguments.add("org.springframework.boot.loader.launch.PropertiesLauncher");
    } else {
      arguments.add(EverydayServer.class.getName());
    }
    return arguments;
  }

  /** Whether classes lie inside a jar as Spring Boot packs them, where Java itself finds none. */
  private static boolean isExecutableJar(String path) {
    return !path.contains(File.pathSeparator)
        && EverydayProcess.class.getProtectionDomain().getCodeSource() != null
        && String.valueOf(EverydayProcess.class.getProtectionDomain().getCodeSource().getLocation())
            .contains("nested:");
  }
}
