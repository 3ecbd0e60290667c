#!/usr/bin/env bash
# Whole training steps of rote, PyTorch and llm.c, alternately in one sitting, on the five configs of
# docs/speed.md: how many times as long as rote each takes, everyone's share of the machine's multiply-add
# peak of the same minutes, and everyone's peak memory.
#
#   scripts/bench_peers.sh [options] [configs: i ii iii iv v | ladder]
#     --rounds N     times that every program runs, in turn (default 3); the spread is over rounds
#     --seconds S    how long each runs (default 8; at least 3 steps)
#     --threads N    threads of every program (default: one per core)
#     --llmc PATH    a checkout of llm.c (default: $LLMC); without it llm.c is left out
#     --llama PATH   a llama-bench of llama.cpp (default: $LLAMA): decoding too, one stream on one thread
#     --log FILE     appends what was measured to FILE and prints the tables of all that stands in it, so
#                    that a sitting can be made in pieces; --rounds 0 only prints them
#     --torch2 PY    a Python that has PyTorch 2 (python3 -m venv V && V/bin/pip install torch); Debian's PyTorch
#                    may then be missing
#     --jax PY       a Python that has JAX: sixteen models of width 8, 16 and 24 on one thread too, in JAX (vmap, scan, jit)
#                    and in rote, one after the other and in lanes (tests/measure_lanes.c). With the word ladder in the
#                    place of configs nothing else is measured
#     --install      gets the Debian packages first: python3-torch, libopenblas0-openmp, libdnnl-dev
#
# Without --install nothing is installed: a PyTorch that is not there is an error, the rest is left out and
# said to be missing. PYTHON is the Python that has PyTorch (default /usr/bin/python3), CC the compiler of
# the two peer_*.c (default cc).
#
# Cost: 6 programs x 5 configs x about 10 s, and some 60 s more for llm.c and stock PyTorch at (v): 6 minutes
# a round, 18 for three. Nothing else should run meanwhile. The programs:
#   rote    rote bench, which also measures the peak between its steps
#   stock   PyTorch as Debian ships it, with OpenBLAS
#   fixed   OpenBLAS's core type put right (OPENBLAS_CORETYPE): 0.3.21 does not know every recent CPU
#   tuned   fixed, vector kernels for this CPU, an allocator that keeps its memory, AdamW over lists of
#           tensors, mask and scale of attention folded into its first product, and threads that soon sleep:
#           forward and backward have a team of threads each, and one team's waiting would stop the other
#   onednn  tuned, with matrix products by oneDNN instead of OpenBLAS (scripts/peer_dnnl.c)
#   eager2, sdpa2, compile2   PyTorch 2 as it comes; with scaled_dot_product_attention and fused AdamW; with
#           torch.compile as well
#   llm.c   its CPU program with its own compiler flags (scripts/peer_llmc.c); it pads the vocabulary to
#           groups of 128, which these shapes are already, and does not clip gradients, which the others do
#   llama.cpp   weights in float32, its cache of keys and values in float16 as it comes; T tokens
# A step is forward, backward and update on random tokens, float32; a time is the median of the steps after
# the first one or two. Decoding is a share of the rate at which one thread of rote reads the weights.
set -eu
cd "$(dirname "$0")/.."

fail() { echo "bench_peers: $1" >&2; exit "${2:-1}"; }

rounds=3 seconds=8 threads=$(nproc) torch2='' jax='' ladder='' llmc=${LLMC:-} llama=${LLAMA:-} log='' configs=()
while [ $# -gt 0 ]; do
    case $1 in
    --rounds | --seconds | --threads | --torch2 | --jax | --llmc | --llama | --log)
        [ $# -ge 2 ] || fail "$1: needs a value" 2
        declare "${1#--}=$2"
        shift
        ;;
    --install) apt-get install -y python3-torch libopenblas0-openmp libdnnl-dev ;;
    i | ii | iii | iv | v) configs+=("$1") ;;
    ladder) ladder=only ;;
    *) fail "$1: not an option (see the head of this file)" 2 ;;
    esac
    shift
