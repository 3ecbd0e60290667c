#!/usr/bin/python3
"""Makes tests/reference/*.safetensors: what PyTorch, in float64, computes for a GPT-2-type and a LLaMA-type model.

    apt-get install python3-torch && scripts/make_reference.py

Each file holds the model's parameters, a batch, logits, loss, every gradient, and the parameters after ten AdamW steps.
The models are written down here from their papers, with nothing of rote's in them but its conventions: token 0 is read
at position 0, rotary pairs are (2i, 2i+1), names and order are those of model/params.h. Parameters are floats stored
as doubles, so that a float build starts from the same numbers. Read by tests/test_reference.c.
"""
import json
import math
import os
import struct
import zlib

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
STEPS = 10

MODELS = {
    "gpt2": dict(
        n_layer=2, n_head=3, n_kv_head=3, n_embd=18, n_inner=37, block_size=13, vocab_size=29, norm="layernorm",
        norm_eps=1e-5, pos="learned", rope_theta=10000.0, act="gelu", gated=False, bias=True, tie_weights=True,
        lengths=[13, 7, 1, 13, 10]),
    "llama": dict(  # 70 tokens: more than one block of attention's rows
        n_layer=2, n_head=4, n_kv_head=2, n_embd=24, n_inner=35, block_size=70, vocab_size=31, norm="rmsnorm",
        norm_eps=1e-5, pos="rope", rope_theta=10000.0, act="silu", gated=True, bias=False, tie_weights=False,
        lengths=[9, 70, 2, 17]),
}


