#!/usr/bin/env bash
# Every fault of tests/faults.txt, put into a copy of the tree, must make a test fail: in double, the gradients of the
# layers alone or of whole models, or the reference where the fault is not in a backward pass; of sweeps, their transcript; of
# verdicts on capacity, test_fits; of what surrounds the program, tests/check_environment.sh; of seals, tests/check_damage.sh and
# two unit tests; of base/, two others; of creativity, three and a transcript; of figures of logits, their unit tests and transcript; of sampling, two
# unit tests and its transcript; of tools, five unit tests; of the stage of tools in the model, two;
# of memory that runs out, tests/check_allocations.sh; of returns that are dropped, scripts/check_returns.sh.
# two unit tests; of base/, two others; of creativity, two; of figures of logits, their unit tests and transcript; of sampling, two
# unit tests and its transcript; of tools, five unit tests; of their stage in the model, two; of what facts ask of them, two; of memory that runs out, tests/check_allocations.sh; of returns that are dropped, scripts/check_returns.sh.
# A fault whose place is no longer there, that does not compile, or that makes a test hang counts as failed, too.
#   tests/long_faults.sh [-v] [WORD]     only faults whose description or file has WORD; -v: asks every test in double
#   tests/long_faults.sh --places        builds nothing: only whether every place is there, once (tests/check_faults.sh)
set -u
cd "$(dirname "$0")/.." || exit 1
tree=$PWD verbose='' places=''
[ "${1:-}" = --places ] && places=1 && shift
[ "${1:-}" = -v ] && verbose=1 && shift
only=${1:-}

layers=tests/double/test_layers models=tests/double/test_gradients reference=tests/double/test_reference
training=tests/double/test_straight_through runs='tests/test_neurons tests/test_init_from'
rules='tests/double/test_rules tests/double/test_causal tests/double/test_rule_losses tests/double/test_routing'
stage='tests/double/test_tool tests/test_tool'
asked='plain/tests/test_sums plain/tests/test_calls'
environment=tests/check_environment.sh damage='plain/tests/test_hostile plain/tests/test_done tests/check_damage.sh'
base='plain/tests/test_file plain/tests/test_pattern'
allocations=tests/check_allocations.sh returns=scripts/check_returns.sh
creativity='plain/tests/test_tasks plain/tests/test_creativity'
tools='plain/tests/test_calculator plain/tests/test_store plain/tests/test_tape plain/tests/test_programs plain/tests/test_mcp'
creativity='plain/tests/test_tasks plain/tests/test_creativity plain/tests/test_plane tests/cli/creativity_curves.t'
programs=tests/cli/tools_program.t
sampling='plain/tests/test_chain plain/tests/test_sample tests/cli/sample.t'
foreign='plain/tests/test_gguf plain/tests/test_tokenizer plain/tests/test_import_model'
measured='tests/test_neuron_eval tests/test_edits'
logits='plain/tests/test_logit_row plain/tests/test_variance plain/tests/test_identities plain/tests/test_logit_pattern
    plain/tests/test_normality plain/tests/test_kstar plain/tests/test_null plain/tests/test_hooks
    plain/tests/test_logit_classes tests/cli/logits.t'
