#!/usr/bin/env bash
# What surrounds a program: descriptors, rounding modes, thread settings, locales, names of folders, pipes and links in the place of
# files, folders of others, full disks, limits, signals, readers that go away, terminals. Each line states what is expected: every
# command and place of a kind, of which tests/check_environment.sh tries a few. ROTE_SHORT=1: some of each.
#   tests/long_environment.sh [GROUP...]
set -u
cd "$(dirname "$0")/.." || exit 1
source=$PWD
work=$(mktemp -d) || exit 1
trap 'wait; umount "$work/full/disk" 2>/dev/null; chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
chmod 755 "$work"
cp "$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}")" "$work/rote" || exit 1 # where another user may run it
rote=$work/rote long=$([ -n "${ROTE_SHORT:-}" ] || echo 1)
export GOMP_SPINCOUNT=1000 OMP_WAIT_POLICY=passive LC_ALL=C
unset OMP_NUM_THREADS OMP_THREAD_LIMIT
groups='descriptors rounding threads locales names pipes links others unreadable full limits signals readers terminal moved'
[ $# -gt 0 ] && groups=$*
cc=${CC:-gcc} bin=$work/bin timeout=$(command -v timeout)
mkdir "$bin" && $cc -O2 -shared -fPIC tests/inject/rounding.c -o "$bin/rounding.so" && $cc -O2 tests/inject/terminal.c -o "$bin/terminal" -lutil &&
    $cc -O2 tests/inject/damage.c -o "$bin/damage" || { echo "0 passed, 1 failed"; exit 1; }

model='model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=4 train.checkpoint_interval=2 train.eval_interval=2'
drawn='facts.n=6 facts.heldout=3 facts.seq_len=3 facts.vocab_size=5'
tiny="$drawn $model --threads 1"
endless='facts.n=50 facts.seq_len=8 facts.vocab_size=16 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=100000000 --threads 1'

# Every test says what is expected and gives a command that must be true.
expect() { # what is expected, command...
    local what=$1
    shift
    if "$@"; then echo "passed $what"; else echo "failed $what${rc:+ (exit $rc)}: $(said)"; fi
}
skip() { echo "skipped $*"; }
said() { tail -qn 1 err out 2>/dev/null | tr '\n' ' ' | cat -v | cut -c 1-160; }

# Runs rote with a limit of time, $seconds or 20; leaves rc, out, err.
run() {
    "$timeout" -k 2 ${seconds:-20} "$rote" "$@" >out 2>err </dev/null
    rc=$?
}
ended() { [ "$rc" -lt 124 ]; }
refused() { [ "$rc" -ge 1 ] && [ "$rc" -le 2 ] && grep -q '^rote: ' err; }
refused_for() { refused && grep -qiE "$1" err; } # cause
worked() { [ "$rc" = 0 ]; }
fine_or_refused() { worked || refused; }
# Hashes of a folder's files, clocks and locks left out, names relative.
hashes() { (cd "$1" 2>/dev/null && "$bin/damage" hash . | sort); }
same_run() { # folder: that of the quiet run, but for how many threads it was made with
    [ "$(hashes "$1" | grep -vE "$made_with")" = "$(hashes "$work/base/run" | grep -vE "$made_with")" ]
}
made_with='manifest.json|DONE' # DONE seals the manifest
same_run_or_refused() { refused || { worked && same_run "$1"; }; } # folder
fresh() { cd "$here" && rm -rf "$here"/[!_]* "$here"/.[!.]* && rc=''; }

prepare() {
    mkdir "$work/base" && cd "$work/base" || exit 1
    printf 'prompt,answer,tag\nFrance,Paris,A\nJapan,Tokyo,B\nTonga,Nuku,A\n' >table.csv
    # shellcheck disable=SC2086
    {
        "$rote" train $tiny --quiet --out run && "$rote" sweep run $drawn $model train.seed=0,1 --out sweep --jobs 1 --quiet &&
            "$rote" facts import table.csv --out facts && "$rote" compress run -o run.rote --threads 1 &&
            "$rote" eval run --json --threads 1 >eval.json && "$rote" sample run --greedy --n 3 >sample.txt
    } >log 2>&1 || { cat log; echo "0 passed, 1 failed"; exit 1; }
}

# --- Closed descriptors: as if /dev/null stood there; what is written goes where it belongs.
descriptors() {
    local closed command quiet
    quiet=$(hashes "$work/base/run")
    for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
        fresh
        eval "timeout -k 5 20 '$rote' train $tiny --out run >out 2>err $closed"
        rc=$?
        expect "train with $closed makes the same run" same_run run
        for command in 'eval ../base/run --json' 'facts make facts.n=4 --out f' ${long:+'compress run -o c.rote' "sweep run $drawn $model train.seed=0 --out s --jobs 1" 'report run --out p.html' 'verify run' 'export run --to npz w.npz'}; do
            rm -rf f c.rote
            eval "timeout -k 5 20 '$rote' $command >out 2>err $closed"
            rc=$?
            expect "$command with $closed comes to an end" ended
        done
        expect "no file of a run that is read changes with $closed" [ "$(hashes "$work/base/run")" = "$quiet" ]
    done 2>/dev/null
    fresh
    mkdir run
    eval "timeout -k 5 20 '$rote' train $tiny --out new >&- 2>&-"
    rc=''
    expect "no line of progress gets into a file" eval '! grep -rqa "tokens/s" new'
}

# --- Rounding modes that a library set: refused by the self-test, or without effect.
rounding() {
    [ "$(uname -m)" = x86_64 ] || { skip "rounding modes of another machine"; return; }
    local mode
    for mode in 8000 0040 8040 2000 4000 6000 x87; do
        fresh
        local -a with=(env "LD_PRELOAD=$bin/rounding.so" "ROUNDING=$mode")
        [ $mode = x87 ] && with=(env "LD_PRELOAD=$bin/rounding.so" X87=027f)
        changed() {
            timeout -k 5 20 "${with[@]}" "$rote" "$@" >out 2>err </dev/null
            rc=$?
        }
        self_test_or() { refused_for 'self-test|rounding|arithmetic' || { worked && "$@"; }; }
        # shellcheck disable=SC2086
        changed train $tiny --quiet --out run
        expect "train in mode $mode: refused by the self-test, or the same run" self_test_or same_run run
        changed compress ../base/run -o run.rote --threads 1
        expect "compress in mode $mode: refused by the self-test, or the same archive" self_test_or cmp -s run.rote ../base/run.rote
        changed decompress ../base/run.rote -o text
        expect "decompress in mode $mode: refused by the self-test, or the same text" self_test_or same_text
        changed eval ../base/run --json --threads 1
        expect "eval in mode $mode: refused by the self-test, or the same figures" self_test_or cmp -s out ../base/eval.json
        changed sample ../base/run --greedy --n 3
        expect "sample in mode $mode: refused by the self-test, or the same text" self_test_or cmp -s out ../base/sample.txt
        changed sample ../base/run --n 3 --seed 5 --temperature 1.3
        cp out changed.txt
        expect "drawing from a model in mode $mode: refused by the self-test, or the same text" self_test_or same_drawn
        changed facts make facts.kind=bios facts.n=4 --out f
        expect "facts make in mode $mode: refused by the self-test, or the same facts" self_test_or same_facts
    done
}
same_text() { "$rote" decompress ../base/run.rote -o quiet --quiet >/dev/null && cmp -s text quiet; }
same_drawn() { "$rote" sample ../base/run --n 3 --seed 5 --temperature 1.3 >quiet.txt && cmp -s changed.txt quiet.txt; }
same_facts() { "$rote" facts make facts.kind=bios facts.n=4 --out q >/dev/null && [ "$(hashes f)" = "$(hashes q)" ]; }

# --- OMP_*, affinity: every command takes as many threads as doctor says; no setting changes a bit.
threads() {
    local setting cores made_with='manifest.json|config.yaml|DONE'
    cores=$(nproc)
    for setting in '' OMP_NUM_THREADS=1 OMP_NUM_THREADS=2 OMP_NUM_THREADS=2,1 OMP_NUM_THREADS=0 OMP_NUM_THREADS=-3 OMP_NUM_THREADS=many OMP_NUM_THREADS= \
        OMP_NUM_THREADS=99999999999999999999 OMP_THREAD_LIMIT=1 OMP_DYNAMIC=true OMP_PROC_BIND=spread 'taskset -c 0'; do
        [[ $setting = taskset* ]] && ! command -v taskset >/dev/null && { skip "$setting"; continue; }
        fresh
        local -a with=(env)
        # shellcheck disable=SC2206
        [ -n "$setting" ] && with=(env $setting)
        [[ $setting = taskset* ]] && with=($setting)
        timeout -k 5 20 "${with[@]}" "$rote" doctor >out 2>err
        rc=$?
        local says has
        says=$(awk '$1 == "threads" {print $2}' out)
        [[ $setting = OMP_NUM_THREADS=[0a-z-]* || $setting = *99999 ]] &&
            expect "doctor itself names '$setting' as no number of threads" eval 'grep -v libgomp out err | grep -q OMP_NUM_THREADS'
        # shellcheck disable=SC2086
        timeout -k 5 20 "${with[@]}" "$rote" train $drawn $model --quiet --out run >out 2>err
        rc=$?
        expect "train with '$setting': the same run, or refused" same_run_or_refused run
        [ -d run ] || continue
        has=$(sed -n 's/.*"threads": \([0-9]*\).*/\1/p' run/manifest.json)
        expect "train with '$setting' takes the $says threads that doctor says (it took $has)" [ "$has" = "$says" ]
        case $setting in
        OMP_NUM_THREADS=1 | OMP_THREAD_LIMIT=1 | taskset*) expect "'$setting' means one thread (doctor says $says, train took $has)" [ "$says.$has" = 1.1 ] ;;
        '') expect "without a setting, every core is taken" [ "$has" = "$cores" ] ;;
        esac
        # shellcheck disable=SC2086
        timeout -k 5 20 "${with[@]}" "$rote" sweep run $drawn $model train.seed=0,1 --out s --dry-run >out 2>&1
        rc=$?
        [ -n "$says" ] && expect "sweep run with '$setting' plans with the same number" grep -qE -- "--jobs $says( |$)" out
    done
}

