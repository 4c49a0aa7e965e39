package io.consilium.tools;

import io.consilium.expert.Json;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * An MCP server in a child process, spoken to over its standard streams.
 *
 * <p>Takes the place of the SDK's own stdio transport, which passes our whole environment on, reads
 * lines of any length, gives up on the first line that is not JSON, and leaves calls waiting when
 * the process dies. The child ends with us: its input is closed first, then it is asked to
 * terminate, then killed; when this process crashes, the system closes its input.
 */
final class ChildTransport implements McpClientTransport {
  private static final Logger log = LoggerFactory.getLogger(ChildTransport.class);
  private static final List<String> PASSED_ON =
      List.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "SYSTEMROOT");
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final String NO_MORE = "";

  /** Of a line to standard error; of longer ones both ends are kept. */
  private static final int MAX_ERROR_BYTES = 10_000;

  private final String name;
  private final int maxLineBytes;
  private final Process process;
  private final McpJsonMapper json = new JacksonMcpJsonMapper(Json.MAPPER);
  private final LinkedBlockingQueue<String> outbound = new LinkedBlockingQueue<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private volatile String lastError = "";

  private ChildTransport(String name, Process process, int maxLineBytes) {
    this.name = name;
    this.process = process;
    this.maxLineBytes = maxLineBytes;
  }

  /** Starts the process. */
  static ChildTransport start(String name, McpServerSettings.Stdio how, int maxLineBytes)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(how.command());
    command.addAll(how.arguments());
    var builder = new ProcessBuilder(command);
    var environment = builder.environment();
    environment.keySet().retainAll(PASSED_ON);
    environment.putAll(how.environment());
    var transport = new ChildTransport(name, builder.start(), maxLineBytes);
    transport.thread("errors", transport::readErrors);
    transport.thread("writer", transport::write);
    return transport;
  }

  /** Completes with the reason when the process is gone or has closed its output. */
  CompletableFuture<String> ended() {
    return ended;
  }

  /** The operating system's number of the process. */
  long pid() {
    return process.pid();
  }

  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return Mono.fromRunnable(() -> thread("reader", () -> read(handler)));
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.fromCallable(() -> {
      if (ended.isDone()) {
        throw new IOException(ended.join());
      }
      outbound.add(json.writeValueAsString(message));
      return null;
    });
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return json.convertValue(data, type);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(this::stop);
  }

  /** Ends the process and waits until it has ended. */
  void stop() {
    outbound.add(NO_MORE);
    boolean interrupted = false;
    var children = process.descendants().toList();
    try {
      if (!process.waitFor(GRACE)) {
        process.destroy();
        if (!process.waitFor(GRACE)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      interrupted = true;
    }
    children.forEach(ProcessHandle::destroyForcibly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void thread(String role, Runnable work) {
    Thread.ofPlatform().daemon().name("mcp-" + name + "-" + role).start(work);
  }

  private void read(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    try (var out = process.getInputStream()) {
      var lines = new BoundedLines(out, maxLineBytes);
      for (var line = lines.next(); line != null; line = lines.next()) {
        var message = line.tooLong() ? tooLong(line.text()) : parse(line.text());
        if (message != null) {
          handler.apply(Mono.just(message)).subscribe(m -> {}, e -> log.warn("{}: {}", name, e));
        }
      }
    } catch (IOException e) {
      log.debug("{}: output closed", name, e);
    }
    ended.complete(reason());
  }

  private @Nullable JSONRPCMessage parse(String line) {
    if (line.isBlank()) {
      return null;
    }
    try {
      return McpSchema.deserializeJsonRpcMessage(json, line);
    } catch (IOException | RuntimeException e) {
      log.warn(
          "MCP server {} wrote a line that is no JSON-RPC message to its standard output; it should"
              + " log to standard error: {}",
          name,
          line.length() > 200 ? line.substring(0, 200) + "…" : line);
      return null;
    }
  }

  private @Nullable JSONRPCMessage tooLong(String ends) {
    log.warn("MCP server {} wrote a message of more than {} bytes; dropped", name, maxLineBytes);
    return new CutMessage(ends, maxLineBytes).refusal().orElse(null);
  }

  private void readErrors() {
    try (var err = process.getErrorStream()) {
      var lines = new BoundedLines(err, MAX_ERROR_BYTES);
      for (var line = lines.next(); line != null; line = lines.next()) {
        var text = line.text();
        log.debug("{}: {}", name, text);
        if (!text.isBlank()) {
          lastError = text.length() > 300 ? text.substring(0, 300) + "…" : text;
        }
      }
    } catch (IOException e) {
      log.debug("{}: errors closed", name, e);
    }
  }

  private void write() {
    try (var in = process.getOutputStream()) {
      for (var line = outbound.take(); !line.equals(NO_MORE); line = outbound.take()) {
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
      }
    } catch (IOException e) {
      log.debug("{}: input closed", name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String reason() {
    try {
      if (!process.waitFor(1, TimeUnit.SECONDS)) {
        return "closed its output";
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var said = lastError.isEmpty() ? "" : "; it last said: " + lastError;
    return "ended with exit code " + (process.isAlive() ? "?" : process.exitValue()) + said;
  }
}
