package io.consilium.tools;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.expert.ToolSpec;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One session with an MCP server, from its start to its end.
 *
 * <p>Stands on the SDK's asynchronous client, because a call of the synchronous one can neither be
 * given a time limit of its own nor be cancelled; its futures are waited for here and go no
 * further.
 */
final class McpSession {
  private static final Duration PROBE = Duration.ofSeconds(5);
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);
  private static final Duration NO_LIMIT = Duration.ofDays(1);

  /** A call took longer than it may. */
  static final class TimedOut extends Exception {}

  /** Who called was interrupted, and still is. */
  static final class Left extends Exception {}

  /** The session cannot be used any more. */
  static final class Broken extends Exception {
    private final String reason;

    Broken(String reason, Throwable cause) {
      super(reason, cause);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  private final McpServerSettings settings;
  private final McpAsyncClient client;
  private final GuardedTransport transport;
  private final CompletableFuture<String> ended;
  private volatile List<ToolSpec> tools = List.of();

  private McpSession(
      McpServerSettings settings,
      McpClientTransport transport,
      CompletableFuture<String> ended,
      Consumer<List<ToolSpec>> onChange) {
    this.settings = settings;
    this.transport = new GuardedTransport(transport, new ToolListing(settings.name()));
    this.ended = ended;
    this.client =
        McpClient.async(this.transport)
            .clientInfo(McpSchema.Implementation.builder("consilium", "0.1").build())
            .requestTimeout(NO_LIMIT)
            .initializationTimeout(NO_LIMIT)
            .toolsChangeConsumer(list -> Mono.fromRunnable(() -> onChange.accept(specs(list))))
            .build();
  }

  /** Starts or reaches the server and lists its tools, within the start timeout. */
  static McpSession open(McpServerSettings settings, Consumer<List<ToolSpec>> onChange) {
    var session =
        switch (settings.transport()) {
          case McpServerSettings.Stdio stdio -> child(settings, stdio, onChange);
          case McpServerSettings.Http http ->
              new McpSession(
                  settings,
                  http(http, settings.maxResultBytes()),
                  new CompletableFuture<>(),
                  onChange);
        };
    try {
      session.handshake();
      return session;
    } catch (ExpertException e) {
      session.close();
      throw e;
    }
  }

  private static McpSession child(
      McpServerSettings settings,
      McpServerSettings.Stdio stdio,
      Consumer<List<ToolSpec>> onChange) {
    try {
      var child = ChildTransport.start(settings.name(), stdio, settings.maxResultBytes());
      return new McpSession(settings, child, child.ended(), onChange);
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "MCP server %s cannot be started: %s. Check its command, or install the program."
              .formatted(settings.name(), e.getMessage()),
          e);
    }
  }

  private static McpClientTransport http(McpServerSettings.Http http, int maxBytes) {
    var url = http.url();
    var base = URI.create(url.getScheme() + "://" + url.getRawAuthority());
    var path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/mcp" : url.getRawPath();
    return HttpClientStreamableHttpTransport.builder(base.toString())
        .endpoint(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
        .jsonMapper(new JacksonMcpJsonMapper(Json.MAPPER))
        .clientBuilder(BoundedHttpClient.builder(maxBytes))
        .connectTimeout(Duration.ofSeconds(10))
        .httpRequestCustomizer(
            (request, method, uri, body, context) -> http.headers().forEach(request::setHeader))
        .build();
  }

  private void handshake() {
    var opened =
        client
            .initialize()
            .then(client.listTools())
            .map(listed -> specs(listed.tools()))
            .toFuture();
    try {
      CompletableFuture.anyOf(opened, ended)
          .get(settings.startTimeout().toNanos(), TimeUnit.NANOSECONDS);
      if (!opened.isDone()) {
        throw unavailable(ended.join(), null);
      }
      tools = opened.get();
    } catch (TimeoutException e) {
      throw new ExpertException(
          FailureKind.TIMEOUT,
          "MCP server %s did not get ready within its start timeout of %d ms"
              .formatted(settings.name(), settings.startTimeout().toMillis()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExpertException(
          FailureKind.CANCELLED, "starting MCP server " + settings.name() + " was cancelled", e);
    } catch (ExecutionException e) {
      var cause = Failures.root(e);
      throw Failures.ofServer(settings.name(), cause)
          .orElseGet(() -> unavailable("cannot be reached: " + Failures.words(cause), cause));
    } finally {
      opened.cancel(true);
    }
  }

  List<ToolSpec> tools() {
    return tools;
  }

  /** Completes with the reason when the server is gone; never for one reached over HTTP. */
  CompletableFuture<String> ended() {
    return ended;
  }

  ToolResult call(long number, String tool, Map<String, Object> arguments, Duration limit)
      throws TimedOut, Left, Broken {
    if (!limit.isPositive()) {
      throw new TimedOut();
    }
    var request =
        McpSchema.CallToolRequest.builder(tool)
            .arguments(arguments)
            .meta(Map.of(GuardedTransport.CALL, number))
            .build();
    var future = client.callTool(request).toFuture();
    var either = CompletableFuture.anyOf(future, ended);
    try {
      either.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (!future.isDone()) {
        throw new Broken(ended.join(), new IOException(ended.join()));
      }
      return bounded(tool, ToolResult.of(future.get()));
    } catch (TimeoutException e) {
      transport.cancel(number, "the caller's time is up");
      throw new TimedOut();
    } catch (InterruptedException e) {
      transport.cancel(number, "the caller went away");
      Thread.currentThread().interrupt();
      throw new Left();
    } catch (ExecutionException e) {
      var cause = Failures.root(e);
      if (cause instanceof McpError refused) {
        throw Failures.ofCall(settings.name(), tool, refused);
      }
      var known = Failures.ofServer(settings.name(), cause);
      if (known.isPresent()) {
        throw known.get();
      }
      throw new Broken(reason(cause), cause);
    } finally {
      transport.forget(number);
      future.cancel(true);
    }
  }

  /** A child that dies is told of by two threads, and the one that knows why may be the later. */
  private String reason(Throwable cause) throws Left {
    var plain = "broke off the call: " + Failures.words(cause);
    if (settings.transport() instanceof McpServerSettings.Http) {
      return plain;
    }
    try {
      return ended
          .copy()
          .completeOnTimeout(plain, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)
          .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Left();
    } catch (ExecutionException e) {
      return plain;
    }
  }

  /** Asks for a sign of life; fails when there is none within five seconds or a call's time. */
  CompletableFuture<Object> probe() {
    long limit = Math.min(PROBE.toMillis(), settings.callTimeout().toMillis());
    return client.ping().toFuture().orTimeout(limit, TimeUnit.MILLISECONDS);
  }

  /** Ends the session and, with it, the child process. */
  void close() {
    client.close();
  }

  private ToolResult bounded(String tool, ToolResult result) {
    long size = Json.bytes(result.content()).length;
    if (result.structured() != null) {
      size += Json.bytes(result.structured()).length;
    }
    if (size > settings.maxResultBytes()) {
      throw Failures.tooLarge(settings.name(), tool, settings.maxResultBytes());
    }
    return result;
  }

  private ExpertException unavailable(String reason, @Nullable Throwable cause) {
    return new ExpertException(
        FailureKind.UNAVAILABLE, "MCP server " + settings.name() + " " + reason, cause);
  }

  private static List<ToolSpec> specs(List<McpSchema.Tool> tools) {
    return tools.stream()
        .map(tool ->
            new ToolSpec(
                tool.name(),
                tool.description() == null ? "" : tool.description(),
                Json.MAPPER.valueToTree(tool.inputSchema())))
        .toList();
  }
}
