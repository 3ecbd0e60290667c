"""Our tokens against those of Hugging Face's `tokenizers`, on 10^5 random texts (tests/tokens.c).

tokenizers_hf.py TOKENS FOLDER [FILE...]: TOKENS is the program, FOLDER has room. Four small tokenizers are trained here,
one for each pre-tokenizer that rote knows; FILE: further ones, tokenizer.json or GGUF. Of a GGUF file the tokenizer that
rote writes as tokenizer.json is read by `tokenizers`. Texts that are not UTF-8 have no counterpart there: for those
decoding alone must give the bytes back, which the program checks for every text. A tokenizer that rote trains must be that
of its BpeTrainer: the same tokens with the same numbers, and the same merges in the same order."""
import json
import random
import struct
import subprocess
import sys
import unicodedata

from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, trainers

SEED, TEXTS = 20261129, 100000
TAIL = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + TAIL
QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + TAIL
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im|>", "<|im_start|>x"]
WORDS = """the of and to in a is that it for was on are as with his they at be this from I have or by one had not but what
all were when we there can an your which their said if do will each about how up out them then she many some so these
would other into has more her two like him see time could no make than first been its who now people my made over did down
only way find use may water long little very after words called just where most know I'm don't you're we've he'll they'd
CAN'T I'M it'S O'ſ 'ſ 'K don’t naïve café über Straße Ελλάδα Москва 東京 日本語 한국어 العربية עברית हिन्दी ไทย 你好""".split()
PIECES = ["\u0301", "\u200d", "\ufe0f", "👩\u200d👩\u200d👧", "🇫🇷", "👍🏽", "\u00a0", "\u3000", "\u2028", "\u180e", "\u0085", "\u200b",
          "\t", "\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1f", "½", "Ⅷ", "٣", "²", "𝟗", "_", "__", "'", '"', "...", "->", "!=", "{", "}"]


def random_character(r):
    """No unassigned one: whether it is a letter depends on the version of Unicode that a library knows."""
    while True:
        c = r.choice((r.randrange(32, 127), r.randrange(0x80, 0x800), r.randrange(0x800, 0x10000),
                      r.randrange(0x1F300, 0x1FAF0), r.randrange(0x10000, 0x20000), r.randrange(0x20000, 0x110000)))
        if unicodedata.category(chr(c)) not in ("Cs", "Cn"):
            return chr(c)


def random_text(r, specials):
    out = []
    for _ in range(r.randrange(1, 14)):
        kind = r.randrange(12)
        if kind < 4:
            out.append(r.choice(("", " ", " ", " ", "  ", "\n")) + r.choice(WORDS))
        elif kind == 4:
            out.append("".join(r.choice("0123456789") for _ in range(r.randrange(1, 12))))
        elif kind == 5:
            out.append(r.choice((" ", "\n", "\t", "\r\n", " \n")) * r.randrange(1, 20))
        elif kind == 6:
            out.append(r.choice(PIECES))
        elif kind == 7:
            out.append("".join(random_character(r) for _ in range(r.randrange(1, 5))))
        elif kind == 8:
            out.append("".join(chr(r.randrange(32, 127)) for _ in range(r.randrange(1, 10))))
        elif kind == 9:
            out.append(r.choice(specials) if specials else "")
        elif kind == 10:
            word = r.choice(WORDS)
            out.append(word.upper() if r.randrange(2) else word * r.randrange(1, 4))
        else:
            out.append(r.choice(PIECES) * r.randrange(1, 6))
    return "".join(out)


