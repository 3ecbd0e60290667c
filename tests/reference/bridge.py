"""`rote neurons dump --hook all` beside the cache of TransformerLens 4 (TransformerBridge), which opens `rote export --to hf`.

  bridge.py ROTE FOLDER            compares models of the types GPT-2, LLaMA, Qwen2 and Qwen3
  bridge.py ROTE FOLDER --table    prints the table of names in docs/formats.md

The bridge is opened as it comes, without compatibility mode: its activations are those of the weights as they are. For each
hook of rote's, the table has the names there that have the same numbers, within 1e-4 of the largest, in all models that
have the hook: the same name first, if it is one of them."""
import json
import os
import re
import subprocess
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import numpy as np
import torch
import transformers
from safetensors.numpy import load_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformer_lens.model_bridge import TransformerBridge

ROTE, FOLDER = sys.argv[1], sys.argv[2]
LENGTH, TOLERANCE = 9, 1e-4
LLAMA = ["model.norm=rmsnorm", "model.pos=rope", "model.act=silu", "model.gated=true", "model.bias=false", "model.n_kv_head=2"]
KINDS = {"GPT-2": [], "LLaMA": LLAMA, "Qwen2": LLAMA + ["model.qkv_bias=true"],
         "Qwen3": LLAMA + ["model.qk_norm=true", "model.head_dim=10"]}
SHAPE = ["facts.kind=random", "facts.n=24", f"facts.seq_len={LENGTH}", "facts.vocab_size=17", "model.n_layer=2", "model.n_embd=24",
         "model.n_head=4", "model.init_std=0.2", "train.max_steps=3"]
torch.set_num_threads(1)
transformers.utils.logging.disable_progress_bar()


def rote(*words):
    subprocess.run([ROTE, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def number_words(folder):
    """The bridge wants a tokenizer: a word for each token number."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
        size = json.load(f)["vocab_size"]
    t = Tokenizer(models.WordLevel({str(i): i for i in range(size)}, unk_token="0"))
    t.pre_tokenizer = pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(tokenizer_object=t, bos_token="0", eos_token="0", pad_token="0").save_pretrained(folder)


def activations(kind, options):
    """Both sides by name, as arrays (facts, tokens, numbers), and the size of a head where q and k are rotated, else 0."""
    run, hf, dump = (os.path.join(FOLDER, kind + end) for end in ("", "_hf", ".safetensors"))
    rote("train", "--out", run, "--quiet", *SHAPE, *options)
    rote("export", run, "--to", "hf", hf)
    rote("neurons", "dump", run, "--hook", "all", "-o", dump)
    number_words(hf)
    ours = load_file(dump)
    tokens = torch.tensor(ours["tokens"].reshape(-1, LENGTH).astype(np.int64))
    with torch.no_grad():
        _, cache = TransformerBridge.boot_transformers(hf, device="cpu").run_with_cache(tokens)
    theirs = {}
    for name, x in cache.items():
        x = x.detach().float().numpy()
        if x.ndim == 4 and x.shape[1] != LENGTH:  # heads before tokens
            x = x.transpose(0, 2, 1, 3)
        if x.shape[:2] == tokens.shape:
            theirs[name] = x.reshape(*tokens.shape, -1)
    mine = {name: x.reshape(*tokens.shape, -1) for name, x in ours.items() if "hook_" in name}
    return mine, theirs, 10 if kind == "Qwen3" else 6 if options else 0


def as_theirs(name, x, head):
    """Two neighbouring channels of a head turn together in rote, channels i and i + hd/2 there."""
    if head and re.search(r"hook_[qk](_normed)?$", name):
        x = x.reshape(*x.shape[:2], -1, head // 2, 2).swapaxes(3, 4).reshape(x.shape)
    return x


def same(x, y):
    return x.shape == y.shape and np.abs(x - y).max() <= TOLERANCE * max(np.abs(x).max(), 1e-9)


equal, have, worst, compared = {}, {}, 0, 0
for kind, options in KINDS.items():
    mine, theirs, head = activations(kind, options)
    for name, x in mine.items():
        short, x = re.sub(r"blocks\.\d+", "blocks.L", name), as_theirs(name, x, head)
        fits = {re.sub(r"blocks\.\d+", "blocks.L", n) for n, y in theirs.items()
                if re.findall(r"\d+", n) == re.findall(r"\d+", name) and same(x, y)}
        equal[short] = fits if short not in equal else equal[short] & fits
        have.setdefault(short, set()).add(kind)
        for n in fits:
            n = n.replace("blocks.L", "blocks." + (re.findall(r"\d+", name) + ["0"])[0])
            worst = max(worst, np.abs(x - theirs[n]).max() / np.abs(x).max())
        compared += len(fits)

rows = ["| here | TransformerBridge |", "|---|---|"]
failed = 0
for name, fits in equal.items():
    others = sorted(fits - {name}, key=lambda n: (n.count("."), n))
    failed += not fits
    rows.append("| `%s` | %s |" % (name, ("the same name" if name in fits else "`%s`" % others[0] if others else "none")))
if "--table" in sys.argv:
    print("\n".join(rows))
    sys.exit(failed > 0)
with open("docs/formats.md", encoding="utf-8") as f:
    stands = "\n".join(rows) in f.read()
print(f"bridge: {len(equal)} hooks, {compared} comparisons, worst {worst:.1e} of the largest; {failed} without an equal; "
      f"the table of docs/formats.md {'is' if stands else 'is not'} this one")
sys.exit(failed > 0 or not stands)