# --- Locales and time zones change nothing that is printed or written.
locales() {
    local name
    fresh
    mkdir loc
    if command -v localedef >/dev/null; then
        localedef -i de_DE -f UTF-8 loc/de_DE.UTF-8
        [ -n "$long" ] && localedef -i tr_TR -f UTF-8 loc/tr_TR.UTF-8 && localedef -i fr_FR -f ISO-8859-1 loc/fr_FR
    fi >/dev/null 2>&1
    for name in C.UTF-8 de_DE.UTF-8 nowhere_NO ${long:+C POSIX tr_TR.UTF-8 fr_FR}; do
        rm -rf run
        # shellcheck disable=SC2086
        LOCPATH=$PWD/loc LC_ALL=$name LANG=$name TZ=Pacific/Kiritimati run train $tiny --quiet --out run
        expect "train in locale $name makes the same run" same_run run
        LOCPATH=$PWD/loc LC_ALL=$name LANG=$name run eval run --json --threads 1
        expect "eval in locale $name prints the same" cmp -s out ../base/eval.json
        LOCPATH=$PWD/loc LC_ALL=$name LANG=$name run facts make 'facts.n=1e1' facts.zipf=0.5 --out "f$name"
        expect "a decimal point stays a point in locale $name" eval '[ $rc = 2 ] || worked'
    done
    rm -rf run
    # shellcheck disable=SC2086
    run train $tiny --quiet --out run
    TZ='' run report run --out a.html
    TZ=Asia/Kathmandu run report run --out b.html
    expect "a report has no time of its zone" cmp -s a.html b.html
}

