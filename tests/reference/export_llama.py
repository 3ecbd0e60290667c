"""rote export --to gguf against llama.cpp (llama-cpp-python): it opens the file, cuts prompts into the same tokens, and
continues each of ten prompts with the same 200 tokens, greedily.

  export_llama.py ROTE FOLDER [RUN..]

Without a RUN, models of each architecture and kind of vocabulary are made, with weights large enough that the largest
logit stands out. llama.cpp gets its KV cache in float32. Its gelu reads a table in float16: of gpt2 a choice between
two logits that are nearly equal may differ. Files of f16 and q8_0 must open and have nearly the logits of f32: llama.cpp rounds activations, too."""
import json
import os
import subprocess
import sys

import llama_cpp
import numpy as np

ROTE, FOLDER = sys.argv[1], sys.argv[2]
TOKENS = int(os.environ.get("TOKENS", "200"))
LLAMA = ["model.norm=rmsnorm", "model.pos=rope", "model.act=silu", "model.gated=true", "model.bias=false"]
SHAPE = ["model.n_layer=2", "model.n_embd=48", "model.n_head=4", "model.block_size=256", "model.init_std=0.25",
         "train.max_steps=1", "train.batch_size=4"]
MODELS = {
    "gpt2": [],
    "gpt2_plain": ["model.bias=false", "model.tie_weights=false", "model.n_inner=72"],
    "llama": LLAMA + ["model.n_kv_head=2"],
    "qwen2": LLAMA + ["model.n_kv_head=2", "model.qkv_bias=true", "model.rope_theta=50000"],
    "llama_linear": LLAMA + ["model.rope_scaling=linear", "model.rope_factor=2.5"],
    "llama_llama3": LLAMA + ["model.rope_scaling=llama3", "model.rope_factor=8", "model.rope_original=96"],
    "qwen2_linear": LLAMA + ["model.qkv_bias=true", "model.rope_scaling=linear", "model.rope_factor=4"],
    "qwen3": LLAMA + ["model.n_kv_head=2", "model.qk_norm=true", "model.head_dim=16", "model.n_embd=50"],
}
failed = 0


def rote(*words):
    return subprocess.run([ROTE, *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout


def check(right, what):
    global failed
    failed += not right
    if not right:
        print("wrong:", what)


def opened(path):
    return llama_cpp.Llama(path, n_ctx=TOKENS + 56, n_threads=2, verbose=False, type_k=0, type_v=0, flash_attn=False)


def last_logits(model):
    pointer = llama_cpp.llama_get_logits_ith(model.ctx, -1)
    return np.ctypeslib.as_array(pointer, shape=(model.n_vocab(),)).copy()


def follow(model, tokens, ours, tolerance):
    """The number of the first token that llama.cpp would not have said; -1: none. And the number of near ties: its
    logits of both tokens differ by less than tolerance * the largest one."""
    ties = 0
    model.reset()
    model.eval(tokens)
    for i, token in enumerate(ours):
        logits = last_logits(model)
        if logits.argmax() != token:
            if logits.max() - logits[token] >= tolerance * np.abs(logits).max():
                return i, ties
            ties += 1
        model.eval([token])
    return -1, ties


def sampled(run, prompt):
    said = json.loads(rote("sample", run, "--prompt", prompt, "--greedy", "--max-tokens", str(TOKENS), "--json"))
    return said["samples"][0]["tokens"]


def compare(run, prompts, numbers, tolerance=0):
    path = os.path.join(FOLDER, "out.gguf")
    rote("export", run, "--to", "gguf", path, "--force")
    model = opened(path)
    length = ties = 0
    for prompt in prompts:
        tokens = [0] + [int(t) for t in prompt.split()] if numbers else model.tokenize(prompt.encode(), add_bos=True)
        ours = sampled(run, prompt.replace("\n", "\\n"))
        at, more = follow(model, tokens, ours, tolerance)
        check(at < 0, f"{run}: '{prompt}': another token after {at}, of {len(ours)}")
        check(len(ours) == TOKENS or ours[-1] == model.token_eos(), f"{run}: '{prompt}': ends early")
        length += len(ours)
        ties += more
    check(ties <= length // 500, f"{run}: {ties} near ties")
    model.reset()
    model.eval(tokens)
    exact = last_logits(model)
    for kind, bound in ("f16", 0.01), ("q8_0", 0.1):
        rote("export", run, "--to", "gguf", path, "--type", kind, "--force")
        other = opened(path)
        other.eval(tokens)
        error = np.abs(last_logits(other) - exact).max() / np.abs(exact).max()
        check(error < bound, f"{run}: {kind}: logits differ by {error:.2g} of the largest")
    return length


def make(name, facts, options):
    run = os.path.join(FOLDER, name)
    rote("train", "--out", run, "--quiet", *facts, *SHAPE, *options)
    return run


def own_models():
    text = os.path.join(FOLDER, "text.txt")
    with open("CONTRIBUTING.md", encoding="utf-8") as source, open(text, "w", encoding="utf-8") as out:
        out.write(source.read()[:6000])
    words = os.path.join(FOLDER, "words.tsv")
    with open(words, "w", encoding="utf-8") as out:
        for i in range(40):
            out.write(f"where lives animal{i % 13} number{i}\tin place{i % 7} at{i % 3}\n")
    rote("facts", "import", words, "--vocab", "words", "--out", os.path.join(FOLDER, "words"))
    prompts = ["# Con", "Read `docs", " which room", "the ", "A", "example", "- ", "Test it", "add", "\n\n"]
    length = 0
    for name, options in MODELS.items():
        run = make(name, ["facts.kind=text", "facts.path=" + text], options)
        length += compare(run, prompts, False, 0.003 if name.startswith("gpt2") else 0)
    for vocab in "bpe:300", "bpe:450":
        run = make("tokens_" + vocab[4:], ["facts.kind=text", "facts.path=" + text, "facts.vocab=" + vocab], MODELS["llama"])
        length += compare(run, prompts, False)
    run = make("word_run", ["facts.kind=file", "facts.path=" + os.path.join(FOLDER, "words")], MODELS["llama"])
    length += compare(run, [f"where lives animal{i} number{i}" for i in range(10)], False)
    run = make("numbers", ["facts.kind=random", "facts.n=64"], [])
    return length + compare(run, [f"{i} {3 * i + 1}" for i in range(10)], True, 0.003)


asked = ["The capital of France is", "Once upon a time", "def main():", "2 + 2 =", "Water is made of", "The moon",
         "My favourite book", "In 1969", "A list of fruits:", "She said"]
runs = sys.argv[3:]
total = sum(compare(run, asked, False) for run in runs) if runs else own_models()
print(f"export: {total} tokens, {failed} differences")
sys.exit(failed > 0)
