package io.consilium.adapters.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads HTTP/1.1 requests from a connection. */
final class RequestReader {
  private final InputStream in;

  /** One request; header names ignore case. */
  record Request(String method, String path, Map<String, String> headers, byte[] body) {}

  RequestReader(InputStream in) {
    this.in = new BufferedInputStream(in, 16 << 10);
  }

  /** The next request, or null when the caller has hung up. */
  @Nullable Request next() throws IOException {
    var first = line();
    if (first == null) {
      return null;
    }
    var words = first.split(" ", -1);
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (var line = line(); line != null && !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return new Request(words[0], words[1], headers, body(headers));
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    if (headers.getOrDefault("Transfer-Encoding", "").equalsIgnoreCase("chunked")) {
      var body = new ByteArrayOutputStream();
      while (true) {
        var size = line();
        if (size == null) {
          throw new EOFException();
        }
        int length = Integer.parseInt(size, 16);
        body.write(in.readNBytes(length));
        line();
        if (length == 0) {
          return body.toByteArray();
        }
      }
    }
    int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
    var body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException();
    }
    return body;
  }

  private @Nullable String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return null;
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
  }
}
