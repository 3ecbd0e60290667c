"""Writes tests/golden/normality.json: the figures of twenty samples by SciPy and statsmodels (needed for this alone).

    python3 tests/reference/normality.py > tests/golden/normality.json

Number i (from 0) of sample s is made of twelve uniforms, splitmix64(s + 0x9E3779B97F4A7C15 * j) >> 11, j = 12 i + 1 ...
12 i + 12, times 2^-53; tests/test_normality.c makes the same. Moments and Jarque-Bera: scipy.stats. A^2:
scipy.stats.anderson; its p: statsmodels' normal_ad, formula on SciPy's A^2. D and its p by Dallal and Wilkinson:
statsmodels' kstest_fit and pval_lf; then its p by simulation, and the number of draws (statsmodels' table is off between
its sizes: n 128, D .0738: .119, where the draws say .086). W': its definition in NumPy; its p: Royston 1993.
"""

import json

import numpy as np
import scipy
import scipy.stats as st
import statsmodels
from scipy.special import ndtr
from statsmodels.stats._lilliefors import kstest_fit, pval_lf


def uniforms(seed, n):
    j = np.arange(1, n + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + j * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def sample(law, seed, n):
    u = uniforms(seed, 12 * n).reshape(n, 12)
    i = np.arange(n)
    bell = u.sum(1) - 6
    return {
        "sum": lambda: bell,
        "uniform": lambda: u[:, 0],
        "exponential": lambda: -np.log1p(-u[:, 0]),
        "logistic": lambda: np.log(u[:, 0] / (1 - u[:, 0])),
        "two": lambda: bell + np.where(i % 10 == 0, 4.0, 0.0),
        "grid": lambda: np.floor(bell * 8) / 8,
        "far": lambda: bell + np.where(i == 0, 30.0, 0.0),
    }[law]()


def anderson_darling_p(a):
    if a < 0.2:
        return 1 - np.exp(-13.436 + 101.14 * a - 223.73 * a**2)
    if a < 0.34:
        return 1 - np.exp(-8.318 + 42.796 * a - 59.938 * a**2)
    if a < 0.6:
        return np.exp(0.9177 - 4.279 * a - 1.38 * a**2)
    return np.exp(1.2937 - 5.709 * a + 0.0186 * a**2) if a <= 13 else 0.0


def lilliefors_by_draws(d, n):
    """P(D > d) of normal samples of n, and the number of draws."""
    rng = np.random.default_rng(n)
    draws, above, k = min(100000, 20000000 // n), 0, np.arange(1, n + 1) / n
    for i in range(draws):
        x = np.sort(rng.standard_normal(n))
        phi = ndtr((x - x.mean()) / x.std(ddof=1))
        above += max((k - phi).max(), (phi - k + 1 / n).max()) > d
    return above / draws, draws


def figures(law, seed, n):
    x = np.sort(sample(law, seed, n))
    a = st.anderson(x, "norm", method="interpolate").statistic
    d, _ = kstest_fit(x, "norm", "table")
    m = st.norm.ppf((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    w = np.dot(m, x) ** 2 / (np.dot(m, m) * ((x - x.mean()) ** 2).sum())
    u, v = np.log(n), np.log(np.log(n))
    mu, sigma = -1.2725 + 1.0521 * (v - u), 1.0308 - 0.26758 * (v + 2 / u)
    jarque_bera = st.jarque_bera(x)
    return {
        "law": law,
        "seed": seed,
        "n": n,
        "mean": x.mean(),
        "sigma": x.std(),
        "skew": st.skew(x),
        "excess_kurtosis": st.kurtosis(x),
        "jarque_bera": [jarque_bera.statistic, jarque_bera.pvalue],
        "anderson_darling": [a, anderson_darling_p(a * (1 + 0.75 / n + 2.25 / n**2))],
        "lilliefors": [d, float(pval_lf(d, n)), *lilliefors_by_draws(d, n)],
        "shapiro_francia": [w, st.norm.sf((np.log(1 - w) - mu) / sigma)],
    }


CASES = [
    ("sum", 8), ("uniform", 8), ("exponential", 10), ("two", 12), ("sum", 16), ("logistic", 20), ("grid", 30),
    ("uniform", 50), ("sum", 64), ("far", 64), ("exponential", 100), ("sum", 128), ("grid", 256), ("two", 500),
    ("logistic", 1000), ("sum", 2048), ("far", 4096), ("sum", 10000), ("logistic", 32000), ("sum", 50257),
]  # fmt: skip

print('{"source": "tests/reference/normality.py, SciPy %s, statsmodels %s, NumPy %s",\n "samples": [' % (
    scipy.__version__, statsmodels.__version__, np.__version__))  # fmt: skip
rows = [figures(law, i + 1, n) for i, (law, n) in enumerate(CASES)]
print(",\n".join(json.dumps(r, default=float) for r in rows) + "\n]}")
