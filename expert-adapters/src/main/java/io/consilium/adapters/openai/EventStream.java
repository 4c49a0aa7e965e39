package io.consilium.adapters.openai;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events (WHATWG HTML, "Server-sent events") from a byte stream: the data of one
 * event per call, copied once. Network chunks may end anywhere; lines end in LF, CRLF or CR;
 * comments and fields other than {@code data} are skipped. For one thread.
 */
final class EventStream {
  private static final byte[] NOTHING = new byte[0];

  private final InputStream in;
  private final int limit;
  private byte[] buffer = new byte[8192];
  private int start;
  private int end;
  private boolean skipLineFeed;
  private boolean first = true;

  /**
   * @param limit the most bytes one event may have
   */
  EventStream(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /**
   * The data of the next event, or null when the stream has ended. An event that the end cuts off
   * after a whole line still counts: some servers leave out the last empty line.
   */
  byte @Nullable [] next() throws IOException {
    byte[] data = null;
    while (true) {
      int lineEnd = line();
      if (lineEnd < 0) {
        return data;
      }
      int from = first ? afterMark(lineEnd) : start;
      first = false;
      start = Math.min(end, lineEnd + 1);
      if (lineEnd == from) {
        if (data != null) {
          return data;
        }
        continue;
      }
      int value = value(from, lineEnd);
      if (value >= 0) {
        data =
            data == null ? Arrays.copyOfRange(buffer, value, lineEnd) : join(data, value, lineEnd);
      }
    }
  }

  /** Where the first line begins, after a byte order mark if there is one. */
  private int afterMark(int to) {
    boolean mark =
        to - start >= 3
            && buffer[start] == (byte) 0xEF
            && buffer[start + 1] == (byte) 0xBB
            && buffer[start + 2] == (byte) 0xBF;
    return mark ? start + 3 : start;
  }

  /** Where the value of a {@code data} line begins, or -1 when the line is something else. */
  private int value(int from, int to) {
    if (to - from < 4
        || buffer[from] != 'd'
        || buffer[from + 1] != 'a'
        || buffer[from + 2] != 't'
        || buffer[from + 3] != 'a') {
      return -1;
    }
    if (to - from == 4) {
      return to;
    }
    if (buffer[from + 4] != ':') {
      return -1;
    }
    return to - from > 5 && buffer[from + 5] == ' ' ? from + 6 : from + 5;
  }

  private byte[] join(byte[] data, int from, int to) {
    check(data.length + 1 + to - from);
    var joined = Arrays.copyOf(data, data.length + 1 + to - from);
    joined[data.length] = '\n';
    System.arraycopy(buffer, from, joined, data.length + 1, to - from);
    return joined;
  }

  /** Where the next line, which begins at {@code start}, ends; -1 at the end of the stream. */
  private int line() throws IOException {
    int at = start;
    while (true) {
      if (skipLineFeed && at < end) {
        skipLineFeed = false;
        if (buffer[at] == '\n') {
          at++;
          start = at;
        }
      }
      for (; at < end; at++) {
        byte b = buffer[at];
        if (b == '\n') {
          return at;
        }
        if (b == '\r') {
          skipLineFeed = true;
          return at;
        }
      }
      int read = at - start;
      if (!fill()) {
        return end > start ? end : -1;
      }
      at = start + read;
    }
  }

  /** Reads more behind the unread bytes; false at the end of the stream. */
  private boolean fill() throws IOException {
    if (start == end) {
      start = 0;
      end = 0;
    } else if (end == buffer.length) {
      int kept = end - start;
      check(kept);
      var larger = kept > buffer.length / 2 ? new byte[buffer.length * 2] : buffer;
      System.arraycopy(buffer, start, larger, 0, kept);
      buffer = larger;
      start = 0;
      end = kept;
    }
    int read = in.read(buffer, end, buffer.length - end);
    if (read < 0) {
      return false;
    }
    end += read;
    return true;
  }

  private void check(int size) {
    if (size > limit) {
      buffer = NOTHING;
      throw new ExpertException(
          FailureKind.UPSTREAM_INVALID,
          "the expert sent a stream event larger than the %,d bytes accepted".formatted(limit));
    }
  }
}
