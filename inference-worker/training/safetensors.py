"""Writes the model as Hugging Face's MixtralForCausalLM and each adapter as PEFT does, for vLLM and SGLang.

    /usr/bin/python3 safetensors.py TRAINED_DIR OUT_DIR

Hugging Face rotates halves where this model rotates adjacent pairs, so rows of q and k (and of their adapters' B) are moved."""
import json
import pathlib
import struct
import sys

import numpy as np

import phrases
from gguf import TEMPLATE, load
from model import CONFIG, PROJECTIONS, RANK
from tokens import EOS, SPECIAL


def write(path, tensors):
    head, data, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name, array in tensors.items():
        raw = np.ascontiguousarray(array, dtype="<f2").tobytes()
        head[name] = {"dtype": "F16", "shape": list(array.shape), "data_offsets": [offset, offset + len(raw)]}
        data.append(raw)
        offset += len(raw)
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))
    print(path, path.stat().st_size)


def halves(rows, heads):
    """Rows of a projection from adjacent pairs to halves, head by head."""
    d = rows.shape[0] // heads
    return rows.reshape(heads, d // 2, 2, -1).transpose(0, 2, 1, 3).reshape(rows.shape)


def main():
    trained, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    vocabulary, model = load(trained)
    c = CONFIG
    out.mkdir(parents=True, exist_ok=True)
    n = lambda p: p.detach().numpy()
    heads = {"q": c["heads"], "k": c["kv"]}
    tensors = {"model.embed_tokens.weight": n(model.embed), "model.norm.weight": n(model.norm.weight), "lm_head.weight": n(model.embed)}
    for i, block in enumerate(model.blocks):
        p = f"model.layers.{i}."
        tensors[p + "input_layernorm.weight"] = n(block.attn_norm.weight)
        tensors[p + "post_attention_layernorm.weight"] = n(block.ffn_norm.weight)
        for x in PROJECTIONS:
            rows = n(block.w[x])
            tensors[p + f"self_attn.{x}_proj.weight"] = halves(rows, heads[x]) if x in heads else rows
        tensors[p + "block_sparse_moe.gate.weight"] = n(block.experts.router)
        for e in range(c["experts"]):
            q = p + f"block_sparse_moe.experts.{e}."
            tensors[q + "w1.weight"], tensors[q + "w3.weight"] = n(block.experts.gate)[e], n(block.experts.up)[e]
            tensors[q + "w2.weight"] = n(block.experts.down)[e]
    write(out / "model.safetensors", tensors)
    (out / "config.json").write_text(json.dumps({
        "architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "hidden_size": c["dim"], "num_hidden_layers": c["layers"],
        "num_attention_heads": c["heads"], "num_key_value_heads": c["kv"], "head_dim": c["head_dim"], "intermediate_size": c["ff"],
        "num_local_experts": c["experts"], "num_experts_per_tok": c["used"], "vocab_size": len(vocabulary.tokens),
        "max_position_embeddings": c["context"], "rms_norm_eps": c["eps"], "rope_theta": c["theta"], "hidden_act": "silu",
        "bos_token_id": EOS, "eos_token_id": EOS, "pad_token_id": EOS, "tie_word_embeddings": False, "torch_dtype": "float16"}, indent=1))
    (out / "tokenizer.json").write_text(json.dumps({
        "version": "1.0", "added_tokens": [
            {"id": 256 + i, "content": t, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
            for i, t in enumerate(SPECIAL)],
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "vocab": vocabulary.ids, "merges": [f"{a} {b}" for a, b in vocabulary.merges]}}))
    (out / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": SPECIAL[0], "pad_token": SPECIAL[0], "chat_template": TEMPLATE}, indent=1))
    for job in sorted(phrases.JOBS):
        folder = out / job
        folder.mkdir(exist_ok=True)
        tensors = {}
        for i, block in enumerate(model.blocks):
            for x in PROJECTIONS:
                name = f"base_model.model.model.layers.{i}.self_attn.{x}_proj.lora_"
                b = n(block.b[f"{job}_{x}"])
                tensors[name + "A.weight"] = n(block.a[f"{job}_{x}"])
                tensors[name + "B.weight"] = halves(b, heads[x]) if x in heads else b
        write(folder / "adapter_model.safetensors", tensors)
        (folder / "adapter_config.json").write_text(json.dumps({
            "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": RANK, "lora_alpha": RANK, "lora_dropout": 0.0, "bias": "none",
            "target_modules": [f"{x}_proj" for x in PROJECTIONS], "base_model_name_or_path": "consilium-demo"}, indent=1))


if __name__ == "__main__":
    main()
