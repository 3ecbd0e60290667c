#!/usr/bin/env bash
# Damage at the command line. First all files of a run, a sweep and fact sets, asked by all commands (tests/inject/sealed.sh;
# tests/long_damage.sh at many more places). Then archives and checkpoints: a byte in three other values, or the end cut off.
# Each is refused with exit 1 or 2 and a message, leaves no output and changes no other file, within 64 MiB and a second.
# Places are spread over the file; with ROTE_LONG=1 they are many. Every place is tried in one process:
# tests/test_two_part_damage.c, tests/test_checkpoint.c; hostile values behind right checksums: tests/test_hostile.c.
set -u
cd "$(dirname "$0")/.." || exit 1
sealed=$(ROTE_LONG='' PLACES=1 tests/inject/sealed.sh) || true
rote=$(readlink -f "${ROTE:-${BUILD:-build/gcc-O3}/rote}") golden=$(readlink -f tests/golden)
folder=$(mktemp -d /tmp/rote-damage-XXXXXX) && cd "$folder" || exit 1
trap 'rm -rf "$folder"' EXIT
echo "${sealed%$'\n'*}"
read -r passed _ failed _ <<<"${sealed##*$'\n'}"
passed=${passed:-0} failed=${failed:-1} most_kib=0 most_s=0
measure=() && [ -x /usr/bin/time ] && measure=(/usr/bin/time -q -o figures -f '%M %e')

refused() { # what, command...: within bounds
    local what=$1 code kib=0 s=0
    shift
    "${measure[@]}" "$@" >out 2>message
    code=$?
    [ -n "${measure[*]}" ] && read -r kib s <figures
    if [[ $code =~ ^[12]$ ]] && [ ! -s out ] && [ ! -e x ] && grep -q '^rote: ' message && [ "$kib" -le 65536 ] && [ "${s%.*}" -lt 1 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "damage: $what: exit $code, $kib KiB, $s s, $(head -c 200 message)"
        rm -f x
    fi
    [ "$kib" -gt "$most_kib" ] && most_kib=$kib
    # shellcheck disable=SC2071  # of one form: 0.12
    [[ $s > $most_s ]] && most_s=$s
}

damage() { # file, places, command...: the file, changed and cut at so many places
    local file=$1 places=$2 size at value byte
    shift 2
    size=$(stat -c %s "$file")
    cp "$file" whole
    for ((i = 0; i < places; i++)); do
        at=$((i * (size - 1) / (places > 1 ? places - 1 : 1)))
        byte=$(od -An -tu1 -j $at -N 1 whole)
        for value in 1 128 255; do
            cp whole "$file"
            # shellcheck disable=SC2059  # the byte is written in the format
            printf "\\$(printf %03o $((byte ^ value)))" | dd of="$file" bs=1 seek=$at conv=notrunc status=none
            refused "$file, byte $at ^ $value" "$@"
        done
        head -c $at whole >"$file"
        refused "$file, $at bytes of $size" "$@"
    done
    cp whole "$file"
}

"$rote" train facts.n=4 facts.seq_len=3 facts.vocab_size=5 model.n_layer=1 model.n_head=1 model.n_embd=2 model.mlp=none \
    train.max_steps=6 train.checkpoint_interval=3 train.optimizer=sgd --out run --quiet >/dev/null
rm run/checkpoint-000000003.safetensors
"$rote" eval run >/dev/null && "$rote" decompress "$golden"/set-int2.rote -o whole.txt --quiet || exit 1
before=$(cd run && sha256sum -- *)

cp "$golden"/set-int2.rote a.rote
damage a.rote $((${ROTE_LONG:+1} + 0 ? 150 : 16)) "$rote" decompress a.rote -o x
damage run/checkpoint-000000006.safetensors $((${ROTE_LONG:+1} + 0 ? 150 : 16)) "$rote" eval run
if [ "$before" = "$(cd run && sha256sum -- *)" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "damage: files of the run changed"
fi
echo "at most $((most_kib / 1024)) MiB and $most_s s"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
