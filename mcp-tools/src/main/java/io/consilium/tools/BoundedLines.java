package io.consilium.tools;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of UTF-8 up to a size; of a longer line only both ends are kept, so that no answer
 * can fill the memory and its sender can still be told apart.
 */
final class BoundedLines {

  /**
   * A line.
   *
   * @param text the line, or when it was too long its beginning and end joined
   * @param tooLong whether it exceeded the limit
   */
  record Line(String text, boolean tooLong) {}

  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[16_384];
  private int position;
  private int filled;

  BoundedLines(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** The next line without its end; null at the end of the stream. Blocks. */
  @Nullable Line next() throws IOException {
    var line = new ByteArrayOutputStream();
    byte[] tail = new byte[0];
    boolean any = false;
    while (true) {
      if (position == filled) {
        filled = in.read(buffer);
        position = 0;
        if (filled <= 0) {
          filled = 0;
          return any ? line(line, tail) : null;
        }
      }
      any = true;
      int end = position;
      while (end < filled && buffer[end] != '\n') {
        end++;
      }
      int room = Math.min(end - position, limit - line.size());
      line.write(buffer, position, room);
      if (room < end - position) {
        tail = lastBytes(tail, buffer, position + room, end);
      }
      boolean complete = end < filled;
      position = complete ? end + 1 : end;
      if (complete) {
        return line(line, tail);
      }
    }
  }

  private static Line line(ByteArrayOutputStream line, byte[] tail) {
    if (tail.length == 0) {
      return new Line(line.toString(StandardCharsets.UTF_8), false);
    }
    var head = Arrays.copyOf(line.toByteArray(), CutMessage.END_BYTES);
    return new Line(
        new String(head, StandardCharsets.UTF_8) + new String(tail, StandardCharsets.UTF_8), true);
  }

  private static byte[] lastBytes(byte[] before, byte[] more, int from, int to) {
    var joined = Arrays.copyOf(before, before.length + to - from);
    System.arraycopy(more, from, joined, before.length, to - from);
    return joined.length <= CutMessage.END_BYTES
        ? joined
        : Arrays.copyOfRange(joined, joined.length - CutMessage.END_BYTES, joined.length);
  }
}
