package io.consilium.bench.gateway;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares our service with a thin Spring MVC endpoint, Portkey's gateway and the bare mock
 * upstream, all as processes on pinned cores in one run. Linux only ({@code taskset}, {@code
 * /proc}); Node and npm are needed for Portkey.
 *
 * <p>The gateway under test has core 0, mock and load generator share core 1. The generator is our
 * own; it agrees with wrk 4.1 on the same target within the noise of the machine.
 */
public final class GatewayBench {

  private GatewayBench() {}

  /**
   * Runs the bench and writes its report; throws {@link IllegalArgumentException} on bad options.
   */
  public static void run(String[] args) throws IOException, InterruptedException {
    if (List.of(args).contains("--help")) {
      System.out.println(Options.HELP);
      return;
    }
    Options options = Options.parse(args);
    int cores = cores();
    if (cores < 2) {
      throw new IllegalArgumentException(
          "The gateway bench needs two cores: one for the gateway, one for mock and load.");
    }
    String loadCores = "1";
    Path work = Files.createTempDirectory("consilium-gateway-bench");
    Measures measures =
        new Measures(() -> ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    Launcher launcher = new Launcher(options, work);
    try (Gateway direct = launcher.mock(loadCores);
        LoadClient client = new LoadClient(loadCores)) {
      new GatewayRun(options, launcher, client, direct, measures, loadCores).run();
    } finally {
      delete(work);
    }
    List<Claim> claims = Claim.of(measures, options.streams());
    Files.createDirectories(options.report().getParent());
    Files.writeString(
        options.report(),
        GatewayReport.markdown(
            LocalDate.now(java.time.ZoneId.systemDefault()),
            setup(options, cores),
            claims,
            measures.all()));
    if (options.json().isPresent()) {
      Files.writeString(options.json().get(), GatewayReport.jsonLines(measures.all()));
    }
    claims.forEach(claim ->
        System.out.printf(
            "%-14s %s%n",
            claim.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' '), claim.text()));
    System.out.println("report: " + options.report());
  }

  private static List<String> setup(Options options, int cores) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Machine: %s, %d cores, Linux %s; Java %s; no other work intended, load average beside each row."
            .formatted(
                processor(), cores, System.getProperty("os.version"), Runtime.version().feature()));
    lines.add(
        "Gateway on core 0; mock upstream and load generator on core 1; closed loop over keep-alive"
            + " connections on loopback; about 1 KB per reply; every prompt is new.");
    lines.add(
        "Each number from %s s of load, medians of %d rounds (throughput %d); first minute %s s."
            .formatted(
                Measures.number(options.seconds()),
                options.rounds(),
                Math.min(3, options.rounds()),
                Measures.number(options.minute())));
    lines.add(
        options.targets().stream()
            .map(t -> "`" + t.word() + "`: " + t.summary())
            .collect(Collectors.joining("; ", "Targets: ", ".")));
    return lines;
  }

  private static String processor() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse("unknown processor");
    }
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
