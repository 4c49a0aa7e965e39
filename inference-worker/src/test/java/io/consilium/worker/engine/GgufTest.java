package io.consilium.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.worker.Demo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufTest {
  @TempDir Path folder;

  @Test
  void theDemoModelIsAMixtureOfEightExpertsOfWhichTwoAreActive() {
    var file = Gguf.read(Demo.unpack(folder).model());

    assertThat(file.architecture()).isEqualTo("llama");
    assertThat(file.setting("expert_count")).contains(8L);
    assertThat(file.setting("expert_used_count")).contains(2L);
    assertThat(file.tensors())
        .hasEntrySatisfying(
            "blk.0.ffn_gate_exps.weight",
            tensor -> assertThat(tensor.dimensions()).containsExactly(128, 128, 8));
  }

  @Test
  void aFileCutAnywhereIsRefusedAndNamed() throws IOException {
    var whole = Files.readAllBytes(Demo.unpack(folder).adapter("triage"));
    var cut = folder.resolve("cut.gguf");

    for (int length = 0; length < whole.length; length += 997) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Gguf.read(cut))
          .isInstanceOf(WorkerException.class)
          .hasMessageContaining("cut.gguf");
    }
  }

  @Test
  void aByteChangedInTheHeadIsReadOrRefusedButNothingElse() throws IOException {
    var whole = Files.readAllBytes(Demo.unpack(folder).adapter("triage"));
    var changed = folder.resolve("changed.gguf");
    var known = 0;

    for (int at = 0; at < 4000; at += 7) {
      var bytes = whole.clone();
      bytes[at] = (byte) (bytes[at] ^ 0xff);
      Files.write(changed, bytes);
      try {
        Gguf.read(changed);
      } catch (WorkerException e) {
        known++;
      }
    }

    assertThat(known).isPositive();
  }

  @Test
  void lengthsBeyondAllNumbersAreRefused() throws IOException {
    // one metadata key: a list of one text that claims to be longer than any file
    var bytes = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(0).putLong(1);
    bytes.putLong(4).put("list".getBytes(StandardCharsets.US_ASCII));
    bytes.putInt(9).putInt(8).putLong(1).putLong(Long.MAX_VALUE);
    var file = Files.write(folder.resolve("long.gguf"), bytes.array());

    assertThatThrownBy(() -> Gguf.read(file))
        .isInstanceOf(WorkerException.class)
        .hasMessageContaining("long.gguf is cut short")
        .hasMessageContaining("list");
  }

  @Test
  void aFileOfAnotherKindIsRefused() throws IOException {
    var file = Files.writeString(folder.resolve("notes.gguf"), "this is no model at all, sorry");

    assertThatThrownBy(() -> Gguf.read(file)).hasMessageContaining("no GGUF file");
  }

  @Test
  void aTensorBeyondTheEndOfTheFileIsRefused() throws IOException {
    var file = GgufFile.adapter().tensor("a", 1000, 1000).write(folder.resolve("big.gguf"));
    var bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 64));

    assertThatThrownBy(() -> Gguf.read(file)).hasMessageContaining("cut short: the tensor a");
  }
}
