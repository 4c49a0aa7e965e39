package io.consilium.worker.http;

import com.sun.net.httpserver.HttpExchange;
import io.consilium.worker.engine.WorkerException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One request and its answer. */
final class Exchange {
  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_BYTES = 16 << 20;

  private final HttpExchange http;

  Exchange(HttpExchange http) {
    this.http = http;
  }

  String method() {
    return http.getRequestMethod();
  }

  String path() {
    return http.getRequestURI().getPath();
  }

  String header(String name) {
    var value = http.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  /** The body, which must be a JSON object. */
  JsonNode body() {
    var body = any();
    if (!body.isObject()) {
      throw WorkerException.invalid("body", "the body must be a JSON object");
    }
    return body;
  }

  /** The body as any JSON. */
  JsonNode any() {
    byte[] bytes;
    try {
      bytes = http.getRequestBody().readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes.length > MOST_BYTES) {
      throw new WorkerException(
          413, "invalid_request_error", "body", "a body may have %d bytes".formatted(MOST_BYTES));
    }
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw WorkerException.invalid("body", "the body is no JSON: " + e.getOriginalMessage());
    }
  }

  void answer(int status, JsonNode body) {
    answer(status, "application/json", body.toString());
  }

  void answer(int status, String type, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    http.getResponseHeaders().set("content-type", type);
    try {
      http.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      try (var out = http.getResponseBody()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins a stream of server-sent events. */
  Events events() {
    http.getResponseHeaders().set("content-type", "text/event-stream");
    http.getResponseHeaders().set("cache-control", "no-store");
    try {
      http.sendResponseHeaders(200, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Events(http.getResponseBody());
  }

  static final class Events implements AutoCloseable {
    private final OutputStream out;

    private Events(OutputStream out) {
      this.out = out;
    }

    void send(String data) {
      try {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        out.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** An error in OpenAI's format. */
  static ObjectNode error(WorkerException e) {
    var root = object();
    var error = root.putObject("error");
    error.put("message", e.message());
    error.put("type", e.type());
    error.put("code", e.status());
    if (e.param() != null) {
      error.put("param", e.param());
    }
    return root;
  }

  void close() {
    http.close();
  }
}
