"""The tokens that chains of llama.cpp's samplers keep, against ours (tests/kept_sets.c), on random rows of logits.

kept_llama.py KEPT_SETS FOLDER: KEPT_SETS is the program, FOLDER has room for the rows. Needs llama-cpp-python and NumPy.
llama.cpp computes in float32 and sums in another order, so sets may differ where a sum or a logit lies at the boundary.
A float32 sum of V terms errs by up to V 2^-24 of itself, and two such sums (of weights, of probabilities) meet in a
boundary. A difference counts as explained if llama.cpp keeps as many tokens as ours with the boundary moved by 2 V 2^-24
to one side or the other, or a number in between. typical_p orders by the distance from the entropy, whose own rounding
moves tokens past each other: tokens within 1e-4 of the largest distance kept are at the boundary, too. Anything else
fails."""
import ctypes
import subprocess
import sys

import numpy as np

import llama_cpp.llama_cpp as L

ROWS, SEED = 10002, 20261129
HISTORY = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 1, 4]
Item = np.dtype([("id", "<i4"), ("logit", "<f4"), ("p", "<f4")])


def stage(name, *values):
    """Makes the stage for a vocabulary; "V" among the values stands for its size."""
    return lambda V: getattr(L, "llama_sampler_init_" + name)(*(V if value == "V" else value for value in values))


def penalties(*values):
    """Newer versions want the size of the vocabulary first."""
    new = len(L._lib.llama_sampler_init_penalties.argtypes) == 5
    return stage("penalties", *(("V",) if new else ()), *values)


# Our chain, with braces around the boundaries that are moved, and llama.cpp's.
CHAINS = [
    ("llama.cpp", "penalties;top_n_sigma;top_k=40;typical_p;top_p={0.95};min_p={0.05};xtc;temperature=0.8",
     [penalties(64, 1, 0, 0), stage("top_n_sigma", -1), stage("top_k", 40), stage("typical", 1, 1),
      stage("top_p", 0.95, 1), stage("min_p", 0.05, 1), stage("xtc", 0, 0.1, 1, 0), stage("temp", 0.8)]),
    ("top_k", "top_k=7", [stage("top_k", 7)]),
    ("top_p", "top_p={0.9}", [stage("top_p", 0.9, 1)]),
    ("min_p", "min_p={0.1}", [stage("min_p", 0.1, 1)]),
    ("typical_p", "typical_p={0.8}", [stage("typical", 0.8, 1)]),
    ("top_n_sigma", "top_n_sigma={1.3}", [stage("top_n_sigma", 1.3)]),
    ("greedy", "temperature=0", [stage("temp", 0)]),
    ("temperature, then top_p", "temperature=1.7;top_p={0.9}", [stage("temp", 1.7), stage("top_p", 0.9, 1)]),
    ("dynamic temperature, then min_p", "temperature=1;dynatemp_range=0.6;dynatemp_exponent=1.4;min_p={0.1}",
     [stage("temp_ext", 1, 0.6, 1.4), stage("min_p", 0.1, 1)]),
    ("penalties, then top_p",
     "repeat_penalty=1.3;frequency_penalty=0.2;presence_penalty=0.1;penalty_last_n=12;top_p={0.9}",
     [penalties(12, 1.3, 0.2, 0.1), stage("top_p", 0.9, 1)]),
    ("min_p, typical_p, top_k", "min_p={0.02};typical_p={0.9};top_k=10",
     [stage("min_p", 0.02, 1), stage("typical", 0.9, 1), stage("top_k", 10)]),
    ("xtc", "xtc_probability=1;xtc_threshold={0.1}", [stage("xtc", 1, 0.1, 1, 7)]),
    ("mirostat 2", "mirostat=2;mirostat_tau={3}", [stage("mirostat_v2", 7, 3, 0.1)]),
    ("mirostat 1", "mirostat=1;mirostat_tau={3}", [stage("mirostat", "V", 7, 3, 0.1, 100)]),
]


