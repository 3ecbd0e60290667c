#!/usr/bin/env bash
# The wheel and the Debian package in a bare Debian 12 without compilers, made by debootstrap, with the network off after
# the install: the demo's figures, the hashes of tests/one_hash.golden, and a training by the Python reader. Needs root,
# debootstrap, debhelper and the network; some minutes. By hand, before a release.
#   campaign_install.sh [FOLDER]     a folder for the Debian, which is kept (default: a new one, removed at the end)
set -u
cd "$(dirname "$0")/.." || exit 1
skip() { echo "install: $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
[ "$(id -u)" = 0 ] || skip "needs root"
for program in debootstrap dh unshare; do command -v $program >/dev/null || skip "$program is missing"; done
work=$(mktemp -d) || exit 1
root=${1:-$work/root}
trap 'umount "$root/proc" 2>/dev/null; rm -rf --one-file-system "$work"' EXIT
passed=0 failed=0
expect() { # name, wanted, found
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'install: %s: found\n%s\nnot\n%s\n' "$1" "$3" "$2"
    fi
}
inside() { chroot "$root" sh -c "$1" 2>>"$work/log"; }
offline() { unshare -n chroot "$root" sh -c "$1" 2>>"$work/log"; }

scripts/make_wheel.sh "$work/dist" >/dev/null && scripts/make_deb.sh "$work/dist" >/dev/null || exit 1
[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase bookworm "$root" >"$work/log" 2>&1 ||
    skip "debootstrap failed"
mountpoint -q "$root/proc" || mount --bind /proc "$root/proc" || skip "no /proc"
mkdir -p "$root/pkg" && rm -f "$root"/pkg/* && cp "$work"/dist/* build/wheel/tests/one_hash "$root/pkg/"
get='DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends'
inside "apt-get update -qq && $get python3 python3-pip" >/dev/null
expect "no compiler" "" "$(inside 'command -v gcc cc make')"

figures=$(sed -n '/^n_embd  params/,/^32 /p' README.md)
use() { # name: what a user does first
    expect "$1: rote on PATH" "$(build/wheel/rote --version)" "$(offline 'rote --version')"
    expect "$1: the demo's figures" "$figures" "$(offline 'rm -rf /tmp/demo; rote demo --out /tmp/demo' | head -n 5)"
    expect "$1: the reader" "annealed" "$(offline 'rm -rf /tmp/run; cd /tmp && python3 -c "
import rote
run = rote.train({\"facts.n\": 20, \"model.n_embd\": 8, \"train.max_steps\": 5}, \"run\", progress=False)
print(run.result[\"verdict\"])"')"
}
offline 'pip install -q --no-index --break-system-packages /pkg/rote-*.whl' >/dev/null
use wheel
expect "one_hash" "$(cat tests/one_hash.golden)" "$(offline '/pkg/one_hash 2')"
inside "pip uninstall -q -y --break-system-packages rote; $get /pkg/rote_*.deb" >/dev/null
use deb
expect "deb: manual page and completion" "3" \
    "$(inside 'cd /usr/share; ls man/man1/rote.1.gz bash-completion/completions/rote zsh/vendor-completions/_rote' | wc -l)"
[ $failed = 0 ] || tail -n 20 "$work/log"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
