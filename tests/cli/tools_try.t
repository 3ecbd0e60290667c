# rote tools try: what a program answers and how fast; times vary, so they are replaced.
$ cat > echo.sh <<'END'
> while read -r q; do echo "<$q>"; done
> END
> cat > shown.sh <<'END'
> sed -E 's/[0-9]+\.[0-9]+ ms/T ms/g; s/started [0-9]+ /started N /'
> END
> rote tools try --ask '{a} {b}' --with a=1 --with b=2 --with b='x y' --with a= -- sh echo.sh | sh shown.sh
lines
a=1 b=2  ->  <1 2>
a= b=x y  ->  <x y>

22 calls: 22 answered
start T ms with the first answer; then median T ms, worst T ms a call
$ rote tools try --ask '{q}' --with q=1 --repeat 2 --json -- sh echo.sh | sed -E 's/(_s": ).*/\1T/'
{
  "protocol": "lines",
  "calls": [
    {
      "arguments": {
        "q": "1"
      },
      "reason": "answered",
      "answer": "<1>"
    }
  ],
  "reasons": {
    "answered": 3,
    "missing": 0,
    "refused": 0,
    "failed": 0,
    "timeout": 0,
    "gone": 0,
    "malformed": 0
  },
  "starts": 1,
  "strays": 0,
  "differing_calls": 0,
  "start_s": T
  "median_s": T
  "worst_s": T
}
$ command -v bc >/dev/null || exit 80
> rote tools try --ask '{a}{op}{b}' --with a=99999999999999999999 --with op='*' --with b=7 -- bc -q | sh shown.sh
lines
a=99999999999999999999 op=* b=7  ->  699999999999999999993

11 calls: 11 answered
start T ms with the first answer; then median T ms, worst T ms a call

# Answers that are none, each with its reason. A command none of whose calls is answered fails.
$ echo 'echo licence expired >&2; exit 3' > gone.sh; rote tools try --ask 1 --repeat 2 -- sh gone.sh | sh shown.sh
lines
line=1  ->  none (gone): it ended: exit status 3; its stderr ends: licence expired

3 calls: 3 gone
start T ms with the first answer; then median T ms, worst T ms a call
started N times
2> rote: tools try: sh answered no call
$ rote tools try --ask 1 --repeat 1 --timeout 0.1 -- sleep 60 | sh shown.sh
lines
line=1  ->  none (timeout): no answer in time

2 calls: 2 timeout
start T ms with the first answer; then median T ms, worst T ms a call
started N times
2> rote: tools try: sleep answered no call
$ echo 'while read -r q; do echo 1; echo 2; done' > twice.sh; rote tools try --ask 1 --repeat 1 -- sh twice.sh | sh shown.sh
lines
line=1  ->  none (malformed): more than one line; which one answers is unknown

2 calls: 2 malformed
start T ms with the first answer; then median T ms, worst T ms a call
started N times
2 lines that answered no call
2> rote: tools try: sh answered no call
$ echo 'while read -r q; do printf "\033[2J\n"; done' > escape.sh; rote tools try --ask 1 --repeat 1 -- sh escape.sh | sh shown.sh
lines
line=1  ->  \x1B[2J

2 calls: 2 answered
start T ms with the first answer; then median T ms, worst T ms a call
$ echo 'n=0; while read -r q; do n=$((n + 1)); echo $n; done' > counts.sh; rote tools try --ask 1 -- sh counts.sh | sh shown.sh
lines
line=1  ->  1

11 calls: 11 answered
start T ms with the first answer; then median T ms, worst T ms a call
1 call had different answers: a run keeps the first one

# The MCP server of docs/tools.md, without a library.
$ command -v python3 >/dev/null || exit 80
> sed -n '/^```python/,/^```/p' "$TESTS/../../docs/tools.md" | sed '1d;$d' > server.py
> rote tools try --protocol mcp --with a=12 --with b=18 --with a=7 --with b=x -- python3 server.py | sh shown.sh
mcp 2026-07-28, tool 'gcd'
a=12 b=18  ->  6
a=7 b=x  ->  none (refused): an argument is not of the type that the MCP tool wants

22 calls: 11 answered, 11 refused
start T ms with the first answer; then median T ms, worst T ms a call

# What is wrong is said, and what to do.
$ rote tools try
2> rote: tools try: an argument is missing; usage: rote tools try -- COMMAND [ARGUMENT...]
[2]
$ rote tools try -- sh echo.sh
2> rote: tools try: --ask is missing: the line to send, such as "{a}{op}{b}"
[2]
$ rote tools try --protocol mcp -- sh echo.sh
2> rote: tools try: nothing to ask; add --ask LINE, or --with NAME=VALUE
[2]
$ rote tools try --protocol http --ask 1 -- sh echo.sh
2> rote: tools try: --protocol: 'http', allowed: lines, mcp
[2]
$ rote tools try --ask '{a}' --with b=1 -- sh echo.sh
2> rote: tools try: tool sh: `ask`: {a} is none of the arguments (a brace is written {{)
[2]
$ rote tools try --ask '{a}{b}' --with a=1 --with b=2 --with a=3 -- sh echo.sh
2> rote: tools try: call 2 lacks b=
[2]
$ rote tools try --ask '{a}' --with a=1 --with a=3 --with b=3 -- sh echo.sh
2> rote: tools try: the first call has no argument 'b'
[2]
$ rote tools try --ask '{a}' --with a -- sh echo.sh
2> rote: tools try: --with 'a': not NAME=VALUE
[2]
$ rote tools try --protocol mcp --ask 1 -- sh echo.sh
2> rote: tools try: --ask is for the protocol lines; an MCP tool has --with NAME=VALUE
[2]
$ rote tools try --tool add --ask 1 -- sh echo.sh
2> rote: tools try: --tool is for --protocol mcp
[2]
$ rote tools try --ask 1 --timeout 0 -- sh echo.sh
2> rote: tools try: --timeout '0' is not a number from 0.001 to 3600
[2]
$ rote tools try --ask 1 bc -q
2> rote: tools try: unknown option '-q'; write -- before the command, or see rote help tools try
[2]
$ rote tools try --ask 1 -- no-such-program
2> rote: tools try: tool no-such-program: no-such-program: cannot be started: No such file or directory
[2]
$ rote tools try --protocol mcp --with a=1 -- sh gone.sh
2> rote: tools try: tool sh: no MCP server: server/discover: it ended (exit status 3; its stderr ends: licence expired)
[2]
