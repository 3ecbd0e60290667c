#!/usr/bin/env bash
# Whole training steps of rote and of PyTorch, alternately in one sitting: the ratios, and rote's share of the machine's
# multiply-add peak of the same minutes.
#
#   scripts/bench_peers.sh [--rounds N] [--threads N] [--install] [configs: i ii iii iv v]
#
# Cost: rounds x configs x 4 programs x about 8 s: five configs, three rounds, some 8 minutes. Variants of PyTorch:
#   stock    as Debian ships it (python3-torch, libopenblas0-openmp)
#   fixed    OpenBLAS's core type put right (OPENBLAS_CORETYPE), which 0.3.21 gets wrong on recent CPUs
#   tuned    fixed, vector kernels for this CPU, an allocator that keeps its memory, AdamW over lists, fused mask and scale
# --install gets the Debian packages; without it nothing is installed, and a PyTorch that is not there is an error.
set -eu
cd "$(dirname "$0")/.."
rounds=3 threads=$(nproc) configs=()
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=$2; shift ;;
    --threads) threads=$2; shift ;;
    --install) apt-get install -y python3-torch libopenblas0-openmp ;;
    i | ii | iii | iv | v) configs+=("$1") ;;
    *) echo "bench_peers: $1: not an option (see the head of this file)" >&2; exit 2 ;;
    esac
    shift
done
[ ${#configs[@]} -gt 0 ] || configs=(i ii iii iv v)
python=${PYTHON:-/usr/bin/python3}
"$python" -c 'import torch' 2>/dev/null || { echo "bench_peers: no PyTorch; run with --install (Debian), or set PYTHON" >&2; exit 1; }
[ -x ./rote ] || make

declare -A shape=([i]="2048 64 32 1 1 64" [ii]="2048 64 64 4 2 64" [iii]="512 128 128 4 4 32" [iv]="512 128 256 8 8 16" [v]="256 256 512 8 8 8")
core=Haswell
grep -q avx512vl /proc/cpuinfo 2>/dev/null && core=SkylakeX
keep="MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456"
isa=avx2
[ $core = SkylakeX ] && isa=avx512
log=$(mktemp)
trap 'rm -f "$log"' EXIT

torch() { # config, name, environment..., -- options
    local config=$1 name=$2
    shift 2
    local env=()
    while [ "$1" != -- ]; do env+=("$1"); shift; done
    shift
    # shellcheck disable=SC2086  # a shape is six words
    env OMP_NUM_THREADS="$threads" "${env[@]}" "$python" scripts/peer_torch.py ${shape[$config]} --threads "$threads" "$@" 2>/dev/null |
        sed "s/^{/{\"config\": \"$config\", \"who\": \"$name\", /" >>"$log"
}

for ((round = 1; round <= rounds; round++)); do
    for config in "${configs[@]}"; do
        echo "round $round of $rounds: $config" >&2
        ./rote bench --config "$config" --threads "$threads" --json |
            "$python" -c 'import json, sys; s = json.load(sys.stdin)["steps"][0]; s["who"] = "rote"; print(json.dumps(s))' >>"$log"
        torch "$config" stock --
        torch "$config" fixed OPENBLAS_CORETYPE=$core --
        # shellcheck disable=SC2086
        torch "$config" tuned OPENBLAS_CORETYPE=$core ATEN_CPU_CAPABILITY=$isa $keep -- --tuned
    done
done

"$python" - "$log" "${configs[@]}" <<'PY'
import collections, json, statistics, sys
rows = collections.defaultdict(list)
for line in open(sys.argv[1]):
    row = json.loads(line)
    rows[row["config"], row["who"]].append(row)
print("config  rote ms (least..most)     share of peak     MiB   stock     fixed     tuned   (PyTorch's time over rote's)")
for c in sys.argv[2:]:
    ours = rows[c, "rote"]
    ms = sorted(r["ms"] for r in ours)
    share = statistics.median(r["share_of_peak"] for r in ours)
    line = f"{c:6} {statistics.median(ms):9.1f} ({ms[0]:.1f}..{ms[-1]:.1f})".ljust(33) + f"{100 * share:8.1f} %   {ours[0]['rss_mib']:8.0f}"
    for who in ("stock", "fixed", "tuned"):
        line += f"{statistics.median(r['ms'] for r in rows[c, who]) / statistics.median(ms):8.1f} x"
    print(line)
PY
