#!/usr/bin/env bash
# Every fault of tests/faults.txt, put into a copy of the tree, must make a test fail. How its description begins says which
# tests are asked, in the table below.
# A fault whose place is no longer there, that does not compile, or that makes a test hang counts as failed, too.
#   tests/long_faults.sh [-v] [WORD]     only faults whose description or file has WORD; -v: asks every test in double
#   tests/long_faults.sh --places        builds nothing: only whether every place is there, once (tests/check_faults.sh)
set -u
cd "$(dirname "$0")/.." || exit 1
tree=$PWD verbose='' places=''
[ "${1:-}" = --places ] && places=1 && shift
[ "${1:-}" = -v ] && verbose=1 && shift
only=${1:-}

# By how a description begins, the first row that fits: the tests. tests/..: in double; plain/..: with the portable kernels,
# the quickest to build; *.t and *.sh: with the program of plain/.
kinds='
sweep:              tests/cli/sweep.t
cluster:            tests/cli/sweep_work.t
left:               plain/tests/test_left
ranks:              tests/check_ranks.sh
values:             plain/tests/test_run_values plain/tests/test_capacity_series
environment:        tests/check_environment.sh
memory:             tests/check_allocations.sh
disk:               tests/check_io_faults.sh
told:               tests/cli/run.t tests/cli/fit.t tests/cli/good.t
returns:            scripts/check_returns.sh
output:             tests/cli/output.t
others:             tests/cli/others.t
report:             tests/cli/report.t
places:             tests/cli/places.t
missing:            tests/cli/missing.t
asking:             tests/cli/tools_eval.t
doors:              tests/cli/good.t
events:             plain/tests/test_events
reader:             tests/check_reader.sh
programs:           tests/cli/tools_program.t
sealed:             plain/tests/test_hostile plain/tests/test_done tests/check_damage.sh
mapped:             plain/tests/test_mapped
claims:             plain/tests/test_claim
base:               plain/tests/test_file plain/tests/test_pattern
creativity:         plain/tests/test_tasks plain/tests/test_creativity plain/tests/test_plane tests/cli/creativity_curves.t
sampling:           plain/tests/test_chain plain/tests/test_sample tests/cli/sample.t
logits:             plain/tests/test_logit_row plain/tests/test_variance plain/tests/test_identities plain/tests/test_logit_pattern \
                    plain/tests/test_normality plain/tests/test_kstar plain/tests/test_null plain/tests/test_hooks \
                    plain/tests/test_logit_classes tests/cli/logits.t
tools:              plain/tests/test_calculator plain/tests/test_store plain/tests/test_tape plain/tests/test_programs plain/tests/test_mcp
asked:              plain/tests/test_sums plain/tests/test_calls plain/tests/test_audit plain/tests/test_ways
stores:             tests/cli/tools_store.t
ways:               plain/tests/test_call_text tests/cli/tools_gate.t tests/cli/tools_tokens.t tests/cli/tools_unlabelled.t \
                    tests/cli/tool_keys.t
stage:              tests/double/test_tool tests/test_tool tests/test_tool_choices tests/test_tool_ways
foreign:            plain/tests/test_gguf plain/tests/test_tokenizer plain/tests/test_import_model plain/tests/test_import_gguf \
                    plain/tests/test_export_gguf
