# Files and folders of others: not written over, not followed, not waited for; what a process of rote's left is no obstacle.

$ printf 'facts: {n: 6, seq_len: 3, vocab_size: 5}\nmodel: {n_layer: 1, n_head: 1, n_embd: 4}\ntrain: {max_steps: 2}\n' > tiny.yaml
$ mkdir r; echo precious > r/metrics.jsonl
$ rote train tiny.yaml --quiet --threads 1 --out r
2> rote: r: exists and is not a run folder (it contains metrics.jsonl); choose another --out
[2]
$ echo '{"name": "app"}' > r/manifest.json; rm r/metrics.jsonl
$ rote train tiny.yaml --quiet --threads 1 --out r
2> rote: r: exists and is not a run folder (it contains manifest.json); choose another --out
[2]
$ rm r/manifest.json; mkfifo r/metrics.jsonl
$ timeout -k 5 20 rote train tiny.yaml --quiet --threads 1 --out r
2> rote: r: exists and is not a run folder (it contains metrics.jsonl); choose another --out
[2]
$ rm r/metrics.jsonl; truncate -s 6 r/lock; rote train tiny.yaml --quiet --threads 1 --out r | grep run
run         r

# The same of a sweep's locks: zero bytes are a lock that a power cut left, anything else is somebody's.
$ rote sweep run tiny.yaml train.seed=0,1 --quiet --jobs 1 --out s
s: 2 of 2 runs done; table: s/table.csv
$ rm -r s/runs; for lock in s/locks/seed*; do truncate -s 0 $lock; truncate -s 6 $lock; done; timeout -k 5 20 rote sweep run --quiet --jobs 1 --out s
s: 2 of 2 runs done; table: s/table.csv
$ rm -r s/runs s/locks/seed=0*; mkfifo s/locks/$(rote sweep status s --json | grep -o 'seed=0-[0-9a-f]*' | head -n 1); timeout -k 5 20 rote sweep run --quiet --jobs 1 --out s 2> err; sed 's/seed=0-[0-9a-f]*/RUN/g' err
s: 1 of 2 runs done, 1 failed; table: s/table.csv
rote: 1 of 2 runs failed, first RUN: s/locks/RUN: a device or pipe, not a regular file; remove it, or choose another folder; the same command tries it again

# An export is one thing: a killed one starts again, and what another program put there stays.
$ { ROTE_FAULT=export.after rote export r --to hf h; } 2> /dev/null; ls -A h
.config.json.rote-tmp
model.safetensors
$ rote export r --to hf h; ls -A h
h
config.json
model.safetensors
$ rm h/config.json
$ rote export r --to hf h
2> rote: h: the folder is not empty (it contains model.safetensors); choose another folder, or write into it with --force
[2]
