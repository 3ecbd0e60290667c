#!/usr/bin/env bash
# Command-line tests: transcripts of commands with the exact output that is expected.
#   tests/cli/run.sh [--update] [FILE.t ...]      --update writes what came out into the files: review with git diff
# In a transcript "$ " begins a command (run by bash in a folder of the file's own) and "> " goes on with it; what follows
# is its stdout, its stderr with "2> " before every line, and [N] for an exit status other than 0. A line that ends in
# " (re)" is a regular expression. A line of its own that begins with "#" is a comment. A command that exits 80 is skipped. One that exits 2
# (bad input) must leave the folder as it was.
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
rote=${ROTE:-${BUILD:-build/gcc-O3}/rote}
update=
[ "${1:-}" = --update ] && update=1 && shift
# TRANSCRIPTS_SHARE=2: without files, one transcript in two, others at the next commit.
share=${TRANSCRIPTS_SHARE:-1} start=0
[ "$share" = 1 ] || start=$(($(git rev-list --count HEAD 2>/dev/null || echo 0) % share))
if [ $# = 0 ]; then
    all=(tests/cli/*.t)
    for ((i = start; i < ${#all[@]}; i += share)); do set -- "$@" "${all[i]}"; done
fi

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin" && ln -s "$(realpath "$rote")" "$scratch/bin/rote" || exit 1
export PATH="$scratch/bin:$PATH" LC_ALL=C TESTS="$top/tests/cli"
unset ROTE_ISA ROTE_FAULT OMP_NUM_THREADS

passed=0 failed=0 skipped=0

# Few processes are started here: two a case beside the case's own.
listing() { find . -printf '%p %s %T@\n' | sort; }

same() { # arrays want, have: line by line, with (re)
    [ ${#want[@]} = ${#have[@]} ] || return 1
    local i
    for i in "${!want[@]}"; do
        case ${want[i]} in
        *' (re)') [[ ${have[i]} =~ ^${want[i]% (re)}$ ]] || return 1 ;;
        *) [ "${want[i]}" = "${have[i]}" ] || return 1 ;;
        esac
    done
}

print_lines() { [ $# = 0 ] || printf '%s\n' "$@"; }

# The expected block in array want -> the block to keep, in array keep; the folder's listing in $now, carried from case to case.
run_case() { # command text
    local before=$now rc line
    local -a have err
    bash -c "$1" >"$scratch/out" 2>"$scratch/err" </dev/null
    rc=$?
    now=$(listing)
    mapfile -t have <"$scratch/out"
    mapfile -t err <"$scratch/err"
    for line in "${err[@]}"; do have+=("2> $line"); done
    [ $rc = 0 ] || have+=("[$rc]")
    keep=("${want[@]}")
    if [ $rc = 80 ]; then skipped=$((skipped + 1)); return; fi
    if [ $rc = 2 ] && [ "$before" != "$now" ]; then
        failed=$((failed + 1))
        printf '%s: $ %s\nbad input, but something was written:\n' "$file" "$1"
        diff <(echo "$before") <(echo "$now")
    elif same; then
        passed=$((passed + 1))
    elif [ "$update" ]; then
        passed=$((passed + 1))
        keep=("${have[@]}")
    else
        failed=$((failed + 1))
        printf '%s: $ %s\n' "$file" "$1"
        diff -u --label expected --label actual <(print_lines "${want[@]}") <(print_lines "${have[@]}")
    fi
}

run_file() {
    local file=$1 line command n=0 now
    local work=$scratch/work
    rm -rf "$work" && mkdir "$work" && cd "$work" || exit 1
    now=$(listing)
    local -a lines want keep new=()
    mapfile -t lines <"$top/$file"
    while [ $n -lt ${#lines[@]} ]; do
        line=${lines[n]}
        n=$((n + 1))
        new+=("$line")
        [[ $line == '$ '* ]] || continue
        command=${line#'$ '}
        while [ $n -lt ${#lines[@]} ] && [[ ${lines[n]} == '> '* ]]; do
            new+=("${lines[n]}")
            command+=$'\n'${lines[n]#'> '}
            n=$((n + 1))
        done
        local from=$n
        while [ $n -lt ${#lines[@]} ] && [[ ${lines[n]} != '$ '* && ${lines[n]} != '#'* ]]; do n=$((n + 1)); done
        while [ $n -gt $from ] && [ -z "${lines[n - 1]}" ]; do n=$((n - 1)); done # blank lines before a comment
        want=("${lines[@]:from:n-from}")
        run_case "$command"
        new+=("${keep[@]}")
    done
    cd "$top" || exit 1
    [ "$update" ] && print_lines "${new[@]}" >"$file"
}

for file in "$@"; do run_file "$file"; done
line="$passed passed, $failed failed"
[ $skipped -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ]