# --- Names. Every command that takes a folder takes it, or refuses it at once; nothing unreadable is left; no raw control
# character reaches the terminal; JSON is JSON.
clean_text() { ! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' out err; }
valid_text() { ! command -v iconv >/dev/null || iconv -f UTF-8 -t UTF-8 out >/dev/null 2>&1; }
valid_json() { valid_text && { ! command -v jq >/dev/null || jq . out >/dev/null 2>&1; }; }
names() {
    local name shown verb
    local -a bad=($'lat\351' $'tab\tx' $'new\nline' $'bom\357\273\277x' -dash 'with spaces' "quo'te\"s" 'gl*b[x]?' '#hash: {a}' $'esc\e[31m' 'a,b=c' "$(printf 'n%.0s' {1..250})")
    [ -n "$long" ] && bad+=($'\302\240' '$HOME' '`id`' '~' 'back\slash' '%s%n' 'null' '12' 'ünï' '&<>')
    for name in "${bad[@]}"; do
        fresh
        shown=$(printf %q "${name:0:20}")
        mkdir -p "$here/$name" && cd "$here/$name" || continue
        cp "$work/base/table.csv" .
        # shellcheck disable=SC2086
        names_inside "in a folder $shown"
        fresh
        cp "$work/base/table.csv" .
        names_outside "$name" "as a name $shown"
    done
    fresh
    local deep=$here/_deep i
    mkdir _deep && cd _deep && for i in {1..22}; do mkdir "$(printf 'd%.0s' {1..200})" && cd "$(printf 'd%.0s' {1..200})" || break; done
    # shellcheck disable=SC2086
    timeout -k 5 20 "$rote" train $tiny --quiet --out r >"$here/out" 2>"$here/err"
    rc=$?
    timeout -k 5 20 "$rote" eval r >/dev/null 2>&1
    local rc2=$?
    cd "$here" || return
    expect "a working folder of 4,400 bytes: works, or is refused" eval "{ worked && [ $rc2 = 0 ]; } || refused"
    rm -rf "$deep"
}
names_inside() { # where, for the words
    run facts import table.csv --out F
    expect "facts import $1 works, or is refused" fine_or_refused
    expect "facts import $1 prints no control character" clean_text
    # shellcheck disable=SC2086
    run train facts.path=F $model --threads 1 --quiet --out r
    expect "train $1 works, or is refused" fine_or_refused
    if worked; then
        for verb in 'eval r --json' 'report r --out p.html' 'compress r -o c.rote --threads 1' ${long:+'verify r --quiet' 'sample r --greedy' 'export r --to npz w.npz'}; do
            # shellcheck disable=SC2086
            run $verb
            expect "${verb%% *} of the run made $1 works" worked
            expect "${verb%% *} $1 prints no control character" clean_text
        done
    fi
    # shellcheck disable=SC2086
    run sweep run facts.path=F $model train.seed=0,1 --jobs 1 --quiet --out s
    expect "sweep run $1 works, or is refused" fine_or_refused
    if worked; then
        run sweep status s
        expect "sweep status $1 finds both runs done" grep -q '2 of 2 runs done' out
        run capacity s --json
        expect "capacity $1 works" worked
    fi
}
names_outside() { # name, words
    local name=$1
    # shellcheck disable=SC2086
    run train $tiny --quiet --json "--out=$name"
    [ "$rc" = 2 ] && grep -q 'unknown\|usage' err && run train $tiny --quiet --json --out "$name"
    expect "train --out $2 works, or is refused" fine_or_refused
    expect "train --json $2 prints JSON and no control character" eval 'clean_text && { refused || valid_json; }'
    if worked; then
        for verb in 'eval --json' 'verify --quiet' ${long:+'report --out p.html' 'sample --greedy'}; do
            # shellcheck disable=SC2086
            run ${verb%% *} ${verb#* } -- "$name"
            expect "${verb%% *} $2 works" worked
            expect "${verb%% *} $2 prints no control character" clean_text
        done
    fi
    # shellcheck disable=SC2086
    run sweep run $drawn $model train.seed=0,1 --jobs 1 --quiet --out "$name.s"
    expect "sweep run --out $2 works, or is refused" fine_or_refused
    if worked; then
        run sweep status --json -- "$name.s"
        expect "sweep status $2 prints JSON: both runs done" eval 'worked && valid_json && grep -q "\"done\": 2" out'
    fi
    run facts import table.csv --out "$name.f" --json
    expect "facts import --out $2 works, or is refused" fine_or_refused
    expect "facts import --json $2 prints JSON" eval 'refused || valid_json'
    run compress ../base/run -o "$name.rote" --threads 1 --json
    expect "compress -o $2 works, or is refused" fine_or_refused
    run eval "$name.nothing"
    expect "a name $2 that is not there is refused without control characters" eval 'refused && clean_text && valid_err'
    run train "train.nothing$name=1"
    expect "a key $2 is refused without control characters" eval 'refused && clean_text'
}
valid_err() { ! command -v iconv >/dev/null || iconv -f UTF-8 -t UTF-8 err >/dev/null 2>&1; }

run_files='lock config.yaml manifest.json metrics.jsonl checkpoint-000000004.safetensors result.json timing.json DONE'
# --- Pipes in the place of files: refused, never waited for.
pipes() {
    local file verb seconds=3
    for file in $run_files ${long:+code_lengths.npy pool_ids.npy checkpoint-000000002.safetensors}; do
        fresh
        mkdir run && mkfifo "run/$file"
        # shellcheck disable=SC2086
        run train $tiny --quiet --out run
        expect "train into a folder where $file is a pipe: refused, or the same run" same_run_or_refused run
        fresh
        cp -r ../base/run run && rm -f "run/$file" && mkfifo "run/$file"
        for verb in 'eval run' 'report run --out p.html' 'verify run --quiet' ${long:+"train $tiny --quiet --out run"} "train $tiny --quiet --resume --out run" ${long:+'compress run -o c.rote' 'sample run' 'capacity .' 'export run --to npz w' 'facts show run' 'report .'}; do
            # shellcheck disable=SC2086
            run $verb
            expect "${verb%% --*}, where $file is a pipe, comes to an end" ended
        done
    done
    for file in sweep.yaml table.csv locks/sweep; do
        fresh
        cp -r ../base/sweep sweep && rm -f "sweep/$file" && mkfifo "sweep/$file"
        for verb in 'sweep run --out sweep --jobs 1 --quiet' 'sweep status sweep' 'capacity sweep' 'report sweep'; do
            # shellcheck disable=SC2086
            PATH=$quick run $verb
            expect "$verb, where $file is a pipe, comes to an end" ended
        done
    done
    for file in manifest.json records.tsv vocab.json; do
        fresh
        cp -r ../base/facts facts && rm -f "facts/$file" && mkfifo "facts/$file"
        run facts show facts
        expect "facts show, where $file is a pipe, is refused" refused
        # shellcheck disable=SC2086
        run train facts.path=facts $model --quiet --out run
        expect "train on facts whose $file is a pipe is refused" refused
        rm -rf new && mkdir new && mkfifo "new/$file"
        run facts import ../base/table.csv --out new
        expect "facts import into a folder where $file is a pipe comes to an end" ended
    done
    fresh
    mkfifo p
    for verb in 'facts import p --out f' 'decompress p -o x' 'train p --out r' 'compress --online p -o x.rote' 'archive show p'; do
        # shellcheck disable=SC2086
        (exec 3<>p; printf 'prompt,answer\na,b\n' >&3; exec 3>&-) & # a writer that soon goes away
        timeout -k 1 3 "$rote" $verb >out 2>err </dev/null
        rc=$?
        wait
        expect "${verb%% p*} of a pipe: SIGTERM ends it, if nothing else" [ $rc != 137 ]
    done
}
quick=/none # without gnuplot

# --- Links and files of others: never followed, never replaced.
links() {
    local file
    for file in $run_files ${long:+code_lengths.npy pool_ids.npy checkpoint-000000002.safetensors}; do
        fresh
        echo precious >thesis && mkdir run && ln -s ../thesis "run/$file"
        # shellcheck disable=SC2086
        run train $tiny --quiet --out run
        expect "train into a folder where $file is a link leaves what it points to" [ "$(cat thesis)" = precious ]
        expect "train into a folder where $file is a link: refused, or the same run" same_run_or_refused run
        fresh
        mkdir run && ln -s ../nowhere "run/$file"
        # shellcheck disable=SC2086
        run train $tiny --quiet --out run
        expect "train into a folder where $file is a link to nowhere makes nothing there" [ ! -e nowhere ]
        fresh
        cp -r ../base/run run && mv "run/$file" kept && ln -s ../kept "run/$file" && cp kept copy
        # shellcheck disable=SC2086
        run train $tiny --quiet --resume --out run
        expect "train --resume, where $file is a link, leaves what it points to" cmp -s kept copy
    done
    for file in sweep.yaml table.csv locks/sweep; do
        fresh
        echo precious >thesis && mkdir -p sweep/locks && ln -s "$here/thesis" "sweep/$file"
        # shellcheck disable=SC2086
        run sweep run $drawn $model train.seed=0,1 --jobs 1 --quiet --out sweep
        expect "sweep run, where $file is a link, leaves what it points to" [ "$(cat thesis)" = precious ]
    done
    for file in records.tsv manifest.json vocab.json; do
        fresh
        echo precious >thesis && mkdir f && ln -s ../thesis "f/$file"
        run facts import ../base/table.csv --out f
        expect "facts import, where $file is a link, leaves what it points to" [ "$(cat thesis)" = precious ]
        fresh
        mkdir f && echo precious >"f/$file"
        run facts import ../base/table.csv --out f
        expect "facts import into a folder with somebody's $file is refused" eval "refused && [ \"\$(cat f/$file)\" = precious ]"
    done
    for file in metrics.jsonl manifest.json config.yaml result.json DONE; do
        fresh
        mkdir run && echo precious >"run/$file"
        # shellcheck disable=SC2086
        run train $tiny --quiet --out run
        expect "train into a folder with somebody's $file is refused" eval "refused && [ \"\$(cat run/$file)\" = precious ]"
    done
    fresh
    mkdir target && ln -s target link
    # shellcheck disable=SC2086
    run train $tiny --quiet --out link
    expect "train into a link to an empty folder: refused, or the run is there" same_run_or_refused target
    fresh
    # shellcheck disable=SC2086
    "$rote" train $endless train.checkpoint_interval=20 --quiet --out run >out 2>err &
    local pid=$!
    await 'ls run/checkpoint-*' && mv run moved
    sleep .3
    kill -TERM $pid
    wait $pid
    rc=$?
    expect "a run whose folder is moved goes on there, or is refused" eval '{ [ $rc = 85 ] || refused; } && ended'
    expect "a run whose folder is moved begins no second one" [ ! -e run ]
}
await() { # command; for ten seconds
    local i
    for ((i = 0; i < 500; i++)); do eval "$1" >/dev/null 2>&1 && return 0; sleep .02; done
    return 1
}

# --- What another user owns or may not read: named, never counted as not there.
as_nobody() {
    timeout -k 2 20 setpriv --reuid=65534 --regid=65534 --clear-groups "$rote" "$@" >out 2>err </dev/null
    rc=$?
}
told_unreadable() { { refused || grep -qi 'unreadable\|permission' out err; } && ! grep -q '^waiting' out; }
others() {
    [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || { skip "folders of others: not root"; return; }
    local first verb file
    fresh
    chmod 755 .
    cp -r ../base/sweep ../base/run ../base/facts . && chmod -R a+rX .
    first=$(find sweep/runs -mindepth 1 -maxdepth 1 | sort | head -n 1)
    chmod 000 "$first" && mkdir pages && chmod 777 pages
    for verb in 'capacity sweep --json' 'sweep status sweep' 'report sweep --out pages/p.html'; do
        # shellcheck disable=SC2086
        as_nobody $verb
        expect "${verb%% --*} names a run that it cannot read" told_unreadable
    done
    chmod 755 "$first"
    for file in $run_files; do
        chmod 000 "run/$file"
        for verb in 'eval run --json' 'verify run --quiet'; do
            # shellcheck disable=SC2086
            as_nobody $verb
            case $file in
            config.yaml | checkpoint*) expect "$verb without permission for $file is refused for that" refused_for 'permission denied' ;;
            *) expect "$verb without permission for $file: the same, or refused for that" eval "refused_for 'permission denied' || worked" ;;
            esac
        done
        chmod 644 "run/$file"
    done
    # shellcheck disable=SC2086
    as_nobody train $tiny --quiet --out new
    expect "train where no folder may be made is refused for that" refused_for 'permission denied'
    mkdir open && chmod 777 open && cp -r sweep open/sweep && chmod -R a+rwX open/sweep
    rm -rf open/sweep/runs/*/DONE open/sweep/runs/*/result.json && chmod -R a-w "open/$first"
    as_nobody sweep run --out open/sweep --jobs 1 --quiet
    expect "a run of others that cannot be written to does not end the sweep" [ "$(find open/sweep/runs -name DONE | wc -l)" = 1 ]
    expect "a sweep with a run of others says so" refused
    fresh
    cp -r ../base/sweep sweep
    # shellcheck disable=SC2086
    run sweep run $drawn $model train.seed=0,1,2,3 --out sweep --jobs 1 --dry-run
    touch "sweep/runs/$(awk '/^waiting/ {print $2; exit}' out)"
    # shellcheck disable=SC2086
    run sweep run $drawn $model train.seed=0,1,2,3 --out sweep --jobs 1 --quiet
    expect "a file in the place of a run does not end the sweep" [ "$(find sweep/runs -name DONE | wc -l)" = 3 ]
    run sweep status sweep
    expect "sweep status gives the reason" grep -q '^failed' out
}

# --- Runs that cannot be read by anybody: broken beyond reading, yet named.
unreadable() {
    local first
    fresh
    cp -r ../base/sweep sweep
    first=$(find sweep/runs -mindepth 1 -maxdepth 1 | sort | head -n 1)
    echo '{' >"$first/result.json"
    for verb in 'capacity sweep --json' 'sweep status sweep' 'report sweep --out p.html'; do
        # shellcheck disable=SC2086
        PATH=$quick run $verb
        expect "${verb%% --*} names a run whose result is no JSON" eval 'refused || grep -qF "$(basename "'"$first"'")" out err p.html'
    done
    fresh
    cp -r ../base/sweep sweep
    first=$(find sweep/runs -mindepth 1 -maxdepth 1 | sort | head -n 1)
    echo '{"reason": "long ago", "exit": 1, "signal": null, "attempts": 1}' >"$first/failed.json"
    run sweep status sweep
    expect "failed.json beside DONE: the run is done" eval '! grep -q "^failed" out'
    run sweep run --out sweep --jobs 1 --quiet
    expect "failed.json beside DONE goes away" [ ! -e "$first/failed.json" ]
    fresh
    cp -r ../base/run run && rm run/timing.json
    # shellcheck disable=SC2086
    run train $tiny --quiet --json --out run
    expect "a finished run without timing.json still answers --json" eval 'worked && valid_json'
    fresh
    cp -r ../base/run run && rm run/checkpoint-000000004.safetensors && truncate -s 3G run/checkpoint-000000004.safetensors
    (ulimit -v 2000000; timeout -k 5 5 "$rote" eval run >out 2>err)
    rc=$?
    expect "a checkpoint of 3 GiB of nothing is refused for that, not for memory" eval 'refused && ! grep -qi memory err'
}

# --- A full disk: refused for that, no half file under a final name, and the repeat goes on.
full() {
    [ "$(id -u)" = 0 ] || { skip "full disks: not root"; return; }
    fresh
    mkdir disk
    mount -t tmpfs -o size=4m rote-test disk 2>/dev/null || { skip "full disks: no mounting here"; return; }
    local left name command
    cp -r ../base/run ../base/sweep ../base/table.csv disk
    cd disk || return
    while read -r name command; do
        command=${command/TINY/$tiny}
        for left in 0 4 12 ${long:+24 40 60 80}; do
            rm -rf new new.* fill
            dd if=/dev/zero of=fill bs=1k status=none 2>/dev/null
            truncate -s -${left}k fill
            # shellcheck disable=SC2086
            timeout -k 2 20 "$rote" $command >"$here/out" 2>"$here/err" </dev/null
            rc=$?
            rm -f fill
            (cd "$here" && expect "$name with $left KiB left: works, or is refused for that" eval "worked || refused_for 'no space left|are free'")
            [ "$rc" = 0 ] && continue
            # shellcheck disable=SC2086
            timeout -k 5 20 "$rote" $command >"$here/out" 2>"$here/err" </dev/null
            rc=$?
            (cd "$here" && expect "$name, repeated after it met a full disk with $left KiB left, works" worked)
        done
    done <<<"train train TINY --quiet --resume --out new
make facts make facts.n=60 --out new
import facts import table.csv --out new
compress compress run -o new.rote --threads 1
export export run --to npz new.npz
hf export run --to hf new
report report run --out new.html
sweep sweep run $drawn $model train.seed=0,1 --out new --jobs 1 --quiet
plots report sweep --out new.html"
    for name in sweep/plots/*.png; do
        [ -e "$name" ] && (cd "$here" && expect "$name is whole" eval "tail -c 8 'disk/$name' | grep -qa IEND")
    done
    cd "$here" && umount disk
}

# --- Limits of the shell: file size, descriptors, stack, memory. Refused with the cause, never a signal.
limits() {
    local n verb
    local -a verbs=("train $tiny --quiet --out new" 'eval ../base/run --json' 'compress ../base/run -o new.rote --threads 1' 'sweep run train.seed=0,1 facts.n=6 model.n_embd=4 model.n_head=1 model.n_layer=1 train.max_steps=2 --out new --jobs 1 --quiet')
    [ -n "$long" ] && verbs+=('facts make facts.n=60 --out new' 'facts import ../base/table.csv --out new' 'report ../base/run --out new.html' 'verify ../base/run --quiet' 'export ../base/run --to npz new.npz'
        'decompress ../base/run.rote -o new' 'neurons atlas ../base/run --by place:1' 'capacity ../base/sweep' 'sample ../base/run' 'doctor' 'report ../base/sweep --out new.html')
    for verb in "${verbs[@]}"; do
        for n in 4 6 8 ${long:+3 5 7 9 10 12 16}; do
            fresh
            # shellcheck disable=SC2086
            (exec >out 2>err </dev/null; ulimit -t 20 -n "$n"; exec "$rote" $verb)
            rc=$?
            expect "${verb%% --*} with $n descriptors: works, or is refused for that" eval "worked || refused_for 'too many open files|open file|descriptors' || cannot_load"
        done
        for n in 64 ${long:+96 128 256}; do
            fresh
            # shellcheck disable=SC2086
            (ulimit -s "$n" && timeout -k 5 20 "$rote" $verb >out 2>err </dev/null)
            rc=$?
            expect "${verb%% --*} with a stack of $n KiB: works, or is refused" fine_or_refused
        done
        for n in 0 1 8 ${long:+2 4 16}; do
            fresh
            # shellcheck disable=SC2086
            ( { ulimit -f "$n" && timeout -k 5 20 "$rote" $verb 2>&1 >/dev/null </dev/null; echo "exit $?"; } | cat >err)
            rc=$(sed -n 's/^exit //p' err) && touch out
            expect "${verb%% --*} with files of at most $n KiB: works, or is refused for that" eval "worked || refused_for 'file too large'"
        done
        for n in 100000 ${long:+30000 60000 200000}; do
            fresh
            # shellcheck disable=SC2086
            (ulimit -v "$n" && timeout -k 5 20 "$rote" $verb >out 2>err </dev/null)
            rc=$?
            expect "${verb%% --*} with $n KiB of addresses: works, or is refused for that" eval "worked || refused_for 'memory' || cannot_load"
        done
    done
    fresh
    # shellcheck disable=SC2086
    (ulimit -n 8 && run sweep run $drawn $model train.seed=0,1,2 --out new --jobs 2 --quiet)
    # shellcheck disable=SC2086
    run sweep run $drawn $model train.seed=0,1,2 --out new --jobs 1 --quiet
    expect "a sweep that had too few descriptors goes on" worked
}
cannot_load() { [ "$rc" = 127 ] && grep -q 'error while loading' err; } # of the dynamic loader, before the program begins

# --- Signals: a checkpoint at the end of the step and exit 85; what was ignored at the start stays ignored.
ready() { await '[ "$(wc -l <run/metrics.jsonl)" -ge 2 ]'; }
has_checkpoint() { [ -n "$(ls run/checkpoint-* 2>/dev/null)" ]; }
# A command may be ended behind its output: as it draws plots, or reads an archive back.
whole_or_absent() {
    [ ! -e new.html ] || grep -q '</html>' new.html || return
    [ ! -e new.rote ] || timeout -k 5 60 "$rote" decompress new.rote -o decoded >/dev/null 2>&1 || return
    [ ! -e new.npz ] || [ "$(head -c 2 new.npz)" = PK ]
}
signals() {
    local signal pid
    local -a workers=()
    for signal in TERM INT HUP XCPU USR1 PIPE; do
        fresh
        # shellcheck disable=SC2086  # a job in the background ignores SIGINT, so that it is reset
        env --default-signal "$rote" train $endless --quiet --out run >out 2>err </dev/null &
        pid=$!
        ready
        kill -$signal $pid
        { sleep 8; kill -KILL $pid 2>/dev/null; } &
        local watch=$!
        wait $pid
        rc=$?
        kill $watch 2>/dev/null
        wait $watch 2>/dev/null
        expect "SIG$signal: exit 85" [ $rc = 85 ]
        expect "SIG$signal: a checkpoint is there" has_checkpoint
    done 2>/dev/null
    for signal in HUP INT USR1 XCPU TERM PIPE; do
        fresh
        # shellcheck disable=SC2086
        (trap '' $signal; exec "$rote" train $endless --quiet --out run >out 2>err </dev/null) &
        pid=$!
        ready
        kill -$signal $pid
        sleep .3
        expect "SIG$signal, ignored at the start, stays ignored" kill -0 $pid
        kill -KILL $pid 2>/dev/null
        wait $pid
        rc=''
    done 2>/dev/null
    # Other commands just end, at any moment, and what they leave does not block their repeat.
    fresh
    awk 'BEGIN {for (i = 0; i < 20000; i++) printf "k%d,v%d,T%d\n", i, i * 7919 % 10007, i % 5}' >_table.csv
    local command delay verb
    while read -r verb command; do
        for delay in .02 .05 .1 .2 ${long:+.03 .07 .15 .3 .4 .6}; do
            fresh
            # shellcheck disable=SC2086
            env --default-signal "$rote" $command >out 2>err </dev/null &
            pid=$!
            sleep $delay
            kill -TERM $pid
            wait $pid
            rc=$?
            expect "SIGTERM to $verb after $delay s: it ends, or was done" [ $rc = 143 -o $rc = 0 -o $rc = 85 ]
            [ $rc = 0 ] && continue
            expect "SIGTERM to $verb after $delay s: what stands under its name is whole" whole_or_absent
            [ -e new.npz ] || [ -e new/config.json ] && continue # an export that was done, but had not ended
            # shellcheck disable=SC2086
            seconds=60 run $command
            expect "$verb, repeated after SIGTERM at $delay s, works" worked
        done
    done 2>/dev/null <<<"make facts make facts.n=200000 facts.seq_len=6 --out new
import facts import _table.csv --out new
compress compress ../base/run -o new.rote --threads 1
online compress --online _table.csv -o new.rote --preset fast --without model --quiet
export export ../base/run --to npz new.npz
hf export ../base/run --to hf new
report report ../base/sweep --out new.html
capacity capacity ../base/sweep
verify verify ../base/run --quiet
logits logits --null V=4096 s=1 k=1,10 draws=20000
creativity creativity ../base/run --n 20000"
    fresh
    # shellcheck disable=SC2086
    env --default-signal "$rote" sweep run facts.n=50 facts.seq_len=8 facts.vocab_size=16 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=100000000 train.seed=0,1 --jobs 2 --quiet --out s >out 2>err </dev/null &
    pid=$!
    await '[ "$(cat s/runs/*/metrics.jsonl | wc -l)" -ge 2 ]'
    read -ra workers <"/proc/$pid/task/$pid/children"
    kill -HUP $pid
    wait $pid
    rc=$?
    sleep .3
    for pid in "${workers[@]}"; do
        expect "SIGHUP to a sweep: no worker lives on" eval '! kill -0 $pid 2>/dev/null'
        kill -KILL "$pid" 2>/dev/null
    done
    expect "SIGHUP to a sweep: each run has a checkpoint" [ "$(find s/runs -name 'checkpoint-*' | cut -d/ -f3 | sort -u | wc -l)" -ge 1 ]
}

