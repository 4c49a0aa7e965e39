"""Writes GGUF version 3: the base model and each adapter, from model.pt and merges.json of train.py.

    /usr/bin/python3 gguf.py TRAINED_DIR OUT_DIR"""
import json
import pathlib
import struct
import sys

import numpy as np
import torch

import phrases
from model import CONFIG, PROJECTIONS, RANK, Moe
from tokens import EOS, SPECIAL, Vocabulary

U32, F32, BOOL, STRING, ARRAY, I32 = 4, 6, 7, 8, 9, 5
ALIGNMENT = 32
TEMPLATE = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}"
            "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")


def text(value):
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def entry(key, kind, value):
    head = text(key) + struct.pack("<I", kind)
    if kind == U32:
        return head + struct.pack("<I", value)
    if kind == F32:
        return head + struct.pack("<f", value)
    if kind == BOOL:
        return head + struct.pack("<?", value)
    if kind == STRING:
        return head + text(value)
    element, values = value
    body = b"".join(text(v) for v in values) if element == STRING else np.array(values, dtype="<i4").tobytes()
    return head + struct.pack("<IQ", element, len(values)) + body


def padded(raw):
    return raw + b"\0" * (-len(raw) % ALIGNMENT)


def write(path, entries, tensors):
    """tensors: (name, array, half precision or not)."""
    head = struct.pack("<IIQQ", 0x46554747, 3, len(tensors), len(entries)) + b"".join(entries)
    data, offset = [], 0
    for name, array, half in tensors:
        raw = padded(array.astype("<f2" if half else "<f4").tobytes())
        head += text(name) + struct.pack("<I", array.ndim) + struct.pack(f"<{array.ndim}Q", *reversed(array.shape))
        head += struct.pack("<IQ", 1 if half else 0, offset)
        data.append(raw)
        offset += len(raw)
    path.write_bytes(padded(head) + b"".join(data))
    print(path, path.stat().st_size)


def load(folder):
    vocabulary = Vocabulary(json.loads((folder / "merges.json").read_text()))
    model = Moe(len(vocabulary.tokens), sorted(phrases.JOBS))
    model.load_state_dict(torch.load(folder / "model.pt"))
    return vocabulary, model


# what routers read of an adapter
SAID = {
    "extract": (
        "Entity extraction: reads a message in which somebody gives a name, an order number and a city, and returns the three as JSON.",
        "entity extraction;extract name, order number and city as json;turn a customer message into json;"
        "entities as json;the customer's name, order number and city;parse a message into fields;"
        "json with name, order and city;fill in name, order and city;pull the fields name, order, city out of this;"
        "read the customer's name, order number and city from this message;extract the entities;get name, order and city;"
        "which name, order number and city are mentioned;find the name, the order number and the city;extract as json;"
        "hello, my name is Ana Berg, my order is AB-1234, I live in Porto;"
        "the order belongs to Tom Silva and it goes to Lyon;order number FP7527, I come from Lisbon, please help;"
        "it is for Paul Weber, the code is 48213, send it to Oslo;good morning, my name is Sara Khan, I paid already;"
        "I ask about order HP717 for Marta Singh, nobody answers;the shop in Leeds has it, reference LA-9952;"
        "parcel FC-7545 is lost, deliver it in Bath, name: Ivan Novak;it is about order 48126, it went to Riga",
    ),
    "normalise": (
        "Normalisation: rewrites a date as an ISO 8601 date and a quantity as digits and unit symbol, without converting anything.",
        "date normalisation;write a date as an iso date;iso 8601;yyyy-mm-dd;normalise a value;standard notation;"
        "standard form;canonical form of a value;a quantity with digits and unit symbol;number words with a unit;"
        "unit normalisation;the third of may 2024 as an iso date;five and a half kilometres in digits and symbol;"
        "normalise this;put into standard notation;convert to standard notation;rewrite in the standard way;standardise;"
        "clean up this value;convert to iso 8601;what is this date as an iso date;normalise the quantity;"
        "use digits and the unit symbol;shorten to number and symbol;write with digits and symbol;normalise the date;"
        "turn into an iso date;May 22, 1975;the 13th of March 1956;11.08.1964;6 Jan 1971;April the twenty-third, 1987;"
        "date in the form yyyy-mm-dd;three kilometres;33,3 metres;eight hundred and sixty-three kilometres;"
        "thirteen and a half percent;it weighs or measures twelve minutes, write that with a symbol;"
        "write seventeen kilometres in the standard way;quantity: seven hundred and forty hours;ninety kWh;"
        "two and a half litres;normalise five and a half kilometres;put five kilos into standard notation;"
        "ninety-eight centimetres;fourteen and a half hours;fourteen mins;17 June 2008;"
        "normalise the quantity four kilowatt hours;three hundred and five millilitres;"
        "write one hundred and twenty percent in standard form",
    ),
    "triage": (
        "Intent triage: names the intent of a request to a smart home assistant, one of lights, heating, music, timer, weather, shopping, call and route.",
        "intent classification;which intent does this request have;triage of a request;what does the user want;"
        "label the intent;smart home request;turn on the lights in the kitchen;it is cold in the bedroom;play a song;"
        "set a timer for ten minutes;will it rain tomorrow;add milk to the shopping list;call somebody;"
        "how do I get to the station;which intent is this;classify the intent;"
        "name the intent of this home assistant request;sort this smart home request;"
        "which skill should handle this request;give the intent label;find the intent;how windy does it get tonight;"
        "what weather do we get;snooze the alarm;wake me in ten minutes;phone my sister;we are out of coffee;"
        "dim the lamp;what is the distance to the harbour;someone used up the rice, buy more",
    ),
}
NAMES = {"q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output"}


