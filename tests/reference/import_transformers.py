"""Random models of Hugging Face's transformers against rote, which imports and exports them.

  import_transformers.py BUILD FOLDER     BUILD has rote, tests/logits_of, tests/tokens

GPT-2, LLaMA, Mistral, Qwen2 and Qwen3 of three sizes each, odd ones too, with fewer heads of keys and values where the
type has them, with heads of another size than width / heads (Qwen3, and the odd LLaMA), and LLaMA and Qwen2 with scaled
rotary positions (linear, llama3). The logits of 10^4 positions lie within 1e-4 of transformers' in float64 (largest difference over largest logit of
a row), and the most probable token is the same. With q and k in the wrong order they do not: that is tried, too.
`rote export --to hf` then gives a folder that AutoModelForCausalLM opens and continues ten prompts from with the same 200
tokens, and whose AutoTokenizer cuts texts into the same tokens and puts them together again. So does a run of rote's own on
facts in the tokens of a tokenizer that was trained on them."""
import json
import os
import struct
import subprocess
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

BUILD, FOLDER = sys.argv[1], sys.argv[2]
POSITIONS, SEQUENCES, TOKENS = 280, 3, int(os.environ.get("TOKENS", "200"))
# layers, heads, heads of keys and values, channels, neurons, tokens
SIZES = {"small": (1, 2, 1, 16, 37, 283), "odd": (3, 6, 2, 60, 101, 401), "larger": (4, 8, 2, 128, 352, 700)}
SCALED = {None: {"rope_type": "default"}, "linear": {"rope_type": "linear", "factor": 2.5},
          "llama3": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                     "original_max_position_embeddings": 96}}
ODD_GPT2 = (3, 3, 3, 33, 77, 401)
TEXTS = ["Derive forward and backward on paper.", "  two  spaces\n\n\ttab", "", "12345 and 3.14", "naïve café — 東京 🙂",
         "rote's `model/params.c` (1)", "\r\nend \n"]
failed = 0
torch.manual_seed(20261129)
torch.set_num_threads(1)
transformers.utils.logging.disable_progress_bar()
random = np.random.default_rng(20261129)


def check(right, what):
    global failed
    failed += not right
    if not right:
        print("wrong:", what)


def run(*words, data=None):
    return subprocess.run(words, input=data, check=True, stdout=subprocess.PIPE).stdout


def train_tokenizer(folder, size):
    """Byte-level BPE with the end of a text as token 0. A text of the project is enough for some hundred merges."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train(["CONTRIBUTING.md"], trainers.BpeTrainer(
        vocab_size=size, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False))
    assert tokenizer.get_vocab_size() == size
    tokenizer.save(os.path.join(folder, "tokenizer.json"))
    return tokenizer


def random_model(kind, size, number, scaling):
    layers, heads, kv, width, inner, vocabulary = ODD_GPT2 if (kind, size) == ("gpt2", "odd") else SIZES[size]
    common = {"vocab_size": vocabulary, "bos_token_id": 0, "eos_token_id": 0, "tie_word_embeddings": number % 2 == 0}
    if kind == "gpt2":
        config = transformers.GPT2Config(n_positions=300, n_embd=width, n_layer=layers, n_head=heads, n_inner=inner,
                                         **common)
    else:
        of = {"llama": transformers.LlamaConfig, "mistral": transformers.MistralConfig, "qwen2": transformers.Qwen2Config,
              "qwen3": transformers.Qwen3Config}
        more = {"sliding_window": None} if kind == "mistral" else {}
        if kind == "qwen3" or (kind, size) == ("llama", "odd"):
            more["head_dim"] = {"small": 6, "odd": 14, "larger": 32}[size]
        config = of[kind](hidden_size=width, intermediate_size=inner, num_hidden_layers=layers, num_attention_heads=heads,
                          num_key_value_heads=kv, max_position_embeddings=300, rms_norm_eps=1e-5,
                          rope_parameters={**SCALED[scaling], "rope_theta": 10000.0 * (1 + number)}, **more, **common)
    config._attn_implementation = "eager"
    model = transformers.AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() == 2:
                p.normal_(0, 0.6 / p.shape[1] ** 0.5 if "embed" not in name and "wte" not in name else 0.5)
            else:
                p.copy_(("norm" in name or "ln_" in name) * ("bias" not in name) + 0.3 * torch.randn_like(p))
    return model


def expect(model, name, path, wrong_order=False):
    """Imports the folder and compares; returns the largest error of a row."""
    out = os.path.join(FOLDER, name)
    run(BUILD + "/rote", "import", path, "--out", out)
    worst = 0
    for _ in range(1 if wrong_order else SEQUENCES):
        ids = random.integers(1, model.config.vocab_size, POSITIONS - 1).astype("<i4")
        ours = np.frombuffer(run(BUILD + "/tests/logits_of", out, data=ids.tobytes()), "<f4").reshape(POSITIONS, -1)
        with torch.no_grad():
            theirs = model(torch.tensor([[0] + ids.tolist()])).logits[0].numpy()
        error = np.abs(ours - theirs).max(1) / np.abs(theirs).max(1)
        worst = max(worst, error.max())
        if not wrong_order:
            check(error.max() <= 1e-4, f"{name}: a row is {error.max():.1e} of its largest logit off")
            check((ours.argmax(1) == theirs.argmax(1)).all(), f"{name}: another token is the most probable")
    return worst


def swap_order(model, path, to):
    """The same files, but rows of q and k in the order of GGUF's llama."""
    os.makedirs(to)
    for name in "config.json", "tokenizer.json":
        with open(os.path.join(path, name), "rb") as a, open(os.path.join(to, name), "wb") as b:
            b.write(a.read())
    tensors = load_file(os.path.join(path, "model.safetensors"))
    half = tensors["model.layers.0.self_attn.q_proj.weight"].shape[0] // model.config.num_attention_heads // 2
    for name, t in tensors.items():
        if any(part in name for part in ("q_proj", "k_proj", "q_norm", "k_norm")):
            heads = t.reshape(-1, 2, half, *t.shape[1:])
            tensors[name] = heads.transpose(1, 2).reshape(t.shape).contiguous()
    save_file(tensors, os.path.join(to, "model.safetensors"), metadata={"format": "pt"})


