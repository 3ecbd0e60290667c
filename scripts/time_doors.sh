#!/usr/bin/env bash
# README's table of installs: the seconds that a new user needs by each door, from a bare Debian 12 to the demo's table,
# and how much is downloaded before. Each door is gone through twice: first with the network, which fills apt's cache,
# then in another bare Debian with that cache and without the network; this is timed, so that no download is in the
# seconds. The page is timed in a headless Chromium.
# Needs root, debootstrap and the network; some 15 minutes.
#   time_doors.sh [FOLDER]     keeps the packages and the untouched Debian in FOLDER, and uses those that are there
# ROUNDS (default 3; the build from source: once); PRIORITY=40: what is timed has this real-time priority, so that other
# work on the machine does not disturb it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/bare_debian.sh
if missing=$(bare_missing node chromium dh); then
    echo "time_doors.sh: $missing" >&2
    exit 1
fi
work=$(mktemp -d)
kept=${1:-$work/kept} root=$work/root rounds=${ROUNDS:-3}
dist=$kept/dist
mkdir -p "$dist"
trap 'bare_remove "$root"; rm -rf --one-file-system "$work"' EXIT

make -s all
cpu=$(./rote doctor | sed -n 's/^cpu  *//p')
ls "$dist"/rote-*.whl >&2 || scripts/make_wheel.sh "$dist" >&2
ls "$dist"/rote_*.deb >&2 || scripts/make_deb.sh "$dist" >&2
rm -rf "$dist/rote.git" && git clone -q --bare . "$dist/rote.git"
make -s wasm >&2

mib() { du -cb "$@" | tail -n 1 | awk '{printf "%.1f", $1 / 1048576}'; }
fresh() { # a Debian with what a user was given
    bare_remove "$root" && bare_debian bookworm "$kept" "$root" && cp -r "$dist" "$root/given"
}
undisturbed() { ([ -z "${PRIORITY:-}" ] || chrt -f -p "$PRIORITY" $BASHPID; "$@") }
seconds() { # command -> how long it takes without the network
    local from=$EPOCHREALTIME
    undisturbed offline "$root" "$1" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; return 1; }
    awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f\n", b - a}'
}
median() { sort -g | awk '{v[NR] = $1} END {printf "%.0f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

# name, rounds, what is shown, what it brings beside packages (a file), the commands that install, those that lead to the
# table: the two take turns so that each has its own median.
door() {
    local name=$1 times=$2 shown=$3 file=$4 install=$5 use=$6 i
    fresh
    in_bare "$root" "apt-get update -qq && $install" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; return 1; }
    rm -rf "$work/cache" && mkdir "$work/cache"
    cp -r "$root/var/cache/apt/archives" "$root/var/lib/apt/lists" "$work/cache/"
    : >"$work/installs" && : >"$work/uses"
    for ((i = 0; i < times; i++)); do
        fresh
        cp "$work"/cache/archives/*.deb "$root/var/cache/apt/archives/"
        cp -r "$work"/cache/lists "$root/var/lib/apt/"
        seconds "$install" >>"$work/installs"
        seconds "$use" >>"$work/uses"
        cp "$work/log" "$work/table"
    done
    grep -q '^32      15328   200    19200.0    17662.9 ' "$work/table" # the demo's last row
    printf '| %s | %s | %s | %s | %s |\n' "$name" "$shown" \
        "$(mib "$dist/"$file "$work"/cache/archives/*.deb)" "$(median <"$work/installs")" "$(median <"$work/uses")"
}

echo "$cpu, $(nproc) cores"
echo
echo '| door | commands | MiB to download | seconds to install | seconds to the first figure |'
echo '|---|---|---|---|---|'
get='apt-get install -y --no-install-recommends'
door 'git' 1 '`git clone … rote`, `cd rote`, `make demo`' rote.git \
    "$get git ca-certificates make && git clone /given/rote.git rote && cd rote && make setup" 'cd rote && make demo'
door 'pip' "$rounds" '`pip install rote-*.whl`, `rote demo`' 'rote-*.whl' \
    "$get python3-venv && python3 -m venv v && v/bin/pip install --no-index /given/rote-*.whl" 'v/bin/rote demo'
door 'apt' "$rounds" '`apt install ./rote_*.deb`, `rote demo`' 'rote_*.deb' "$get /given/rote_*.deb" 'rote demo'
for ((i = 0; i < rounds; i++)); do
    rm -rf "$work/profile"
    undisturbed node tests/wasm/first_figure.js build/emcc-O3 "$work"
done >"$work/page"
printf '| browser | open `rote.html`, press *Train* | %s | 0 | %s (all 100 facts recalled: %s) |\n' \
    "$(cut -d' ' -f1 "$work/page" | head -n 1)" "$(cut -d' ' -f2 "$work/page" | median)" "$(cut -d' ' -f3 "$work/page" | median)"
