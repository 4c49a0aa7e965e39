package io.consilium.worker.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes small GGUF files for tests. */
final class GgufFile {
  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final Map<String, long[]> tensors = new LinkedHashMap<>();

  GgufFile with(String key, Object value) {
    metadata.put(key, value);
    return this;
  }

  GgufFile tensor(String name, long... dimensions) {
    tensors.put(name, dimensions);
    return this;
  }

  static GgufFile adapter() {
    return new GgufFile()
        .with("general.architecture", "llama")
        .with("general.type", "adapter")
        .with("adapter.type", "lora")
        .with("adapter.lora.alpha", 4f);
  }

  Path write(Path file) throws IOException {
    var out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    number(out, 3, 4);
    number(out, tensors.size(), 8);
    number(out, metadata.size(), 8);
    for (var entry : metadata.entrySet()) {
      text(out, entry.getKey());
      switch (entry.getValue()) {
        case String value -> {
          number(out, 8, 4);
          text(out, value);
        }
        case Float value -> {
          number(out, 6, 4);
          number(out, Float.floatToIntBits(value), 4);
        }
        case Integer value -> {
          number(out, 4, 4);
          number(out, value, 4);
        }
        default -> throw new IllegalArgumentException(entry.toString());
      }
    }
    long offset = 0;
    for (var entry : tensors.entrySet()) {
      text(out, entry.getKey());
      number(out, entry.getValue().length, 4);
      for (var size : entry.getValue()) {
        number(out, size, 8);
      }
      number(out, 0, 4);
      number(out, offset, 8);
      offset += padded(4 * elements(entry.getValue()));
    }
    out.writeBytes(new byte[(int) (padded(out.size()) - out.size() + offset)]);
    return Files.write(file, out.toByteArray());
  }

  private static long elements(long[] dimensions) {
    long product = 1;
    for (var size : dimensions) {
      product *= size;
    }
    return product;
  }

  private static long padded(long size) {
    return (size + 31) / 32 * 32;
  }

  private static void text(ByteArrayOutputStream out, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    number(out, bytes.length, 8);
    out.writeBytes(bytes);
  }

  private static void number(ByteArrayOutputStream out, long value, int size) {
    var bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(bytes, 0, size);
  }
}
