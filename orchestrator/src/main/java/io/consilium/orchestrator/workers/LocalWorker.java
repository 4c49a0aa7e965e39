package io.consilium.orchestrator.workers;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.SecretRef;
import io.consilium.expert.card.InferenceServer;
import io.consilium.tools.Backoff;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inference worker as a child process: a model file that crashes it takes nothing else along.
 * Its end is seen at once; it is started again, at once the first time, then with growing pauses.
 * It ends with this process, whatever becomes of that, because its standard input does.
 */
public final class LocalWorker implements AutoCloseable {
  /** The name of the worker, and the first part of its experts' ids. */
  public static final String NAME = "local";

  private static final Logger log = LoggerFactory.getLogger(LocalWorker.class);
  private static final String PROGRAM = "io.consilium.worker.Worker";
  private static final String KEY_VARIABLE = "CONSILIUM_WORKER_KEY";
  private static final String READY = "ready ";
  private static final List<String> PASSED_ON =
      List.of(
          "PATH",
          "HOME",
          "LANG",
          "LC_ALL",
          "TZ",
          "TMPDIR",
          "TEMP",
          "SYSTEMROOT",
          "LD_LIBRARY_PATH");
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final LocalWorkerSettings settings;
  private final Path home;
  private final ScheduledExecutorService scheduler;
  private final InstantSource clock;
  private final Consumer<LocalWorker> changed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Backoff backoff = new Backoff();
  private final int port;
  private final Path keyFile;
  private final String key;
  private @Nullable Process process;
  private Instant began = Instant.EPOCH;
  private volatile boolean ready;
  private volatile boolean closed;
  private volatile String lastWords = "";

  /**
   * Chooses its port and key; nothing is started yet.
   *
   * @param home the service's data folder
   * @param changed told when it answers and when it has ended
   * @throws ExpertException {@code CONFIGURATION} when the data folder cannot be written
   */
  public LocalWorker(
      LocalWorkerSettings settings,
      Path home,
      ScheduledExecutorService scheduler,
      InstantSource clock,
      Consumer<LocalWorker> changed) {
    this.settings = settings;
    this.home = home;
    this.scheduler = scheduler;
    this.clock = clock;
    this.changed = changed;
    var bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    key = HexFormat.of().formatHex(bytes);
    keyFile = home.resolve("worker").resolve("key").toAbsolutePath();
    try {
      port = settings.port() == 0 ? freePort() : settings.port();
      keep();
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "the worker's folder %s cannot be written: %s".formatted(keyFile.getParent(), e),
          e);
    }
  }

  private void keep() throws IOException {
    Files.createDirectories(keyFile.getParent());
    if (!Files.exists(keyFile)) {
      if (keyFile.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            keyFile,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
    }
    Files.writeString(keyFile, key);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** How it is reached. */
  public InferenceServer server() {
    return new InferenceServer(
        NAME,
        URI.create("http://127.0.0.1:" + port),
        InferenceServer.Engine.EMBEDDED,
        new SecretRef("file:" + keyFile),
        Map.of());
  }

  /** Whether it answers. */
  public boolean ready() {
    return ready;
  }

  /** What it said last on its way out; empty when nothing. */
  public String lastWords() {
    return lastWords;
  }

  /** The number of its process, while it has one. */
  public Optional<Long> pid() {
    lock.lock();
    try {
      return Optional.ofNullable(process).filter(Process::isAlive).map(Process::pid);
    } finally {
      lock.unlock();
    }
  }

  /** Starts it; returns at once. */
  public void start() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      var builder = new ProcessBuilder(command());
      builder.environment().keySet().retainAll(PASSED_ON);
      builder.environment().put(KEY_VARIABLE, key);
      began = clock.instant();
      var started = builder.start();
      process = started;
      writePid(started.pid());
      thread("output", () -> listen(started));
      thread("errors", () -> complain(started.getErrorStream()));
    } catch (IOException e) {
      lastWords = e.toString();
      backoff.failed();
      again();
    } finally {
      lock.unlock();
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-Dslf4j.internal.verbosity=ERROR",
            "-cp",
            System.getProperty("java.class.path"),
            PROGRAM,
            "--stop-with-input",
            "--host",
            "127.0.0.1"));
    option(command, "--home", home.resolve("worker"));
    option(command, "--port", port);
    option(command, "--lanes", settings.lanes());
    option(command, "--threads", settings.threads());
    option(command, "--context", settings.context());
    option(command, "--resident-adapters", settings.residentAdapters());
    option(command, "--gpu-layers", settings.gpuLayers());
    if (settings.model() != null) {
      option(command, "--model", settings.model());
      var folder = settings.model().toAbsolutePath().getParent();
      if (folder != null) {
        option(command, "--folder", folder);
      }
    }
    if (settings.natives() != null) {
      option(command, "--natives", settings.natives());
    }
    settings.folders().forEach(folder -> option(command, "--folder", folder));
    settings.adapters().forEach((name, file) -> option(command, "--adapter", name + "=" + file));
    settings.variants().forEach(k -> option(command, "--variants", k));
    return command;
  }

  private static void option(List<String> command, String name, Object value) {
    command.add(name);
    command.add(value.toString());
  }

  private void writePid(long pid) throws IOException {
    var file = home.resolve("run").resolve("worker.pid");
    Files.createDirectories(home.resolve("run"));
    Files.writeString(file, Long.toString(pid));
  }

  private static void thread(String role, Runnable work) {
    Thread.ofPlatform().daemon().name("worker-" + role).start(work);
  }

  private void listen(Process of) {
    try (var out = reader(of.getInputStream())) {
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(READY)) {
          ready = true;
          log.info("the inference worker answers at {}", server().url());
          changed.accept(this);
        }
      }
    } catch (IOException e) {
      log.debug("the worker's output closed", e);
    }
    ended(of);
  }

  private void complain(InputStream errors) {
    try (var in = reader(errors)) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.isBlank()) {
          lastWords = line.replace(key, "***");
          log.debug("worker: {}", lastWords);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      log.debug("the worker's errors closed", e);
    }
  }

  private static BufferedReader reader(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  private void ended(Process of) {
    lock.lock();
    try {
      if (closed || !of.equals(process)) {
        return;
      }
      var held = Duration.between(began, clock.instant());
      if (ready) {
        backoff.lost(held);
      } else {
        backoff.failed();
      }
      ready = false;
      of.destroyForcibly();
      log.error(
          "the inference worker has ended after {} s; it is started again in {} ms. Its last words: {}",
          held.toSeconds(),
          backoff.delay().toMillis(),
          lastWords.isEmpty() ? "none" : lastWords);
      again();
    } finally {
      lock.unlock();
    }
    changed.accept(this);
  }

  private void again() {
    if (!scheduler.isShutdown()) {
      var _ = scheduler.schedule(this::start, backoff.delay().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Ends it, first by closing its input. */
  @Override
  public void close() {
    closed = true;
    Process last;
    lock.lock();
    try {
      last = process;
    } finally {
      lock.unlock();
    }
    if (last == null) {
      return;
    }
    try {
      last.getOutputStream().close();
      if (!last.waitFor(GRACE)) {
        last.destroyForcibly();
      }
    } catch (IOException e) {
      last.destroyForcibly();
    } catch (InterruptedException e) {
      last.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
