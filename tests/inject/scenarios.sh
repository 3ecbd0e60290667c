# What tests/check_allocations.sh and tests/check_io_faults.sh share: commands that are tried with a fault, the folder that they
# work on, and what counts as right. Sourced; sets rote, work, scenarios.
set -u
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export GOMP_SPINCOUNT=1000 OMP_WAIT_POLICY=passive LC_ALL=C # the program does not start itself again, which would count anew

model='model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=4 --threads 1 --quiet'
shape='model.n_layer=1 model.n_head=1 model.n_embd=4'
least="${shape%4}1 facts.seq_len=8 facts.vocab_size=4 --within 50%"
facts='facts.n=6 facts.heldout=3 facts.seq_len=3 facts.vocab_size=5'
tiny="$facts $model train.checkpoint_interval=2 train.eval_interval=2"
# name, short or long, command; it runs in a copy of the folder that `prepare` makes.
scenarios="
train       short train $tiny --resume --out new
resume      short train $tiny --resume --out half
eval        short eval run --json
make        short facts make $facts --out new
import      short facts import table.csv --out new
compress    short compress run -o new.rote --threads 1
decompress  long  decompress archive.rote -o new.tsv
capacity    long  capacity sweep --json
report      long  report run --out new.html
verify      long  verify run --quiet
show        long  facts show facts --json
per_fact    long  eval run --per-fact new.tsv
parts       long  eval run --parts --json
quantize    long  eval run --quantize int4 --json
sample      long  sample run --greedy --n 2
export_hf   long  export run --to hf new
export_npz  long  export run --to npz new.npz
dump        long  neurons dump ruled --hook all -o new.safetensors
atlas       long  neurons atlas tagged --json
neurons     long  neurons eval ruled --json
ruled       long  train rules.yaml --threads 1 --quiet --resume --out new
muon        long  train $tiny train.optimizer=muon --resume --out new
soap        long  train $tiny train.optimizer=soap --resume --out new
bios        long  train facts.kind=bios facts.n=3 $model --resume --out new
online      long  compress --online text.txt -o new.rote --preset fast --quiet
unpack      long  decompress online.rote -o new.txt
archive     long  archive show archive.rote --json
plan        long  train $tiny --dry-run --json
sweep       long  sweep run $facts ${model/--threads 1/--jobs 1} train.seed=5,6 --out new
status      long  sweep status sweep
certify     long  capacity sweep --certify --bits 8
sweep_page  long  report sweep --out new.html
atlas_tsv   long  neurons atlas tagged --tsv new.tsv
steer       long  neurons steer run --do blocks.0.mlp.hook_post[0-1]=zero --eval --json
twins       long  neurons eval ruled --random 2
acr         long  eval tagged --acr --steps 20000 --threads 1
draws       long  sample run --n 3 --json
words       long  facts import table.csv --vocab words --json --out new
jsonl       long  facts import facts.jsonl --out new
split       long  facts make facts.path=imported facts.heldout=1 --out new
load        long  train facts.load=0.5 facts.seq_len=3 facts.vocab_size=5 $model --dry-run
own         long  train facts.path=imported $model --resume --out new
set         long  compress run -o new.rote --set --bits 4 --threads 1
names       long  compress tagged -o new.rote --threads 1
more        long  sweep run $facts ${model/--threads 1/--jobs 1} facts.n=6,8 train.seed=0,1,2 --out sweep
retry       long  sweep retry sweep
tools_lines long  tools try --ask hello --repeat 1 -- env -u LD_PRELOAD cat
tools_mcp   long  tools try --protocol mcp --with q=1 --repeat 1 -- env -u LD_PRELOAD sh server.sh
report_text long  capacity sweep
coordinates long  coordinates $facts --widths 8,16 --seeds 1 --steps 1 --out new.svg --json
man         long  help --man
completion  long  completion bash
figures     long  help figures
help        long  help train.optimizer
stages      long  help chain
explain     long  sample run --greedy --explain
logits      long  logits wide --json
logits_rows long  logits wide --class some=share:0.5 --at all --csv new.csv
logits_own  long  logits wide --classes inputs.txt --layer 0
logits_runs long  logits wide --checkpoints --by place:1
logits_json long  logits wide --checkpoints --json
explained   long  sample run --greedy --explain --json
logits_null long  logits --null V=16 s=1 k=1,2 draws=20 --chain top_k=4;min_p=.1
chain       long  sample run --chain top_k=3;typical_p=.9;temperature=.8 --n 2 --logprobs
prompts     long  sample run --prompts prompts.txt --stop 3 --logprobs --json
family      long  train facts.kind=siblings facts.parents=2 facts.children=4 facts.n=6 $model --resume --out new
creative    long  creativity family --n 6 --json
grid        long  creativity family --n 6 --grid top_k=1..2 --grid temperature=0,1
texts       long  creativity --texts text.txt --against facts.jsonl
doctor      long  doctor --json
bug_report  long  doctor --bug-report .new.txt run
fit         long  fit pair.csv --jobs 1 --quiet --json --out new
fit_plan    long  fit pair.csv --jobs 1 --dry-run --json
measured    long  measure $least --time 0.001s --jobs 1 --quiet --json --out measured
plan_sizes  long  measure $shape --jobs 1 --dry-run --json
work        long  sweep work waiting --jobs 1 --quiet
submit      long  sweep submit $facts $shape train.seed=5,6 --dry-run --out new
submit_json long  sweep submit $facts $shape train.seed=5,6 --dry-run --json --out new
calls       long  tools eval calls --json
rows        long  tools eval calls --store rows.csv --inject wrong --threads 1
audit       long  tools eval calls --audit --ledger --json
ask         long  tools ask calls --prompt France\\t --explain
ask_json    long  tools ask calls --prompt France\\t --explain --json
import_gguf long  import model.gguf --json --out new
export_gguf long  export tagged --to gguf new.gguf
tensorboard long  export run --to tensorboard new
boards      long  export sweep --to tensorboard new
"

