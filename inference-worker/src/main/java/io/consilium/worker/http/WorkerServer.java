package io.consilium.worker.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.consilium.worker.engine.Engine;
import io.consilium.worker.engine.WorkerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's HTTP server: one virtual thread per request. */
public final class WorkerServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerServer.class);
  private static final int BACKLOG = 1024;

  private interface Handler {
    void handle(Exchange exchange) throws InterruptedException;
  }

  private final Map<String, Handler> routes;
  private final byte @Nullable [] key;
  private final HttpServer http;
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Listens at once.
   *
   * @param key what callers must send as a bearer token, or null for none
   * @throws WorkerException when the address cannot be had
   */
  public WorkerServer(Engine engine, InetSocketAddress address, @Nullable String key) {
    // without this the JDK's server waits 40 ms before the end of an answer
    System.setProperty("sun.net.httpserver.nodelay", "true");
    this.key = key == null ? null : ("Bearer " + key).getBytes(StandardCharsets.UTF_8);
    var completions = new Completions(engine);
    var control = new Control(engine);
    routes =
        Map.ofEntries(
            Map.entry("GET /health", control::health),
            Map.entry("GET /v1/models", control::models),
            Map.entry("GET /props", control::properties),
            Map.entry("GET /metrics", control::metrics),
            Map.entry("GET /lora-adapters", control::adapters),
            Map.entry("GET /is_sleeping", control::asleep),
            Map.entry("POST /v1/chat/completions", completions::chat),
            Map.entry("POST /v1/completions", completions::complete),
            Map.entry("POST /v1/embeddings", completions::embed),
            Map.entry("POST /tokenize", control::tokenize),
            Map.entry("POST /detokenize", control::detokenize),
            Map.entry("POST /v1/load_lora_adapter", control::load),
            Map.entry("POST /v1/unload_lora_adapter", control::unload),
            Map.entry("POST /sleep", control::sleep),
            Map.entry("POST /wake_up", control::wake));
    try {
      http = HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw WorkerException.internal(
          "the worker cannot listen at %s: %s".formatted(address, e.getMessage()));
    }
    http.setExecutor(requests);
    http.createContext("/", this::answer);
    http.start();
  }

  /** The port it listens at. */
  public int port() {
    return http.getAddress().getPort();
  }

  private void answer(HttpExchange raw) {
    var exchange = new Exchange(raw);
    try {
      route(exchange);
    } catch (WorkerException e) {
      fail(exchange, e);
    } catch (UncheckedIOException e) {
      log.debug("the reader left: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("{} {} failed", exchange.method(), exchange.path(), e);
      fail(exchange, WorkerException.internal("the worker failed: " + e));
    } finally {
      exchange.close();
    }
  }

  private void route(Exchange exchange) throws InterruptedException {
    var path = exchange.path();
    if (!path.equals("/health") && !mayPass(exchange)) {
      throw new WorkerException(
          401,
          "authentication_error",
          null,
          "this worker wants its key: send Authorization: Bearer …");
    }
    var handler = routes.get(exchange.method() + " " + path);
    if (handler == null) {
      var other = routes.keySet().stream().filter(route -> route.endsWith(" " + path)).findFirst();
      throw other.isPresent()
          ? new WorkerException(
              405, "invalid_request_error", null, "%s is asked as %s".formatted(path, other.get()))
          : WorkerException.notFound("path", "there is nothing at " + path);
    }
    handler.handle(exchange);
  }

  private boolean mayPass(Exchange exchange) {
    return key == null
        || MessageDigest.isEqual(
            key, exchange.header("authorization").getBytes(StandardCharsets.UTF_8));
  }

  private static void fail(Exchange exchange, WorkerException e) {
    try {
      exchange.answer(e.status(), Exchange.error(e));
    } catch (UncheckedIOException gone) {
      log.debug("the reader left: {}", gone.getMessage());
    }
  }

  @Override
  public void close() {
    http.stop(0);
    requests.close();
  }
}
