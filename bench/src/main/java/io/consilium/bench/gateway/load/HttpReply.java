package io.consilium.bench.gateway.load;

import java.util.Locale;

/**
 * Reads HTTP/1.1 replies, one after the other, from the bytes of a keep-alive connection: status,
 * the framing headers and the body in any of its three framings. Everything else is skipped.
 */
final class HttpReply {

  /** Takes body bytes as they arrive; the array is reused after the call. */
  interface Body {
    void bytes(byte[] source, int from, int to);
  }

  private enum State {
    HEAD,
    LENGTH,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER,
    UNTIL_CLOSE,
    DONE
  }

  private final Body body;
  private final StringBuilder line = new StringBuilder(256);
  private State state = State.HEAD;
  private int status;
  private long remaining = -1;
  private boolean chunked;
  private boolean keepAlive = true;

  HttpReply(Body body) {
    this.body = body;
  }

  /** Gets ready for the next reply. */
  void reset() {
    state = State.HEAD;
    status = 0;
    remaining = -1;
    chunked = false;
    keepAlive = true;
    line.setLength(0);
  }

  boolean done() {
    return state == State.DONE;
  }

  int status() {
    return status;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  /** Says that the peer closed; a body without length ends well by it, anything else is cut off. */
  void closed() {
    if (state == State.UNTIL_CLOSE) {
      state = State.DONE;
    }
    keepAlive = false;
  }

  /** Consumes bytes until they or the reply end; returns how far it came. */
  int read(byte[] source, int from, int to) {
    int i = from;
    while (i < to && state != State.DONE) {
      switch (state) {
        case HEAD, CHUNK_SIZE, CHUNK_END, TRAILER -> {
          byte b = source[i++];
          if (b == '\n') {
            endOfLine();
          } else if (b != '\r') {
            line.append((char) b);
          }
        }
        case LENGTH, CHUNK -> {
          int n = (int) Math.min(remaining, to - i);
          body.bytes(source, i, i + n);
          i += n;
          remaining -= n;
          if (remaining == 0) {
            state = state == State.CHUNK ? State.CHUNK_END : State.DONE;
          }
        }
        case UNTIL_CLOSE -> {
          body.bytes(source, i, to);
          i = to;
        }
        case DONE -> throw new IllegalStateException("unreachable");
      }
    }
    return i;
  }

  private void endOfLine() {
    String text = line.toString();
    line.setLength(0);
    switch (state) {
      case HEAD -> head(text);
      case CHUNK_SIZE -> {
        int end = text.indexOf(';');
        remaining = Long.parseLong((end < 0 ? text : text.substring(0, end)).trim(), 16);
        state = remaining == 0 ? State.TRAILER : State.CHUNK;
      }
      case CHUNK_END -> state = State.CHUNK_SIZE;
      case TRAILER -> state = text.isEmpty() ? State.DONE : State.TRAILER;
      case LENGTH, CHUNK, UNTIL_CLOSE, DONE ->
          throw new IllegalStateException("no line in " + state);
    }
  }

  private void head(String text) {
    if (status == 0) {
      if (!text.startsWith("HTTP/1.") || text.length() < 12) {
        throw new IllegalArgumentException("not an HTTP reply: " + text);
      }
      status = Integer.parseInt(text.substring(9, 12));
    } else if (!text.isEmpty()) {
      header(text);
    } else if (status < 200) {
      reset();
    } else if (remaining == 0) {
      state = State.DONE;
    } else {
      state = chunked ? State.CHUNK_SIZE : remaining > 0 ? State.LENGTH : State.UNTIL_CLOSE;
    }
  }

  private void header(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return;
    }
    char first = Character.toLowerCase(text.charAt(0));
    if (first != 'c' && first != 't') {
      return;
    }
    String value = text.substring(colon + 1).trim().toLowerCase(Locale.ROOT);
    switch (text.substring(0, colon).toLowerCase(Locale.ROOT)) {
      case "content-length" -> remaining = Long.parseLong(value);
      case "transfer-encoding" -> chunked = value.endsWith("chunked");
      case "connection" -> keepAlive = !value.contains("close");
      default -> {
        // does not matter for reading the reply
      }
    }
  }

  static int indexOf(byte[] in, int length, byte[] what) {
    outer:
    for (int i = 0; i <= length - what.length; i++) {
      for (int j = 0; j < what.length; j++) {
        if (in[i + j] != what[j]) {
          continue outer;
        }
      }
      return i;
    }
    return -1;
  }
}
