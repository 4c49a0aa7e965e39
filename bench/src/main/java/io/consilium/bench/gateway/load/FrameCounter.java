package io.consilium.bench.gateway.load;

import java.nio.charset.StandardCharsets;

/**
 * Counts the content frames of one event stream and checks their order. The mock numbers its frames
 * ({@code "content":"t0 "}, {@code "t1 "}, ...); role, usage and finish frames carry no number and
 * are not counted.
 */
final class FrameCounter {
  private static final byte[] MARK = "\"content\":\"t".getBytes(StandardCharsets.US_ASCII);

  private final byte[] line = new byte[16 * 1024];
  private int length;
  private int inOrder;
  private boolean disordered;
  private boolean done;

  void reset() {
    length = 0;
    inOrder = 0;
    disordered = false;
    done = false;
  }

  /** Content frames that arrived so far, each with the number that was due. */
  int inOrder() {
    return inOrder;
  }

  /** Whether the end mark came, after {@code frames} frames and none out of order. */
  boolean complete(int frames) {
    return done && !disordered && inOrder == frames;
  }

  void bytes(byte[] source, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = source[i];
      if (b == '\n') {
        endOfLine();
      } else if (length < line.length) {
        line[length++] = b;
      } else {
        disordered = true;
      }
    }
  }

  private void endOfLine() {
    int end = length;
    length = 0;
    if (end < 6 || line[0] != 'd' || line[1] != 'a' || line[4] != ':') {
      return;
    }
    if (line[5] == '[' || line[6] == '[') {
      done = true;
      return;
    }
    int at = HttpReply.indexOf(line, end, MARK);
    if (at < 0) {
      return;
    }
    int number = 0;
    for (int i = at + MARK.length; i < end && line[i] >= '0' && line[i] <= '9'; i++) {
      number = number * 10 + line[i] - '0';
    }
    if (number == inOrder && !done) {
      inOrder++;
    } else {
      disordered = true;
    }
  }
}
