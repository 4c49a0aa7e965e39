package io.consilium.orchestrator.journal;

import io.consilium.expert.KeptDecision;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * One line of a journal file: a JSON object that holds a decision and the CRC-32C of its bytes, so
 * that a line cut off by a crash is known as such.
 *
 * <pre>{"crc":"1a2b3c4d","decision":{…}}</pre>
 */
final class Line {
  private static final byte[] BEFORE_CRC = "{\"crc\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AFTER_CRC = "\",\"decision\":".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = BEFORE_CRC.length + 8 + AFTER_CRC.length;

  private Line() {}

  /** The line of a decision's JSON, its newline included. */
  static byte[] of(byte[] json) {
    byte[] line = new byte[HEADER + json.length + 2];
    byte[] crc = crc(json, 0, json.length);
    System.arraycopy(BEFORE_CRC, 0, line, 0, BEFORE_CRC.length);
    System.arraycopy(crc, 0, line, BEFORE_CRC.length, crc.length);
    System.arraycopy(AFTER_CRC, 0, line, BEFORE_CRC.length + crc.length, AFTER_CRC.length);
    System.arraycopy(json, 0, line, HEADER, json.length);
    line[line.length - 2] = '}';
    line[line.length - 1] = '\n';
    return line;
  }

  /** Whether the line, without its newline, is as it was written. */
  static boolean whole(byte[] line) {
    int length = line.length - HEADER - 1;
    return length > 0
        && line[line.length - 1] == '}'
        && Arrays.equals(crc(line, HEADER, length), crcIn(line));
  }

  /** The decision in a whole line, or null when this version cannot read it. */
  static @Nullable KeptDecision decision(byte[] line) {
    try {
      return KeptDecision.read(Arrays.copyOfRange(line, HEADER, line.length - 1));
    } catch (JacksonException e) {
      return null;
    }
  }

  private static byte[] crcIn(byte[] line) {
    return Arrays.copyOfRange(line, BEFORE_CRC.length, BEFORE_CRC.length + 8);
  }

  private static byte[] crc(byte[] bytes, int from, int length) {
    var crc = new CRC32C();
    crc.update(bytes, from, length);
    return HexFormat.of().toHexDigits((int) crc.getValue()).getBytes(StandardCharsets.US_ASCII);
  }
}
