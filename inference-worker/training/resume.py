"""Reads the shipped GGUF files back, so that training can go on from them: writes model.pt and merges.json, which train.py and gguf.py
take. Half precision is all that is lost, and that was lost already.

    /usr/bin/python3 resume.py ../src/main/resources/io/consilium/worker/demo shipped"""
import json
import pathlib
import struct
import sys

import numpy as np
import torch

import phrases
from gguf import ALIGNMENT, ARRAY, BOOL, F32, I32, NAMES, STRING, U32
from model import PROJECTIONS, Moe
from tokens import Vocabulary

SCALARS = {U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}


def read(path):
    """Metadata and tensors of a file that gguf.py wrote."""
    raw, at = path.read_bytes(), 8

    def take(form):
        nonlocal at
        value = struct.unpack_from(form, raw, at)[0]
        at += struct.calcsize(form)
        return value

    def string():
        nonlocal at
        length = take("<Q")
        at += length
        return raw[at - length: at].decode()

    def value(kind):
        if kind == STRING:
            return string()
        if kind == ARRAY:
            element, count = take("<I"), take("<Q")
            return [value(element) for _ in range(count)]
        return take(SCALARS[kind])

    tensor_count, key_count = take("<Q"), take("<Q")
    metadata = {}
    for _ in range(key_count):
        key = string()
        metadata[key] = value(take("<I"))
    places = []
    for _ in range(tensor_count):
        name, rank = string(), take("<I")
        shape = [take("<Q") for _ in range(rank)][::-1]
        places.append((name, shape, "<f2" if take("<I") == 1 else "<f4", take("<Q")))
    start = at + -at % ALIGNMENT
    tensors = {
        name: torch.tensor(np.frombuffer(raw, kind, int(np.prod(shape)), start + offset).reshape(shape).astype(np.float32))
        for name, shape, kind, offset in places
    }
    return metadata, tensors


def main():
    shipped, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    metadata, base = read(shipped / "demo.gguf")
    merges = [merge.split(" ") for merge in metadata["tokenizer.ggml.merges"]]
    (out / "merges.json").write_text(json.dumps(merges))
    state = {"embed": base["token_embd.weight"], "norm.weight": base["output_norm.weight"]}
    adapters = {job: read(shipped / f"demo-{job}.gguf")[1] for job in sorted(phrases.JOBS)}
    model = Moe(len(Vocabulary(merges).tokens), sorted(phrases.JOBS))
    for i in range(len(model.blocks)):
        here, there = f"blocks.{i}.", f"blk.{i}."
        for mine, theirs in (("attn_norm.weight", "attn_norm"), ("ffn_norm.weight", "ffn_norm"), ("experts.router", "ffn_gate_inp"),
                             ("experts.gate", "ffn_gate_exps"), ("experts.up", "ffn_up_exps"), ("experts.down", "ffn_down_exps")):
            state[here + mine] = base[f"{there}{theirs}.weight"]
        for x in PROJECTIONS:
            name = f"{there}{NAMES[x]}.weight"
            state[f"{here}w.{x}"] = base[name]
            for job, tensors in adapters.items():
                state[f"{here}a.{job}_{x}"] = tensors[name + ".lora_a"]
                state[f"{here}b.{job}_{x}"] = tensors[name + ".lora_b"]
    model.load_state_dict(state)
    torch.save(model.state_dict(), out / "model.pt")


if __name__ == "__main__":
    main()