done
[ -z "$ladder" ] || [ -n "$jax" ] || fail "ladder needs --jax PY" 2
[ ${#configs[@]} -gt 0 ] || [ -n "$ladder" ] || configs=(i ii iii iv v)
python=${PYTHON:-/usr/bin/python3} cc=${CC:-cc}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
log=${log:-$folder/log}

declare -A shape=([i]="2048 64 32 1 1 64" [ii]="2048 64 64 4 2 64" [iii]="512 128 128 4 4 32"
    [iv]="512 128 256 8 8 16" [v]="256 256 512 8 8 8")
has() { grep -qw "$1" /proc/cpuinfo; }
fixed=()
tuned=(MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456 GOMP_SPINCOUNT=10000)
if has avx512vl; then
    fixed=(OPENBLAS_CORETYPE=SkylakeX) tuned+=(ATEN_CPU_CAPABILITY=avx512)
elif has avx2; then
    fixed=(OPENBLAS_CORETYPE=Haswell) tuned+=(ATEN_CPU_CAPABILITY=avx2)
fi

export OMP_NUM_THREADS=$threads
middle() { sort -g | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)], x[1], x[NR] }'; }
# Microseconds of a model step, one thread: JAX, rote alone, rote in lanes; medians over the rounds, least and most.
jax_ladder() {
    local d us alone lane all=() build=${BUILD:-build/gcc-O3}
    "$jax" scripts/peer_jax.py --about 2>"$folder/err" || fail "--jax $jax: has no JAX"
    make -s "$build/tests/measure_lanes" >&2
    for ((round = 1; round <= rounds; round++)); do
        for d in 8 16 24; do
            echo "round $round of $rounds: JAX, d$d" >&2
            us=$("$jax" scripts/peer_jax.py 64 16 $d 1 1 64 --seconds "$seconds" 2>"$folder/err" |
                sed -n 's/.*"us": \([0-9.]*\).*/\1/p')
            [ -n "$us" ] || { cat "$folder/err" >&2 && fail "JAX failed"; }
            read -r alone lane < <("$build/tests/measure_lanes" 9 $d | awk -v d="d$d" '$1 == d && $2 == "L1" { print $5, $6; exit }')
            echo "$d $us $alone $lane" >>"$folder/ladder"
        done
    done
    printf '\nSixteen models, one thread, microseconds a model step:\n| model | JAX | rote, one after the other | in lanes | JAX over rote | over lanes |\n|---|---|---|---|---|---|\n'
    for d in 8 16 24; do
        all=()
        # shellcheck disable=SC2016 # awk's fields
        for what in '$2' '$3' '$4' '$2 / $3' '$2 / $4'; do
            all+=("$(awk -v d=$d "\$1 == d { print $what }" "$folder/ladder" | middle | awk '{ f = $1 < 20 ? "%.2f" : "%.0f"; printf f " (" f "–" f ")", $1, $2, $3 }')")
        done
        printf '| d%d L1 V64 B64 | %s | %s | %s | %s | %s |\n' $d "${all[@]}"
    done
}
[ "$ladder" != only ] || { jax_ladder; exit; }
missing=() debian=1 shim=$folder/peer_dnnl.so
if [ "$rounds" -gt 0 ]; then
    make -s >&2
    [ -z "$torch2" ] || "$torch2" -c 'import torch' 2>/dev/null || fail "--torch2 $torch2: has no PyTorch"
    if ! "$python" -c 'import torch' 2>/dev/null; then
        [ -n "$torch2" ] || fail "no PyTorch; run with --install (Debian), or set PYTHON"
        missing+=("PyTorch of Debian (--install)") debian=''
    fi
    [ -z "$debian" ] || "$cc" -O2 -shared -fPIC scripts/peer_dnnl.c -ldnnl -o "$shim" 2>/dev/null ||
        missing+=("onednn (Debian: libdnnl-dev)")
    if [ -z "$llmc" ]; then
        missing+=("llm.c (--llmc PATH)")
    else # its own flags, as its Makefile has them for gcc
        "$cc" -Ofast -march=native -fopenmp -DOMP -Wno-unused-result -Wno-ignored-pragmas -I "$llmc" \
            scripts/peer_llmc.c -lm -o "$folder/peer_llmc" ||
            fail "--llmc $llmc: not a checkout of llm.c that builds"
    fi
    if [ -z "$llama" ]; then
        missing+=("llama.cpp (--llama PATH)")
    elif [ ! -x "$llama" ]; then
        fail "--llama $llama: no such program"
    fi
