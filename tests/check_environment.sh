#!/usr/bin/env bash
# What surrounds the program: closed descriptors, signals and those ignored from the start, a rounding mode set by a preloaded
# library, OpenMP's variables and CPU affinity, a small stack, narrow and dumb terminals.
set -u
cd "$(dirname "$0")/.." || exit 1
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}") || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset OMP_NUM_THREADS OMP_THREAD_LIMIT OMP_STACKSIZE GOMP_STACKSIZE TERM
passed=0 failed=0 skipped=0
check() { # what, command...
    local what=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "environment: $what"; fi
}
says() { grep -qE "$1" <<<"$out"; } # a regular expression, in the output of the last command
is() { [ "$1" = "$2" ] || { echo "    expected $2, got $1"; false; }; }

tiny='facts.n=6 facts.heldout=3 facts.seq_len=3 facts.vocab_size=5 model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=4
    train.checkpoint_interval=1 train.eval_interval=2'
long='facts.n=200 facts.seq_len=12 facts.vocab_size=32 model.n_layer=1 model.n_head=1 model.n_embd=16 train.max_steps=10000000'
threads() { "$rote" train $tiny --quiet --out "$1" >/dev/null && sed -n 's/^ *"threads": \([0-9]*\),*$/\1/p' "$1/manifest.json"; }

# ---- descriptors ----
"$rote" train $tiny --threads 1 --out open >/dev/null 2>&1
for closed in '>&-' '2>&-' '<&- >&- 2>&-'; do
    eval "\"$rote\" train $(echo $tiny) --threads 1 --out closed >log 2>&1 $closed"
    check "train $closed" is $? 0
    check "metrics of train $closed" cmp open/metrics.jsonl closed/metrics.jsonl
    rm -rf closed
done
out=$("$rote" facts import - --format tsv --out empty <&- 2>&1)
check "a closed stdin is an empty one" says 'rote: '

# ---- signals ----
checkpoints() { find "$1" -name 'checkpoint-*' | wc -l; }
started() { # folder: waits for its first evaluation
    for _ in $(seq 200); do [ -s "$1/metrics.jsonl" ] && return; sleep 0.05; done
}
for signal in TERM HUP XCPU USR1 USR2; do
    "$rote" train $long --threads 1 --quiet --out "s$signal" >/dev/null 2>&1 &
    started "s$signal"
    kill -s $signal $!
    wait $! 2>/dev/null
    check "SIG$signal" is "$? $(checkpoints s$signal)" "85 1"
done
"$rote" train $long --threads 1 --quiet --out twice >/dev/null 2>&1 & # a connection that drops says it more than once
started twice
kill -s HUP $! && kill -s HUP $! && kill -s XCPU $!
wait $! 2>/dev/null
check "SIGHUP twice" is "$? $(checkpoints twice)" "85 1"
(trap '' HUP; exec "$rote" train $long --threads 1 --quiet --out nohup >/dev/null 2>&1) &
started nohup
kill -s HUP $! && sleep 0.5
check "SIGHUP under nohup" kill -s TERM $!
wait $! 2>/dev/null
check "SIGTERM under nohup" is "$? $(checkpoints nohup)" "85 1"
{ "$rote" train $long --threads 1 --out piped 2>&1 >/dev/null; echo "$? $(checkpoints piped)" >rc; } | head -n 1 >/dev/null
check "nobody reads stderr" is "$(cat rc)" "85 1"
(trap '' PIPE; "$rote" train $tiny --threads 1 --out pipe 2>&1 >/dev/null; echo $? >rc) | true
check "nobody reads stderr, SIGPIPE ignored" is "$(cat rc)" 0
"$rote" sweep run $long train.seed=0,1 --jobs 1 --quiet --out sweep >/dev/null 2>&1 &
for _ in $(seq 200); do compgen -G 'sweep/runs/*/metrics.jsonl' >/dev/null && break; sleep 0.05; done
kill -s HUP $!
wait $! 2>/dev/null
check "SIGHUP of a sweep" is "$? $(checkpoints sweep)" "85 1"