prepare() { # makes the folder $work/base, of which every trial copies what it needs
    mkdir "$work/base"
    # shellcheck disable=SC2086
    (
        cd "$work/base" || exit 1
        printf 'prompt,answer,tag\nFrance,Paris,A\nJapan,Tokyo,B\nTonga,Nuku,A\nPeru,Lima,B\n' >table.csv
        printf '{"prompt": "pl\\u00fcs", "answer": "a"}\n{"prompt": "q", "answer": "b"}\n' >facts.jsonl
        printf 'low\t0\nlow\t1\nhigh\t13 4\nhigh\t12\n' >inputs.txt
        printf '0\n1 2\n' >prompts.txt
        printf 'prompt,answer\nx,1\ny,2\n' >pair.csv
        printf 'France,Rome\nPeru,Lima\n' >rows.csv
        printf 'the same words, again the same words, and again\n' >text.txt
        printf 'facts: {n: 6, heldout: 3, seq_len: 3, vocab_size: 5}\nmodel: {n_layer: 1, n_head: 1, n_embd: 4}\ntrain: {max_steps: 4}\nneurons:\n  - {name: low, when: {regex: "^[01] "}, hook: blocks.0.mlp.hook_pre, units: 0-1}\n' >rules.yaml
        cat >server.sh <<'END'
# An MCP server of one tool, for a client whose requests have the numbers 1, 2, 3, ..
answer() { read -r request || exit; n=$((n + 1)); echo "{\"jsonrpc\":\"2.0\",\"id\":$n,\"result\":{$1}}"; }
answer '"supportedVersions":["2026-07-28"]'
answer '"tools":[{"name":"t","inputSchema":{"properties":{"q":{"type":"integer"}}}}]'
while :; do answer '"structuredContent":0.5'; done
END
        "$rote" facts make $facts --out facts &&
            "$rote" train $tiny --out run &&
            "$rote" train rules.yaml --threads 1 --quiet --out ruled &&
            "$rote" facts import table.csv --out imported &&
            "$rote" train facts.path=imported $model --out tagged &&
            "$rote" sweep run $facts ${model/--threads 1/--jobs 1} facts.n=6,8 train.seed=0,1 --out sweep &&
            "$rote" train $tiny facts.n=40 facts.vocab_size=20 --out wide &&
            "$rote" train facts.kind=siblings facts.parents=2 facts.children=4 facts.n=6 $model --out family &&
            "$rote" train facts.path=imported $model tools.0.tool=store --out calls &&
            "$rote" export tagged --to gguf model.gguf &&
            "$rote" measure $least --rounds 1 --jobs 1 --quiet --out measured &&
            cp -r sweep waiting && rm -r waiting/runs/*seed=1* &&
            "$rote" compress run -o archive.rote --threads 1 &&
            "$rote" compress --online text.txt -o online.rote --preset fast --quiet &&
            "$rote" train $tiny --out half && rm half/DONE half/result.json half/checkpoint-000000004.safetensors
    ) >"$work/prepared" 2>&1 || { cat "$work/prepared"; echo "0 passed, 1 failed"; exit 1; }
}

# What a folder holds; clocks, locks and temporaries left out.
${CC:-gcc} -O2 tests/inject/damage.c -o "$work/damage" || { echo "0 passed, 1 failed"; exit 1; }
listing() { "$work/damage" hash . | grep -v '/\.[^/ ]* '; }
as_quiet() { listing | cmp -s - "$work/$1.files"; } # name

# An output without clocks and the folder's own place.
printed() { sed -E "s|$work/[A-Za-z0-9_.]*|HERE|g" "$1" | sed -E '/"([a-z_]*seconds[a-z_]*|tokens_per_s|timed_tokens|peak_rss_mib|memory_bytes|disk_bytes|gflops)"/d; s/[0-9.]+ ?(s|ms|min)\b/T/g'; }

# Runs a command without a fault; keeps its output and files. The folder that it is tried in, NAME.base, holds what of the base the
# command names, and the facts that runs know by their path.
quiet_run() { # name, command...
    local name=$1 item
    shift
    mkdir "$work/$name.base" && cp -r "$work/base/imported" "$work/$name.base" || return 1
    for item in "$work"/base/*; do
        [[ " $* " != *" ${item##*/} "* ]] || cp -r "$item" "$work/$name.base"
    done
    cp -r "$work/$name.base" "$work/$name.quiet" && cd "$work/$name.quiet" || return 1
    if ! "$rote" "$@" >"$work/$name.out" 2>"$work/$name.err"; then
        echo "FAILS $name without a fault: $(tail -n 1 "$work/$name.err")"
        return 1
    fi
    listing >"$work/$name.files"
    printed "$work/$name.out" >"$work/$name.printed"
    cd "$work" && rm -rf "$work/$name.quiet"
}

