package io.consilium.adapters.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.consilium.expert.ExpertException;
import io.consilium.expert.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class MergedAdapterTest {
  private static final String Q = "base_model.model.model.layers.0.self_attn.q_proj";
  private static final String V = "base_model.model.model.layers.0.self_attn.v_proj";
  private static final int IN = 5;
  private static final int OUT = 3;

  @TempDir Path folder;
  private final Random random = new Random(7);

  private Safetensors.Matrix matrix(int rows, int columns) {
    var values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Safetensors.Matrix(rows, columns, values);
  }

  private Path adapter(String name, int rank, double alpha, String base, String... modules)
      throws IOException {
    var path = Files.createDirectories(folder.resolve(name));
    Map<String, Safetensors.Matrix> matrices = new LinkedHashMap<>();
    for (var module : modules) {
      matrices.put(module + ".lora_A.weight", matrix(rank, IN));
      matrices.put(module + ".lora_B.weight", matrix(OUT, rank));
    }
    Safetensors.write(path.resolve("adapter_model.safetensors"), matrices);
    var config = Json.object().put("r", rank).put("lora_alpha", alpha).put("bias", "none");
    config.put("base_model_name_or_path", base).putArray("target_modules").add("q_proj");
    Files.writeString(path.resolve("adapter_config.json"), config.toString());
    return path;
  }

  /** What an adapter adds to a module's weights: scale · B · A. */
  private static double[] change(Path adapter, String module) throws IOException {
    var matrices = Safetensors.read(adapter.resolve("adapter_model.safetensors"));
    var config = Json.MAPPER.readTree(Files.readString(adapter.resolve("adapter_config.json")));
    int rank = config.path("r").asInt();
    double scale = config.path("lora_alpha").asDouble() / rank;
    var change = new double[OUT * IN];
    var a = matrices.get(module + ".lora_A.weight");
    var b = matrices.get(module + ".lora_B.weight");
    if (a != null && b != null) {
      for (int out = 0; out < OUT; out++) {
        for (int in = 0; in < IN; in++) {
          for (int r = 0; r < rank; r++) {
            change[out * IN + in] += scale * b.values()[out * rank + r] * a.values()[r * IN + in];
          }
        }
      }
    }
    return change;
  }

  @Test
  void theMergedAdapterChangesTheWeightsByTheWeightedSum() throws IOException {
    var a = adapter("a", 2, 16, "base", Q, V);
    var b = adapter("b", 4, 4, "base", Q);
    Map<Path, Double> parts = new LinkedHashMap<>();
    parts.put(a, 0.7);
    parts.put(b, -0.2);

    int rank = MergedAdapter.write(parts, folder.resolve("both"));

    assertThat(rank).isEqualTo(6);
    for (var module : new String[] {Q, V}) {
      var merged = change(folder.resolve("both"), module);
      var ofA = change(a, module);
      var ofB = change(b, module);
      for (int i = 0; i < merged.length; i++) {
        assertThat(merged[i]).isCloseTo(0.7 * ofA[i] - 0.2 * ofB[i], within(1e-4));
      }
    }
  }

  @Test
  void oneAdapterAtFullWeightStaysWhatItIs() throws IOException {
    var a = adapter("a", 2, 8, "base", Q);

    MergedAdapter.write(Map.of(a, 1.0), folder.resolve("same"));

    var merged = change(folder.resolve("same"), Q);
    var before = change(a, Q);
    for (int i = 0; i < merged.length; i++) {
      assertThat(merged[i]).isCloseTo(before[i], within(1e-5));
    }
  }

  /** Merges one adapter, in a process whose files may not grow: as on a full disk. */
  static final class OnAFullDisk {
    private OnAFullDisk() {}

    public static void main(String[] folders) throws IOException {
      try {
        MergedAdapter.write(Map.of(Path.of(folders[0]), 1.0), Path.of(folders[1]));
      } catch (ExpertException e) {
        System.out.println(e.kind() + " " + e.message());
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDiskThatIsFullIsSaidWithTheFolderAndLeavesNothingHalf() throws Exception {
    var a = adapter("a", 2_000, 8, "base", Q);
    var target = folder.resolve("full");
    var process =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -f 20; exec \"$@\"",
                "limited",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OnAFullDisk.class.getName(),
                a.toString(),
                target.toString())
            .redirectErrorStream(true)
            .start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said).contains("CONFIGURATION the merged adapter cannot be written to " + target);
    try (var left = Files.list(target)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void halfPrecisionIsRead() throws IOException {
    var header =
        "{\"h\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"BF16\",\"shape\":[1,1],\"data_offsets\":[4,6]}}";
    var bytes = ByteBuffer.allocate(8 + header.length() + 6).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    // 1.5 and -2 in IEEE 754 half precision; 3.0 is 0x40400000 in single precision
    bytes.putShort((short) 0x3e00).putShort((short) 0xc000).putShort((short) 0x4040);
    var file = Files.write(folder.resolve("half.safetensors"), bytes.array());

    var read = Safetensors.read(file);

    assertThat(read.get("h"))
        .isNotNull()
        .satisfies(h -> assertThat(h.values()).containsExactly(1.5f, -2f));
    assertThat(read.get("b"))
        .isNotNull()
        .satisfies(b -> assertThat(b.values()).containsExactly(3f));
  }

  @Test
  void whatDoesNotAddUpIsRefusedWithItsFolder() throws IOException {
    var a = adapter("a", 2, 8, "base", Q);
    var other = adapter("other", 2, 8, "another base", Q);
    Map<Path, Double> two = new LinkedHashMap<>();
    two.put(a, 1.0);
    two.put(other, 1.0);
    assertThatThrownBy(() -> MergedAdapter.write(two, folder.resolve("x")))
        .hasMessageContaining("another base")
        .hasMessageContaining("adapters of one base");

    var dora = adapter("dora", 2, 8, "base", Q);
    var config = dora.resolve("adapter_config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"bias\"", "\"use_dora\":true,\"bias\""));
    assertThatThrownBy(() -> MergedAdapter.write(Map.of(dora, 1.0), folder.resolve("x")))
        .hasMessageContaining("dora")
        .hasMessageContaining("does not add up");

    var cut = adapter("cut", 2, 8, "base", Q);
    var weights = cut.resolve("adapter_model.safetensors");
    Files.write(weights, java.util.Arrays.copyOf(Files.readAllBytes(weights), 200));
    assertThatThrownBy(() -> MergedAdapter.write(Map.of(cut, 1.0), folder.resolve("x")))
        .hasMessageContaining("cannot be read");

    assertThatThrownBy(
            () -> MergedAdapter.write(Map.of(folder.resolve("nobody"), 1.0), folder.resolve("x")))
        .hasMessageContaining("is missing");
    assertThatThrownBy(() -> MergedAdapter.write(Map.of(a, Double.NaN), folder.resolve("x")))
        .hasMessageContaining("is no number");
    MergedAdapter.write(Map.of(a, 1.0), folder.resolve("x"));
    assertThatThrownBy(() -> MergedAdapter.write(Map.of(a, 1.0), folder.resolve("x")))
        .hasMessageContaining("holds an adapter already");
  }
}
