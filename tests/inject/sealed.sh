#!/usr/bin/env bash
# Files that were changed after they were written. In every file of a finished run, of an unfinished one, of a sweep and of fact
# sets: flipped bits, changed digits, lost lines, ends cut off, a last line twice, and the file gone (tests/inject/damage.c);
# then every command that reads the folder is asked. An answer is one of
#   unharmed  exit 0, output and files of the undamaged folder
#   refused   an error that names the file, or the one that seals it (DONE, manifest.json)
#   told      commands over many runs only: exit 0, and the run is listed as damaged
# and else a failure:
#   SILENT    exit 0 with other output or files           UNNAMED   an error that names neither
#   CRASH     a signal or a minute without an end         BLOCKED   refused, though only clocks were lost (timing.json)
# timing.json is a clock and says what was trained beside the run, and of config.yaml of an unfinished run the keys that
# are in no hash may be changed by hand: what follows from that alone counts as unharmed.
#   tests/inject/sealed.sh [SCENARIO...]    run, half, sweep, and fact sets by kind; with ROTE_LONG=1 many more places, sets, commands
#   SEED=N other places; PLACES=N of each kind in each file; ROTE_VERBOSE=1 prints every failure
# tests/check_damage.sh and tests/long_damage.sh run it.
set -u
cd "$(dirname "$0")/../.." || exit 1
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}") || exit 1
work=$(mktemp -d) || exit 1
trap 'wait; rm -rf "$work"' EXIT
export GOMP_SPINCOUNT=1000 OMP_WAIT_POLICY=passive LC_ALL=C
long=${ROTE_LONG:-} seed=${SEED:-7}
places=${PLACES:-${long:+24}} places=${places:-2}
ulimit -t 60
${CC:-gcc} -O2 tests/inject/damage.c -o "$work/damage" || { echo "0 passed, 1 failed"; exit 1; }

small='model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=4'
drawn='facts.heldout=3 facts.seq_len=3 facts.vocab_size=5'
kept='train.checkpoint_interval=2 train.eval_interval=2'
scenarios='run half sweep random import'
[ -n "$long" ] && scenarios+=' bios split triples biod rules'
[ $# -gt 0 ] && scenarios=$*

# The folder of one worker, at the place where it stays: paths in it hold.
prepare() { # folder
    mkdir -p "$1" && cd "$1" || return 1
    # shellcheck disable=SC2086
    {
        "$rote" sweep run facts.n=6,8 $drawn $small $kept train.seed=0,1 --out sweep --jobs 1 --quiet &&
            cp -r sweep many || return 1
        # One run more, that failed: its place was taken.
        local name
        name=$("$rote" sweep run facts.n=6,8 $drawn $small $kept train.seed=0,1,2 --out sweep --dry-run | awk '/^waiting/ {print $2; exit}')
        mkdir -p "sweep/runs/$name/metrics.jsonl" || return 1
        "$rote" sweep run facts.n=6,8 $drawn $small $kept train.seed=0,1,2 --out sweep --jobs 1 --quiet
        rmdir "sweep/runs/$name/metrics.jsonl"
        [ -f "sweep/runs/$name/failed.json" ] || return 1
        first=many/runs/$(ls many/runs | head -n 1)
        cp "$first/config.yaml" run.yaml || return 1
        "$rote" train facts.n=6 $drawn $small $kept train.max_steps=8 train.threads=1 --out whole --quiet || return 1
        cp -r whole stopped && (cd stopped && rm -f DONE result.json timing.json code_lengths.npy pool_ids.npy checkpoint-*8.safetensors) || return 1
        printf 'prompt\tanswer\ttag\np1\ta1\tT1\np2\ta0\tT0\np3\ta1\tT1\np4\ta3\tT0\n' >table.tsv
        "$rote" facts import table.tsv --out import &&
            "$rote" facts make facts.n=6 $drawn --out random || return 1
        if [ -n "$long" ]; then
            "$rote" facts make facts.kind=bios facts.n=4 facts.heldout=3 facts.paraphrases=2 facts.templates=3 --out bios &&
                "$rote" facts make facts.path=import facts.heldout=2 --out split &&
                "$rote" facts make facts.kind=triples facts.n=12 facts.heldout=4 --out triples &&
                "$rote" facts make facts.kind=biod facts.n=6 --out biod &&
                "$rote" facts make facts.kind=rules facts.n=48 facts.exceptions=0.1 --out rules || return 1
        fi
        local set
        for set in random import ${long:+bios split triples biod rules}; do
            "$rote" train facts.path=$set $small --threads 1 --out "of-$set" --quiet || return 1
        done
    } >"$1.log" 2>&1
}

# "SCENARIO FILE" of everything that is damaged.
files() {
    local scenario file
    for scenario in $scenarios; do
        case $scenario in
        run) find "$first" -type f ! -name lock ;;
        half) find stopped -type f ! -name lock ;;
        sweep) find sweep -maxdepth 1 -type f -o -name failed.json ;;
        *) find "$scenario" -type f ;;
        esac | sort | while read -r file; do echo "$scenario $file"; done
    done
}

