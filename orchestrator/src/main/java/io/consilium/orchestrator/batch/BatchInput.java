package io.consilium.orchestrator.batch;

import io.consilium.expert.Dialect;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The lines of a batch's input, as OpenAI writes them. */
public final class BatchInput {
  private static final Map<String, Dialect> ENDPOINTS = endpoints();
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private BatchInput() {}

  private static Map<String, Dialect> endpoints() {
    Map<String, Dialect> all = new LinkedHashMap<>();
    all.put("/v1/chat/completions", Dialect.CHAT);
    all.put("/v1/completions", Dialect.COMPLETIONS);
    all.put("/v1/embeddings", Dialect.EMBEDDINGS);
    return all;
  }

  /** What an endpoint speaks; empty when batches cannot ask it. */
  public static Optional<Dialect> dialect(String endpoint) {
    return Optional.ofNullable(ENDPOINTS.get(endpoint));
  }

  /** The endpoints batches can ask, for people. */
  public static String known() {
    return ENDPOINTS.keySet().stream().collect(Collectors.joining(", "));
  }

  /** Takes lines. */
  @FunctionalInterface
  interface Reader {
    /**
     * Takes a line that is not blank.
     *
     * @param number from 1
     * @param from where it begins in the file
     * @param bytes without its end; null when it is too long
     * @return whether to go on
     */
    boolean take(int number, long from, byte @Nullable [] bytes);
  }

  /** Hands every line that is not blank to a reader, in order. */
  static void read(InputStream contents, int longest, Reader reader) {
    try (var in = new BufferedInputStream(contents, 1 << 16)) {
      var line = new ByteArrayOutputStream();
      int number = 1;
      long from = 0;
      long length = 0;
      while (true) {
        int next = in.read();
        if (next != '\n' && next >= 0) {
          if (length++ < longest) {
            line.write(next);
          }
          continue;
        }
        var bytes = unmarked(line.toByteArray(), number);
        boolean tooLong = length > longest;
        long begin = from + (tooLong ? 0 : line.size() - bytes.length);
        if ((tooLong || !blank(bytes)) && !reader.take(number, begin, tooLong ? null : bytes)) {
          return;
        }
        if (next < 0) {
          return;
        }
        from += length + 1;
        length = 0;
        line.reset();
        number++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it comes from the store
    }
  }

  /** Some editors begin a file with a mark of its encoding. */
  private static byte[] unmarked(byte[] line, int number) {
    return number == 1 && line.length >= 3 && Arrays.equals(line, 0, 3, MARK, 0, 3)
        ? Arrays.copyOfRange(line, 3, line.length)
        : line;
  }

  private static boolean blank(byte[] line) {
    for (byte each : line) {
      if (each != ' ' && each != '\t' && each != '\r') {
        return false;
      }
    }
    return true;
  }

  /**
   * A request.
   *
   * @param id the caller's own
   * @param body for the endpoint
   */
  record Request(String id, ObjectNode body) {}

  /** Why a line is no request. */
  static final class Faulty extends Exception {
    private final String code;
    private final @Nullable String id;

    Faulty(String code, @Nullable String id, String message) {
      super(message);
      this.code = code;
      this.id = id;
    }

    String code() {
      return code;
    }

    /** What is wrong, and how to mend it. */
    String message() {
      return String.valueOf(getMessage());
    }

    /** The caller's own id, where it could be read. */
    @Nullable String id() {
      return id;
    }
  }

  /**
   * The request of a line.
   *
   * @param endpoint the only one it may name
   */
  static Request request(byte[] line, String endpoint) throws Faulty {
    JsonNode node;
    try {
      node = Json.MAPPER.readTree(line);
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw new Faulty(
          "invalid_json_line",
          null,
          "this is not valid JSON (column %d): %s"
              .formatted(at == null ? 1 : at.getColumnNr(), Json.fault(e)));
    }
    if (!node.isObject()) {
      throw new Faulty("invalid_json_line", null, "a JSON object is expected: { … }");
    }
    var id = node.path("custom_id").asString("");
    if (!node.path("custom_id").isString() || id.isBlank()) {
      throw new Faulty(
          "missing_required_parameter", null, "'custom_id' is missing: give each line its own");
    }
    if (id.length() > 512) {
      throw new Faulty("invalid_custom_id", null, "'custom_id' has more than 512 characters");
    }
    var method = node.path("method").asString("POST");
    if (!method.equals("POST")) {
      throw new Faulty("invalid_method", id, "'method' must be POST, not " + method);
    }
    var url = node.path("url").asString("");
    if (!url.equals(endpoint)) {
      throw new Faulty(
          "mismatched_endpoint",
          id,
          "'url' must be %s as for the whole batch, not '%s': put others into another batch"
              .formatted(endpoint, url));
    }
    if (!(node.path("body") instanceof ObjectNode body)) {
      throw new Faulty("missing_required_parameter", id, "'body' must be a JSON object");
    }
    if (body.path("stream").asBoolean(false)) {
      throw new Faulty(
          "unsupported_parameter", id, "'stream' must be left out: nobody listens to a batch");
    }
    return new Request(id, body);
  }

  /** The failure of a line that is too long. */
  static Faulty tooLong(int longest) {
    return new Faulty(
        "line_too_large",
        null,
        "the line is longer than %,d bytes; raise consilium.api.max-body".formatted(longest));
  }

  /** The failure of a batch that names an endpoint it cannot ask. */
  public static ExpertException unknownEndpoint(String endpoint) {
    return new ExpertException(
            FailureKind.INVALID_REQUEST,
            "batches cannot ask '%s'; they can ask %s".formatted(endpoint, known()))
        .about("endpoint");
  }
}
