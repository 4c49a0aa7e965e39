package io.consilium.worker.engine;

import java.util.Arrays;
import java.util.List;

/**
 * Checks of a GGUF file's head that the native library answers with the end of the process or with
 * silence.
 */
final class FileCheck {
  private static final List<String> REQUIRED =
      List.of("context_length", "embedding_length", "block_count", "attention.head_count");

  private FileCheck() {}

  /** Refuses a file that is no model. */
  static void model(Gguf file) {
    if (file.text("general.type").orElse("model").equals("adapter")) {
      throw bad(file, "is an adapter; load it with /v1/load_lora_adapter");
    }
    for (var key : REQUIRED) {
      var value = file.setting(key);
      if (value.isEmpty()
          && !(file.metadata().get(file.architecture() + "." + key) instanceof Gguf.Array)) {
        throw bad(file, "lacks " + file.architecture() + "." + key);
      }
      if (value.isPresent() && (value.get() < 1 || value.get() > 1 << 28)) {
        throw bad(file, "has %s.%s %d".formatted(file.architecture(), key, value.get()));
      }
    }
    var routed = file.tensors().keySet().stream().anyMatch(name -> name.contains("ffn_gate_inp"));
    var experts = file.setting("expert_count").orElse(0L);
    var used = file.setting("expert_used_count").orElse(0L);
    if (routed && (experts < 1 || used < 1 || used > experts)) {
      throw bad(
          file,
          "is a mixture of experts but has expert_count %d and expert_used_count %d"
              .formatted(experts, used));
    }
    var embedding = file.tensors().get("token_embd.weight");
    if (embedding == null) {
      throw bad(file, "has no token_embd.weight");
    }
    if (embedding.dimension(0) != file.setting("embedding_length").orElse(-1L)) {
      throw bad(
          file,
          "has embeddings of %d numbers and says embedding_length %d"
              .formatted(embedding.dimension(0), file.setting("embedding_length").orElse(-1L)));
    }
    if (!(file.metadata().get("tokenizer.ggml.tokens") instanceof Gguf.Array tokens)
        || tokens.length() != embedding.dimension(1)) {
      throw bad(
          file,
          "has embeddings for %d tokens but not as many in tokenizer.ggml.tokens"
              .formatted(embedding.dimension(1)));
    }
    if (file.text("tokenizer.ggml.model").isEmpty()) {
      throw bad(file, "lacks tokenizer.ggml.model");
    }
  }

  /** Refuses a file that is not the base model's checkpoint with weights quantised otherwise. */
  static void twin(Gguf file, Gguf base) {
    if (!file.architecture().equals(base.architecture())) {
      throw bad(
          file,
          "is no variant of the base model: it is made for the architecture %s, not %s"
              .formatted(file.architecture(), base.architecture()));
    }
    base.tensors()
        .forEach((name, tensor) -> {
          var same = file.tensors().get(name);
          if (same == null || !Arrays.equals(same.dimensions(), tensor.dimensions())) {
            throw bad(
                file,
                "is no variant of the base model: %s has %s, not %s"
                    .formatted(
                        name,
                        same == null ? "nothing" : Arrays.toString(same.dimensions()),
                        Arrays.toString(tensor.dimensions())));
          }
        });
    if (file.number("tokenizer.ggml.eos_token_id")
        .equals(base.number("tokenizer.ggml.eos_token_id"))) {
      return;
    }
    throw bad(file, "is no variant of the base model: its texts end with another token");
  }

  /** How the weights of a model are quantised, as llama.cpp names it: f16, q8_0 and the like. */
  static String quantisation(Gguf file) {
    return file.quantisation()
        .orElseThrow(() ->
            bad(
                file,
                "says in general.file_type nothing of how it is quantised, by which its variant would be named"));
  }

  /** Refuses a file that is no adapter of this base. */
  static void adapter(Gguf file, Gguf base) {
    if (!file.text("general.type").orElse("").equals("adapter")
        || !file.text("adapter.type").orElse("").equals("lora")) {
      throw bad(file, "is no LoRA adapter: general.type and adapter.type must be adapter and lora");
    }
    if (!file.architecture().equals(base.architecture())) {
      throw bad(
          file,
          "is made for the architecture %s; the base model is %s"
              .formatted(file.architecture(), base.architecture()));
    }
    var alpha = file.real("adapter.lora.alpha").orElse(Double.NaN);
    if (!Double.isFinite(alpha)) {
      throw bad(file, "has no finite adapter.lora.alpha");
    }
    if (file.tensors().isEmpty()) {
      throw bad(file, "changes no tensor");
    }
    file.tensors().forEach((name, tensor) -> matches(file, base, name, tensor));
  }

  private static void matches(Gguf file, Gguf base, String name, Gguf.Tensor tensor) {
    var isA = name.endsWith(".lora_a");
    if (!isA && !name.endsWith(".lora_b")) {
      throw bad(file, "has the tensor %s, which is neither lora_a nor lora_b".formatted(name));
    }
    var stem = name.substring(0, name.length() - ".lora_a".length());
    var other = file.tensors().get(stem + (isA ? ".lora_b" : ".lora_a"));
    if (other == null) {
      throw bad(file, "has %s without its other half".formatted(name));
    }
    var changed = base.tensors().get(stem);
    if (changed == null) {
      throw bad(file, "changes %s, which the base model does not have".formatted(stem));
    }
    var mine = isA ? tensor.dimension(0) : tensor.dimension(1);
    var theirs = isA ? changed.dimension(0) : changed.dimension(1);
    var rank = isA ? tensor.dimension(1) : tensor.dimension(0);
    var otherRank = isA ? other.dimension(0) : other.dimension(1);
    if (mine != theirs || rank != otherRank || tensor.dimension(2) != changed.dimension(2)) {
      throw bad(
          file,
          "is an adapter for another base: %s is %s and %s of the base model is %s"
              .formatted(
                  name,
                  List.of(tensor.dimension(0), tensor.dimension(1)),
                  stem,
                  List.of(changed.dimension(0), changed.dimension(1))));
    }
  }

  private static WorkerException bad(Gguf file, String what) {
    return WorkerException.badFile("%s %s".formatted(file.path(), what));
  }
}