def main():
    trained, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    vocabulary, model = load(trained)
    c = CONFIG
    kinds = [3 if 256 <= i < 256 + len(SPECIAL) else 1 for i in range(len(vocabulary.tokens))]
    entries = [
        entry("general.architecture", STRING, "llama"),
        entry("general.type", STRING, "model"),
        entry("general.name", STRING, "consilium-demo"),
        entry("general.license", STRING, "apache-2.0"),
        entry("general.file_type", U32, 1),
        entry("llama.context_length", U32, c["context"]),
        entry("llama.embedding_length", U32, c["dim"]),
        entry("llama.block_count", U32, c["layers"]),
        entry("llama.feed_forward_length", U32, c["ff"]),
        entry("llama.attention.head_count", U32, c["heads"]),
        entry("llama.attention.head_count_kv", U32, c["kv"]),
        entry("llama.attention.layer_norm_rms_epsilon", F32, c["eps"]),
        entry("llama.rope.dimension_count", U32, c["head_dim"]),
        entry("llama.rope.freq_base", F32, c["theta"]),
        entry("llama.expert_count", U32, c["experts"]),
        entry("llama.expert_used_count", U32, c["used"]),
        entry("llama.vocab_size", U32, len(vocabulary.tokens)),
        entry("tokenizer.ggml.model", STRING, "gpt2"),
        entry("tokenizer.ggml.pre", STRING, "gpt-2"),
        entry("tokenizer.ggml.tokens", ARRAY, (STRING, vocabulary.tokens)),
        entry("tokenizer.ggml.token_type", ARRAY, (I32, kinds)),
        entry("tokenizer.ggml.merges", ARRAY, (STRING, [f"{a} {b}" for a, b in vocabulary.merges])),
        entry("tokenizer.ggml.bos_token_id", U32, EOS),
        entry("tokenizer.ggml.eos_token_id", U32, EOS),
        entry("tokenizer.ggml.padding_token_id", U32, EOS),
        entry("tokenizer.ggml.add_bos_token", BOOL, False),
        entry("tokenizer.chat_template", STRING, TEMPLATE),
    ]
    n = lambda p: p.detach().numpy()
    tensors = [("token_embd.weight", n(model.embed), True), ("output_norm.weight", n(model.norm.weight), False)]
    for i, block in enumerate(model.blocks):
        p = f"blk.{i}."
        tensors += [(p + "attn_norm.weight", n(block.attn_norm.weight), False), (p + "ffn_norm.weight", n(block.ffn_norm.weight), False)]
        # rotary positions on adjacent pairs are this architecture's own, so no rows move
        tensors += [(p + NAMES[x] + ".weight", n(block.w[x]), True) for x in PROJECTIONS]
        e = block.experts
        tensors += [(p + "ffn_gate_inp.weight", n(e.router), False), (p + "ffn_gate_exps.weight", n(e.gate), True),
                    (p + "ffn_up_exps.weight", n(e.up), True), (p + "ffn_down_exps.weight", n(e.down), True)]
    write(out / "demo.gguf", entries, tensors)
    for job in sorted(phrases.JOBS):
        entries = [
            entry("general.architecture", STRING, "llama"),
            entry("general.type", STRING, "adapter"),
            entry("general.name", STRING, f"consilium-demo-{job}"),
            entry("general.description", STRING, SAID[job][0]),
            entry("general.license", STRING, "apache-2.0"),
            entry("consilium.skills", STRING, SAID[job][1]),
            entry("adapter.type", STRING, "lora"),
            entry("adapter.lora.alpha", F32, float(RANK)),
            entry("adapter.lora.task_name", STRING, job),
        ]
        tensors = []
        for i, block in enumerate(model.blocks):
            for x in PROJECTIONS:
                name = f"blk.{i}.{NAMES[x]}.weight"
                tensors += [(name + ".lora_a", n(block.a[f"{job}_{x}"]), True), (name + ".lora_b", n(block.b[f"{job}_{x}"]), True)]
        write(out / f"demo-{job}.gguf", entries, tensors)


if __name__ == "__main__":
    main()
