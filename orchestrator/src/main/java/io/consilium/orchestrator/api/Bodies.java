package io.consilium.orchestrator.api;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import io.consilium.orchestrator.routers.OutcomeIntake;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Reads and writes whole JSON bodies. */
public final class Bodies {
  /** Memory for a longer body is taken only as it comes. */
  private static final int AT_ONCE = 64 << 10;

  private final int limit;

  /** Refuses bodies of more than {@code limit} bytes. */
  public Bodies(int limit) {
    this.limit = limit;
  }

  /**
   * The request's JSON object.
   *
   * @throws ExpertException {@code INVALID_REQUEST} when it is none, {@code TOO_LARGE} before all
   *     of it was read
   */
  ObjectNode read(HttpServletRequest request) {
    return Json.object(bytes(request), "the request body");
  }

  /** The whole body as it was sent; the same failures as {@link #read}. */
  public byte[] bytes(HttpServletRequest request) {
    long length = request.getContentLengthLong();
    if (length > limit) {
      throw tooLarge();
    }
    byte[] bytes;
    try {
      var in = request.getInputStream();
      bytes =
          length > 0 && length <= AT_ONCE ? exactly((int) length, in) : in.readNBytes(limit + 1);
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CANCELLED, "the caller went away while sending the request", e);
    }
    if (bytes.length > limit) {
      throw tooLarge();
    }
    if (bytes.length == 0) {
      throw new ExpertException(
          FailureKind.INVALID_REQUEST, "the request body is empty: send a JSON object");
    }
    return bytes;
  }

  private static byte[] exactly(int length, InputStream in) throws IOException {
    var bytes = new byte[length];
    int read = in.readNBytes(bytes, 0, length);
    return read == length ? bytes : Arrays.copyOf(bytes, read);
  }

  private ExpertException tooLarge() {
    return new ExpertException(
        FailureKind.TOO_LARGE,
        "the request body is larger than %,d bytes; send less, or raise consilium.api.max-body"
            .formatted(limit));
  }

  /** Whether the request says that its body is JSON. */
  static boolean isJson(HttpServletRequest request) {
    var essence = essence(request);
    return essence.equals("application/json") || essence.endsWith("+json");
  }

  /** Whether the request says that its body is a table: JSON lines or CSV. */
  static boolean isTable(HttpServletRequest request) {
    var essence = essence(request);
    return essence.equals("text/csv") || LINES.contains(essence);
  }

  /** Whether the request says that its body is a form with files. */
  static boolean isForm(HttpServletRequest request) {
    return essence(request).equals("multipart/form-data");
  }

  /** How a body of outcomes is written. */
  static OutcomeIntake.Form form(HttpServletRequest request) {
    if (isJson(request)) {
      return OutcomeIntake.Form.JSON;
    }
    return essence(request).equals("text/csv")
        ? OutcomeIntake.Form.CSV
        : OutcomeIntake.Form.JSON_LINES;
  }

  private static final List<String> LINES =
      List.of("application/x-ndjson", "application/jsonl", "application/jsonlines");

  private static String essence(HttpServletRequest request) {
    var type = request.getContentType();
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** Writes a JSON value as the whole response. */
  static void write(int status, Object value, HttpServletResponse response) throws IOException {
    write(status, Json.bytes(value), response);
  }

  /** Writes JSON bytes as the whole response. */
  static void write(int status, byte[] json, HttpServletResponse response) throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(json.length);
    response.getOutputStream().write(json);
  }
}
