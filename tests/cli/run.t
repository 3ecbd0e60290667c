# One run from planning to replay.

$ cat > small.yaml <<'Y'
> name: small
> facts: {n: 20, seq_len: 4, vocab_size: 8, seed: 1}
> model: {n_layer: 1, n_head: 2, n_embd: 8}
> train: {max_steps: 30, learning_rate: 0.01, eval_interval: 10, checkpoint_interval: 10, seed: 2}
> Y
$ rote train small.yaml --dry-run --json --threads 1 | grep -v _bytes
[1]
$ ls
small.yaml
$ rote train small.yaml --out run --quiet
[139]
$ ls run
ls: cannot access 'run': No such file or directory
s/^/2> /
[2]
$ rote train small.yaml --out run --quiet --resume
[139]
$ rote train small.yaml --out run --quiet
[139]
$ rote train small.yaml --out run --quiet --json --threads 2 | grep -vE 'seconds|tokens_per_s|peak_rss'
[1]
$ rote train small.yaml --out run --quiet --resume train.learning_rate=0.02
[139]
$ rote train small.yaml --out other --quiet --threads 3 > /dev/null; cmp run/result.json other/result.json
bash: line 1: 19072 Segmentation fault      rote train small.yaml --out other --quiet --threads 3 > /dev/null
cmp: run/result.json: No such file or directory
s/^/2> /
[2]
$ rote train small.yaml --out other/run --quiet --threads 1 train.max_steps=10 > /dev/null; ls other
bash: line 1: 19085 Segmentation fault      rote train small.yaml --out other/run --quiet --threads 1 train.max_steps=10 > /dev/null
ls: cannot access 'other': No such file or directory
s/^/2> /
[2]
$ rote verify run --quiet
[139]
$ rote eval run
[139]
$ rote eval run --json --per-fact facts.tsv | head -n 3; head -n 3 facts.tsv
head: cannot open 'facts.tsv' for reading: No such file or directory
s/^/2> /
[1]
$ rote sample run --n 2 --seed 7
[139]
$ rote sample run --greedy --prompt "1 2" --json
[139]
$ rote sample run --prompt "1 x"
[139]
$ rote sample run --prompt "1 9"
[139]
$ rote sample run --prompt "1 2 3 4"
[139]
$ rote report run && grep -c '<svg' run/report.html
rote: run: No such file or directory
s/^/2> /
[2]
$ rote export run --to npz w.npz && rote export run --to safetensors w.safetensors && rote export run --to hf hf && ls hf
bash: line 1: 19209 Segmentation fault      rote export run --to npz w.npz
s/^/2> /
[139]
$ rote export run --to npz w.npz
[139]
$ mkdir full && echo keep > full/file && rote train small.yaml --out full --quiet
[139]
$ cat full/file
keep

# A folder nobody can write to, and a full disk.

$ rote train small.yaml --out /proc/rote/run --quiet
[139]
$ rote facts make small.yaml --out /proc/rote
rote: /proc/rote: cannot create the folder: No such file or directory
s/^/2> /
[1]
$ rote facts show nowhere > /dev/full
rote: nowhere: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
s/^/2> /
[2]
$ rote help > /dev/full
rote: standard output: No space left on device
s/^/2> /
[1]
$ mkdir tiny; mount -t tmpfs -o size=16k tmpfs tiny 2>/dev/null || exit 80
> rote train small.yaml --out tiny/run --quiet; code=$?; umount tiny; exit $code
bash: line 2: 19311 Segmentation fault      rote train small.yaml --out tiny/run --quiet
s/^/2> /
[139]

# A checkpoint that someone changed, and one that is cut: the one before it is used, or it is said what is wrong.

$ rote eval run --json > before.json; newest=$(ls -t run/*.safetensors | head -n 1); truncate -s -100 "$newest"
> rote eval run --json > after.json; grep '"step"' after.json
bash: line 1: 19325 Segmentation fault      rote eval run --json > before.json
ls: cannot access 'run/*.safetensors': No such file or directory
truncate: cannot open '' for writing: No such file or directory
bash: line 2: 19330 Segmentation fault      rote eval run --json > after.json
s/^/2> /
[1]
