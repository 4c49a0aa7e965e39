"""A small mixture of experts in Mixtral's layout (RMS norm, grouped attention with rotary positions on adjacent pairs, softmax router
with renormalised top-k, SwiGLU experts), with low-rank adapters on the attention projections."""
import math

import torch
import torch.nn.functional as F
from torch import nn

CONFIG = dict(dim=128, layers=4, heads=4, kv=2, head_dim=32, experts=8, used=2, ff=128, context=512, theta=10000.0, eps=1e-5)
RANK = 16
PROJECTIONS = ("q", "k", "v", "o")


def rotate(x, cos, sin):
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


class Norm(nn.Module):
    def __init__(self, dim, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(dim)), eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class Experts(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.router = nn.Parameter(torch.randn(c["experts"], c["dim"]) * 0.02)
        self.gate = nn.Parameter(torch.randn(c["experts"], c["ff"], c["dim"]) / math.sqrt(c["dim"]))
        self.up = nn.Parameter(torch.randn(c["experts"], c["ff"], c["dim"]) / math.sqrt(c["dim"]))
        self.down = nn.Parameter(torch.randn(c["experts"], c["dim"], c["ff"]) / math.sqrt(c["ff"] * 2 * c["layers"]))

    def forward(self, x):
        c, flat = self.c, x.reshape(-1, x.shape[-1])
        probabilities = F.softmax(flat @ self.router.T, -1)
        top, chosen = probabilities.topk(c["used"], -1)
        top = top / top.sum(-1, keepdim=True)
        order = chosen.flatten().argsort()
        counts = torch.bincount(chosen.flatten(), minlength=c["experts"]).tolist()
        rows = order // c["used"]
        inputs = flat.index_select(0, rows).split(counts)
        outputs = [(F.silu(i @ self.gate[e].T) * (i @ self.up[e].T)) @ self.down[e].T for e, i in enumerate(inputs)]
        weighted = torch.cat(outputs) * top.flatten()[order].unsqueeze(-1)
        share = torch.tensor(counts, dtype=flat.dtype) / chosen.numel()
        balance = c["experts"] * (share * probabilities.mean(0)).sum()
        return torch.zeros_like(flat).index_add(0, rows, weighted).view_as(x), balance


class Block(nn.Module):
    def __init__(self, c, adapters):
        super().__init__()
        self.c = c
        wide, narrow = c["heads"] * c["head_dim"], c["kv"] * c["head_dim"]
        shapes = {"q": (wide, c["dim"]), "k": (narrow, c["dim"]), "v": (narrow, c["dim"]), "o": (c["dim"], wide)}
        self.attn_norm, self.ffn_norm = Norm(c["dim"], c["eps"]), Norm(c["dim"], c["eps"])
        self.w = nn.ParameterDict({n: nn.Parameter(torch.randn(s) / math.sqrt(s[1])) for n, s in shapes.items()})
        self.w["o"].data /= math.sqrt(2 * c["layers"])
        self.a = nn.ParameterDict({f"{j}_{n}": nn.Parameter(torch.randn(RANK, s[1]) / math.sqrt(s[1])) for j in adapters for n, s in shapes.items()})
        self.b = nn.ParameterDict({f"{j}_{n}": nn.Parameter(torch.zeros(s[0], RANK)) for j in adapters for n, s in shapes.items()})
        self.experts = Experts(c)

    def project(self, x, name, adapter):
        y = x @ self.w[name].T
        if adapter is not None:
            y = y + (x @ self.a[f"{adapter}_{name}"].T) @ self.b[f"{adapter}_{name}"].T
        return y

    def forward(self, x, cos, sin, mask, adapter):
        c, (n, t, _) = self.c, x.shape
        h = self.attn_norm(x)
        q, k, v = (self.project(h, p, adapter).view(n, t, -1, c["head_dim"]).transpose(1, 2) for p in "qkv")
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        repeat = c["heads"] // c["kv"]
        k, v = k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)
        weights = F.softmax(q @ k.transpose(-1, -2) / math.sqrt(c["head_dim"]) + mask, -1)
        x = x + self.project((weights @ v).transpose(1, 2).reshape(n, t, -1), "o", adapter)
        y, balance = self.experts(self.ffn_norm(x))
        return x + y, balance


class Moe(nn.Module):
    def __init__(self, vocabulary, adapters, c=CONFIG):
        super().__init__()
        self.c = c
        self.embed = nn.Parameter(torch.randn(vocabulary, c["dim"]) * 0.05)
        self.blocks = nn.ModuleList(Block(c, adapters) for _ in range(c["layers"]))
        self.norm = Norm(c["dim"], c["eps"])
        angles = torch.outer(torch.arange(c["context"]).float(), c["theta"] ** (-torch.arange(0, c["head_dim"], 2).float() / c["head_dim"]))
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def forward(self, ids, adapter):
        """Logits of every position and the load-balance term; the output matrix is the embedding."""
        t = ids.shape[1]
        mask = torch.full((t, t), float("-inf")).triu(1)
        x, balance = self.embed[ids], 0.0
        for block in self.blocks:
            x, b = block(x, self.cos[:t], self.sin[:t], mask, adapter)
            balance = balance + b
        return self.norm(x), balance

    def logits(self, hidden):
        return hidden @ self.embed.T