# Whether a system call failed that is not on the folder: of another process, or of /proc, as numbers differ from run to run.
hit_elsewhere() { # folder, with its trace
    grep INJECTED "$1.trace" | grep -vqF "<$1" || grep INJECTED "$1.trace" | grep -qE '^[0-9]+ +[a-z0-9_]+\([^"]*"/'
}

# Runs a command with a fault in a copy of the folder, repeats it without, and prints a line that begins with one word:
#   unharmed  the same output and files        refused   an error with its cause, and the repeat reaches the quiet end
#   told      exit 0, and the output names the cause
#   elsewhere another call failed than was meant: not judged
#   CRASH     died of a signal                 SILENT    exit 0 with other output or files
#   MISNAMED  an error without the cause       BLOCKED   the repeat is refused       LOST  the repeat reaches another end
trial() { # name, fault in words, cause as a pattern, runner of the command with the fault, command...
    local name=$1 fault=$2 cause=$3 runner=$4 rc word
    local dir=$work/$name.$BASHPID
    shift 4
    rm -rf "$dir" && cp -r "$work/$name.base" "$dir" && cd "$dir" || exit 1
    { "$runner" "$rote" "$@" >"$dir.out" 2>"$dir.err"; } 2>/dev/null
    rc=$?
    if [ $rc -ge 124 ]; then word=CRASH
    elif [ $rc = 0 ]; then
        if printed "$dir.out" | cmp -s - "$work/$name.printed" && as_quiet "$name"; then word=unharmed
        elif grep -qiE "$cause" "$dir.out" "$dir.err"; then word=told # a row of a table that says why it has no figures
        else word=SILENT; fi
    elif ! grep -qiE "$cause" "$dir.err"; then word=MISNAMED
    else
        word=refused
        [ "$name" != work ] || "$rote" sweep retry waiting >/dev/null 2>&1 # a worker leaves failures to it, and says so
        "$rote" "$@" >"$dir.out" 2>"$dir.again" || word=BLOCKED
        [ $word = refused ] && ! as_quiet "$name" && word=LOST
    fi
    [ -e "$dir.trace" ] && hit_elsewhere "$dir" && word=elsewhere
    local said=$dir.err lines
    [ $word = BLOCKED ] && said=$dir.again
    mapfile -t lines <"$said"
    lines+=("${lines[*]: -1}")
    echo "$word $name $fault, exit $rc: ${lines[-1]:0:160}"
    cd "$work" && rm -rf "$dir" "$dir".*
}

# Calls each(name, command...) for the scenarios that are wanted, two at a time, or as many as JOBS says.
each_scenario() { # function, names...
    local each=$1 name size command jobs=0
    shift
    while read -r name size command; do
        [ -n "$name" ] || continue
        if [ $# -gt 0 ]; then [[ " $* " == *" $name "* ]] || continue
        elif [ -z "${ROTE_LONG:-}" ] && [ "$size" = long ]; then continue; fi
        # shellcheck disable=SC2086
        "$each" "$name" $command >"$work/$name.words" &
        jobs=$((jobs + 1))
        [ $((jobs % ${JOBS:-2})) = 0 ] && wait
    done <<<"$scenarios"
    wait
}

conclude() { # kind
    cat "$work"/*.words >"$work/words"
    local bad
    bad=$(grep -vE '^(refused|unharmed|told|elsewhere) ' "$work/words")
    if [ -n "$bad" ]; then
        if [ -n "${ROTE_VERBOSE:-}" ]; then echo "$bad"; else awk '!said[$1 " " $2]++' <<<"$bad"; fi
    fi
    echo "$1: $(cut -d' ' -f1 "$work/words" | sort | uniq -c | awk '{printf "%s%s %s", sep, $1, $2; sep = ", "}')"
    echo "$(grep -cE '^(refused|unharmed|told|elsewhere) ' "$work/words") passed, $(grep -c . <<<"$bad") failed"
    [ -z "$bad" ]
}
