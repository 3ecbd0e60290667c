#!/usr/bin/env python3
"""One training step of rote's benchmark model in PyTorch, timed: a GPT-2 with tied head, AdamW, float32, on the CPU.

    peer_torch.py V T d L H B --threads N --seconds S [--tuned]

--tuned replaces what costs PyTorch time on small models without changing what is computed: AdamW over lists of
tensors at once, and attention as two batched products with the scale and the mask folded into the first. Prints one
JSON object: the median of the steps in ms, their number, peak memory in MiB, the BLAS PyTorch was built with."""
import argparse
import json
import math
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

parser = argparse.ArgumentParser()
for size in ("V", "T", "d", "L", "H", "B"):
    parser.add_argument(size, type=int)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--seconds", type=float, default=8.0)
parser.add_argument("--tuned", action="store_true")
a = parser.parse_args()
torch.set_num_threads(a.threads)
torch.manual_seed(1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(a.d, 3 * a.d)
        self.out = nn.Linear(a.d, a.d)
        above = torch.triu(torch.ones(a.T, a.T, dtype=torch.bool), 1)
        self.register_buffer("above", above)
        self.register_buffer("mask", torch.zeros(a.T, a.T).masked_fill(above, -math.inf))

    def forward(self, x):
        heads = self.qkv(x).view(-1, a.T, 3, a.H, a.d // a.H).permute(2, 0, 3, 1, 4)
        q, k, v = heads[0], heads[1], heads[2]
        scale = 1 / math.sqrt(a.d // a.H)
        if a.tuned:
            n = x.shape[0] * a.H
            q, k, v = (t.reshape(n, a.T, -1) for t in (q, k, v))
            p = torch.baddbmm(self.mask.expand(n, -1, -1), q, k.transpose(1, 2), alpha=scale).softmax(-1)
            y = torch.bmm(p, v).view(-1, a.H, a.T, a.d // a.H)
        else:
            y = (q @ k.transpose(2, 3) * scale).masked_fill(self.above, -math.inf).softmax(-1) @ v
        return self.out(y.transpose(1, 2).reshape(-1, a.T, a.d))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(a.d), Attention()
        self.norm2, self.up, self.down = nn.LayerNorm(a.d), nn.Linear(a.d, 4 * a.d), nn.Linear(4 * a.d, a.d)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(a.V, a.d), nn.Embedding(a.T, a.d)
        self.blocks = nn.Sequential(*(Block() for _ in range(a.L)))
        self.norm = nn.LayerNorm(a.d)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, 0, 0.02)

    def forward(self, tokens, targets):
        x = self.wte(tokens) + self.wpe.weight
        logits = F.linear(self.norm(self.blocks(x)), self.wte.weight)
        return F.cross_entropy(logits.view(-1, a.V), targets.view(-1))


model = Model()
groups = [{"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": 0.1},
          {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0.0}]
optimizer = torch.optim.AdamW(groups, lr=1e-3, **({"foreach": True} if a.tuned else {}))
tokens, targets = torch.randint(a.V, (a.B, a.T)), torch.randint(a.V, (a.B, a.T))

times, began = [], time.perf_counter()
while len(times) < 6 or time.perf_counter() - began < a.seconds:
    start = time.perf_counter()
    loss = model(tokens, targets)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    loss.item()
    times.append(time.perf_counter() - start)
print(json.dumps({"ms": round(1e3 * statistics.median(times[2:]), 3), "steps": len(times) - 2,
                  "rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)}))
