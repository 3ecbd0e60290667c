# Names with control characters, and names that are not UTF-8, in every command's output: never raw, and JSON stays JSON.
$ cat > every <<'S'
> M='facts.n=40 facts.heldout=3 facts.seq_len=3 facts.vocab_size=20 model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=2 --threads 1 --quiet'
> W=${M% --threads*}
> r() { rote "$@" >out 2>err || { echo "fails: $*"; cat err; } | cat -v; LC_ALL=C grep -q "[$(printf '\001-\010\013-\037')]" out err && { echo "raw: $*" | cat -v; }
>     case " $* " in *' --json '*) python3 -c 'import json; json.loads(open("out", "rb").read().decode())' 2>&1 | tail -n 1 ;; esac; }
> mkdir "$1"; echo 'a b' >"$1/t.txt"
> for again in 1 2; do r train $M --out "$1/r"; r sweep run $W train.seed=1,2 --jobs 1 --quiet --out "$1/s"; done
> for c in verify 'verify --json' eval 'eval --json' 'logits --checkpoints' 'logits --checkpoints --json' 'creativity --n 2' 'creativity --n 2 --json' sample report; do r $c "$1/r"; done
> for c in 'sweep status' 'sweep status --json' 'sweep retry' 'capacity' 'capacity --json' report; do r $c "$1/s"; done
> r export "$1/r" --to npz "$1/x.npz"; r compress "$1/r" -o "$1/a.rote"; r compress --online "$1/t.txt" -o "$1/o.rote" --preset fast --quiet; r decompress "$1/o.rote" -o "$1/o.txt"
> r archive show "$1/a.rote"; r archive show "$1/o.rote" --json; r facts import "$1/t.txt" --out "$1/i"; r facts show "$1/i" --json
> for c in '' --json; do r creativity --texts "$1/t.txt" --against "$1/t.txt" $c; done
> S
$ command -v python3 >/dev/null || exit 80; bash every "$(printf 'esc\033[31m')"
$ command -v python3 >/dev/null || exit 80; bash every "$(printf 'lat\351')"
# How such a name is shown.
$ rote archive show "$(printf 'esc\033[31m')/a.rote" | head -n 1 | sed 's/ [0-9].*//'; rote sweep status "$(printf 'lat\351')/s" --json | grep table; rote logits "$(printf 'lat\351')/r" --checkpoints --json | grep '"run"'
esc\x1B[31m/a.rote:
  "table": "lat\\xE9/s/table.csv",
      "run": "lat\\xE9/r"