# --- Readers that go away: the run goes on or stops with a checkpoint; a result that nobody read is an error.
readers() {
    fresh
    local pid
    # shellcheck disable=SC2086
    { env --default-signal timeout -s TERM 5 "$rote" train $endless --out run 2>&1 >out; echo $? >status; } | head -c 1 >/dev/null
    rc=$(cat status)
    expect "the reader of progress goes away: a checkpoint is there" has_checkpoint
    expect "the reader of progress goes away: exit 85, or it goes on" [ "$rc" = 85 -o "$rc" = 124 ]
    fresh
    mkfifo p
    { env --default-signal timeout -k 5 10 "$rote" eval ../base/run --json >p 2>err; echo $? >status; } &
    pid=$!
    true <p
    wait $pid
    rc=$(cat status)
    expect "the reader of a result goes away: not a success, not a hang" [ "$rc" != 0 -a "$rc" != 124 -a "$rc" != 137 -a "$rc" != 139 ]
    for verb in 'eval ../base/run --json' 'help' 'facts show ../base/facts' 'capacity ../base/sweep' 'sweep status ../base/sweep' 'doctor' '--version'; do
        # shellcheck disable=SC2086
        timeout -k 5 10 "$rote" $verb >/dev/full 2>err
        rc=$?
        touch out
        expect "${verb%% .*} onto a full device is an error for that" refused_for 'no space left'
    done
}

