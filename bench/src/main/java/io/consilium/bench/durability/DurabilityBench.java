package io.consilium.bench.durability;

import io.consilium.expert.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Runs what the durability tests of the orchestrator run, longer: it lies in their jar, and works
 * in a process of its own, beside the service and a PostgreSQL that it kills.
 */
public final class DurabilityBench {
  private static final String MAIN = "io.consilium.orchestrator.durability.Durability";

  private DurabilityBench() {}

  /**
   * Runs the bench and writes its report; throws {@link IllegalArgumentException} on bad options.
   */
  public static void run(String[] args) throws IOException, InterruptedException {
    if (List.of(args).contains("--help")) {
      System.out.println(DurabilityOptions.HELP);
      return;
    }
    var options = DurabilityOptions.parse(args);
    List<JsonNode> parts = new ArrayList<>();
    var process =
        new ProcessBuilder(command(options)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var said = process.inputReader()) {
      said.lines()
          .forEach(line -> {
            System.out.println(line);
            if (line.startsWith("{\"part\"")) {
              parts.add(Json.MAPPER.readTree(line));
            }
          });
    } finally {
      process.destroy();
    }
    if (process.waitFor() != 0) {
      throw new IOException("the durability run failed; what it said stands above");
    }
    Map<String, JsonNode> found =
        parts.stream()
            .collect(Collectors.toMap(part -> part.path("part").asString(""), part -> part));
    Files.createDirectories(options.report().toAbsolutePath().getParent());
    Files.writeString(
        options.report(), DurabilityReport.markdown(LocalDate.now(ZoneOffset.UTC), found));
    if (options.json().isPresent()) {
      Files.write(options.json().get(), DurabilityReport.json(parts));
    }
    System.out.println("report: " + options.report());
  }

  private static List<String> command(DurabilityOptions options) throws IOException {
    List<String> jars = new ArrayList<>();
    jars.add(options.root().resolve("orchestrator/target/app/consilium.jar").toString());
    for (var module : List.of("orchestrator", "expert-registry", "expert-adapters")) {
      jars.add(testJar(options.root().resolve(module)).toString());
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "-Dlogging.level.root=warn",
        "-cp",
        String.join(":", jars),
        MAIN,
        Integer.toString(options.kills()),
        Integer.toString(options.seed()),
        Integer.toString(options.outage()),
        Integer.toString(options.rate()),
        Integer.toString(options.recording()));
  }

  private static Path testJar(Path module) throws IOException {
    try (Stream<Path> files = Files.list(module.resolve("target"))) {
      return files
          .filter(file -> file.toString().endsWith("-tests.jar"))
          .findFirst()
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "%s has no jar of its tests: mvn -Pfast -DskipTests package"
                      .formatted(module.getFileName())));
    }
  }
}
