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

listing() { find . -printf '%p %s %T@\n' | sort; }

same() { # expected, actual: line by line, with (re)
    local -a want have
    mapfile -t want <"$1"
    mapfile -t have <"$2"
    [ ${#want[@]} = ${#have[@]} ] || return 1
    local i
    for i in "${!want[@]}"; do
        case ${want[i]} in
        *' (re)') [[ ${have[i]} =~ ^${want[i]% (re)}$ ]] || return 1 ;;
        *) [ "${want[i]}" = "${have[i]}" ] || return 1 ;;
        esac
    done
}

run_case() { # command text, file with the expected block -> the block to keep in $scratch/keep
    local before after rc
    before=$(listing)
    bash -c "$1" >"$scratch/out" 2>"$scratch/err" </dev/null
    rc=$?
    after=$(listing)
    {
        sed '$a\' "$scratch/out" # ends the last line where its newline is missing
        sed '$a\' "$scratch/err" | sed 's/^/2> /'
        [ $rc = 0 ] || echo "[$rc]"
    } >"$scratch/have"
    cp "$2" "$scratch/keep"
    if [ $rc = 80 ]; then skipped=$((skipped + 1)); return; fi
    if [ $rc = 2 ] && [ "$before" != "$after" ]; then
        failed=$((failed + 1))
        printf '%s: $ %s\nbad input, but something was written:\n' "$file" "$1"
        diff <(echo "$before") <(echo "$after")
    elif same "$2" "$scratch/have"; then
        passed=$((passed + 1))
    elif [ "$update" ]; then
        passed=$((passed + 1))
        cp "$scratch/have" "$scratch/keep"
    else
        failed=$((failed + 1))
        printf '%s: $ %s\n' "$file" "$1"
        diff -u --label expected --label actual "$2" "$scratch/have"
    fi
}

run_file() {
    local file=$1 line command= block=$scratch/block n=0
    local work=$scratch/work
    rm -rf "$work" && mkdir "$work" && cd "$work" || exit 1
    : >"$scratch/new"
    local -a lines
    mapfile -t lines <"$top/$file"
    while [ $n -lt ${#lines[@]} ]; do
        line=${lines[n]}
        n=$((n + 1))
        echo "$line" >>"$scratch/new"
        [[ $line == '$ '* ]] || continue
        command=${line#'$ '}
        while [ $n -lt ${#lines[@]} ] && [[ ${lines[n]} == '> '* ]]; do
            echo "${lines[n]}" >>"$scratch/new"
            command+=$'\n'${lines[n]#'> '}
            n=$((n + 1))
        done
        : >"$block"
        local from=$n
        while [ $n -lt ${#lines[@]} ] && [[ ${lines[n]} != '$ '* && ${lines[n]} != '#'* ]]; do n=$((n + 1)); done
        while [ $n -gt $from ] && [ -z "${lines[n - 1]}" ]; do n=$((n - 1)); done # blank lines before a comment
        for line in "${lines[@]:from:n-from}"; do echo "$line"; done >>"$block"
        run_case "$command" "$block"
        cat "$scratch/keep" >>"$scratch/new"
    done
    cd "$top" || exit 1
    [ "$update" ] && cp "$scratch/new" "$file"
}

for file in "$@"; do run_file "$file"; done
line="$passed passed, $failed failed"
[ $skipped -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ]
