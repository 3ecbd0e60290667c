# One run from planning to replay.

$ cat > small.yaml <<'Y'
> name: small
> facts: {n: 20, seq_len: 4, vocab_size: 8, seed: 1}
> model: {n_layer: 1, n_head: 2, n_embd: 8}
> train: {max_steps: 30, learning_rate: 0.01, eval_interval: 10, checkpoint_interval: 10, seed: 2}
> Y
$ rote train small.yaml --dry-run --json --threads 1 | grep -v _bytes
$ ls
$ rote train small.yaml --out run --quiet
$ ls run
$ rote train small.yaml --out run --quiet --resume
$ rote train small.yaml --out run --quiet
$ rote train small.yaml --out run --quiet --json --threads 2 | grep -vE 'seconds|tokens_per_s|peak_rss'
$ rote train small.yaml --out run --quiet --resume train.learning_rate=0.02
$ rote train small.yaml --out other --quiet --threads 3 > /dev/null; cmp run/result.json other/result.json
$ rote train small.yaml --out other/run --quiet --threads 1 train.max_steps=10 > /dev/null; ls other
$ rote verify run --quiet
$ rote eval run
$ rote eval run --json --per-fact facts.tsv | head -n 3; head -n 3 facts.tsv
$ rote sample run --n 2 --seed 7
$ rote sample run --greedy --prompt "1 2" --json
$ rote sample run --prompt "1 x"
$ rote sample run --prompt "1 9"
$ rote sample run --prompt "1 2 3 4"
$ rote report run && grep -c '<svg' run/report.html
$ rote export run --to npz w.npz && rote export run --to safetensors w.safetensors && rote export run --to hf hf && ls hf
$ rote export run --to npz w.npz
$ mkdir full && echo keep > full/file && rote train small.yaml --out full --quiet
$ cat full/file

# A folder nobody can write to, and a full disk.

$ rote train small.yaml --out /proc/rote/run --quiet
$ rote facts make small.yaml --out /proc/rote
$ rote facts show nowhere > /dev/full
$ rote help > /dev/full
$ mkdir tiny; mount -t tmpfs -o size=16k tmpfs tiny 2>/dev/null || exit 80
> rote train small.yaml --out tiny/run --quiet; code=$?; umount tiny; exit $code

# A checkpoint that someone changed, and one that is cut: the one before it is used, or it is said what is wrong.

$ rote eval run --json > before.json; newest=$(ls -t run/*.safetensors | head -n 1); truncate -s -100 "$newest"
> rote eval run --json > after.json; grep '"step"' after.json
