package io.consilium.bench.worker;

import io.consilium.adapters.worker.Safetensors;
import io.consilium.expert.Json;
import io.consilium.worker.engine.Gguf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The demo's adapters as PEFT keeps adapters, and back, so that what merges for other engines can
 * be run by our own. Modules keep llama.cpp's names, which no engine but ours would know.
 */
final class LoraFiles {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final int ALIGNMENT = 32;
  private static final int TEXT = 8;
  private static final int FLOAT = 6;
  private static final int F16 = 1;

  private LoraFiles() {}

  /** Writes a GGUF adapter of half precision as a folder of PEFT's. */
  static void toPeft(Path adapter, Path folder) throws IOException {
    var file = Gguf.read(adapter);
    var bytes = little(Files.readAllBytes(adapter));
    Map<String, Safetensors.Matrix> matrices = new LinkedHashMap<>();
    long rank = 0;
    for (var each : file.tensors().entrySet()) {
      var tensor = each.getValue();
      if (tensor.type() != F16) {
        throw new IOException(
            "%s is not of half precision in %s".formatted(each.getKey(), adapter));
      }
      var values = new float[Math.toIntExact(tensor.elements())];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            Float.float16ToFloat(
                bytes.getShort(Math.toIntExact(tensor.offset()) + i * Short.BYTES));
      }
      var name = each.getKey();
      boolean down = name.endsWith(".lora_a");
      matrices.put(
          name.substring(0, name.length() - ".weight.lora_a".length())
              + (down ? ".lora_A.weight" : ".lora_B.weight"),
          new Safetensors.Matrix(
              Math.toIntExact(tensor.dimension(1)), Math.toIntExact(tensor.dimension(0)), values));
      rank = down ? tensor.dimension(1) : rank;
    }
    Files.createDirectories(folder);
    Safetensors.write(folder.resolve(WEIGHTS), matrices);
    var config = Json.object().put("peft_type", "LORA").put("r", rank).put("bias", "none");
    config.put("lora_alpha", file.real("adapter.lora.alpha").orElseThrow());
    config.put("base_model_name_or_path", file.architecture());
    Files.writeString(folder.resolve(CONFIG), config.toString());
  }

  /** Writes a folder of PEFT's with such modules as a GGUF adapter of single precision. */
  static void toGguf(Path folder, Path adapter) throws IOException {
    var config = Json.MAPPER.readTree(Files.readString(folder.resolve(CONFIG)));
    var matrices = Safetensors.read(folder.resolve(WEIGHTS));
    var out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    number(out, 3, Integer.BYTES);
    number(out, matrices.size(), Long.BYTES);
    Map<String, String> said =
        Map.of(
            "general.architecture", config.path("base_model_name_or_path").asString(""),
            "general.type", "adapter",
            "adapter.type", "lora");
    number(out, said.size() + 1, Long.BYTES);
    said.forEach((key, value) -> {
      text(out, key);
      number(out, TEXT, Integer.BYTES);
      text(out, value);
    });
    text(out, "adapter.lora.alpha");
    number(out, FLOAT, Integer.BYTES);
    number(out, Float.floatToIntBits((float) config.path("lora_alpha").asDouble()), Integer.BYTES);
    long offset = 0;
    for (var each : matrices.entrySet()) {
      text(
          out,
          each.getKey()
              .replace(".lora_A.weight", ".weight.lora_a")
              .replace(".lora_B.weight", ".weight.lora_b"));
      number(out, 2, Integer.BYTES);
      number(out, each.getValue().columns(), Long.BYTES);
      number(out, each.getValue().rows(), Long.BYTES);
      number(out, 0, Integer.BYTES);
      number(out, offset, Long.BYTES);
      offset += padded((long) each.getValue().values().length * Float.BYTES);
    }
    pad(out);
    for (var matrix : matrices.values()) {
      var numbers = new byte[matrix.values().length * Float.BYTES];
      little(numbers).asFloatBuffer().put(matrix.values());
      out.writeBytes(numbers);
      pad(out);
    }
    Files.write(adapter, out.toByteArray());
  }

  private static long padded(long size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static void pad(ByteArrayOutputStream out) {
    out.writeBytes(new byte[(int) (padded(out.size()) - out.size())]);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void text(ByteArrayOutputStream out, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    number(out, bytes.length, Long.BYTES);
    out.writeBytes(bytes);
  }

  private static void number(ByteArrayOutputStream out, long value, int size) {
    out.write(little(new byte[Long.BYTES]).putLong(value).array(), 0, size);
  }
}
