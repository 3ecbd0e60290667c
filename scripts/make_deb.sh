#!/usr/bin/env bash
# A Debian package of what is committed, with manual page, completion and the Python reader: FOLDER/rote_VERSION_ARCH.deb.
# Needs debhelper and what `make` needs.
#   make_deb.sh [FOLDER]     default: dist
set -eu
cd "$(dirname "$0")/.."
mkdir -p "${1:-dist}"
out=$(realpath "${1:-dist}")
command -v dh >/dev/null || { echo "make_deb.sh: debhelper is missing: apt-get install debhelper" >&2; exit 1; }
version=$(sed -n 's/#define ROTE_VERSION "\(.*\)"/\1/p' cli/common/version.h)
stage=$(mktemp -d) && trap 'rm -rf "$stage"' EXIT
tree=$stage/rote-$version
mkdir "$tree"
git archive HEAD | tar -x -C "$tree"
mv "$tree/scripts/debian" "$tree/debian"
git describe --always --exclude='*' --abbrev=12 >"$tree/debian/commit"
printf 'rote (%s) unstable; urgency=low\n\n  * See CHANGELOG.md.\n\n -- the authors of rote <rote@localhost>  %s\n' "$version" \
    "$(git log -1 --format=%cD)" >"$tree/debian/changelog"
(cd "$tree" && dpkg-buildpackage -b -us -uc -j"${JOBS:-$(nproc)}") >"$stage/log" 2>&1 || {
    tail -n 30 "$stage/log" >&2
    exit 1
}
cp "$stage"/rote_*.deb "$out/"
for package in "$stage"/rote_*.deb; do echo "$out/$(basename "$package")"; done