def cut(path, texts):
    data = b"".join(struct.pack("<I", len(t)) + t for t in (text.encode() for text in texts))
    out, at, all_ids = run(BUILD + "/tests/tokens", path, data=data), 0, []
    for _ in texts:
        n = struct.unpack_from("<i", out, at)[0]
        all_ids.append(list(struct.unpack_from(f"<{n}i", out, at + 4)))
        at += 4 + 4 * n
    return all_ids


def exported(name):
    """What AutoModelForCausalLM and AutoTokenizer make of an export."""
    source, folder = os.path.join(FOLDER, name), os.path.join(FOLDER, name + "_hf")
    run(BUILD + "/rote", "export", source, "--to", "hf", folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    for text, ids in zip(TEXTS, cut(os.path.join(folder, "tokenizer.json"), TEXTS)):
        check(tokenizer.encode(text, add_special_tokens=False) == ids, f"{name}: AutoTokenizer cuts '{text}' otherwise")
        check(tokenizer.decode(ids, clean_up_tokenization_spaces=False) == text, f"{name}: '{text}' does not come back")
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64).eval()
    length = 0
    for prompt in ["The", " rote", "Add", "1", "# Con", "test", "in the", "a", "`", " and"]:
        ids = [0] + tokenizer.encode(prompt, add_special_tokens=False)
        said = run(BUILD + "/rote", "sample", source, "--prompt", prompt, "--greedy", "--max-tokens", str(TOKENS), "--json")
        ours = json.loads(said)["samples"][0]["tokens"]
        with torch.no_grad(): # greedy: each token is the most probable one behind those before it
            theirs = model(torch.tensor([ids + ours[:-1]])).logits[0, len(ids) - 1:].argmax(1).tolist()
        check(ours == theirs, f"{name}: '{prompt}': {ours[:8]}.., not {theirs[:8]}..")
        check(len(ours) == TOKENS or ours[-1] == 0, f"{name}: '{prompt}' ends early")
        length += len(ours)
    return length


worst = length = number = 0
KINDS = [(kind, None) for kind in ("gpt2", "llama", "mistral", "qwen2", "qwen3")]
for kind, scaling in KINDS + [("llama", "linear"), ("llama", "llama3"), ("qwen2", "llama3")]:
    for size in SIZES:
        name = f"{kind}_{size}" + (f"_{scaling}" if scaling else "")
        path = os.path.join(FOLDER, name + "_source")
        model = random_model(kind, size, number, scaling)
        number += 1
        model.save_pretrained(path)
        train_tokenizer(path, model.config.vocab_size)
        model = model.double().eval()
        worst = max(worst, expect(model, name, path))
        if size != "small":
            length += exported(name)
        if not scaling and kind in ("llama", "qwen2", "qwen3") and size == "odd":
            swap_order(model, path, path + "_swapped")
            far = expect(model, name + "_swapped", path + "_swapped", True)
            check(far > 1e-2, f"{name}: q and k in the wrong order change logits by {far:.1e} only")
run(BUILD + "/rote", "train", "--quiet", "--out", os.path.join(FOLDER, "own"), "facts.kind=text",
    "facts.path=CONTRIBUTING.md", "facts.vocab=bpe:400", "facts.n=20", "facts.seq_len=64", "model.block_size=260",
    "model.n_embd=32", "train.max_steps=20", "train.batch_size=8")
length += exported("own")
print(f"transformers: {number} models, {number * SEQUENCES * POSITIONS} rows, worst {worst:.1e}; {length} tokens continued; "
      f"{failed} differences")
sys.exit(failed > 0)
