#!/usr/bin/env python3
"""The tables of scripts/bench_peers.sh from its log.

    peer_table.py LOG

A line of the log is one JSON object: round, config, who, and what that program reports. Everyone is compared
with rote of the same round and config: the time of a step over rote's; rote's operations over a program's
time as a share of the peak that rote measured; tokens decoded a second as a share of the rate at which rote
read the weights. Figures are medians over rounds, in brackets least and most."""
import collections
import json
import statistics
import sys

PROGRAMS = ["rote", "stock", "fixed", "tuned", "onednn", "eager2", "sdpa2", "compile2", "llm.c"]
DECODERS = ["rote", "llama.cpp"]
CONFIGS = ["i", "ii", "iii", "iv", "v"]


def spread(values, form):
    text = format(statistics.median(values), form)
    return text if len(values) == 1 else f"{text} ({format(min(values), form)}–{format(max(values), form)})"


def print_table(head, rows):
    widths = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]
    for row in [head, ["-" * w for w in widths]] + rows:
        print("| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths)) + " |")
    print()


def read_log(path):
    """(config, who): figure: a list over rounds; who: the BLAS it had."""
    rounds = collections.defaultdict(dict)
    with open(path, encoding="utf-8") as log:
        for row in map(json.loads, log):
            rounds[row["config"], row["round"]][row["who"]] = row
    figures, blas = {}, {}
    for (config, _), rows in rounds.items():
        ours = rows["rote"]
        operations = ours["gflops"] * ours["ms"]
        read_limit = ours["decode_tokens_per_s"] / ours["decode_share_of_read_limit"]
        for who, row in rows.items():
            f = figures.setdefault((config, who), collections.defaultdict(list))
            if "ms" in row:
                f["ms"].append(row["ms"])
                f["share"].append(100 * operations / row["ms"] / ours["peak_gflops"])
                f["ratio"].append(row["ms"] / ours["ms"])
                f["mib"].append(row["rss_mib"])
            if "decode_tokens_per_s" in row:
                rate = row["decode_tokens_per_s"]
                f["tokens"].append(rate)
                f["read share"].append(100 * rate / read_limit)
                f["slower"].append(ours["decode_tokens_per_s"] / rate)
            if "blas" in row:
                blas[who] = row["blas"] + ("" if row["sgemm"] == "BLAS" else f", sgemm by {row['sgemm']}")
        figures[config, "rote"]["peak"].append(ours["peak_gflops"])
    return figures, blas


def main():
    figures, blas = read_log(sys.argv[1])
    configs = [c for c in CONFIGS if (c, "rote") in figures]
    names = {who: f"PyTorch {who}" if who in blas else who for who in PROGRAMS}
    for who, what in blas.items():
        print(f"{names[who]}: {what}")
    peaks = sorted(p for c in configs for p in figures[c, "rote"]["peak"])
    counts = {len(figures[c, "rote"]["ms"]) for c in configs}
    print(f"peak {peaks[0]:.0f}–{peaks[-1]:.0f} GFLOP/s; rounds: {', '.join(map(str, sorted(counts)))}\n")

    peers = [who for who in PROGRAMS[1:] if any((c, who) in figures for c in configs)]
    against, alone, decoding = [], [], []
    for c in configs:
        ratios = [spread(figures[c, who]["ratio"], ".2f") if (c, who) in figures else "–" for who in peers]
        against.append([f"({c})", spread(figures[c, "rote"]["share"], ".0f") + " %"] + ratios)
        for who in [who for who in PROGRAMS if (c, who) in figures]:
            f = figures[c, who]
            alone.append([f"({c})", names[who], spread(f["ms"], ".1f"), spread(f["share"], ".1f") + " %",
                          format(max(f["mib"]), ".0f")])
        for who in [who for who in DECODERS if (c, who) in figures]:
            f = figures[c, who]
            share = spread(f["read share"], ".0f") + " %"
            decoding.append([f"({c})", who, spread(f["tokens"], ",.0f"), share, spread(f["slower"], ".2f")])
    print("Whole steps, time over rote's:")
    print_table(["config", "rote, of peak"] + [names[who] for who in peers], against)
    print("Each by itself:")
    print_table(["config", "program", "ms a step", "share of peak", "MiB"], alone)
    print("Decoding, one stream, one thread:")
    print_table(["config", "program", "tokens/s", "of read limit", "time over rote's"], decoding)


main()
