package io.consilium.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.worker.Demo;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCheckTest {
  @TempDir Path folder;
  private Demo demo;
  private Gguf base;

  @BeforeEach
  void unpack() {
    demo = Demo.unpack(folder);
    base = Gguf.read(demo.model());
  }

  @Test
  void theDemoModelAndItsAdaptersPass() {
    assertThatCode(
            () -> {
              FileCheck.model(base);
              demo.adapters().values().forEach(path -> FileCheck.adapter(Gguf.read(path), base));
            })
        .doesNotThrowAnyException();
  }

  @Test
  void anAdapterIsNoModelAndAModelNoAdapter() {
    var adapter = Gguf.read(demo.adapter("triage"));

    assertThatThrownBy(() -> FileCheck.model(adapter)).hasMessageContaining("is an adapter");
    assertThatThrownBy(() -> FileCheck.adapter(base, base)).hasMessageContaining("no LoRA adapter");
  }

  @Test
  void anAdapterForAnotherBaseIsRefusedByTheShapeItWouldChange() throws IOException {
    var other =
        GgufFile.adapter()
            .tensor("blk.0.attn_q.weight.lora_a", 256, 4)
            .tensor("blk.0.attn_q.weight.lora_b", 4, 256)
            .write(folder.resolve("other.gguf"));

    assertThatThrownBy(() -> FileCheck.adapter(Gguf.read(other), base))
        .hasMessageContaining("another base")
        .hasMessageContaining("blk.0.attn_q.weight");
  }

  @Test
  void anotherModelIsNoVariantOfThisOne() throws IOException {
    var other =
        new GgufFile()
            .with("general.architecture", "llama")
            .tensor("token_embd.weight", 128, 512)
            .write(folder.resolve("other.gguf"));
    var foreign =
        new GgufFile().with("general.architecture", "qwen3moe").write(folder.resolve("q.gguf"));

    assertThatThrownBy(() -> FileCheck.twin(Gguf.read(other), base))
        .hasMessageContaining("other.gguf is no variant of the base model")
        .hasMessageContaining("token_embd.weight has [128, 512], not [128, 1024]");
    assertThatThrownBy(() -> FileCheck.twin(Gguf.read(foreign), base))
        .hasMessageContaining("architecture qwen3moe, not llama");
    assertThatThrownBy(() -> FileCheck.quantisation(Gguf.read(other)))
        .hasMessageContaining("general.file_type");
    assertThat(FileCheck.quantisation(base)).isEqualTo("f16");
  }

  @Test
  void anAdapterOfAnotherArchitectureIsRefused() throws IOException {
    var other =
        GgufFile.adapter()
            .with("general.architecture", "qwen3moe")
            .tensor("blk.0.attn_q.weight.lora_a", 128, 4)
            .write(folder.resolve("other.gguf"));

    assertThatThrownBy(() -> FileCheck.adapter(Gguf.read(other), base))
        .hasMessageContaining("qwen3moe")
        .hasMessageContaining("llama");
  }

  @Test
  void halfAnAdapterAndOneForATensorThatIsNotThereAreRefused() throws IOException {
    var half =
        GgufFile.adapter()
            .tensor("blk.0.attn_q.weight.lora_a", 128, 4)
            .write(folder.resolve("half.gguf"));
    var elsewhere =
        GgufFile.adapter()
            .tensor("blk.9.attn_q.weight.lora_a", 128, 4)
            .tensor("blk.9.attn_q.weight.lora_b", 4, 128)
            .write(folder.resolve("elsewhere.gguf"));

    assertThatThrownBy(() -> FileCheck.adapter(Gguf.read(half), base))
        .hasMessageContaining("other half");
    assertThatThrownBy(() -> FileCheck.adapter(Gguf.read(elsewhere), base))
        .hasMessageContaining("does not have");
  }

  @Test
  void aMixtureOfExpertsWithoutItsCountsWouldEndTheProcessAndIsRefused() throws IOException {
    var file =
        new GgufFile()
            .with("general.architecture", "llama")
            .with("llama.context_length", 64)
            .with("llama.embedding_length", 32)
            .with("llama.block_count", 1)
            .with("llama.attention.head_count", 2)
            .tensor("token_embd.weight", 32, 8)
            .tensor("blk.0.ffn_gate_inp.weight", 32, 4)
            .write(folder.resolve("moe.gguf"));

    assertThatThrownBy(() -> FileCheck.model(Gguf.read(file)))
        .hasMessageContaining("expert_count 0");
  }
}
