#!/usr/bin/env bash
# shellcheck disable=SC2016 # Markdown backquotes
# rote's archives compared with the installed compressors: bytes with everything counted, seconds, memory.
#   scripts/bench_compress.sh [--presets "fast ngrams default best"] [--out DIR] [--page FILE.md] [--table] [FILE ...]
# Without files: the first 1,000,000 bytes of the Bible (Debian's bible-kjv), this project's C sources, bash, a CSV made of the
# package list, and 4,000 facts in CSV, for which models are trained and archived with them (two-part archives). Every
# archive is decoded again and compared. Finished measurements are not repeated; --table measures nothing and writes the
# page from the measurements that exist.
#
# Cost, for a file of 1 MB: the other compressors take some 15 s together; fast some 5 s and ngrams (default without its
# transformer) some 10 s of one core, default 3 to 8 and best 16 to 40 processor-minutes, and each as long again to decode.
# The models of the facts take some two processor-minutes.
set -eu
cd "$(dirname "$0")/.."
rote=$(realpath -m "${ROTE:-./rote}")
out=runs/compression page=docs/results/compression.md presets='fast ngrams default best' table='' facts=''
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
    facts=yes
fi

# People with a birth year, a town and a trade: names are uniform, towns are not, and the trade depends on the town.
people() {
    awk '
        function draw(n) { state = state * 16807 % 2147483647; return int(state / 2147483647 * n) }
        function name(syllables,  s, i) {
            for (i = 0; i < syllables; i++) s = s substr("bdfgklmnprstvz", draw(14) + 1, 1) substr("aeiou", draw(5) + 1, 1)
            return toupper(substr(s, 1, 1)) substr(s, 2)
        }
        BEGIN {
            state = 20
            for (i = 0; i < 60; i++) { first[i] = name(2); last[i] = name(3) "s"; town[i] = name(2) "burg" }
            for (i = 0; i < 40; i++) trade[i] = tolower(name(2)) "er"
            print "person,life"
            while (n < 4000) {
                person = first[draw(60)] " " first[draw(60)] " " last[draw(60)]
                u = draw(7746)
                t = int(u * u / 1000000)
                work = (t + draw(8) * draw(6)) % 40
                if (seen[person]++) continue
                print person "," 1920 + draw(80) " " town[t] " " trade[work]
                n++
            }
        }'
}

# An archive of facts decodes to the table, in its order or, as a set, sorted. The other compressors get the same bytes.
models='small small-int4 large large-int4 bytes-int4'
if [ -n "$facts" ] && [ ! -s "$out/people-set.tsv" ]; then
    rm -rf "$out/people.words" "$out/people.bytes"
    people >"$out/people.csv"
    for vocab in words bytes; do
        "$rote" facts import "$out/people.csv" --header --vocab $vocab --out "$out/people.$vocab" >/dev/null
    done
    cp "$out/people.words/records.tsv" "$out/people.tsv"
    { head -n 1 "$out/people.tsv" && tail -n +2 "$out/people.tsv" | LC_ALL=C sort; } >"$out/people-set.tsv"
fi

keys_of() { # model: small ones learn the distribution of the columns, large ones the facts
    local vocab=words
    case $1 in
    small*) echo model.n_head=1 model.n_embd=8 train.batch_size=500 train.max_steps=2000 train.learning_rate=0.02 ;;
    large*) echo model.n_head=2 model.n_embd=48 train.batch_size=500 train.max_steps=4000 train.learning_rate=0.01 ;;
    bytes*) vocab=bytes && echo model.n_head=2 model.n_embd=24 train.batch_size=100 train.max_steps=2000 train.learning_rate=0.01 ;;
    esac
    case $1 in *-int4) echo train.quantize=int4 ;; esac
    echo facts.kind=file "facts.path=$out/people.$vocab" model.n_layer=1 train.optimizer=soap train.schedule=wsd train.threads=1
}

# Command for one tool and direction; {i} and {o} stand for the files.
command_of() { # tool direction file
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
    two-*-pack)
        local run=${1#two-} set=
        [ "${3##*/}" != people-set.tsv ] || set=--set
        echo "$rote compress $out/model.${run%-*} -o {o} --bits ${run##*-} $set --json --no-verify --force --quiet >$out/split.tmp"
        ;;
    rote-*-unpack | two-*-unpack) echo "$rote decompress {i} -o {o} --force --quiet" ;;
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
    pack=$(timed "$(command_of "$1" pack "$2")" "$2" "$packed" "$2")
    unpack=$(timed "$(command_of "$1" unpack "$2")" "$packed" "$back" "$2")
    cmp "$2" "$back"
    [ "${1%%-*}" != two ] || mv "$out/split.tmp" "$result.json"
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
archives=
for model in $models; do
    case $model in *-int4) archives="$archives two-$model-4" ;; *) archives="$archives two-$model-8 two-$model-4" ;; esac
done
if [ -n "$facts" ] && [ -z "$table" ]; then
    for model in $models; do
        [ -s "$out/model.$model.seconds" ] && continue
        rm -rf "$out/model.$model"
        timed "$rote train $(keys_of "$model" | tr '\n' ' ') --out $out/model.$model --quiet >/dev/null" . . . | cut -d' ' -f1 >"$out/seconds.tmp"
        mv "$out/seconds.tmp" "$out/model.$model.seconds"
    done
    for file in "$out/people.tsv" "$out/people-set.tsv"; do
        for tool in $tools; do [ "$tool" = rote-best ] || measure "$tool" "$file"; done
        for tool in $archives; do measure "$tool" "$file"; done
    done
