#!/usr/bin/env bash
# No circle of files: no object calls, over whatever way round, an object that calls it. What a file needs can then be read
# before it, and any file can be taken out with what lies below it. Asks the objects themselves (nm), not the includes.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build/gcc-O3}
objects=$(find base data model store tools eval train cli -name '*.c' 2>/dev/null |
    sed -E "s|^model/kernels/|portable/|; s|(.*)\.c$|$build/\1.o|")
missing=$(for object in $objects; do [ -e "$object" ] || echo "$object"; done)
if [ -n "$missing" ]; then
    echo "circles: not built yet: $(head -n 1 <<<"$missing"); run make"
    echo "0 passed, 1 failed"
    exit 1
fi

# "caller called" for each symbol that one object needs and another defines; then tsort names what goes round.
edges() {
    # shellcheck disable=SC2086
    nm -A $objects | sed -E "s|^$build/||; s|\.o:|.c |" | awk '
        $(NF - 1) ~ /^[TDBRVWC]$/ {home[$NF] = $1}
        $(NF - 1) == "U" {need[++n] = $1; symbol[n] = $NF}
        END {for (i = 1; i <= n; i++) if (symbol[i] in home && home[symbol[i]] != need[i]) print need[i], home[symbol[i]]}' |
        sort -u
}
graph=$(edges)
circles=$(tsort <<<"$graph" 2>&1 >/dev/null | sed -E 's/^tsort: //; s/^-: input contains a loop:/circle:/')
if [ -n "$circles" ]; then
    printf 'circles: these files call each other; move what both need into a file of its own\n%s\n' "$circles"
    echo "0 passed, 1 failed"
    exit 1
fi
echo "$(wc -l <<<"$objects") files, $(wc -l <<<"$graph") arrows, no circle"
echo "1 passed, 0 failed"