environment=tests/check_environment.sh
sweep=tests/cli/sweep.t # of a program in plain/, whose kernels are the portable ones: the quickest to build
build() { # double | rules | fits | plain | sealed, more for make
    local -a goal=(DOUBLE=1 BUILD=build "build/$layers" "build/$models" "build/$reference" "build/$training")
    # shellcheck disable=SC2206  # two words each
    [[ $1 == rules ]] && goal=(DOUBLE=1 BUILD=build ${rules//tests/build/tests} ${runs//tests/build/tests} ${measured//tests/build/tests})
    # shellcheck disable=SC2206
    [ "$1" = stage ] && goal=(DOUBLE=1 BUILD=build ${stage//tests/build/tests})
    [ "$1" = fits ] && goal=(DOUBLE=1 BUILD=build build/tests/test_fits)
    [ "$1" = plain ] && goal=(ISAS=portable BUILD=plain plain/rote)
    # shellcheck disable=SC2206  # words
    [ "$1" = logits ] && goal=(ISAS=portable BUILD=plain plain/rote ${logits% *})
    [ "$1" = sealed ] && goal=(ISAS=portable BUILD=plain plain/rote plain/tests/test_hostile plain/tests/test_done)
    # shellcheck disable=SC2206
    [ "$1" = foreign ] && goal=(ISAS=portable BUILD=plain $foreign)
    [ "$1" = sampling ] && goal=(ISAS=portable BUILD=plain plain/rote plain/tests/test_chain plain/tests/test_sample)
    # shellcheck disable=SC2206
    [ "$1" = creativity ] && goal=(ISAS=portable BUILD=plain plain/rote ${creativity% *})
    # shellcheck disable=SC2206
    [ "$1" = asked ] && goal=(ISAS=portable BUILD=plain $asked)
    # shellcheck disable=SC2206
    [ "$1" = tools ] && goal=(ISAS=portable BUILD=plain $tools)
    # shellcheck disable=SC2206
    [ "$1" = base ] && goal=(ISAS=portable BUILD=plain $base)
    make -s CC="${CC:-gcc}" OPT=-O1 "${goal[@]}" "${@:2}" >log 2>&1
}
# 124: hangs, which says nothing about what the test compares, and costs this script its time. The slowest takes 15 s.
passes() {
    local -a command=("build/$1")
    [[ $1 == *.t ]] && command=(env ROTE=plain/rote tests/cli/run.sh "$1")
    [ "$1" = $allocations ] && command=(env ROTE=plain/rote $allocations make train)
    [ "$1" = $returns ] && command=($returns)
    [ "$1" = $environment ] && command=(env ROTE=plain/rote $environment)
    [ "$1" = tests/check_damage.sh ] && command=(env ROTE=plain/rote "$1")
    [[ $1 == plain/* ]] && command=("$1")
    OMP_NUM_THREADS=1 timeout 300 "${command[@]}" >/dev/null 2>&1
}

tests_for() {
    case $1 in
    sweep:*) echo $sweep && return ;;
    environment:*) echo $environment && return ;;
    memory:*) echo $allocations && return ;;
    returns:*) echo $returns && return ;;
    output:*) echo tests/cli/output.t && return ;;
    others:*) echo tests/cli/others.t && return ;;
    report:*) echo tests/cli/report.t && return ;;
    sealed:*) echo $damage && return ;;
    base:*) echo $base && return ;;
    creativity:*) echo $creativity && return ;;
    stage:*) echo $stage && return ;;
    asked:*) echo $asked && return ;;
    places:*) echo tests/cli/places.t && return ;;
    capacity:*) echo tests/test_fits && return ;;
    sampling:*) echo $sampling && return ;;
    programs:*) echo $programs && return ;;
    tools:*) echo $tools && return ;;
    foreign:*) echo $foreign && return ;;
    logits:*) echo $logits && return ;;
    esac
    if [[ $1 != rules* && $1 != init_from:* && -n "$verbose" ]]; then
        echo $layers $models $reference $training
        return
    fi
    case $1 in
    forward:* | AdamW:*) echo $reference ;;
    QAT:* | freeze:*) echo $training ;;
    "rules: measured"*) echo $measured ;;
    rules:*) echo "$rules" ;;
    "rules in training:"* | init_from:*) echo $runs ;;
    *) echo $layers $models ;;
    esac
}

# First those that are named as the changed file: most likely they catch it, and the others need not run.
near_first() { # file, tests
    local stem test near='' far=''
    stem=$(basename "$1" .c)
    for test in "${@:2}"; do
        if [[ ${test##*/} == *"${stem%s}"* ]]; then near+=" $test"; else far+=" $test"; fi
    done
    echo $near $far
}

# FAULTS_SHARE=6: one fault in six, others at the next commit.
share=${FAULTS_SHARE:-1} start=0
[ "$share" = 1 ] || start=$(($(git rev-list --count HEAD 2>/dev/null || echo 0) % share))

export LC_ALL=C # bash searches bytes faster than characters
text='' last=''
find_place() { # file, from -> the file's text
    if [ "$last" != "$1" ]; then # the tree's own files do not change meanwhile
        text=$(cat "$1" && echo .) || return 1
        text=${text%.} last=$1
    fi
    local once=${text/"$2"/$'\1'} # of the ways to say this, the one that bash does in linear time
    local twice=${once/"$2"/$'\1'}
    [ "$once" != "$text" ] && [ "$twice" = "$once" ]
}

# Each worker, in a copy of its own, takes every n-th fault and leaves a line "caught|survived WHO WHAT".
try() { # what, file, from, to
    local test name caught_by='' hangs='' program=double
    if ! find_place "$2" "$3"; then
        echo "survived - its place is not there, or not once, in $2: $1"
        return
    fi
    if [ "$places" ]; then echo "caught - $1"; return; fi
    local changed=${text/"$3"/"$4"}
    printf '%s' "$changed" >"$2"
    [[ $1 == memory:* || $1 == returns:* ]] && program=plain
    [[ $1 == sweep:* || $1 == environment:* || $1 == output:* || $1 == others:* || $1 == report:* ]] && program=plain
    [[ $1 == sealed:* ]] && program=sealed
    [[ $1 == base:* ]] && program=base
    [[ $1 == creativity:* ]] && program=creativity
    [[ $1 == stage:* ]] && program=stage
    [[ $1 == asked:* ]] && program=asked
    [[ $1 == places:* ]] && program=plain
    [[ $1 == sampling:* ]] && program=sampling
    [[ $1 == programs:* ]] && program=plain
    [[ $1 == tools:* ]] && program=tools
    [[ $1 == foreign:* ]] && program=foreign
    [[ $1 == rules* || $1 == init_from:* ]] && program=rules
    [[ $1 == capacity:* ]] && program=fits
    [[ $1 == logits:* ]] && program=logits
    if ! build $program; then
        echo "survived - does not compile: $1: $(grep -m 1 error log)"
    else
        # shellcheck disable=SC2046  # words
        for test in $(near_first "$2" $(tests_for "$1")); do
            passes "$test"
            case $? in
            0) continue ;;
            124) hangs=$test ;;
            *) name=${test##*[_/]} caught_by+=${caught_by:+,}${name%.t} ;;
            esac
            [ -z "$verbose" ] && break
        done
        if [ -n "$hangs" ]; then echo "survived - $hangs hangs: $1"
        elif [ -n "$caught_by" ]; then echo "caught $caught_by $1"; else echo "survived - not caught: $1"; fi
    fi
    cp "$tree/$2" "$2"
}

each_fault() { # number, of: tries its share
    local what='' file='' from='' to='' part='' line count=0
    while IFS= read -r line; do
        case $line in
        '#'*) ;;
        '@ '*) file=${line#@ } ;;
        '- '*) from=${line#- } part=from ;;
        '+ '*) to=${line#+ } part=to ;;
        '')
            if [ -n "$to" ] && [[ "$what $file" == *"$only"* ]]; then
                [ $((count % share)) = $start ] && [ $((count / share % $2)) = $(($1 - 1)) ] && try "$what" "$file" "$from" "$to"
                count=$((count + 1))
            fi
            what='' file='' from='' to='' part='' ;;
        *) case $part in # a text may have several lines
            from) from+=$'\n'$line ;;
            to) to+=$'\n'$line ;;
            *) what=$line ;;
            esac ;;
        esac
    done < <(cat tests/faults.txt && echo)
}