fi

label_of() { # tool
    local run=${1#two-}
    case $1 in
    zlib) echo 'gzip -9 (deflate, the method of the linked zlib)' ;;
    xz) echo 'xz -9e' ;;
    zstd) echo 'zstd -22 --ultra' ;;
    brotli) echo 'brotli -q 11' ;;
    zpaq) echo 'zpaq -m5' ;;
    rote-ngrams) echo '**rote --online --without model**' ;;
    rote-*) echo "**rote --online --preset ${1#rote-}**" ;;
    two-*-int4-4) echo "**rote, ${run%-int4-4} model trained in int4**" ;;
    two-*) echo "**rote, ${run%-*} model, --bits ${run##*-}**" ;;
    esac
}

rows() { # file, tools: the table of what was measured
    local file=$1 size tool bytes s1 m1 s2 m2
    size=$(stat -c %s "$file")
    shift
    echo
    echo '| compressor | bytes | bits a byte | seconds | MiB | seconds to decode | MiB |'
    echo '|---|---|---|---|---|---|---|'
    for tool in "$@"; do
        [ -s "$out/$(basename "$file").$tool" ] || continue
        read -r bytes s1 m1 s2 m2 <"$out/$(basename "$file").$tool"
        echo "| $(label_of "$tool") | $bytes | $(awk "BEGIN { printf \"%.4f\", 8 * $bytes / $size }") | $s1 | $m1 | $s2 | $m2 |"
    done
}

value() { # key, JSON file
    awk -F'[ ,:]+' -v key="\"$1\"" '{ for (i = 1; i < NF; i++) if ($i == key) { print $(i + 1); exit } }' "$2"
}

of_facts() {
    local model tool split ordered set
    echo
    echo '## people.csv: facts in CSV, two-part archives'
    echo
    echo '4,000 people with birth year, town and trade, drawn by the script. A two-part archive holds a model (a layer of width'
    echo '8, 48 or, over bytes instead of words, 24), the text of the symbols, and the facts coded by the model; all of it is'
    echo 'counted. It decodes to a table, in its order or, with `--set`, sorted; the other compressors got exactly that file.'
    echo '`--bits` are those of a weight after training. The seconds exclude the training of the model, which is given below.'
    for file in "$out/people.tsv" "$out/people-set.tsv"; do
        echo
        echo "### In $([ "${file##*/}" = people.tsv ] && echo 'their order' || echo 'sorted order (`--set`)'), $(stat -c %s "$file") bytes"
        # shellcheck disable=SC2086  # lists
        rows "$file" $tools $archives
    done
    echo
    echo '### Where the bytes are'
    echo
    echo '| model | parameters | recall as trained | seconds to train | weights | side information | stream | stream as a set |'
    echo '|---|---|---|---|---|---|---|---|'
    for tool in $archives; do
        ordered=$out/people.tsv.$tool.json set=$out/people-set.tsv.$tool.json model=${tool#two-} split=
        if [ ! -s "$ordered" ] || [ ! -s "$set" ]; then continue; fi
        model=${model%-*}
        for key in weights_bytes side_bytes stream_bytes; do split="$split $(value $key "$ordered") |"; done
        echo "| $(label_of "$tool" | sed 's/[*]//g; s/rote, //') | $(value params "$ordered") | $(awk "BEGIN { printf \"%.3f\", $(value recall "$out/model.$model/result.json") }") | $(cat "$out/model.$model.seconds") |$split $(value stream_bytes "$set") |"
    done
    echo
    echo '- *Large model.* With 8 bits a weight it has memorized every fact, and xz is far shorter: a parameter memorizes some two'
    echo '  bits of facts (2.4 where the [ladder](ladder-quick.md) is full) and takes four to eight bits to store, while in the'
    echo '  stream a fact costs its own bits and no more.'
    echo '- *Small model.* It learns the distribution of the columns and hardly a fact. It takes 36 to 40 % less than xz and, as a'
    echo '  set, 41 to 46 % less; trained in int4 it takes about as much as zpaq, and as a set less.'
    echo '- *Online archive.* It has no weights and is shorter still: its n-grams learn the columns within the first facts.'
    echo "- *Set.* A set of 4,000 facts saves log₂ 4000! bits more, $(awk 'BEGIN { for (i = 2; i <= 4000; i++) s += log(i); printf "%d", s / log(2) / 8 }') bytes; the other compressors save the common parts of"
    echo '  sorted lines.'
}

{
    echo '# Archives compared with other compressors'
    echo
    echo 'This page compares the size, time and memory of rote'"'"'s archives with those of the installed compressors. Made by'
    echo '`scripts/bench_compress.sh`. An online archive of rote holds no weights: the decoder learns the same as the encoder.'
    echo
    echo '- Bytes count everything; bits a byte are 8 · archive / content.'
    echo '- Seconds are those of all processors together, user and system, so other programs on the machine change them little.'
    echo '- Memory is the peak. Every archive was decoded and compared.'
    echo '- `gzip -9` measures deflate, the method of zlib, which is linked into rote. Its header and checksum have 12 bytes more'
    echo "  than zlib's own."
    echo '- On a file as short as packages.csv the larger model of `best` has not learned enough to gain over that of `default`.'
    for file in "$@"; do
        [ -s "$file" ] || continue
        echo
        echo "## $(basename "$file"), $(stat -c %s "$file") bytes"
        # shellcheck disable=SC2086  # a list
        rows "$file" $tools
    done
    [ -z "$facts" ] || of_facts
} >"$page.new"
mv "$page.new" "$page"
