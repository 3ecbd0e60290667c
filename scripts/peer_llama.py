#!/usr/bin/env python3
"""Rates of rote and of llama.cpp on one float32 model (scripts/bench_llama.sh).

    peer_llama.py ROTE FOLDER ROUNDS THREADS     FOLDER has run/ (an imported run) and f32.gguf (its export)

llama.cpp runs in a process of its own each time, so that its peak memory is its own."""
import json
import os
import resource
import statistics
import subprocess
import sys
import time

PROMPT = "The capital of France is"
SHORT, LONG = 16, 80  # tokens that are decoded
TEXTS, LENGTH = (1, 9), 1000  # texts that are evaluated, and bytes of each
GOALS = {"decode": 1.3, "evaluate": 1.3, "memory": 1.2, "load": 2.0}


def peer(path, threads, texts):
    """In a process of its own: prints one JSON object."""
    import ctypes
    import llama_cpp
    import numpy as np
    start = time.perf_counter()
    model = llama_cpp.Llama(path, n_ctx=1024, n_batch=512, n_threads=threads, n_threads_batch=threads, verbose=False,
                            type_k=0, type_v=0, flash_attn=False, logits_all=True)
    load = time.perf_counter() - start
    model.eval(model.tokenize(PROMPT.encode(), add_bos=True))
    token, marks = 28, []  # which token does not matter for the time
    for i in range(LONG):
        if i in (SHORT, LONG - 1):
            marks.append(time.perf_counter())
        model.eval([token])
    decode = (LONG - 1 - SHORT) / (marks[1] - marks[0])
    start, tokens = time.perf_counter(), 0
    for text in texts:
        ids = model.tokenize(text.encode(), add_bos=True)
        model.reset()
        model.eval(ids)
        tokens += len(ids)
    evaluate = tokens / (time.perf_counter() - start)
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"load": load, "decode": decode, "evaluate": evaluate, "rss": rss}))


def timed(*words):
    """Seconds, and peak memory in bytes, of a command."""
    start = time.perf_counter()
    pid = os.posix_spawn(words[0], words, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit("peer_llama: failed: " + " ".join(words))
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def fastest(*words):
    """The same of the fastest of three: the system may need a second to give the memory, which a difference must not hold."""
    return min(timed(*words) for _ in range(3))


def ours(rote, folder, threads):
    run, common = folder + "/run", ["--threads", str(threads)]
    sample = [rote, "sample", run, "--prompt", PROMPT, "--greedy", *common, "--max-tokens"]
    load, _ = timed(*sample, "1")
    (short, _), (long, rss) = fastest(*sample, str(SHORT)), fastest(*sample, str(LONG))
    evaluate = [rote, "eval", run, *common, "--facts"]
    (few, _), (many, rss_many) = (fastest(*evaluate, f"{folder}/texts{n}") for n in TEXTS)
    tokens = [json.load(open(f"{folder}/tokens{n}.json"))["tokens"] for n in TEXTS]
    return {"load": load, "decode": (LONG - SHORT) / (long - short), "evaluate": (tokens[1] - tokens[0]) / (many - few),
            "rss": rss, "rss_evaluate": rss_many}


def texts_of(n):
    with open("docs/design.md", encoding="utf-8") as f:
        text = " ".join(f.read().split())
    return [text[i * LENGTH:(i + 1) * LENGTH] for i in range(n)]


def main():
    rote, folder, rounds, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    rote = os.path.abspath(rote)
    for n in TEXTS:
        with open(f"{folder}/texts{n}.txt", "w", encoding="utf-8") as f:
            f.write("\n".join(texts_of(n)) + "\n")
        subprocess.run(["rm", "-rf", f"{folder}/texts{n}", f"{folder}/cut{n}"], check=True)
        subprocess.run([rote, "facts", "import", f"{folder}/texts{n}.txt", "--out", f"{folder}/texts{n}"], check=True,
                       stdout=subprocess.DEVNULL)
        with open(f"{folder}/tokens{n}.json", "w", encoding="utf-8") as f:
            subprocess.run([rote, "facts", "import", f"{folder}/texts{n}.txt", "--vocab", "tokenizer", "--tokenizer",
                            f"{folder}/run/tokenizer.json", "--out", f"{folder}/cut{n}", "--json"], check=True, stdout=f)
    weights = os.path.getsize(f"{folder}/f32.gguf")
    results = {"rote": [], "llama.cpp": []}
    for _ in range(rounds):
        results["rote"].append(ours(rote, folder, threads))
        said = subprocess.run([sys.executable, __file__, "--peer", f"{folder}/f32.gguf", str(threads)], check=True,
                              stdout=subprocess.PIPE).stdout
        results["llama.cpp"].append(json.loads(said))
    middle = {who: {k: statistics.median(r[k] for r in rows) for k in rows[0]} for who, rows in results.items()}
    a, b = middle["rote"], middle["llama.cpp"]

    def spread(who, key, scale=1.0):
        values = sorted(r[key] * scale for r in results[who])
        return f"{statistics.median(values):.4g} ({values[0]:.4g}–{values[-1]:.4g})"

    print(f"{rounds} rounds, {threads} threads; median (least–most)\n")
    print("| | rote | llama.cpp | llama.cpp's rate over rote's, goal |\n|---|---|---|---|")
    for key, name in ("decode", "decoding, tokens/s"), ("evaluate", "evaluating, tokens/s"):
        print(f"| {name} | {spread('rote', key)} | {spread('llama.cpp', key)} | {b[key] / a[key]:.2f}, {GOALS[key]} |")
    print(f"| load, s | {spread('rote', 'load')} | {spread('llama.cpp', 'load')} | rote: {a['load']:.2f} s, {GOALS['load']} |")
    for key, name in ("rss", "sample"), ("rss_evaluate", "eval"):
        print(f"| peak memory over the weights, {name} | {spread('rote', key, 1 / weights)} | "
              f"{spread('llama.cpp', 'rss', 1 / weights)} | rote: {a[key] / weights:.2f}, {GOALS['memory']} |")


if sys.argv[1] == "--peer":
    peer(sys.argv[2], int(sys.argv[3]), texts_of(TEXTS[1]))
else:
    main()
