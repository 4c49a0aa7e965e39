package io.consilium.adapters.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.consilium.expert.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A fake server that speaks OpenAI's wire format over plain sockets. What it does is scripted per
 * model name; the names of {@link Behaviours#all} are there from the start ({@code "plain"}, {@code
 * "html"}, {@code "hang"} …). It keeps the bytes of every request and sees at once when a caller
 * hangs up.
 */
public final class FakeUpstream implements AutoCloseable {
  private final ServerSocket server;
  private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>(Behaviours.all());
  private final ConcurrentLinkedQueue<FakeExchange> exchanges = new ConcurrentLinkedQueue<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private volatile @Nullable String listing;
  private final AtomicInteger accepted = new AtomicInteger();

  /** What a model does with a request. */
  @FunctionalInterface
  public interface Behaviour {
    /** Serves one request; runs on a thread of its own and may block. */
    void serve(FakeExchange exchange) throws Exception;
  }

  private FakeUpstream() throws IOException {
    server = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("fake-upstream").start(this::accept);
  }

  /** Starts one on a free port of the loopback address. */
  public static FakeUpstream start() {
    try {
      return new FakeUpstream();
    } catch (IOException e) {
      throw new IllegalStateException("no free port on the loopback address", e);
    }
  }

  /** Its base address, with the version path. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v1");
  }

  /** Makes a model behave; replaces what it did before. */
  public FakeUpstream script(String model, Behaviour behaviour) {
    behaviours.put(model, behaviour);
    return this;
  }

  /** Makes {@code GET /models} answer this instead of the scripted names. */
  public FakeUpstream listing(String body) {
    listing = body;
    return this;
  }

  /** Every request so far, oldest first. */
  public List<FakeExchange> exchanges() {
    return List.copyOf(exchanges);
  }

  /** Every request for the model so far, oldest first. */
  public List<FakeExchange> exchanges(String model) {
    return exchanges.stream().filter(exchange -> exchange.model().equals(model)).toList();
  }

  /** The latest request for the model; waits until there is one. */
  public FakeExchange await(String model) {
    await("a request for " + model, () -> !exchanges(model).isEmpty());
    return exchanges(model).getLast();
  }

  /** Connections opened so far. */
  public int accepted() {
    return accepted.get();
  }

  /** Waits until the condition holds; fails after ten seconds. */
  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("waited ten seconds for " + what);
      }
      LockSupport.parkNanos(500_000);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        accepted.incrementAndGet();
        connections.add(socket);
        socket.setTcpNoDelay(true);
        Thread.ofVirtual().name("fake-upstream-connection").start(() -> serve(socket));
      } catch (IOException e) {
        // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var requests = new RequestReader(socket.getInputStream());
      FakeExchange current = null;
      while (true) {
        RequestReader.Request request;
        try {
          request = requests.next();
        } catch (IOException e) {
          request = null; // reset by the caller
        }
        if (request == null) {
          if (current != null) {
            current.hungUp();
          }
          return;
        }
        if (current != null) {
          current.awaitServed();
        }
        var next = new FakeExchange(request, socket);
        current = next;
        exchanges.add(next);
        Thread.ofVirtual().name("fake-upstream-answer").start(() -> answer(next));
      }
    } catch (IOException e) {
      // the connection is gone
    } finally {
      connections.remove(socket);
    }
  }

  private void answer(FakeExchange exchange) {
    try {
      if (exchange.path().equals("/v1/models")) {
        var body = listing;
        exchange.json(200, body != null ? body : models());
      } else {
        var behaviour = behaviours.get(exchange.model());
        if (behaviour == null) {
          exchange.json(
              404,
              Behaviours.error(
                  "The model '" + exchange.model() + "' does not exist", "model_not_found"));
        } else {
          behaviour.serve(exchange);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      exchange.close(); // the caller hung up, or the script failed: either way it is over
    } finally {
      exchange.served();
    }
  }

  private String models() {
    var root = Json.object().put("object", "list");
    var data = root.putArray("data");
    behaviours.keySet().stream()
        .sorted()
        .forEach(id -> data.addObject().put("id", id).put("object", "model"));
    return new String(Json.bytes(root), UTF_8);
  }

  @Override
  public void close() {
    try {
      server.close();
      for (var socket : connections) {
        socket.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
