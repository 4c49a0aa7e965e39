package io.consilium.worker.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes a model of half precision anew with weights of eight bits (Q8_0). */
final class Quantised {
  private static final int BLOCK = 32;
  private static final int F16 = 1;
  private static final int Q8_0 = 8;

  private Quantised() {}

  /** Every tensor of half precision becomes Q8_0; the head keeps its length. */
  static Path write(Path model, Path target) throws IOException {
    var file = Gguf.read(model);
    var bytes = Files.readAllBytes(model);
    var source = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int start =
        Math.toIntExact(
            file.tensors().values().stream().mapToLong(Gguf.Tensor::offset).min().orElseThrow());
    var head = ByteBuffer.wrap(bytes.clone(), 0, start).order(ByteOrder.LITTLE_ENDIAN);
    var data = new ByteArrayOutputStream();
    for (var each : file.tensors().entrySet()) {
      var tensor = each.getValue();
      int info = after(head, each.getKey()) + 4 + 8 * tensor.dimensions().length;
      head.putLong(info + 4, data.size());
      int from = Math.toIntExact(tensor.offset());
      int count = Math.toIntExact(tensor.elements());
      if (tensor.type() == F16) {
        head.putInt(info, Q8_0);
        for (int at = 0; at < count; at += BLOCK) {
          block(source, from + 2 * at, data);
        }
      } else {
        data.write(bytes, from, 4 * count);
      }
      data.writeBytes(new byte[(32 - data.size() % 32) % 32]);
    }
    head.putInt(after(head, "general.file_type") + 4, 7);
    var all = new ByteArrayOutputStream();
    all.write(head.array(), 0, start);
    data.writeTo(all);
    return Files.write(target, all.toByteArray());
  }

  /** The largest number becomes 127 steps. */
  private static void block(ByteBuffer source, int from, ByteArrayOutputStream out) {
    var values = new float[BLOCK];
    float most = 0;
    for (int i = 0; i < BLOCK; i++) {
      values[i] = Float.float16ToFloat(source.getShort(from + 2 * i));
      most = Math.max(most, Math.abs(values[i]));
    }
    float step = most / 127;
    short written = Float.floatToFloat16(step);
    out.write(written);
    out.write(written >> 8);
    for (var value : values) {
      out.write(step == 0 ? 0 : Math.round(value / step));
    }
  }

  /** The place behind a name, which stands in the head with its length before it. */
  private static int after(ByteBuffer head, String name) {
    var text = name.getBytes(StandardCharsets.US_ASCII);
    var here = new byte[text.length];
    for (int at = 8; at < head.limit() - text.length; at++) {
      head.get(at, here);
      if (head.getLong(at - 8) == text.length && Arrays.equals(here, text)) {
        return at + text.length;
      }
    }
    throw new IllegalArgumentException(name);
  }
}
