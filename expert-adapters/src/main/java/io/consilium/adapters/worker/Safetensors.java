package io.consilium.adapters.worker;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Files of Hugging Face's safetensors format: the length of a JSON header in 8 bytes, the header,
 * then the numbers of all tensors, little-endian. Reads F32, F16 and BF16, writes F32.
 */
public final class Safetensors {
  /** No header is longer; the reference implementation refuses more as well. */
  private static final long LONGEST_HEADER = 100_000_000;

  /**
   * A matrix.
   *
   * @param rows first extent
   * @param columns second extent
   * @param values row by row
   */
  public record Matrix(int rows, int columns, float[] values) {
    public Matrix {
      if ((long) rows * columns != values.length) {
        throw new IllegalArgumentException(
            "%d × %d are not %d".formatted(rows, columns, values.length));
      }
    }
  }

  private Safetensors() {}

  /**
   * All matrices of a file by name.
   *
   * @throws ExpertException {@code INVALID_REQUEST} that names the file and what is wrong with it
   */
  public static Map<String, Matrix> read(Path file) throws IOException {
    var all = Files.readAllBytes(file);
    var bytes = little(all);
    long length = bytes.remaining() < Long.BYTES ? -1 : bytes.getLong();
    if (length < 2 || length > LONGEST_HEADER || length > bytes.remaining()) {
      throw wrong(file, "its header is cut off; is it a safetensors file?");
    }
    JsonNode header;
    try {
      header =
          Json.MAPPER.readTree(
              new String(all, Long.BYTES, Math.toIntExact(length), StandardCharsets.UTF_8));
    } catch (JacksonException e) {
      throw wrong(file, "its header is no JSON");
    }
    int start = Long.BYTES + Math.toIntExact(length);
    Map<String, Matrix> found = new TreeMap<>();
    for (var each : header.properties()) {
      if (!each.getKey().equals("__metadata__")) {
        found.put(each.getKey(), matrix(file, each.getKey(), each.getValue(), bytes, start));
      }
    }
    return found;
  }

  private static Matrix matrix(Path file, String name, JsonNode said, ByteBuffer bytes, int start) {
    var type = said.path("dtype").asString("");
    int width =
        switch (type) {
          case "F32" -> Float.BYTES;
          case "F16", "BF16" -> Short.BYTES;
          default ->
              throw wrong(
                  file,
                  "%s has numbers of type '%s'; F32, F16 and BF16 are read".formatted(name, type));
        };
    var shape = said.path("shape");
    var offsets = said.path("data_offsets");
    long rows = shape.path(0).asLong(-1);
    long columns = shape.path(1).asLong(-1);
    long from = offsets.path(0).asLong(-1);
    long to = offsets.path(1).asLong(-1);
    if (shape.size() != 2 || rows < 1 || columns < 1) {
      throw wrong(file, "%s is no matrix: its shape is %s".formatted(name, shape));
    }
    if (from < 0 || to - from != rows * columns * width || start + to > bytes.capacity()) {
      throw wrong(
          file, "%s lies outside the file, or is not as long as its shape says".formatted(name));
    }
    var values = new float[Math.toIntExact(rows * columns)];
    int at = Math.toIntExact(start + from);
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "F32" -> bytes.getFloat(at + i * width);
            case "F16" -> Float.float16ToFloat(bytes.getShort(at + i * width));
            default -> Float.intBitsToFloat(bytes.getShort(at + i * width) << 16);
          };
    }
    return new Matrix((int) rows, (int) columns, values);
  }

  /** Writes matrices, in the order of their names. */
  public static void write(Path file, Map<String, Matrix> matrices) throws IOException {
    var header = Json.object();
    header.putObject("__metadata__").put("format", "pt");
    long at = 0;
    List<Matrix> ordered = new ArrayList<>();
    for (var each : new TreeMap<>(matrices).entrySet()) {
      var matrix = each.getValue();
      var said = header.putObject(each.getKey()).put("dtype", "F32");
      said.putArray("shape").add(matrix.rows()).add(matrix.columns());
      long end = at + (long) matrix.values().length * Float.BYTES;
      said.putArray("data_offsets").add(at).add(end);
      at = end;
      ordered.add(matrix);
    }
    var text = header.toString().getBytes(StandardCharsets.UTF_8);
    var padded =
        Arrays.copyOf(text, (text.length + 7) / 8 * 8); // the numbers begin at a multiple of 8
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
      var length = new byte[Long.BYTES];
      little(length).putLong(padded.length);
      out.write(length);
      out.write(padded);
      for (var matrix : ordered) {
        var numbers = new byte[matrix.values().length * Float.BYTES];
        little(numbers).asFloatBuffer().put(matrix.values());
        out.write(numbers);
      }
    }
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ExpertException wrong(Path file, String why) {
    return ExpertException.invalid("adapter", "%s cannot be read: %s".formatted(file, why));
  }
}