# The commands that are asked: a name, then the command. A name with a + writes into the folder; of many, over many runs.
commands() { # scenario
    local run=$first
    case $1 in
    run)
        echo "eval eval $run --json --threads 1
            report report $run --out page.html
            verify verify $run --quiet --threads 1
            finished+ train run.yaml --out $run --json --quiet --threads 1
            resume+ train run.yaml --out $run --resume --quiet --threads 1
            capacity,many capacity many --json
            status,many sweep status many --json
            page,many+ report many --out page.html
            again,many+ sweep run --out many --jobs 1 --quiet"
        [ -n "$long" ] && echo "compress compress $run -o new.rote --threads 1 --quiet
            sample sample $run --greedy --n 2
            export export $run --to npz new.npz
            show facts show $run --json
            parts eval $run --parts --json --threads 1
            atlas neurons atlas $run --by place:1 --json --threads 1
            certify,many capacity many --certify --bits 8 --quiet" ;;
    half)
        echo "eval eval stopped --json --threads 1
            resume+ train facts.n=6 $drawn $small $kept train.max_steps=8 train.threads=1 --out stopped --resume --quiet"
        [ -n "$long" ] && echo "compress compress stopped -o new.rote --threads 1 --quiet
            sample sample stopped --greedy --n 2" ;;
    sweep)
        echo "status,many sweep status sweep --json
            capacity,many capacity sweep --json
            report,many+ report sweep --out page.html
            run,many+ sweep run --out sweep --jobs 1 --quiet
            extend,many+ sweep run facts.n=6,8 $drawn $small $kept train.seed=0,1,2 --out sweep --jobs 1 --quiet" ;;
    *)
        echo "show facts show $1 --json
            train train facts.path=$1 $small --threads 1 --out new --quiet
            verify verify of-$1 --quiet --threads 1
            compress compress of-$1 -o new.rote --threads 1 --quiet"
        [ -n "$long" ] && echo "eval eval of-$1 --json --threads 1
            sample sample of-$1 --greedy --n 2
            page report of-$1 --out page.html" ;;
    esac
}

# Asks one command in the folder that is: rc, $answer.out, $answer.err, hashes of the folder and of all that is new in `files`.
ask() { # command...
    PATH=/none "$rote" "$@" >$answer.out 2>$answer.err # without gnuplot, which takes most of the time
    rc=$?
    # shellcheck disable=SC2086
    "$work/damage" hash $parts $answer.out page.html new new.rote new.npz >$answer.files
    IFS= read -r -d '' files <$answer.files
}