# What trains runs one after the other: a search, a measurement, a worker of a sweep.
printf 'prompt,answer\nx,1\ny,2\n' >pair.csv
"$rote" sweep run $tiny train.seed=0,1 --jobs 1 --quiet --out waiting >/dev/null && rm -r waiting/runs/*seed=1*
slow='train.learning_rate=1e-9 train.max_steps=10000000'
stopped() { # folder, command...
    local dir=$1
    shift
    "$rote" "$@" --jobs 1 --quiet >/dev/null 2>&1 &
    for _ in $(seq 200); do compgen -G "$dir/runs/*/metrics.jsonl" >/dev/null && break; sleep 0.05; done
    kill -s HUP $! && wait $! 2>/dev/null
    check "SIGHUP of $1 $2" is "$?" 85
}
stopped fit fit pair.csv $slow --out fit
stopped measure measure model.n_embd=64 --time 9d --out measure
rm -r sweep/runs/*
stopped sweep sweep work sweep
for closed in '>&-' '2>&-' '<&- >&- 2>&-'; do
    rm -rf closed && cp -r waiting closed
    eval "\"$rote\" sweep work closed --jobs 1 >log 2>&1 $closed"
    check "sweep work $closed" is "$? $(find closed -name DONE | wc -l)" "0 2"
    rm -rf closed
    eval "\"$rote\" fit pair.csv --jobs 1 --out closed >log 2>&1 $closed"
    check "fit $closed" is "$? $(grep -c 'path: "facts"' closed/winner.yaml)" "0 1"
    rm -rf closed
    for command in 'tools try --ask x --repeat 1 -- cat' 'creativity open --n 2' 'measure --dry-run --jobs 1' 'export open --to npz closed'; do
        eval "\"$rote\" $command >log 2>&1 $closed"
        check "$command $closed" is $? 0
    done
    rm -f closed
done
for command in 'fit pair.csv --out wrong' 'measure --out wrong' 'sweep work waiting'; do
    out=$(OMP_NUM_THREADS=0 "$rote" $command 2>&1)
    check "$command with OMP_NUM_THREADS=0" is "$? $(grep -c "OMP_NUM_THREADS='0'" <<<"$out") $(ls -d wrong 2>/dev/null)" "2 1 "
done

# ---- crashes and runs that fail ----
"$rote" train $long train.checkpoint_minutes=1e-6 --threads 1 --quiet --out clock >/dev/null 2>&1 &
for _ in $(seq 200); do [ "$(checkpoints clock 2>/dev/null)" = 2 ] && break; sleep 0.05; done
kill -s KILL $!
wait $! 2>/dev/null
check "checkpoints by the clock" [ "$(checkpoints clock)" -ge 2 ]
"$rote" train $tiny train.checkpoint_minutes=1e-6 --threads 1 --quiet --out clocked >/dev/null
for file in metrics.jsonl result.json checkpoint-000000004.safetensors; do check "the same $file by the clock" cmp open/$file clocked/$file; done
points="$tiny train.seed=0,1,2 --jobs 1"
"$rote" sweep run $tiny train.seed=0 --jobs 1 --quiet --out failing >/dev/null 2>&1
touch "failing/runs/$("$rote" sweep run $points --out failing --dry-run 2>/dev/null | awk '$1 == "waiting" {print $2; exit}')"
"$rote" sweep run $points --quiet --out failing >/dev/null 2>&1
check "a run whose failure cannot be noted does not end a sweep" is "$? $(find failing -name DONE | wc -l)" "1 2"
check "a run in whose place a file stands has failed" is "$("$rote" sweep status failing | grep -c '^failed .* is no folder')" 1
out=$( (exec 3>&- 4>&- 5>&-; ulimit -n 6 && "$rote" sweep run $points --quiet --out few) 2>&1)
check "a sweep with 6 descriptors" is "$? $(grep -c '^rote: 3 of 3 runs failed, .*: no pipe for a worker' <<<"$out")" "1 1"
check "the sweep again with more" is "$("$rote" sweep run $points --quiet --out few >/dev/null 2>&1; echo $?)" 0
if [ "$(uname -m)" = x86_64 ]; then # where the program itself fits
    check "doctor with 100 MB of addresses" is "$( (ulimit -v 100000 && timeout -k 5 10 "$rote" doctor) | grep -c '^openblas    cannot be loaded')" 1
    out=$( (ulimit -v 100000 && timeout -k 5 10 "$rote" train $tiny train.gemm=openblas --threads 1 --out blas) 2>&1)
    check "OpenBLAS with 100 MB of addresses" is "$? $(grep -c '^rote: train.gemm=openblas: .*256 MiB' <<<"$out")" "2 1"
else
    skipped=$((skipped + 2))
fi

# ---- arithmetic ----
if [ "$(uname -m)" = x86_64 ] && cat >mode.c <<'C' && ${CC:-gcc} -shared -fPIC mode.c -o mode.so 2>/dev/null; then
#include <stdlib.h>
#include <xmmintrin.h>
__attribute__((constructor)) static void begin(void) { _mm_setcsr(_mm_getcsr() | (unsigned)strtoul(getenv("MODE"), 0, 0)); }
C
    echo text >text && "$rote" compress --online text -o text.rote --preset fast --quiet >/dev/null
    for mode in 0x2000 0x8040; do
        for command in "train $(echo $tiny) --out mode" 'compress open -o mode.rote' 'compress --online text -o mode.rote' \
            'decompress text.rote -o mode' 'facts make facts.n=6 --out mode' 'sample open' 'export open --to npz --out mode' \
            'fit pair.csv --out mode' 'measure --out mode' 'sweep work waiting' 'tools eval open' 'tools ask open' \
            'tools try --ask x -- cat' 'creativity open' 'logits open' 'import text --out mode' 'export open --to hf mode'; do
            out=$(MODE=$mode LD_PRELOAD=./mode.so "$rote" $command 2>&1)
            check "$command with MXCSR $mode" is "$? $(grep -c 'self-test: the CPU' <<<"$out") $(ls -d mode mode.rote 2>/dev/null)" "1 1 "
        done
        out=$(MODE=$mode LD_PRELOAD=./mode.so "$rote" doctor 2>&1)
        check "doctor with MXCSR $mode" says '^self-test   self-test: the CPU'
    done
else
    skipped=$((skipped + 36))
fi

# ---- threads ----
doctor() { "$rote" doctor --json | sed -n 's/^ *"threads": \([0-9]*\),*$/\1/p'; }
n=$(doctor)
check "train takes what doctor says" is "$(threads default)" "$n"
check "OMP_NUM_THREADS" is "$(OMP_NUM_THREADS=3 doctor) $(OMP_NUM_THREADS=3 threads three)" "3 3"
check "OMP_NUM_THREADS, a list" is "$(OMP_NUM_THREADS=1,2 doctor) $(OMP_NUM_THREADS=1,2 threads list)" "1 1"
check "OMP_THREAD_LIMIT" is "$(OMP_THREAD_LIMIT=1 doctor) $(OMP_THREAD_LIMIT=1 threads limit)" "1 1"
if command -v taskset >/dev/null; then
    check "affinity" is "$(taskset -c 0 "$rote" doctor | grep -c '^threads     1 by default')" 1
else
    skipped=$((skipped + 1))
fi
out=$(OMP_NUM_THREADS=1 "$rote" sweep run $tiny train.seed=0,1 --dry-run --out none 2>&1)
check "jobs of a sweep" says 'with --jobs 1 '
for value in 0 two '' -1; do
    out=$(OMP_NUM_THREADS=$value "$rote" train $tiny --quiet --out wrong 2>&1)
    check "OMP_NUM_THREADS='$value'" is "$? $(grep -c "^rote: .*OMP_NUM_THREADS='$value'" <<<"$out") $(ls -d wrong 2>/dev/null)" "2 1 "
done
check "--threads overrules OMP_NUM_THREADS" is "$(OMP_NUM_THREADS=0 "$rote" train $tiny --quiet --threads 1 --out over 2>/dev/null | grep -c '^run')" 1
for run in three list limit over; do check "the same bits: $run" cmp default/result.json $run/result.json; done

# ---- stack ----
for kib in 64 128; do
    out=$( (ulimit -s $kib && "$rote" train $tiny --quiet --out stack) 2>&1)
    check "a stack of $kib KiB" is "$? $(grep -c '^rote: the stack is limited to' <<<"$out")" "2 1"
done
out=$(OMP_STACKSIZE=16k "$rote" train $tiny --quiet --out stack 2>&1)
check "threads with 16 KiB of stack" is "$? $(grep -c "OMP_STACKSIZE='16k'" <<<"$out")" "2 1"
(ulimit -s 256 && "$rote" train $tiny --quiet --out stack >/dev/null)
check "a stack of 256 KiB" is $? 0

# ---- terminals ----
if python3 -c 'import pty' 2>/dev/null; then
    cat >terminal.py <<'P'
import os, pty, sys, struct, fcntl, termios, time
pid, fd = pty.fork()
if pid == 0:
    while os.get_terminal_size(2).columns != 40: time.sleep(.01)
    os.dup2(os.open('/dev/null', os.O_WRONLY), 1)
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 40, 0, 0))
out = b''
try:
    while True: out += os.read(fd, 65536)
except OSError: pass
os.waitpid(pid, 0)
lines = [part.replace(b'\x1b[K', b'').strip(b'\n') for part in out.split(b'\r') if b'step' in part]
print(max(map(len, lines), default=0) < 40, b'\x1b' in out)
P
    t="$tiny train.max_steps=300"
    check "40 columns" is "$(TERM=xterm python3 terminal.py "$rote" train $t --out t1)" "True True"
    check "TERM=dumb" is "$(TERM=dumb python3 terminal.py "$rote" train $t --out t2)" "True False"
    check "a sweep, TERM=dumb" is "$(TERM=dumb python3 terminal.py "$rote" sweep run $t train.stop_gain=0.0,0.1 --out t3 | cut -d" " -f2)" "False"
else
    skipped=$((skipped + 3))
fi
line="$passed passed, $failed failed"
[ $skipped -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ]