fi

# One program's JSON object, its last line, as a row of the log. What it says on stderr is shown if it fails.
record() { # config, name, command...
    local config=$1 name=$2
    shift 2
    if ! "$@" >"$folder/out" 2>"$folder/err"; then
        cat "$folder/err" >&2
        fail "$name at ($config) failed"
    fi
    tail -n 1 "$folder/out" |
        sed "s/^{/{\"round\": \"$began.$round\", \"config\": \"$config\", \"who\": \"$name\", /" >>"$log"
}
torch() { # config, name, environment..., -- options
    local config=$1 name=$2 settings=()
    shift 2
    while [ "$1" != -- ]; do settings+=("$1"); shift; done
    shift
    # shellcheck disable=SC2086  # a shape is six words
    record "$config" "$name" env "${settings[@]}" "${torch_python:-$python}" scripts/peer_torch.py ${shape[$config]} \
        --threads "$threads" --seconds "$seconds" "$@"
}
rote_step() { # config: what rote bench says of whole steps, on one line
    ./rote bench --config "$1" --threads "$threads" --json |
        "$python" -c 'import json, sys
s = json.load(sys.stdin)["steps"][0]
print(json.dumps({key: s[key] for key in ("ms", "gflops", "peak_gflops", "rss_mib", "rounds",
                                          "decode_tokens_per_s", "decode_share_of_read_limit")}))'
}
llama_decode() { # V T d L H B: as many tokens as rote decodes
    "$python" scripts/peer_gguf.py "${@:1:5}" "$folder/random.gguf"
    "$llama" -m "$folder/random.gguf" -t 1 -p 0 -n "$2" -r 9 -o json |
        "$python" -c 'import json, statistics, sys
b = json.load(sys.stdin)[0]
print(json.dumps({"decode_tokens_per_s": statistics.median(b["samples_ts"]), "build": b["build_commit"]}))'
}
about() { # what the machine and the programs are, one line each
    local model
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | sort -u)
    echo "${model:-$(uname -m)}; $threads of $(nproc) cores; $(uname -sr)"
    ./rote --version
    [ -z "$debian" ] || "$python" scripts/peer_torch.py --about
    [ -z "$torch2" ] || "$torch2" scripts/peer_torch.py --about
    "$cc" --version | head -n 1
    [ ! -e "$shim" ] || echo '#include <dnnl.h>
        DNNL_VERSION_MAJOR DNNL_VERSION_MINOR DNNL_VERSION_PATCH' | "$cc" -E - | sed -n '$s/^ */oneDNN /p' |
        tr ' ' . | sed 's/\./ /'
    [ -z "$llmc" ] || git -C "$llmc" log -1 --format='llm.c %h of %cs' 2>/dev/null || echo 'llm.c, no clone'
}

began=$(date +%s)
[ "$rounds" -eq 0 ] || about
for ((round = 1; round <= rounds; round++)); do
    for config in "${configs[@]}"; do
        echo "round $round of $rounds: ($config)" >&2
        record "$config" rote rote_step "$config"
        # shellcheck disable=SC2086
        [ -z "$llama" ] || record "$config" llama.cpp llama_decode ${shape[$config]}
        if [ -n "$debian" ]; then
            torch "$config" stock --
            torch "$config" fixed "${fixed[@]}" --
            torch "$config" tuned "${fixed[@]}" "${tuned[@]}" -- --tuned
        fi
        [ ! -e "$shim" ] ||
            torch "$config" onednn "${fixed[@]}" "${tuned[@]}" LD_PRELOAD="$shim" -- --tuned
        if [ -n "$torch2" ]; then
            torch_python=$torch2
            torch "$config" eager2 --
            torch "$config" sdpa2 -- --sdpa
            torch "$config" compile2 -- --sdpa --compile
            torch_python=
        fi
        # shellcheck disable=SC2086
        [ -z "$llmc" ] || record "$config" llm.c "$folder/peer_llmc" ${shape[$config]} "$seconds"
    done
done
[ -s "$log" ] || fail "nothing measured yet: --rounds 0 goes with the --log of an earlier run" 2
"$python" scripts/peer_table.py "$log"
[ -z "$jax" ] || [ "$rounds" -eq 0 ] || jax_ladder
for what in "${missing[@]}"; do echo "missing: $what"; done