def rows(vocabulary, rng):
    """Normal logits of any spread, a third with outliers, a third in steps of 1/4 (ties)."""
    n = ROWS // 3
    x = rng.normal(size=(n, vocabulary)) * np.exp(rng.uniform(-0.7, 1.6, size=(n, 1)))
    kind = np.arange(n) % 3
    planted = rng.integers(1, 6, size=n)
    for i in np.flatnonzero(kind == 1):
        x[i, rng.integers(0, vocabulary, planted[i])] += rng.uniform(2, 8) * x[i].std()
    x[kind == 2] = np.round(4 * x[kind == 2]) / 4
    return x.astype("<f4")


def ours(program, text, moved, vocabulary, folder):
    chain = text
    for part in text.split("{")[1:]:
        value = part.split("}")[0]
        chain = chain.replace("{" + value + "}", repr(float(value) * (1 + moved)))
    raw = subprocess.run([program, chain, str(vocabulary), f"{folder}/rows", f"{folder}/history"], check=True,
                         stdout=subprocess.PIPE).stdout
    flat, sets, at = np.frombuffer(raw, "<i4"), [], 0
    while at < len(flat):
        sets.append(flat[at + 1:at + 1 + flat[at]])
        at += 1 + flat[at]
    return sets


def theirs(makers, x):
    """The tokens left with a finite logit; a chain anew for each row, since mirostat and xtc have a state."""
    sets = []
    for row in x:
        chain = L.llama_sampler_chain_init(L.llama_sampler_chain_default_params())
        for make in makers:
            L.llama_sampler_chain_add(chain, make(len(row)))
        for token in HISTORY:
            L.llama_sampler_accept(chain, token)
        items = np.zeros(len(row), Item)
        items["id"], items["logit"] = np.arange(len(row)), row
        array = L.llama_token_data_array(items.ctypes.data_as(L.llama_token_data_p), len(row), -1, False)
        L.llama_sampler_apply(chain, ctypes.byref(array))
        left = np.ctypeslib.as_array(ctypes.cast(array.data, ctypes.POINTER(ctypes.c_byte)),
                                     (array.size * Item.itemsize,)).view(Item)
        sets.append(np.sort(left["id"][left["logit"] > -np.inf]))
        L.llama_sampler_free(chain)
    return sets


def same(row, a, b):
    """The same logits are kept; which of equal ones does not matter."""
    if len(a) != len(b):
        return False
    return np.array_equal(a, b) or np.array_equal(np.sort(row[a]), np.sort(row[b]))


def same_distance(row, a, b):
    """typical_p alone: whether a and b differ only in tokens near the largest distance from the entropy in a."""
    p = np.exp(row.astype("f8") - row.max())
    p /= p.sum()
    surprise = -np.log(np.maximum(p, 1e-300))
    distance = np.abs(surprise - (p * surprise).sum())
    return bool((np.abs(distance[np.setxor1d(a, b)] - distance[a].max()) < 1e-4).all())


def main(program, folder):
    rng, failed = np.random.default_rng(SEED), 0
    np.array(HISTORY, "<i4").tofile(f"{folder}/history")
    total = {name: [0, 0, 0] for name, _, _ in CHAINS}
    for vocabulary in 64, 512, 2048:
        x = rows(vocabulary, rng)
        x.tofile(f"{folder}/rows")
        for name, text, makers in CHAINS:
            here, low, high = (ours(program, text, moved, vocabulary, folder) 
                               for moved in (0, -vocabulary * 2**-23, vocabulary * 2**-23))
            for row, mine, a, b, other in zip(x, here, low, high, theirs(makers, x)):
                total[name][0] += 1
                if same(row, mine, other):
                    continue
                total[name][1] += 1
                if min(len(a), len(b)) <= len(other) <= max(len(a), len(b)) or (
                        name == "typical_p" and same_distance(row, mine, other)):
                    total[name][2] += 1
                else:
                    failed += 1
                    if failed < 10:
                        print(f"{name}, V {vocabulary}: {len(mine)} kept, llama.cpp {len(other)}, "
                              f"near the boundary {len(a)} to {len(b)}")
    for name, (n, differ, explained) in total.items():
        print(f"{name}: {n} rows, {differ} differ, {explained} of them at the boundary")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1], sys.argv[2]) else 0)