def trained(folder):
    level = lambda regex: pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=regex)
    split = lambda regex: pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(regex), "isolated"), level(False)])
    kinds = {"gpt2": level(True), "llama3": split(LLAMA3), "qwen2": split(QWEN2),
             "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), level(True)])}
    r = random.Random(SEED)
    corpus = [random_text(r, []) for _ in range(4000)]
    for name, pre in kinds.items():
        t = Tokenizer(models.BPE(ignore_merges=name == "llama3"))
        t.pre_tokenizer = pre
        t.train_from_iterator(corpus, trainers.BpeTrainer(
            vocab_size=3000, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            special_tokens=[AddedToken(s, special=True) for s in SPECIALS[:2]]))
        t.add_tokens([AddedToken(s, special=False, normalized=False) for s in SPECIALS[2:]])
        t.save(folder + "/" + name + ".json")
        yield folder + "/" + name + ".json"


def ours(program, path, texts):
    data = b"".join(struct.pack("<I", len(t)) + t for t in texts)
    out = subprocess.run([program, path], input=data, stdout=subprocess.PIPE, check=True).stdout
    at, result = 0, []
    for _ in texts:
        n = struct.unpack_from("<i", out, at)[0]
        at += 4
        result.append(None if n < 0 else list(struct.unpack_from("<%di" % n, out, at)))
        at += 4 * max(n, 0)
    return result


def compare(program, folder, path, count):
    """Texts that our program refuses, as a byte has no token, do not count."""
    spelled = path
    if path.endswith(".gguf"):
        spelled = folder + "/from_gguf.json"
        with open(spelled, "wb") as f:
            subprocess.run([program, path, "--json"], stdout=f, check=True)
    peer, r = Tokenizer.from_file(spelled), random.Random(SEED + 1)
    specials = [t.content for t in peer.get_added_tokens_decoder().values()]
    texts = [random_text(r, specials) for _ in range(count)]
    mine = ours(program, path, [t.encode() for t in texts])
    theirs = [e.ids for e in peer.encode_batch(texts, add_special_tokens=False)]
    wrong = [(t, m, h) for t, m, h in zip(texts, mine, theirs) if m is not None and m != h]
    refused = mine.count(None)
    odd = [bytes(r.randrange(256) for _ in range(r.randrange(1, 30))) + t.encode() for t in texts[:2000]]
    odd_refused = ours(program, path, odd).count(None)
    print("%s: %d texts equal, %d differ, %d refused; %d of %d with bytes that are not UTF-8 come back" % (
        path.rsplit("/", 1)[-1], count - len(wrong) - refused, len(wrong), refused, len(odd) - odd_refused, len(odd)))
    for t, m, h in wrong[:3]:
        print("  %r\n   ours   %s\n   theirs %s" % (t, m, h))
    lacks_bytes = any(peer.token_to_id(c) is None for c in pre_tokenizers.ByteLevel.alphabet())
    return not wrong and (lacks_bytes or refused + odd_refused == 0) and refused < count // 2


def same_training(program, n, texts):
    """Ours and theirs, trained on the same texts, as far as pairs occur twice."""
    data = b"".join(struct.pack("<I", len(t)) + t for t in (text.encode() for text in texts))
    mine = json.loads(subprocess.run([program, "--train", str(n)], input=data, stdout=subprocess.PIPE, check=True).stdout)
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    t.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=n, min_frequency=2, show_progress=False, special_tokens=[AddedToken("<|endoftext|>", special=True)],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    theirs = json.loads(t.to_str())
    merges = [[" ".join(m) if isinstance(m, list) else m for m in one["model"]["merges"]] for one in (mine, theirs)]
    good = mine["model"]["vocab"] == theirs["model"]["vocab"] and merges[0] == merges[1]
    first = next((i for i, (a, b) in enumerate(zip(*merges)) if a != b), "none")
    print("trained to %d tokens on %d texts: %d merges, %s (first that differs: %s)" % (
        n, len(texts), len(merges[0]), "as theirs" if good else "OTHERS", first))
    return good


def training(program):
    r = random.Random(SEED + 2)
    mixed = [random_text(r, []) for _ in range(3000)]
    runs = ["".join(r.choice("ab  ") for _ in range(r.randrange(1, 40))) for _ in range(400)]
    table = ["%s of %s is %s" % (r.choice(WORDS), r.choice(WORDS), r.randrange(10000)) for _ in range(2000)]
    return [same_training(program, n, texts) for n, texts in
            ((257, mixed), (300, mixed), (1500, mixed), (3300, mixed), (300, runs), (420, table), (800, table))]


program, folder, files = sys.argv[1], sys.argv[2], sys.argv[3:]
made = list(trained(folder))
good = [compare(program, folder, path, TEXTS // (len(made) + len(files))) for path in made + files]
sys.exit(0 if all(good + training(program)) else 1)
