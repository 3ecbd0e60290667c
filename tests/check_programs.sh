#!/usr/bin/env bash
# Programs around `rote tools try`: what becomes of them when rote is ended or killed, and programs that others have
# written, where they are here: bc, sqlite3, and a server made with PyPI's mcp (PYTHON=... names a Python that has it).
set -u
cd "$(dirname "$0")/.." || exit 1
rote=$(realpath "${ROTE:-${BUILD:-build/gcc-O3}/rote}") python=${PYTHON:-python3}
soak=$(realpath -m "${BUILD:-build/gcc-O3}/tests/test_program_soak")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0 skipped=0

check() { # name, what it is, what it should be
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'programs: %s: %s, expected %s\n' "$1" "$2" "$3"
    fi
}

# A program that says its number and that of its child once it is asked, and answers nothing.
cat >silent.sh <<'END'
read -r line
sleep 300 & echo "$$ $!" >numbers.new; mv numbers.new numbers
while read -r line; do :; done
END
ends() { # signal -> exit status of rote, then how many of the two processes are left
    rm -f numbers
    "$rote" tools try --ask 1 --timeout 60 -- sh silent.sh >out 2>&1 &
    local rote_pid=$! status left=0
    for _ in $(seq 200); do [ -e numbers ] && break; sleep 0.05; done
    kill -"$1" $rote_pid
    [ "$1" = TERM ] && sleep 0.1 && kill -TERM $rote_pid # the second one does not wait for the call
    wait $rote_pid 2>/dev/null
    status=$?
    for _ in $(seq 100); do
        left=0
        for pid in $(head -n 1 numbers | cut -d ' ' -f 1); do
            grep -qsv '^State:.[ZX]' <(grep -s ^State: "/proc/$pid/status") && left=$((left + 1))
        done
        [ $left = 0 ] && break
        sleep 0.05
    done
    kill $(cat numbers) 2>/dev/null
    echo "$status, $left left"
}
check "rote killed" "$(ends KILL)" "137, 0 left"
check "rote asked twice to end" "$(ends TERM)" "143, 0 left"

answer() { # options of tools try -> the first call's answer, or the error
    "$rote" tools try --repeat 1 "$@" 2>&1 | sed -n 's/.*  ->  //p; s/^rote: //p'
}
if command -v bc >/dev/null; then
    check "bc" "$(answer --ask '{a}{op}{b}' --with a=2 --with op=^ --with b=300 -- env BC_LINE_LENGTH=0 bc -q | wc -c)" 92
    check "bc that breaks its lines" "$(answer --ask '2^300' -- bc -q | head -n 1)" \
        "none (malformed): more than one line; which one answers is unknown"
else skipped=$((skipped + 1)); fi
if command -v sqlite3 >/dev/null; then
    sqlite3 cities.db "create table t(k, v); insert into t values ('Bern', 'CH')"
    check "sqlite3" "$(answer --ask "select coalesce((select v from t where k = '{k}'), '');" --with k=Bern --with k=Rom \
        -- sqlite3 -readonly cities.db | tr '\n' ' ')" "CH none (missing): an empty line "
else skipped=$((skipped + 1)); fi
if "$python" -c 'import mcp' 2>/dev/null; then
    cat >server.py <<'END'
try:
    from mcp.server import MCPServer
except ImportError:
    from mcp.server.fastmcp import FastMCP as MCPServer
server = MCPServer("test")
@server.tool()
def add(a: int, b: int) -> int:
    return a + b
@server.tool()
def shout(text: str) -> str:
    return text.upper() + str(1 // (text != "x"))
server.run("stdio")
END
    check "add, of PyPI's mcp" "$(answer --protocol mcp --tool add --with a=12345678901 --with b=-1 -- "$python" server.py)" 12345678900
    check "shout, of PyPI's mcp" "$(answer --protocol mcp --tool shout --with text='zwei é' --with text=x -- "$python" server.py |
        sed 's/): .*/)/' | tr '\n' ' ')" "ZWEI É1 none (failed) "
else skipped=$((skipped + 1)); fi

# The long form: 1,800 calls.
if [ -n "${ROTE_LONG:-}" ] && [ -x "$soak" ]; then
    CALLS=150 SEED=$RANDOM "$soak" >soak 2>&1 || tail -n 5 soak
    check "programs that draw what they do" "$(grep -c '^\[  FAILED' soak)" 0
fi

line="$passed passed, $failed failed"
[ $skipped -gt 0 ] && line+=", $skipped skipped"
echo "$line"
[ $failed = 0 ]
