"""Trains the demo model and its three adapters together: each step has one batch per adapter and one for the base model without an
adapter, so the base learns features the adapters share and alone only repeats what it is told.

    /usr/bin/python3 train.py OUT_DIR MINUTES [DIR_TO_CONTINUE_FROM [ADAPTER]]

Where an adapter is named it is trained alone, and base and others stay as they are. Minutes are of the processor's time. Needs PyTorch (Debian: python3-torch libopenblas0-pthread). One thread."""
import json
import math
import pathlib
import random
import sys
import time

import torch
import torch.nn.functional as F

import phrases
from model import Moe
from tokens import EOS, Vocabulary, learn

BATCH = {"extract": 24, "normalise": 40, "triage": 40, None: 16}
# once the others are nearly learnt, copying names is what is left
BATCH_LATER = {"extract": 36, "normalise": 14, "triage": 14, None: 3}
BATCH_ALONE = 48
MERGES = 764


def batch(rng, vocabulary, job, size):
    make = phrases.echo if job is None else lambda r: phrases.JOBS[job](r, False)
    rows = [vocabulary.example(*make(rng)) for _ in range(size)]
    longest = max(len(ids) for ids, _ in rows)
    inputs = torch.full((size, longest), EOS)
    answers = torch.zeros((size, longest), dtype=torch.bool)
    for i, (ids, prompt) in enumerate(rows):
        inputs[i, : len(ids)] = torch.tensor(ids)
        answers[i, prompt: len(ids)] = True
    return inputs, answers


def loss_of(model, inputs, answers, job):
    hidden, balance = model(inputs[:, :-1], job)
    wanted, keep = inputs[:, 1:], answers[:, 1:]
    loss = F.cross_entropy(model.logits(hidden[keep]), wanted[keep])
    return loss, balance


def main():
    out, minutes = pathlib.Path(sys.argv[1]), float(sys.argv[2])
    earlier = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    alone = sys.argv[4] if len(sys.argv) > 4 else None
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(7)
    rng = random.Random(8 if earlier else 7)
    jobs = sorted(phrases.JOBS)
    if earlier:
        vocabulary = Vocabulary(json.loads((earlier / "merges.json").read_text()))
    else:
        corpus = [part for _ in range(6000) for job in jobs for part in phrases.JOBS[job](rng, False)]
        vocabulary = Vocabulary(learn(corpus, MERGES))
    (out / "merges.json").write_text(json.dumps(vocabulary.merges))
    model = Moe(len(vocabulary.tokens), jobs)
    if earlier:
        model.load_state_dict(torch.load(earlier / "model.pt"))
    print("parameters", sum(p.numel() for p in model.parameters()), flush=True)
    sizes = {alone: BATCH_ALONE} if alone else BATCH_LATER if earlier else BATCH
    if alone:
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(f".{alone}_" in name)
    optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=0, betas=(0.9, 0.98), weight_decay=0.01)
    start, step, seen = time.process_time(), 0, 0
    while True:
        done = (time.process_time() - start) / (60 * minutes)
        if done >= 1:
            break
        rate = (3e-3 if earlier else 4e-3) * min(1, (step + 1) / 40) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad(set_to_none=True)
        losses = {}
        for job, size in sizes.items():
            inputs, answers = batch(rng, vocabulary, job, size)
            seen += inputs.numel()
            loss, balance = loss_of(model, inputs, answers, job)
            (loss * (0.5 if job is None else 1.0) + 0.005 * balance).backward()
            losses[job or "echo"] = loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 20 == 0:
            print(step, f"{time.process_time() - start:.0f}s", f"{seen / (time.process_time() - start):.0f} tok/s",
                  " ".join(f"{k}={v:.3f}" for k, v in losses.items()), flush=True)
        if step % 100 == 0:
            torch.save(model.state_dict(), out / "model.pt")
    torch.save(model.state_dict(), out / "model.pt")
    print("done", step, "steps", seen, "tokens", flush=True)


if __name__ == "__main__":
    main()