if [ "$places" ]; then
    lines=$(each_fault 1 1)
    survived=$(grep -c '^survived' <<<"$lines")
    sed -n 's/^survived - /faults: /p' <<<"$lines"
    echo "$(grep -c '^caught' <<<"$lines") passed, $survived failed"
    [ "$survived" = 0 ] && [ -n "$lines" ]
    exit
fi

worker() { # number, of
    cd "$work/$1" && each_fault "$@" >"$work/$1.lines"
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/1" && cp -r Makefile base data model store tools eval train cli tests scripts "$work/1" || exit 1
cd "$work/1" || exit 1
workers=$(nproc)
if ! build double -j"$workers" || ! build plain -j"$workers" || ! passes $sweep || ! passes $layers || ! passes $models || ! passes $reference || ! passes $training; then
    echo "faults: the tests do not pass without a fault"
    tail -n 20 log
    echo "0 passed, 1 failed"
    exit 1
fi
for w in $(seq 2 "$workers"); do cp -a "$work/1" "$work/$w"; done
for w in $(seq "$workers"); do worker "$w" "$workers" & done
wait

all() { cat "$work"/*.lines; }
[ -n "$verbose" ] && all | sort
caught=$(all | grep -c '^caught') survived=$(all | grep -c '^survived')
[ "$survived" -gt 0 ] && all | sed -n 's/^survived - /faults: /p'
by() { all | grep -c "^caught [a-z,]*$1"; }
echo "faults: $caught of $((caught + survived)) caught; by the layers' gradients $(by layers), by the whole models'" \
    "$(by gradients), by the reference $(by reference), by training written out $(by through), by the transcript of sweeps $(by sweep)"
echo "$caught passed, $survived failed"
[ "$survived" = 0 ] && [ "$caught" -gt 0 ]