def parameters(c, generator):
    """name -> tensor, in the order of model/params.h, all of them off their usual starting values."""
    d, inner, out = c["n_embd"], c["n_inner"], {}
    kv = c["n_kv_head"] * (d // c["n_head"])

    def add(name, shape, mean=0.0):
        x = mean + 0.2 * torch.randn(shape, generator=generator)
        out[name] = x.float().double().requires_grad_()

    def norm(name):
        add(name + ".weight", [d], 1.0)
        if c["norm"] == "layernorm" and c["bias"]:
            add(name + ".bias", [d])

    add("wte", [c["vocab_size"], d])
    if c["pos"] == "learned":
        add("wpe", [c["block_size"], d])
    for layer in range(c["n_layer"]):
        b = "blocks.%d." % layer
        norm(b + "norm1")
        shapes = {"q": [d, d], "k": [kv, d], "v": [kv, d]}
        for x in "qkv":
            add(b + "attn.%s.weight" % x, shapes[x])
        for x in "qkv" if c["bias"] else "":
            add(b + "attn.%s.bias" % x, shapes[x][:1])
        add(b + "attn.o.weight", [d, d])
        if c["bias"]:
            add(b + "attn.o.bias", [d])
        norm(b + "norm2")
        ins = ["gate", "up"] if c["gated"] else ["in"]
        for x in ins:
            add(b + "mlp.%s.weight" % x, [inner, d])
        for x in ins if c["bias"] else []:
            add(b + "mlp.%s.bias" % x, [inner])
        add(b + "mlp.out.weight", [d, inner])
        if c["bias"]:
            add(b + "mlp.out.bias", [d])
    norm("norm_f")
    if not c["tie_weights"]:
        add("head.weight", [c["vocab_size"], d])
    return out


def rotate(c, x):
    """x (T, heads, hd): pair i of position t turns by t theta^(-2i/hd) (Su et al. 2021), as a complex product."""
    T, heads, hd = x.shape
    angle = torch.arange(T)[:, None] * c["rope_theta"] ** (-2.0 * torch.arange(hd // 2) / hd)
    turn = torch.polar(torch.ones_like(angle), angle)[:, None, :]
    return torch.view_as_real(torch.view_as_complex(x.reshape(T, heads, hd // 2, 2)) * turn).reshape(T, heads, hd)


def logits_of(c, p, tokens):
    """One sequence: inputs (T) -> logits (T, V)."""
    T, d, H, KV = len(tokens), c["n_embd"], c["n_head"], c["n_kv_head"]
    hd = d // H
    functional = torch.nn.functional

    def norm(x, name):
        if c["norm"] == "layernorm":
            return functional.layer_norm(x, [d], p[name + ".weight"], p[name + ".bias"], c["norm_eps"])
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + c["norm_eps"]) * p[name + ".weight"]

    def linear(x, name):
        return functional.linear(x, p[name + ".weight"], p.get(name + ".bias"))

    h = p["wte"][tokens]
    if c["pos"] == "learned":
        h = h + p["wpe"][:T]
    masked = torch.ones(T, T, dtype=torch.bool).triu(1)
    for layer in range(c["n_layer"]):
        b = "blocks.%d." % layer
        x = norm(h, b + "norm1")
        q = linear(x, b + "attn.q").view(T, H, hd)
        k = linear(x, b + "attn.k").view(T, KV, hd)
        v = linear(x, b + "attn.v").view(T, KV, hd)
        if c["pos"] == "rope":
            q, k = rotate(c, q), rotate(c, k)
        k, v = (y.repeat_interleave(H // KV, dim=1) for y in (k, v))
        score = torch.einsum("ihc,jhc->hij", q, k) / math.sqrt(hd)
        weight = score.masked_fill(masked, -math.inf).softmax(-1)
        h = h + linear(torch.einsum("hij,jhc->ihc", weight, v).reshape(T, d), b + "attn.o")
        x = norm(h, b + "norm2")
        if c["gated"]:
            x = functional.silu(linear(x, b + "mlp.gate")) * linear(x, b + "mlp.up")
        else:
            x = linear(x, b + "mlp.in")
            x = 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
        h = h + linear(x, b + "mlp.out")
    head = p["wte"] if c["tie_weights"] else p["head.weight"]
    return functional.linear(norm(h, "norm_f"), head)


def pass_of(c, p, batch):
    """All logits, and the mean loss over the targets asked for (in nats)."""
    start, inputs, targets = batch
    logits = torch.cat([logits_of(c, p, inputs[a:b]) for a, b in zip(start[:-1], start[1:])])
    return logits, torch.nn.functional.cross_entropy(logits, targets, ignore_index=-1)


def draw_batch(c, generator):
    start = [0]
    for length in c["lengths"]:
        start.append(start[-1] + length)
    targets = torch.randint(c["vocab_size"], [start[-1]], generator=generator)
    inputs = torch.cat([torch.tensor([0]), targets[:-1]])
    inputs[start[:-1]] = 0
    targets[4::9] = -1  # not asked for
    return start, inputs, targets


def write(path, tensors, meta):
    """safetensors with the CRCs that model/formats/safetensors.c demands (docs/formats.md)."""
    crc, entries, data, at = {}, {}, [], 0
    for name, x in tensors.items():
        kind = "F64" if x.is_floating_point() else "I32"
        raw = x.detach().contiguous().to(torch.float64 if kind == "F64" else torch.int32).numpy().tobytes()
        entries[name] = {"dtype": kind, "shape": list(x.shape), "data_offsets": [at, at + len(raw)]}
        crc["crc32:" + name] = "%08x" % zlib.crc32(raw)
        data.append(raw)
        at += len(raw)
    head = {"__metadata__": {"crc32": "00000000", **meta, **crc}, **entries}
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 64)
    zeros = b'"crc32":"00000000"'
    text = text.replace(zeros, b'"crc32":"%08x"' % zlib.crc32(text), 1)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(data))


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "reference")
    for number, (name, c) in enumerate(MODELS.items()):
        generator = torch.Generator().manual_seed(20261122 + number)
        p = parameters(c, generator)
        batch = draw_batch(c, generator)
        start, inputs, targets = batch
        out = {"params." + k: v.detach().clone() for k, v in p.items()}
        logits, loss = pass_of(c, p, batch)
        loss.backward()
        out["logits"] = logits
        out["loss"] = loss.reshape(1)
        out.update(("grad." + k, v.grad.clone()) for k, v in p.items())
        groups = [dict(params=[v for v in p.values() if v.dim() == 2], weight_decay=0.1),
                  dict(params=[v for v in p.values() if v.dim() == 1], weight_decay=0.0)]
        adamw = torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.95), eps=1e-8)
        for _ in range(STEPS):
            adamw.zero_grad()
            pass_of(c, p, batch)[1].backward()
            adamw.step()
        out.update(("stepped." + k, v) for k, v in p.items())
        out.update(start=torch.tensor(start), inputs=inputs, targets=targets)  # last: doubles stay aligned
        lines = ["model:"] + ["  %s: %s" % (k, json.dumps(v).strip('"')) for k, v in c.items() if k != "lengths"]
        train = "train:\n  learning_rate: 0.01\n  beta1: 0.9\n  beta2: 0.95\n  adam_eps: 1e-8\n  weight_decay: 0.1\n"
        path = os.path.join(folder, name + ".safetensors")
        write(path, out, {"config": "\n".join(lines) + "\n" + train, "steps": str(STEPS), "torch": torch.__version__})
        print("%s: %d parameters, loss %.6f nats, %d bytes" % (
            name, sum(v.numel() for v in p.values()), loss.item(), os.path.getsize(path)))


main()
