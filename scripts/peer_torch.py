#!/usr/bin/env python3
"""One training step of rote's benchmark model in PyTorch, timed on the CPU: a GPT-2 with tied head, AdamW,
clipping, float32.

    peer_torch.py V T d L H B [--threads N] [--seconds S] [--tuned | --sdpa [--compile]]
    peer_torch.py --about

--tuned replaces what costs PyTorch time on small models without changing what is computed: AdamW over lists
of tensors at once, and attention as two batched products with scale and mask folded into the first. --sdpa is
for PyTorch 2: its scaled_dot_product_attention and fused AdamW; --compile: torch.compile as well. Prints one
JSON object: the median step in ms, the number of steps, peak memory in MiB, the BLAS and the core type that
it took, and the file whose sgemm is called. --about prints the version of PyTorch and its BLAS."""
import argparse
import ctypes
import json
import math
import re
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

WARM_UP, STEPS_MIN = 3, 3


def blas():
    """(name and core type of the BLAS that this process has loaded, the file whose sgemm stands first)."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        loaded = [(m[1], m[2], m[3]) for m in re.finditer(r"^(\w+)-(\w+) .* (/\S+)$", maps.read(), re.M)]
    files = sorted({path for _, _, path in loaded if re.search(r"lib(open)?blas", path)})
    name = files[0] if files else "unknown"
    for path in files:
        library = ctypes.CDLL(path)
        if hasattr(library, "openblas_get_config"):
            library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
            version = re.match(r"OpenBLAS [\d.]+", library.openblas_get_config().decode())
            name = f"{version[0] if version else 'OpenBLAS'} {library.openblas_get_corename().decode()}"
    try:
        # Python loads libraries apart from one another: only a preloaded one can be seen from here
        address = ctypes.cast(ctypes.CDLL(None).sgemm_, ctypes.c_void_p).value
    except AttributeError:
        return name, "BLAS"
    first = [path for low, high, path in loaded if int(low, 16) <= address < int(high, 16)]
    return name, first[0].rsplit("/", 1)[-1] if first else "unknown"


class Attention(nn.Module):
    def __init__(self, T, d, H, how):
        super().__init__()
        self.T, self.H, self.width, self.how = T, H, d // H, how
        self.qkv = nn.Linear(d, 3 * d)
        self.out = nn.Linear(d, d)
        above = torch.triu(torch.ones(T, T, dtype=torch.bool), 1)
        self.register_buffer("above", above)
        self.register_buffer("mask", torch.zeros(T, T).masked_fill(above, -math.inf))

    def forward(self, x):
        heads = self.qkv(x).view(-1, self.T, 3, self.H, self.width).permute(2, 0, 3, 1, 4)
        q, k, v = heads[0], heads[1], heads[2]
        scale = 1 / math.sqrt(self.width)
        if self.how == "sdpa":
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        elif self.how == "tuned":
            n = x.shape[0] * self.H
            q, k, v = (t.reshape(n, self.T, -1) for t in (q, k, v))
            p = torch.baddbmm(self.mask.expand(n, -1, -1), q, k.transpose(1, 2), alpha=scale).softmax(-1)
            y = torch.bmm(p, v).view(-1, self.H, self.T, self.width)
        else:
            y = (q @ k.transpose(2, 3) * scale).masked_fill(self.above, -math.inf).softmax(-1) @ v
        return self.out(y.transpose(1, 2).reshape(x.shape))


class Block(nn.Module):
    def __init__(self, T, d, H, how):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(d), Attention(T, d, H, how)
        self.norm2, self.up, self.down = nn.LayerNorm(d), nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Model(nn.Module):
    def __init__(self, V, T, d, L, H, how):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(V, d), nn.Embedding(T, d)
        self.blocks = nn.Sequential(*(Block(T, d, H, how) for _ in range(L)))
        self.norm = nn.LayerNorm(d)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, 0, 0.02)

    def forward(self, tokens, targets):
        x = self.wte(tokens) + self.wpe.weight
        logits = F.linear(self.norm(self.blocks(x)), self.wte.weight)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


def timed_steps(a):
    V, T, d, L, H, B = a.shape
    how = "sdpa" if a.sdpa else "tuned" if a.tuned else "plain"
    model = Model(V, T, d, L, H, how)
    step = torch.compile(model) if a.compile else model
    groups = [{"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": 0.1},
              {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, **{"plain": {}, "tuned": {"foreach": True}, "sdpa": {"fused": True}}[how])
    tokens, targets = torch.randint(V, (B, T)), torch.randint(V, (B, T))
    times, began = [], math.inf  # from the last step of warming up on: compiling takes longer than --seconds
    while len(times) < WARM_UP + STEPS_MIN or time.perf_counter() - began < a.seconds:
        start = time.perf_counter()
        loss = step(tokens, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
        times.append(time.perf_counter() - start)
        if len(times) == WARM_UP:
            began = time.perf_counter()
    name, sgemm = blas()
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"ms": round(1e3 * statistics.median(times[WARM_UP:]), 3), "steps": len(times) - WARM_UP,
            "rss_mib": round(peak_kib / 1024, 1), "blas": name, "sgemm": sgemm}


parser = argparse.ArgumentParser()
parser.add_argument("shape", type=int, nargs="*", metavar="V T d L H B")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--seconds", type=float, default=8.0)
parser.add_argument("--tuned", action="store_true")
parser.add_argument("--sdpa", action="store_true")
parser.add_argument("--compile", action="store_true")
parser.add_argument("--about", action="store_true")
args = parser.parse_args()
if args.about:
    print(f"PyTorch {torch.__version__}, {blas()[0]}")
elif len(args.shape) != 6:
    parser.error("a shape is six numbers: V T d L H B")
else:
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    print(json.dumps(timed_steps(args)))
