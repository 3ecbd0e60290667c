"""HIT, FAR, ablations and interchange of `rote neurons eval`, computed again in float64 from exported weights.

    neurons_numpy.py WEIGHTS.safetensors DUMP.safetensors FACTS.csv FIGURES.json KEY=VALUE...

The forward pass and the measures are written from docs/math.md, with nothing of rote's in them. DUMP gives the tokens of
the facts, FACTS their prompts and tags (A, B, N, heldA, heldB; the rule: B against N), KEY=VALUE the model's shape. Only
the draw of donors is not repeated: rote's mean over ten donors must lie within five standard deviations of the mean over
all of them. Read by tests/check_numpy.sh.
"""
import csv
import json
import struct
import sys

import numpy as np

DONORS = 10
DOSES = {"0.5": 0.5, "1": 1.0, "2": 2.0, "4": 4.0}


def tensors(path):
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        head, body = json.loads(file.read(size)), file.read()
    kinds = {"F32": np.float32, "F64": np.float64, "I32": np.int32}
    return {
        name: np.frombuffer(body[t["data_offsets"][0]:t["data_offsets"][1]], kinds[t["dtype"]]).reshape(t["shape"])
        for name, t in head.items() if name != "__metadata__"
    }


class Model:
    def __init__(self, path, shape):
        self.p = {name: x.astype(np.float64) for name, x in tensors(path).items()}
        self.heads, self.kv = int(shape["n_head"]), int(shape["n_kv_head"])
        self.gated = "blocks.0.mlp.gate.weight" in self.p
        self.layers = sum(name.endswith("mlp.out.weight") for name in self.p)

    def norm(self, x, name):
        if not self.gated:  # layernorm; the gated model has rmsnorm
            x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * self.p[name + ".weight"] + self.p.get(name + ".bias", 0)

    def linear(self, x, name):
        return x @ self.p[name + ".weight"].T + self.p.get(name + ".bias", 0)

    def heads_of(self, x, n):
        return x.reshape(x.shape[0], x.shape[1], n, -1)

    def turn(self, x):
        """Rotary pairs (2i, 2i + 1); the gated model's positions."""
        rows, size = x.shape[1], x.shape[3]
        angle = np.arange(rows)[:, None] * 10000.0 ** (-2 * np.arange(size // 2) / size)
        z = (x[..., 0::2] + 1j * x[..., 1::2]) * np.exp(1j * angle)[None, :, None, :]
        return np.stack([z.real, z.imag], -1).reshape(x.shape)

    def mlp(self, x, b):
        """z and a."""
        if self.gated:
            z = self.linear(x, b + "mlp.gate")
            return z, z / (1 + np.exp(-z)) * self.linear(x, b + "mlp.up")
        z = self.linear(x, b + "mlp.in")
        return z, 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z ** 3)))

    def run(self, inputs, units=None, held=None):
        """inputs (facts, rows) -> logits, z, a of block 0. held (facts, rows, units): NaN leaves a as it is."""
        h = self.p["wte"][inputs]
        if "wpe" in self.p:
            h = h + self.p["wpe"][:inputs.shape[1]]
        rows = inputs.shape[1]
        for layer in range(self.layers):
            b = "blocks.%d." % layer
            x = self.norm(h, b + "norm1")
            q = self.heads_of(self.linear(x, b + "attn.q"), self.heads)
            k, v = (self.heads_of(self.linear(x, b + "attn." + n), self.kv) for n in "kv")
            if "wpe" not in self.p:
                q, k = self.turn(q), self.turn(k)
            k, v = (np.repeat(y, self.heads // self.kv, 2) for y in (k, v))
            score = np.einsum("fihc,fjhc->fhij", q, k) / np.sqrt(q.shape[3])
            score = np.where(np.tri(rows, dtype=bool), score, -np.inf)
            weight = np.exp(score - score.max(-1, keepdims=True))
            weight /= weight.sum(-1, keepdims=True)
            mixed = np.einsum("fhij,fjhc->fihc", weight, v).reshape(h.shape)
            h = h + self.linear(mixed, b + "attn.o")
            z, a = self.mlp(self.norm(h, b + "norm2"), b)
            if layer == 0:
                seen = z, a.copy()
                if held is not None:
                    a[:, :, units] = np.where(np.isnan(held), a[:, :, units], held)
            h = h + self.linear(a, b + "mlp.out")
        head = self.p.get("head.weight", self.p["wte"])
        return (self.norm(h, "norm_f") @ head.T,) + seen


class Facts:
    def __init__(self, dump, path):
        d = tensors(dump)
        n = d["fact"].max() + 1
        self.inputs, self.targets = (d[k].reshape(n, -1) for k in ("tokens", "targets"))
        rows = list(csv.DictReader(open(path)))
        self.tag = np.array([r["tag"] for r in rows])
        self.prompt = len(rows[0]["prompt"].split())
        side = np.where(self.tag == "B", 1, np.where(self.tag == "N", 0, -1))
        # rows whose tokens so far begin facts of one side only
        sides = {}
        for f in range(n):
            for t in range(self.inputs.shape[1]):
                sides.setdefault(tuple(self.inputs[f, :t + 1]), set()).add(side[f])
        self.label = np.array([[side[f] if len(sides[tuple(self.inputs[f, :t + 1])]) == 1 else -1
                                for t in range(self.inputs.shape[1])] for f in range(n)])
        self.side = np.where((self.label >= 0).any(1), side, -1)

    def pairs(self, base_tag, source_tag):
        """For each base the first source whose prompt differs in one token, where their answers differ."""
        prompts, out = self.inputs[:, 1:self.prompt + 1], []
        sources = np.flatnonzero(self.tag == source_tag)
        for base in np.flatnonzero(self.tag == base_tag):
            near = sources[(prompts[sources] != prompts[base]).sum(1) == 1]
            if len(near) and not np.array_equal(self.targets[near[0], self.prompt:], self.targets[base, self.prompt:]):
                out.append((base, near[0]))
        return out


def bits(facts, logits):
    top = logits.max(-1, keepdims=True)
    nats = np.log(np.exp(logits - top).sum(-1)) + top[..., 0] - np.take_along_axis(
        logits, facts.targets[..., None], -1)[..., 0]
    return nats.sum(1) / np.log(2)


def flips(model, facts, pairs, units, held):
    """Of each pair whether greedy decoding gives the source's answer; held: (pairs, rows, units)."""
    bases, sources = (np.array(x) for x in zip(*pairs))
    inputs = facts.inputs[sources].copy()
    inputs[:, 1:facts.prompt + 1] = facts.inputs[bases][:, 1:facts.prompt + 1]
    best = model.run(inputs, units, held)[0].argmax(-1)
    return (best == facts.targets[sources])[:, facts.prompt:].all(1)


def held_rows(facts, pairs, class_rows):
    out = []
    for base, source in pairs:
        differs = np.flatnonzero(facts.inputs[base] != facts.inputs[source])[0]
        known = facts.label[source] == 1
        late = np.arange(facts.inputs.shape[1]) >= differs
        out.append((known if known.any() else late) & class_rows)
    return np.array(out)


def measures(model, facts, units):
    """Figures, and for those over drawn donors the standard deviation of rote's draw."""
    logits, z, a = model.run(facts.inputs)
    act, label, side = a[:, :, units], facts.label, facts.side
    out = {"hit": (z[:, :, units][label == 1] > 0).mean(), "far": (z[:, :, units][label == 0] > 0).mean()}
    spread, plain = {}, bits(facts, logits)
    n = len(label)
    of_class = label == 1
    class_rows = of_class.any(0)
    class_mean = np.where(of_class[..., None], act, 0).sum(0) / np.maximum(of_class.sum(0), 1)[:, None]

    def rise(name, held):
        more = bits(facts, model.run(facts.inputs, units, held)[0]) - plain
        for key, y in (("class", 1), ("other", 0)):
            out[name + key + "_bits"] = more[side == y].mean()

    rise("zero_", np.zeros((n,) + act.shape[1:]))
    rise("mean_", np.broadcast_to(act.mean(0), act.shape))
    donors = np.flatnonzero(side == 1)
    for name, dose in DOSES.items():
        mean = np.where(class_rows[:, None], dose * class_mean, np.nan)
        where = (label >= 0)[..., None]
        more = bits(facts, model.run(facts.inputs, units, np.where(where, mean, np.nan))[0]) - plain
        out["dose_%s_other_bits" % name] = more[side == 0].mean()
        for key, source_tag in (("flip", "B"), ("tag_flip", "heldB")):
            pairs = facts.pairs("N", source_tag)
            rows = held_rows(facts, pairs, class_rows)[..., None]
            out["dose_%s_%s" % (name, key)] = flips(model, facts, pairs, units, np.where(rows, mean, np.nan)).mean()
            chance = np.zeros(len(pairs))
            others = np.zeros(len(pairs))
            for donor in donors:
                said = flips(model, facts, pairs, units, np.where(rows, dose * act[donor], np.nan))
                other = np.array([source != donor for _, source in pairs])
                chance += said & other
                others += other
            chance /= others
            donor_key = "dose_%s_donor_%s" % (name, key)
            out[donor_key] = chance.mean()
            spread[donor_key] = np.sqrt((chance * (1 - chance) / DONORS).sum()) / len(pairs)
    return out, spread


def main():
    weights, dump, csv_path, figures = sys.argv[1:5]
    model = Model(weights, dict(word.split("=") for word in sys.argv[5:]))
    facts = Facts(dump, csv_path)
    rule = json.load(open(figures))["rules"][0]
    units = np.array(rule["units"][0])
    z = model.run(facts.inputs)[1]
    seen = tensors(dump)["blocks.0.mlp.hook_pre"].reshape(z.shape)
    worst = abs(z - seen).max()
    failed = worst > 1e-3 * abs(z).max()
    print("hook_pre: differs by at most %.1e" % worst)
    out, spread = measures(model, facts, units)
    for key, value in out.items():
        got = rule["trained"][key]["mean"]
        # bits differ by the roundings of floats; shares by a row or pair whose number lies at the border
        near = 0.01 if key.endswith("bits") else 0.005 if key in ("hit", "far") else 0.03 + 5 * spread.get(key, 0)
        if not abs(got - value) <= near:
            failed = True
            print("%s: rote says %.5f, NumPy %.5f" % (key, got, value))
    print("%s, %d figures agree: HIT %.3f, FAR %.3f, flips by place %.3f, by donor %.3f" % (
        "gated" if model.gated else "plain", len(out), out["hit"], out["far"], out["dose_1_tag_flip"],
        out["dose_1_donor_tag_flip"]))
    return failed


sys.exit(int(main()))
