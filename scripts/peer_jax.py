#!/usr/bin/env python3
"""Many tiny models at once in JAX on one core, as a capacity sweep would train them: a GPT-2 with tied head, AdamW, clipping,
float32; vmap over the models, lax.scan over the steps, one jit.

    peer_jax.py V T d L H B [--models M] [--seconds S]
    peer_jax.py --about

Prints one JSON object: microseconds of a model step (the time of a scan over its steps and models), the median over the
scans, and their number. --about prints the version of JAX."""
import argparse
import json
import math
import os
import statistics
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false " + os.environ.get("XLA_FLAGS", "")
os.environ["JAX_PLATFORMS"] = "cpu"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

RATE, DECAY, BETA1, BETA2, EPS, CLIP = 1e-3, 0.1, 0.9, 0.95, 1e-8, 1.0
SCAN, SCANS_MIN = 20, 3


def create(key, V, T, d, L):
    def normal(*shape):
        nonlocal key
        key, used = jax.random.split(key)
        return 0.02 * jax.random.normal(used, shape)

    def norm():
        return {"gain": jnp.ones(d), "bias": jnp.zeros(d)}

    def linear(rows, cols):
        return {"weight": normal(rows, cols), "bias": jnp.zeros(cols)}

    blocks = [{"norm1": norm(), "qkv": linear(d, 3 * d), "out": linear(d, d), "norm2": norm(), "up": linear(d, 4 * d),
               "down": linear(4 * d, d)} for _ in range(L)]
    return {"wte": normal(V, d), "wpe": normal(T, d), "blocks": blocks, "norm": norm()}


def normalized(p, x):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-5) * p["gain"] + p["bias"]


def product(p, x):
    return x @ p["weight"] + p["bias"]


def loss_of(p, tokens, targets, H):
    B, T = tokens.shape
    x = p["wte"][tokens] + p["wpe"]
    d = x.shape[-1]
    allowed = jnp.tril(jnp.ones((T, T), bool))
    for b in p["blocks"]:
        q, k, v = (t.reshape(B, T, H, d // H) for t in jnp.split(product(b["qkv"], normalized(b["norm1"], x)), 3, -1))
        scores = jnp.einsum("bihc,bjhc->bhij", q, k) / math.sqrt(d // H)
        weights = jax.nn.softmax(jnp.where(allowed, scores, -jnp.inf), -1)
        x = x + product(b["out"], jnp.einsum("bhij,bjhc->bihc", weights, v).reshape(B, T, d))
        x = x + product(b["down"], jax.nn.gelu(product(b["up"], normalized(b["norm2"], x))))
    logits = normalized(p["norm"], x) @ p["wte"].T
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), targets[..., None], -1).mean()


def stepped(state, tokens, targets, H):
    p, m, v, n = state
    loss, g = jax.value_and_grad(loss_of)(p, tokens, targets, H)
    norm = jnp.sqrt(sum((x ** 2).sum() for x in jax.tree.leaves(g)))
    g = jax.tree.map(lambda x: x * jnp.minimum(1, CLIP / norm), g)
    n = n + 1
    m = jax.tree.map(lambda a, b: BETA1 * a + (1 - BETA1) * b, m, g)
    v = jax.tree.map(lambda a, b: BETA2 * a + (1 - BETA2) * b * b, v, g)

    def moved(w, a, b):
        update = a / (1 - BETA1 ** n) / (jnp.sqrt(b / (1 - BETA2 ** n)) + EPS)
        return w - RATE * (update + (DECAY * w if w.ndim > 1 else 0))

    return (jax.tree.map(moved, p, m, v), m, v, n), loss


def microseconds(V, T, d, L, H, B, models, seconds):
    keys = jax.random.split(jax.random.key(1), models)
    p = jax.vmap(lambda key: create(key, V, T, d, L))(keys)
    zeros = jax.tree.map(jnp.zeros_like, p)
    state = (p, zeros, zeros, jnp.zeros(models))
    tokens = jax.random.randint(jax.random.key(2), (models, B, T), 0, V)
    targets = jax.random.randint(jax.random.key(3), (models, B, T), 0, V)
    step = jax.vmap(lambda s, x, y: stepped(s, x, y, H))

    @jax.jit
    def scan(state):
        return jax.lax.scan(lambda s, _: step(s, tokens, targets), state, None, length=SCAN)

    times, began = [], math.inf  # from the end of the first scan on, which compiles
    while len(times) <= SCANS_MIN or time.perf_counter() - began < seconds:
        start = time.perf_counter()
        state, loss = scan(state)
        loss.block_until_ready()
        times.append(time.perf_counter() - start)
        began = min(began, time.perf_counter())
    return statistics.median(times[1:]) * 1e6 / SCAN / models, len(times) - 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shape", nargs="*", type=int)
    parser.add_argument("--models", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--about", action="store_true")
    a = parser.parse_args()
    if a.about:
        print("JAX", jax.__version__)
        return
    us, scans = microseconds(*a.shape, a.models, a.seconds)
    print(json.dumps({"us": us, "scans": scans, "models": a.models}))


main()
