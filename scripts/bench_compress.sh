#!/usr/bin/env bash
# shellcheck disable=SC2016 # Markdown backquotes
# rote's online archives beside the compressors that are installed: bytes with everything counted, seconds, memory.
#   scripts/bench_compress.sh [--presets "fast ngrams default best"] [--out DIR] [--page FILE.md] [--table] [FILE ...]
# Without files: the first 1,000,000 bytes of the Bible (Debian's bible-kjv), this project's C sources, bash, and a CSV made of the
# package list. Every archive is decoded again and compared. What is finished is not run again; --table measures nothing
# and writes the page of what is there.
#
# Cost, for a file of 1 MB: the other compressors take some 15 s together; fast some 5 s and ngrams (default without its
# transformer) some 10 s of one core, default some 8 and best some 40 processor-minutes, and each as long again to decode.
set -eu
cd "$(dirname "$0")/.."
rote=$(realpath -m "${ROTE:-./rote}")
out=runs/compression page=docs/results/compression.md presets='fast ngrams default best' table=
while [ $# -gt 0 ]; do
    case $1 in
    --presets) presets=${2:?--presets needs names} && shift ;;
    --out) out=${2:?--out needs a folder} && shift ;;
    --table) table=yes ;;
    --page) page=${2:?--page needs a file} && shift ;;
    -*)
        echo 'usage: scripts/bench_compress.sh [--presets "fast ngrams default best"] [--out DIR] [--page FILE.md] [--table] [FILE ...]' >&2
        exit 2
        ;;
    *) break ;;
    esac
    shift
done
[ -x "$rote" ] || make
mkdir -p "$out" "$(dirname "$page")"
out=$(realpath "$out")

have() { command -v "$1" >/dev/null; }
have /usr/bin/time || { echo "bench_compress: GNU time is missing: apt-get install time" >&2 && exit 1; }

if [ $# -eq 0 ]; then
    [ -s "$out/bible.txt" ] || ! have bible || bible -f gen1:1-rev22:21 2>/dev/null | head -c 1000000 >"$out/bible.txt" || true
    [ -s "$out/sources.c" ] || cat base/*.[ch] model/*.[ch] model/kernels/*.[ch] | head -c 500000 >"$out/sources.c"
    [ -s "$out/bash.bin" ] || head -c 1000000 /bin/bash >"$out/bash.bin"
    [ -s "$out/packages.csv" ] || ! have dpkg-query ||
        dpkg-query -W -f '${Package},${Version},${Architecture},${Section},${Installed-Size},${Maintainer}\n' >"$out/packages.csv"
    set -- "$out"/bible.txt "$out"/sources.c "$out"/bash.bin "$out"/packages.csv
fi

# Command for one tool and direction; {i} and {o} stand for the files.
command_of() { # tool direction
    case $1-$2 in
    zlib-pack) echo 'gzip -9 -n -c {i} > {o}' ;;
    zlib-unpack) echo 'gzip -dc {i} > {o}' ;;
    xz-pack) echo 'xz -9e -k -c {i} > {o}' ;;
    xz-unpack) echo 'xz -dc {i} > {o}' ;;
    zstd-pack) echo 'zstd -q -19 --ultra -22 -c {i} > {o}' ;;
    zstd-unpack) echo 'zstd -q -dc {i} > {o}' ;;
    brotli-pack) echo 'brotli -q 11 -w 24 -c {i} > {o}' ;;
    brotli-unpack) echo 'brotli -d -c {i} > {o}' ;;
    zpaq-pack) echo 'rm -f {o}.zpaq; zpaq a {o}.zpaq {i} -m5 >/dev/null 2>&1; mv {o}.zpaq {o}' ;;
    zpaq-unpack) echo 'mv {i} {i}.zpaq; rm -f {o}; zpaq x {i}.zpaq {s} -to {o} >/dev/null 2>&1; mv {i}.zpaq {i}' ;;
    rote-ngrams-pack) echo "$rote compress --online {i} -o {o} --without model --no-verify --force --quiet >/dev/null" ;;
    rote-*-pack) echo "$rote compress --online {i} -o {o} --preset ${1#rote-} --no-verify --force --quiet >/dev/null" ;;
    rote-*-unpack) echo "$rote decompress {i} -o {o} --force --quiet" ;;
    esac
}

timed() { # command, input, output, source -> "processor-seconds mebibytes"
    local line=${1//\{i\}/$2}
    line=${line//\{o\}/$3}
    line=${line//\{s\}/$4}
    /usr/bin/time -f '%U %S %M' -o "$out/time" bash -c "$line"
    awk '{ printf "%.1f %.0f\n", $1 + $2, $3 / 1024 }' "$out/time"
}

measure() { # tool file -> a line in $out/NAME.TOOL: bytes, seconds and memory of packing and of unpacking
    local result packed=$out/packed.tmp back=$out/back.tmp pack unpack
    result=$out/$(basename "$2").$1
    [ -s "$result" ] && return 0
    rm -f "$packed" "$back"
    pack=$(timed "$(command_of "$1" pack)" "$2" "$packed" "$2")
    unpack=$(timed "$(command_of "$1" unpack)" "$packed" "$back" "$2")
    cmp "$2" "$back"
    echo "$(stat -c %s "$packed") $pack $unpack" >"$result.new"
    mv "$result.new" "$result"
    rm -f "$packed" "$back"
}

tools=
have gzip && tools="$tools zlib"
for tool in xz zstd brotli zpaq; do have $tool && tools="$tools $tool"; done
for preset in $presets; do tools="$tools rote-$preset"; done
for file in "$@"; do
    [ -s "$file" ] || continue
    for tool in $tools; do [ -n "$table" ] || measure "$tool" "$file"; done
done

{
    echo '# Online archives beside other compressors'
    echo
    echo 'Made by `scripts/bench_compress.sh`. An archive of rote'"'"'s holds no weights: the decoder learns what the encoder learned. Bytes count'
    echo 'everything; bits a byte are 8 · archive / content; seconds are those of all processors together, user and system, so that other programs on'
    echo 'the machine change them little; memory is the peak. Every archive was decoded and compared.'
    for file in "$@"; do
        [ -s "$file" ] || continue
        echo
        echo "## $(basename "$file"), $(stat -c %s "$file") bytes"
        echo
        echo '| compressor | bytes | bits a byte | seconds | MiB | seconds to decode | MiB |'
        echo '|---|---|---|---|---|---|---|'
        for tool in $tools; do
            [ -s "$out/$(basename "$file").$tool" ] || continue
            case $tool in
            zlib) label='gzip -9 (deflate, zlib'"'"'s method)' ;;
            xz) label='xz -9e' ;;
            zstd) label='zstd -22 --ultra' ;;
            brotli) label='brotli -q 11' ;;
            zpaq) label='zpaq -m5' ;;
            rote-ngrams) label='**rote --without model**' ;;
            rote-*) label="**rote --preset ${tool#rote-}**" ;;
            esac
            read -r bytes s1 m1 s2 m2 <"$out/$(basename "$file").$tool"
            echo "| $label | $bytes | $(echo "$bytes $(stat -c %s "$file")" | awk '{ printf "%.4f", 8 * $1 / $2 }') | $s1 | $m1 | $s2 | $m2 |"
        done
    done
} >"$page"