# --- Terminals: a progress line fits, and escapes reach only a terminal that knows them.
terminal() {
    local columns figures redraws longest escapes
    for columns in 40 80 ${long:+20 1 0 7 300}; do
        for kind in xterm dumb; do
            fresh
            # shellcheck disable=SC2086
            TERM=$kind "$bin/terminal" "$columns" .6 "$rote" train $endless --out run >drawn
            figures=$(tail -n 1 drawn)
            read -r redraws longest escapes rc <<<"$(sed 's/[a-z,]//g' <<<"$figures")"
            [ "$columns" -gt 0 ] && expect "train on $kind of $columns columns fits ($figures)" [ "$longest" -le "$columns" ]
            [ $kind = dumb ] && expect "train on $kind writes no escapes ($figures)" [ "$escapes" = 0 ]
            [ $kind = xterm ] && [ "$columns" -ge 40 ] && expect "train on $kind shows progress ($figures)" [ "$redraws" -gt 0 ]
            expect "train on $kind of $columns columns ends as elsewhere ($figures)" [ "$rc" = 85 ]
        done
    done
    for kind in xterm dumb; do
        fresh
        # shellcheck disable=SC2086
        TERM=$kind "$bin/terminal" 40 5 "$rote" sweep run $drawn $model train.max_steps=3000 train.checkpoint_interval=0 train.eval_interval=0 train.seed=0,1 --jobs 1 --out s >drawn
        read -r redraws longest escapes rc <<<"$(tail -n 1 drawn | sed 's/[a-z,]//g')"
        expect "sweep run on $kind of 40 columns fits ($(tail -n 1 drawn))" [ "$longest" -le 40 ]
        [ $kind = dumb ] && expect "sweep run on $kind writes no escapes" [ "$escapes" = 0 ]
    done
    fresh
    printf 'prompt\tanswer\ttag\np\ta\tT\033[31m\nq\tb\tU\n' >e.tsv
    run facts import e.tsv --out e
    expect "a tag with an escape sequence: refused, or shown escaped" clean_text
    run facts show e
    expect "facts show of such a tag shows it escaped" clean_text
}

