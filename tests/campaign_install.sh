#!/usr/bin/env bash
# The wheel, the Debian package and `make install`, each in a bare Debian 12 of its own without compilers, and the wheel
# in a Debian 13, with the network off after the install: the demo's figures, the hashes of tests/one_hash.golden, a
# training by the Python reader, and what is said where another program has the name. Then the wheel for aarch64 in an
# emulator. Needs root, debootstrap, debhelper, qemu and the network; some ten minutes. By hand, before a release.
#   campaign_install.sh [FOLDER]     keeps the packages and two untouched Debians in FOLDER, and uses those that are
#                                    there (default: keeps nothing)
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/bare_debian.sh
if missing=$(bare_missing dh pip3 qemu-aarch64-static); then
    echo "install: $missing: skipped"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
work=$(mktemp -d) || exit 1
kept=${1:-$work/kept} root=$work/root
dist=$kept/dist arm=$kept/arm
mkdir -p "$dist" "$arm"
trap 'bare_remove "$root"; rm -rf --one-file-system "$work"' EXIT
passed=0 failed=0
say() { printf '%5d s  %s\n' $SECONDS "$1"; }
expect() { # name, wanted, found
    if [ "$2" = "$3" ]; then passed=$((passed + 1)) && say "$1"; else
        failed=$((failed + 1))
        printf 'install: %s: found\n%s\nnot\n%s\n' "$1" "$3" "$2"
        tail -n 5 "$work/log"
    fi
}
bare() { # suite, packages..: a new Debian at $root
    bare_remove "$root" && bare_debian "$1" "$kept" "$root" 2>>"$work/log" &&
        in_bare "$root" "apt-get update -qq && apt-get install -y -qq --no-install-recommends ${*:2}" >>"$work/log" 2>&1 &&
        mkdir "$root/pkg" && cp -r "$dist"/rote[-_]* build/wheel/tests/one_hash "$root/pkg/" || {
        tail -n 20 "$work/log"
        echo "0 passed, 1 failed"
        exit 1
    }
}
run() { offline "$root" "$1" 2>>"$work/log"; }

have() { ls $1 >/dev/null 2>&1; }
have "$dist/rote-*.whl" || scripts/make_wheel.sh "$dist" >/dev/null || exit 1
have "$dist/rote_*.deb" || scripts/make_deb.sh "$dist" >/dev/null || exit 1
have "$arm/rote-*.whl" || CC=aarch64-linux-gnu-gcc scripts/make_wheel.sh "$arm" >/dev/null || exit 1
make -s BUILD=build/gcc-O3 all && make -s BUILD=build/gcc-O3 install DESTDIR="$work/installed" >/dev/null || exit 1
say "built: $(cd "$kept" && stat -c '%n %s bytes' dist/rote[-_]* arm/*.whl | tr '\n' ' ')"

figures=$(sed -n '/^n_embd  params/,/^32 /p' README.md)
use() { # door: what a user does first
    expect "$1: no compiler" "" "$(run 'command -v gcc cc make')"
    expect "$1: no network" "" "$(run 'cat /proc/net/route | tail -n +2')"
    expect "$1: rote on PATH" "$(build/wheel/rote --version)" "$(run 'rote --version')"
    expect "$1: of the code that is here" "" "$(git diff --stat "$(run 'rote --version --json' |
        sed -n 's/ *"commit": "\([0-9a-f]*\).*/\1/p')" -- base cli data eval model python store tools train 2>&1)"
    expect "$1: the demo's figures" "$figures" "$(run 'rote demo --out /tmp/demo' | head -n 5)"
    expect "$1: one_hash" "$(cat tests/one_hash.golden)" "$(run '/pkg/one_hash 2')"
}
train='import rote
run = rote.train({"facts.n": 20, "model.n_embd": 8, "train.max_steps": 5}, "/tmp/run", progress=False)
print(run.result["verdict"], run.result["param_hash"])'
keys='facts.n=20 model.n_embd=8 train.max_steps=5'
build/wheel/rote train $keys --out "$work/run" --quiet >/dev/null
hash=$(sed -n 's/.*"param_hash": "\(.*\)".*/\1/p' "$work/run/result.json")
reader() { expect "$1: the reader" "annealed $hash" "$(run "python3 -c '$train'")"; }
manual() { # door, folder of man, of zsh
    expect "$1: manual page and completion" 3 "$(run "cd $2/share; ls man/man1/rote.1* bash-completion/completions/rote \
        zsh/$3/_rote" | wc -l)"
}

install='pip install -q --no-index --break-system-packages --root-user-action=ignore /pkg/rote-*.whl'
for suite in bookworm trixie; do
    bare $suite python3 python3-pip
    run "$install" >&2
    use "wheel, $suite"
    reader "wheel, $suite"
done
# Another program of the name, which a shell finds before the wheel's.
run 'printf "#!/bin/sh\necho 5\n" >/usr/local/sbin/rote; chmod +x /usr/local/sbin/rote' || exit 1
expect "beside another rote: the reader says so" 1 \
    "$(run 'python3 -c "import rote; rote.program()" 2>&1' | grep -c '/usr/local/sbin/rote is another program')"
expect "beside another rote: python3 -m rote" "$(build/wheel/rote --version)" "$(run 'python3 -m rote --version')"
run 'pip uninstall -q -y --break-system-packages --root-user-action=ignore rote' >&2
expect "pip uninstall leaves nothing" "" "$(run 'ls -d /usr/local/lib/python3*/dist-packages/rote* /usr/local/bin/rote')"

bare bookworm python3
in_bare "$root" 'apt-get install -y -qq --no-install-recommends /pkg/rote_*.deb' >>"$work/log" 2>&1
use "deb, bookworm"
reader "deb, bookworm"
manual "deb, bookworm" /usr vendor-completions

# What `make install` wrote here, with the libraries that it needs.
bare bookworm libyaml-0-2 libjansson4 libxxhash0 libpcre2-8-0 libsqlite3-0 zlib1g libgomp1
cp -a "$work/installed/." "$root/"
use "make install, bookworm"
manual "make install, bookworm" /usr/local site-functions

# The wheel for aarch64, in an emulator with Debian's C library: no chroot, which would need a kernel that starts it.
pip3 download -q --no-deps --no-index \
    --find-links "$arm" --platform manylinux_2_34_aarch64 --only-binary=:all: -d "$work/got" rote &&
    (cd "$work/got" && python3 -m zipfile -e rote-*.whl .) || failed=$((failed + 1))
program=$(echo "$work"/got/rote-*.data/scripts/rote)
chmod +x "$program"
emulated() { qemu-aarch64-static -L /usr/aarch64-linux-gnu "$@" 2>>"$work/log"; }
expect "aarch64: version" "$(build/wheel/rote --version)" "$(emulated "$program" --version)"
expect "aarch64: kernels and self-test" "neon (chosen) portable passed" \
    "$(emulated "$program" doctor | sed -n 's/^\(kernels\|self-test\) *//p' | tr '\n' ' ' | sed 's/ $//')"
expect "aarch64: one_hash" "$(cat tests/one_hash.golden)" "$(emulated build/wheel-aarch64/tests/one_hash 2)"
emulated "$program" train $keys --out "$work/arm-run" --quiet >/dev/null
expect "aarch64: a run" "$hash" "$(sed -n 's/.*"param_hash": "\(.*\)".*/\1/p' "$work/arm-run/result.json")"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