judge() { # file, what was done, command's name: sets word; compares with $quiet.*
    local file=$1 how=$2 name=$3 base=${1##*/} run new said quiet_files left=$1
    IFS= read -r -d '' quiet_files <"$quiet.files"
    IFS= read -r -d '' said <$answer.err
    [[ $name = *+ && $file != many/* ]] && left=/ # it writes that file, too: the damage must be gone
    if [ "$rc" -ge 124 ]; then word=CRASH
    elif [ "$rc" != 0 ]; then
        if [ "$base" = timing.json ] && [ "$how" = gone ]; then word=BLOCKED
        elif [[ $said = *"$base"* || $said = *DONE* || $said = *manifest.json* ]]; then word=refused
        elif [[ $how = gone && $base = DONE && $said = *'not finished'* ]]; then word=refused
        elif [[ $how = gone && $base = checkpoint* && $said = *"${file%/*}"*checkpoint* ]]; then word=refused
        else word=UNNAMED; fi
    elif [ "$(without "$left" "$files")" = "$(without "$left" "$quiet_files")" ]; then word=unharmed
    elif [[ $base = timing.json && $(timeless $answer) = "$(timeless "$quiet")" ]]; then word=unharmed
    elif [[ $name = *,many* ]]; then
        run=${file%/*} run=${run##*/}
        new=$(cat $answer.out $answer.err page.html 2>/dev/null | grep -vxFf "$quiet.lines")
        # Without DONE a run is unfinished, and one without failed.json waits; listed as that, nothing is hidden.
        if [[ $new = *"$base"* || ($new = *"$run"* && ($new = *unreadable* || $new = *damaged*)) ]]; then word=told
        elif [[ $base = DONE && $how = gone && $new = *"$run"* && ($new = *unfinished* || $new = *waiting*) ]]; then word=told
        elif [[ $base = failed.json && $how = gone && $new = *waiting* ]]; then word=told
        else word=SILENT; fi
    elif [[ $how = gone && $base = DONE && $(timeless $answer) = "$(timeless "$quiet")" ]]; then word=unharmed
    elif [[ $file = stopped/config.yaml && $(by_hand "$answer") = "$(by_hand "$quiet")" ]]; then word=unharmed
    else word=SILENT; fi
    # verify vouches for every file but clocks. DONE of older versions was empty; older checkpoints may be removed.
    [[ $name = verify && $word = unharmed && $base != timing.json && "$base $how $a" != 'DONE cut 0' &&
        "$base $how" != checkpoint*gone ]] && word=SILENT
    said=${said%$'\n'}
    echo "$word $scenario $base ${name%%[,+]*} ($how $a $b), exit $rc: ${said##*$'\n'}"
}
without() { # file, "FILE HASH" of many
    local all=$'\n'$2
    echo "${all/$'\n'"$1 "????????????????$'\n'/$'\n'}"
}
timeless() { # answer: its output without what timing.json holds and whether the run was done before
    grep -vE '"(seconds|tokens_per_s|peak_rss_mib|timed_tokens|lanes)"' "$1.out" | sed 's/,$//; s/ (already finished.*//'
    grep -v '\.out ' "$1.files"
}

by_hand() { grep -vE '^stopped/(config.yaml|DONE) ' "$1.files"; } # keys in no hash are anybody's before the run ends; DONE seals them

place() { # scenario: the parts of the folder that its commands may change
    case $1 in
    run) echo many ;;
    half) echo stopped ;;
    sweep) echo sweep ;;
    *) echo "$1 of-$1" ;;
    esac
}
restore() {
    local part
    rm -rf new new.rote new.npz page.html
    for part in $parts; do rm -rf "$part" && cp -a "../base/$part" "$part"; done
}

worker() { # number, of
    local scenario file how a b name command rc turn=0 changed first parts files is was word quiet answer=../answer
    local home=$work/$1
    prepare "$home/dir" || { cat "$home/dir.log"; echo "FAILS - the folder cannot be made" >>"$home/words"; return; }
    cd "$home/dir" || return
    cp -a . ../base
    mkdir ../quiet
    files >../files
    for scenario in $scenarios; do
        parts=$(place "$scenario")
        while read -r name command; do
            restore
            # shellcheck disable=SC2086
            ask $command
            quiet=../quiet/$scenario.$name
            [ "$rc" = 0 ] || echo "FAILS $scenario $name undamaged: $(tail -n 1 $answer.err)" >>"$home/words"
            cat $answer.out page.html >"$quiet.lines" 2>/dev/null
            cp $answer.out "$quiet.out" && cp $answer.files "$quiet.files"
        done < <(commands "$scenario")
    done
    while read -r scenario file; do
        parts=$(place "$scenario")
        while read -r how a b; do
            turn=$((turn + 1))
            [ $((turn % $2)) = "$1" ] || continue
            changed=1 is=''
            while read -r name command; do
                [ $changed = 1 ] && restore && "$work/damage" change "$file" "$how" "$a" "$b"
                rm -rf new new.rote new.npz page.html
                quiet=../quiet/$scenario.$name changed=0
                # shellcheck disable=SC2086
                ask $command
                was=$is is=${files%%"$answer.out"*}
                [[ $name = *+ && $is != "$was" ]] && changed=1 is=''
                judge "$file" "$how" "$name"
            done < <(commands "$scenario")
        done < <("$work/damage" list "../base/$file" "$places" "$seed")
    done <../files >>"$home/words"
}

for ((w = 0; w < 2; w++)); do worker $w 2 & done
wait
cat "$work"/[01]/words >"$work/words"
bad=$(grep -vE '^(refused|unharmed|told) ' "$work/words")
if [ -n "$bad" ]; then
    if [ -n "${ROTE_VERBOSE:-}" ]; then echo "$bad"; else
        awk '{k = $1 " " $2 " " $3 " " $4} {n[k]++} n[k] == 1 {first[k] = $0; order[++m] = k} END {for (i = 1; i <= m; i++) print n[order[i]] "x " first[order[i]]}' <<<"$bad"
    fi
fi
echo "damage of seed $seed, $places places: $(cut -d' ' -f1 "$work/words" | sort | uniq -c | awk '{printf "%s%s %s", sep, $1, $2; sep = ", "}')"
echo "$(grep -cE '^(refused|unharmed|told) ' "$work/words") passed, $(grep -c . <<<"$bad") failed"
[ -z "$bad" ]