# --- A project that is moved or copied: everything goes on, as the paths in it were relative.
moved() {
    fresh
    mkdir a && cd a || return
    cp ../../base/table.csv .
    # shellcheck disable=SC2086
    {
        run facts import table.csv --out facts/c
        run train facts.path=facts/c $model --threads 1 --quiet --out runs/r
        run sweep run facts.path=facts/c $model train.seed=0,1 --jobs 1 --quiet --out sw
    }
    cd .. && mv a b && cd b || return
    local verb
    for verb in 'eval runs/r' 'eval runs/r --facts facts/c' 'sample runs/r' 'export runs/r --to npz w.npz' 'verify runs/r --quiet' 'compress runs/r -o a.rote --threads 1' \
        'sweep status sw' 'capacity sw' 'sweep run --out sw --jobs 1 --quiet' "sweep run facts.path=facts/c $model train.seed=0,1 --jobs 1 --quiet --out sw" \
        "train facts.path=facts/c $model --threads 1 --quiet --resume --out runs/r"; do
        # shellcheck disable=SC2086
        run $verb
        expect "after a move: ${verb%% model*}" worked
    done
    run export runs/r --to npz w2.npz
    mv facts elsewhere
    run export runs/r --to npz w3.npz
    expect "export needs no facts" worked
    run eval runs/r --facts elsewhere/c
    expect "--facts is enough" worked
}

prepare
one() { # group
    here=$work/$1
    mkdir "$here" && cd "$here" || return
    "$1" >"$here.words" 2>"$here.noise"
}
for group in $groups; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
    one "$group" &
done
wait
cd "$source" || exit 1
for group in $groups; do
    sed -n "s/^failed /$group: /p" "$work/$group.words" | if [ -n "${ROTE_VERBOSE:-}" ]; then cat; else head -n 12; fi
    [ -n "${ROTE_VERBOSE:-}" ] && sed "s/^/$group noise: /" "$work/$group.noise"
    echo "$group: $(cut -d' ' -f1 "$work/$group.words" | sort | uniq -c | awk '{printf "%s%s %s", sep, $1, $2; sep = ", "}')"
done
count() { cat "$work"/*.words | grep -c "^$1 "; }
line="$(count passed) passed, $(count failed) failed"
[ "$(count skipped)" -gt 0 ] && line+=", $(count skipped) skipped"
echo "$line"
[ "$(count failed)" = 0 ]
