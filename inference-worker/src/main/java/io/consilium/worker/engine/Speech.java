package io.consilium.worker.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Text from the bytes of tokens, as far as it is certain: bytes of an unfinished character wait,
 * and so does what may yet become a stop text.
 */
final class Speech {
  private final List<String> stops;
  private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
  private final StringBuilder waiting = new StringBuilder();
  private boolean stopped;

  Speech(List<String> stops) {
    this.stops = stops;
  }

  /** What may be said after these bytes too; empty when all of it must wait. */
  String hear(byte[] piece) {
    unfinished.writeBytes(piece);
    var bytes = unfinished.toByteArray();
    var whole = wholeCharacters(bytes);
    waiting.append(new String(bytes, 0, whole, StandardCharsets.UTF_8));
    unfinished.reset();
    unfinished.write(bytes, whole, bytes.length - whole);
    var first = -1;
    for (var stop : stops) {
      var at = waiting.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    if (first >= 0) {
      stopped = true;
      return waiting.substring(0, first);
    }
    return say(waiting.length() - held());
  }

  /** Whether a stop text was said. */
  boolean stopped() {
    return stopped;
  }

  /** What still waits at the end. */
  String rest() {
    if (stopped) {
      return "";
    }
    waiting.append(unfinished.toString(StandardCharsets.UTF_8));
    unfinished.reset();
    return say(waiting.length());
  }

  private String say(int length) {
    var said = waiting.substring(0, length);
    waiting.delete(0, length);
    return said;
  }

  private int held() {
    int longest = 0;
    for (var stop : stops) {
      for (int n = Math.min(stop.length() - 1, waiting.length()); n > longest; n--) {
        if (waiting.substring(waiting.length() - n).equals(stop.substring(0, n))) {
          longest = n;
        }
      }
    }
    return longest;
  }

  private static int wholeCharacters(byte[] bytes) {
    for (int back = 1; back <= Math.min(3, bytes.length); back++) {
      int lead = bytes[bytes.length - back] & 0xff;
      if (lead >= 0xc0) {
        int needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
        return needed > back ? bytes.length - back : bytes.length;
      }
      if (lead < 0x80) {
        break;
      }
    }
    return bytes.length;
  }
}
