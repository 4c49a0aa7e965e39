package io.consilium.bench.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process pinned to some cores with {@code taskset}, with its processor time and memory as Linux
 * counts them. Output goes to a log file unless it is read. Closing it ends the process.
 */
final class PinnedProcess implements AutoCloseable {
  private static final long TICKS_PER_SECOND = 100;

  private final String name;
  private final Process launched;
  private long pid;

  private PinnedProcess(String name, Process launched) {
    this.name = name;
    this.launched = launched;
    this.pid = launched.pid();
  }

  /** Starts {@code command} on {@code cores} ("0", "0,1"), its output going to {@code log}. */
  static PinnedProcess start(
      String name,
      String cores,
      List<String> command,
      Map<String, String> environment,
      Path folder,
      Path log)
      throws IOException {
    ProcessBuilder builder = builder(cores, command);
    builder.environment().putAll(environment);
    builder.directory(folder.toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new PinnedProcess(name, builder.start());
  }

  /** The builder of {@code command} pinned to {@code cores}. */
  static ProcessBuilder builder(String cores, List<String> command) {
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cores));
    pinned.addAll(command);
    return new ProcessBuilder(pinned);
  }

  /** The command line of a main class of this bench, on this JVM and class path. */
  static List<String> java(List<String> flags, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Takes the process whose id a launcher left in {@code pidFile} as this one, if there is such a
   * file, and gives the launcher a moment to end.
   */
  void adopt(Path pidFile) throws IOException, InterruptedException {
    if (Files.exists(pidFile)) {
      pid = Long.parseLong(Files.readString(pidFile).trim());
      launched.waitFor(15, TimeUnit.SECONDS);
    }
  }

  /** Whether it runs, or has ended well and may have left a daemon behind. */
  boolean alive() {
    return launched.isAlive() || launched.exitValue() == 0;
  }

  /** User and system time spent so far, in microseconds; resolution 10 ms. */
  long cpuMicros() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12]))
        * (1_000_000 / TICKS_PER_SECOND);
  }

  /** Resident memory in MiB. */
  double residentMiB() throws IOException {
    return status("VmRSS:");
  }

  /** The most resident memory so far, in MiB. */
  double peakMiB() throws IOException {
    return status("VmHWM:");
  }

  private double status(String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    throw new IOException("no " + field + " for " + name);
  }

  @Override
  public void close() {
    ProcessHandle.of(pid).ifPresent(PinnedProcess::end);
    end(launched.toHandle());
  }

  private static void end(ProcessHandle process) {
    process.destroy();
    try {
      process.onExit().get(20, TimeUnit.SECONDS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    } catch (java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException stubborn) {
      process.destroyForcibly();
    }
  }
}
