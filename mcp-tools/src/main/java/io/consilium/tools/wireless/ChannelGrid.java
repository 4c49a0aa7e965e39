package io.consilium.tools.wireless;

import io.consilium.expert.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One observation of a radio channel: its complex gain in {@value #SLOTS} slots of half a
 * millisecond by {@value #BLOCKS} resource blocks of 360 kHz (30 kHz subcarriers of 5G New Radio).
 * Its scale does not matter.
 */
public final class ChannelGrid {
  /** Slots observed, one sample in each. */
  public static final int SLOTS = 32;

  /** Resource blocks observed, one sample in each. */
  public static final int BLOCKS = 64;

  static final double SLOT_SECONDS = 0.5e-3;
  static final double BLOCK_HERTZ = 360e3;

  private static final String SHAPE =
      "\"channel\" must be %d rows, one per slot of 0.5 ms, of %d numbers: real and imaginary part of the gain in each of %d resource blocks of 360 kHz"
          .formatted(SLOTS, 2 * BLOCKS, BLOCKS);

  private final Gains gains;

  /** Wraps gains, slot by slot. */
  ChannelGrid(Gains gains) {
    this.gains = gains;
  }

  /** The samples, slot by slot. */
  Gains gains() {
    return gains;
  }

  /**
   * Reads the object {@code {"channel": [[re, im, re, im, …], …]}} out of a text, which may say
   * more around it.
   *
   * @throws IllegalArgumentException saying what is missing or wrong
   */
  public static ChannelGrid in(String text) {
    int start = text.indexOf('{');
    int end = text.lastIndexOf('}');
    if (start < 0 || end < start) {
      throw new IllegalArgumentException(
          "no channel samples: give {\"channel\": [[re, im, …], …]} in the message; " + SHAPE);
    }
    try {
      return of(Json.MAPPER.readTree(text.substring(start, end + 1)).path("channel"));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the channel samples are broken JSON; " + SHAPE, e);
    }
  }

  /**
   * Reads the rows.
   *
   * @throws IllegalArgumentException saying which row or number is wrong
   */
  public static ChannelGrid of(@Nullable JsonNode rows) {
    if (rows == null || !rows.isArray() || rows.size() != SLOTS) {
      throw new IllegalArgumentException(
          SHAPE
              + (rows == null || !rows.isArray()
                  ? ""
                  : "; these are %d rows".formatted(rows.size())));
    }
    var gains = Gains.zero(SLOTS * BLOCKS);
    for (int slot = 0; slot < SLOTS; slot++) {
      var row = rows.get(slot);
      if (!row.isArray() || row.size() != 2 * BLOCKS) {
        throw new IllegalArgumentException(
            "%s; row %d has %d".formatted(SHAPE, slot + 1, row.size()));
      }
      for (int i = 0; i < 2 * BLOCKS; i++) {
        var number = row.get(i);
        if (!number.isNumber() || !Double.isFinite(number.doubleValue())) {
          throw new IllegalArgumentException(
              "number %d of row %d is %s; %s".formatted(i + 1, slot + 1, number, SHAPE));
        }
        (i % 2 == 0 ? gains.re() : gains.im())[slot * BLOCKS + i / 2] = number.doubleValue();
      }
    }
    double power = gains.power();
    if (!(power > 0) || Double.isInfinite(power)) {
      throw new IllegalArgumentException(
          "the channel samples are all zero or too large to square: no channel was observed");
    }
    return new ChannelGrid(gains);
  }

  /** The object that {@link #in} reads, with four digits after the point. */
  public String json() {
    var json = new StringBuilder("{\"channel\":[");
    for (int slot = 0; slot < SLOTS; slot++) {
      json.append(slot == 0 ? "[" : ",[");
      for (int block = 0; block < BLOCKS; block++) {
        int at = slot * BLOCKS + block;
        json.append(block == 0 ? "" : ",")
            .append(String.format(Locale.ROOT, "%.4f,%.4f", gains.re()[at], gains.im()[at]));
      }
      json.append(']');
    }
    return json.append("]}").toString();
  }
}