vocab:              plain/tests/test_bpe
rotary scaling:     plain/tests/test_rope
capacity:           tests/test_fits
measure:            plain/tests/test_rounds tests/cli/measure.t
select:             plain/tests/test_select tests/cli/select.t
lanes:              plain/tests/test_lanes plain/tests/test_together
code lengths:       plain/tests/test_kernels
fused:              plain/tests/test_kernels
rows in fours:      plain/tests/test_kernels
fit:                plain/tests/test_smallest tests/cli/fit.t
effects:            tests/cli/neurons_eval.t
rules: measured     tests/test_neuron_eval tests/test_edits
rules in training:  tests/test_neurons tests/test_init_from
rules               tests/double/test_rules tests/double/test_causal tests/double/test_rule_losses tests/double/test_routing
init_from:          tests/test_neurons tests/test_init_from
forward:            tests/double/test_reference
AdamW:              tests/double/test_reference
QAT:                tests/double/test_straight_through
freeze:             tests/double/test_straight_through
'
gradients='tests/double/test_layers tests/double/test_gradients' # of any other
tests_for() { # description
    local begin tests
    while IFS=$'\t' read -r begin tests; do
        if [[ -n $begin && $1 == "$begin"* ]]; then
            [[ -n $verbose && $begin =~ ^(forward|AdamW|QAT|freeze): ]] && break
            echo "$tests"
            return
        fi
    done < <(sed 's/   */\t/' <<<"${kinds//\\$'\n'/}")
    echo "$gradients${verbose:+ tests/double/test_reference tests/double/test_straight_through}"
}

build() { # tests
    local test
    local -a plain=() double=()
    for test in "$@"; do
        case $test in
        plain/*) plain+=("$test") ;;
        *.t | *.sh) plain+=(plain/rote) ;;
        *) double+=("build/$test") ;;
        esac
    done
    [ ${#plain[@]} = 0 ] || make -s "$jobs" CC="${CC:-gcc}" OPT=-O1 ISAS=portable BUILD=plain "${plain[@]}" >log 2>&1 || return
    [ ${#double[@]} = 0 ] || make -s "$jobs" CC="${CC:-gcc}" OPT=-O1 DOUBLE=1 BUILD=build "${double[@]}" >log 2>&1
}
# 124: hangs, which says nothing about what the test compares, and costs this script its time. The slowest takes 15 s.
passes() { # test
    local -a command=("build/$1")
    case $1 in
    plain/*) command=("$1") ;;
    *.t) command=(env ROTE=plain/rote tests/cli/run.sh "$1") ;;
    tests/check_ranks.sh) command=(env ROTE=plain/rote BUILD=plain MAKEFLAGS='OPT=-O1 ISAS=portable' "$1") ;;
    tests/check_allocations.sh) command=(env ROTE=plain/rote "$1" make train) ;;
    *.sh) command=(env ROTE=plain/rote "$1") ;;
    esac
    OMP_NUM_THREADS=1 timeout 300 "${command[@]}" >/dev/null 2>&1
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

# FAULTS_SHARE=8: one fault in eight, others at the next commit.
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
    local test name caught_by='' hangs=''
    if ! find_place "$2" "$3"; then
        echo "survived - its place is not there, or not once, in $2: $1"
        return
    fi
    if [ "$places" ]; then echo "caught - $1"; return; fi
    local changed=${text/"$3"/"$4"} tests
    printf '%s' "$changed" >"$2"
    # shellcheck disable=SC2046  # words
    tests=$(near_first "$2" $(tests_for "$1"))
    # shellcheck disable=SC2086
    if ! build $tests; then
        echo "survived - does not compile: $1: $(grep -m 1 error log)"
    else
        for test in $tests; do
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
            if [ -n "$what" ] && [ -z "$to" ]; then echo "survived - it lacks what is put in: $what"
            elif [ -n "$to" ] && [[ "$what $file" == *"$only"* ]]; then
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
mkdir "$work/1" && cp -r Makefile base data model store tools eval train cli python tests scripts "$work/1" || exit 1
cd "$work/1" || exit 1
workers=$(nproc) jobs=-j$(nproc) all_pass=1
asked="tests/cli/sweep.t $gradients tests/double/test_reference tests/double/test_straight_through"
# shellcheck disable=SC2086
build $asked || all_pass=''
for test in ${all_pass:+$asked}; do passes "$test" || all_pass=''; done
if [ ! $all_pass ]; then
    echo "faults: the tests do not pass without a fault"
    tail -n 20 log
    echo "0 passed, 1 failed"
    exit 1
fi
jobs=-j1
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
