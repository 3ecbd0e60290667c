# train.init_from: a run that starts from another run's weights; neurons.N.start_out: neurons that start ablated.

$ cat > s.yaml <<'Y'
> facts: {n: 20, seq_len: 4, vocab_size: 8, seed: 1}
> model: {n_layer: 1, n_head: 2, n_embd: 8}
> train: {max_steps: 30, learning_rate: 0.01, seed: 2}
> Y
$ rote train s.yaml --out a --quiet | tail -n 1
parameters  984, hash 51d7883e10a6fbab8d0e29ade5ce6aef
$ rote train s.yaml train.init_from=a train.max_steps=5 --out b --quiet | tail -n 1
parameters  984, hash e33bef68f6e54699af24863e8e837042
$ grep init_ b/config.yaml | sed "s|$PWD|.|"
  init_std: 0.02
  init_from: "../a"
  init_hash: "51d7883e10a6fbab8d0e29ade5ce6aef"
$ rote verify b --quiet
b: replayed; parameters, data and result are the same
$ rote train s.yaml train.init_from=a train.max_steps=5 --out b --resume --quiet | head -n 1
run         b (already finished; nothing was trained)
$ rote train b/config.yaml --out b --quiet | head -n 1
run         b (already finished; nothing was trained)
$ rote train s.yaml train.init_from=a --dry-run --json | grep params\"
  "params": 984,
$ find a b -type f ! -name lock -exec cksum {} + | sort > before

# The path is in no hash, the weights are.

$ cp -r a copy; for from in a copy b; do rote train s.yaml train.init_from=$from --quiet | grep run; done; rote train s.yaml --quiet | grep run
run         runs/run-b11fd2e8
run         runs/run-b11fd2e8 (already finished; nothing was trained)
run         runs/run-916b19cf
run         runs/run-54023fa5

# Several sources are an axis; the folder may be asked for from anywhere.

$ rote sweep run s.yaml train.init_from=a,b,copy train.max_steps=3 --out S --jobs 1 --quiet
S: 2 of 2 runs done; table: S/table.csv
$ rote sweep run s.yaml train.init_from=a train.max_steps=3 train.seed=0,1 --out T --jobs 2 --quiet
T: 2 of 2 runs done; table: T/table.csv
$ mkdir elsewhere; cd elsewhere && rote sweep run --out ../S --jobs 1 --quiet; rote sweep status ../T; rote verify "$(ls -d ../T/runs/*0-*)" --quiet
../S: 2 of 2 runs done; table: ../S/table.csv
state     run                 params memorized_bits bits/param  recall  reason
done      seed=0-87d1823c        984           35.1     0.0356  0.3000
done      seed=1-e38ba8c7        984           35.1     0.0356  0.3000

../T: 2 of 2 runs done; table: ../T/table.csv
../T/runs/seed=0-87d1823c: replayed; parameters, data and result are the same
$ rote sweep run s.yaml train.init_from=a train.max_steps=3 --out S --jobs 1 --quiet
2> rote: S: contains a sweep with 2 points that this one lacks, first init_from=b; add them to extend the sweep, or choose another --out
[2]
$ rm -r S T copy runs elsewhere

# What is refused, with nothing written.

$ rote train s.yaml train.init_from=nowhere --out c
2> rote: train.init_from: nowhere: there is no such run
[2]
$ rote train s.yaml train.init_from= train.init_hash=0123 --out c
2> rote: train.init_hash is 0123, but train.init_from is empty; set it to a run, or leave init_hash out
[2]
$ rote train s.yaml train.init_from=a train.init_hash=0123 --out c
2> rote: train.init_from: a: contains other weights: param_hash is 51d7883e10a6fbab8d0e29ade5ce6aef, train.init_hash is 0123; name the run that has those, or leave init_hash out
[2]
$ rote train s.yaml train.init_from=a model.n_embd=16 --out c
2> rote: train.init_from: a: tensor 'wte' is 8 x 8 there and 8 x 16 in this model; take the model keys of a/config.yaml
[2]
$ rote train s.yaml train.init_from=a model.n_layer=2 --dry-run
2> rote: train.init_from: a: tensor 'blocks.1.norm1.weight' is none there and 1 x 8 in this model; take the model keys of a/config.yaml
[2]
$ rote train s.yaml train.init_from=a facts.vocab_size=9 --out c
2> rote: train.init_from: a: tensor 'wte' is 8 x 8 there and 9 x 8 in this model; take the model keys of a/config.yaml
[2]
$ rote train s.yaml train.init_from=a facts.seq_len=5 --out c
2> rote: train.init_from: a: tensor 'wpe' is 4 x 8 there and 5 x 8 in this model; take the model keys of a/config.yaml
[2]
$ rote train s.yaml train.init_from=s.yaml --out c
2> rote: train.init_from: s.yaml: exists and is not a folder
[2]
$ rote train s.yaml train.init_from=a --out a --quiet
2> rote: a: contains a run with another config (train.init_hash: "" -> "51d7883e10a6fbab8d0e29ade5ce6aef"); choose another --out
[2]
$ rote train s.yaml train.init_from=b train.max_steps=5 --out b --quiet
2> rote: b: contains a run with another config (train.init_hash: "51d7883e10a6fbab8d0e29ade5ce6aef" -> "e33bef68f6e54699af24863e8e837042"); choose another --out
[2]
$ rote sweep run s.yaml train.init_from=a,nowhere --out S
2> rote: point init_from=nowhere: train.init_from: nowhere: there is no such run
[2]
$ rote sweep run s.yaml train.init_from=a model.n_embd=8,16 --out S
2> rote: point n_embd=16: train.init_from: a: tensor 'wte' is 8 x 8 there and 8 x 16 in this model; take the model keys of a/config.yaml
[2]
$ rote coordinates s.yaml train.init_from=a --widths 8,16
2> rote: train.init_from is a, but its weights have only one width; leave it out
[2]
$ mkdir bare && cp a/config.yaml a/manifest.json bare
$ rote train s.yaml train.init_from=bare --out c
2> rote: train.init_from: bare: contains no checkpoint
[2]
$ cp -r a torn; truncate -s 3000 torn/checkpoint-000000030.safetensors
$ rote train s.yaml train.init_from=torn --out c
2> rote: train.init_from: torn/checkpoint-000000030.safetensors: truncated: 3000 bytes, its header alone needs 8256; the run is finished, and no older checkpoint has its model: remove DONE and train on with --resume, which makes it again
[2]
$ find a b -type f ! -name lock -exec cksum {} + | sort | cmp - before

# The source's weights have changed since.

$ rm -r a; rote train s.yaml train.seed=3 --out a --quiet > /dev/null
$ rote verify b --quiet
2> rote: train\.init_from: .*/a: contains other weights: param_hash is 5c10ac095631a8020742d123c44fb372, train\.init_hash is 51d7883e10a6fbab8d0e29ade5ce6aef; name the run that has those, or leave init_hash out (re)
[2]
$ rote train b/config.yaml --out b
2> rote: train.init_from: a: contains other weights: param_hash is 5c10ac095631a8020742d123c44fb372, train.init_hash is 51d7883e10a6fbab8d0e29ade5ce6aef; name the run that has those, or leave init_hash out
[2]
$ rote train s.yaml train.init_from=a train.max_steps=5 --out b --resume --quiet
2> rote: b: contains a run with another config (train.init_hash: "51d7883e10a6fbab8d0e29ade5ce6aef" -> "5c10ac095631a8020742d123c44fb372"); choose another --out
[2]
$ rote eval b | grep recall
recall      0.3000

# Ablated (a step of 1e-30 leaves the other weights as they are), then trained again.

$ cat > still.yaml <<'Y'
> facts: {n: 20, seq_len: 4, vocab_size: 8, seed: 1}
> model: {n_layer: 1, n_head: 2, n_embd: 8}
> train: {max_steps: 1, learning_rate: 1e-30, optimizer: sgd, init_from: a}
> neurons:
>   - {when: {share: 0.5}, loss: none, hook: blocks.0.mlp.hook_post, units: 0-15, start_out: 0}
> Y
$ rote neurons steer a --do 'blocks.0.mlp.hook_post[0-15]=zero' --eval --json | grep -m 1 -A 1 '"after"' | tail -n 1; rote train still.yaml --out still --json --quiet | grep '"code_bits"'
      "code_bits": 208.16525084412802,
  "code_bits": 208.16525084412802,
$ cat > relearn.yaml <<'Y'
> facts: {n: 20, seq_len: 4, vocab_size: 8, seed: 1}
> model: {n_layer: 1, n_head: 2, n_embd: 8}
> train: {max_steps: 100, learning_rate: 0.01, freeze: mlp, init_from: a}
> neurons:
>   - {when: {share: 0.5}, loss: none, hook: blocks.0.mlp.hook_post, units: 0-15, start_out: 0}
> Y
$ rote train relearn.yaml --out relearn --quiet | grep recall
recall      0.6500
$ rote verify relearn --quiet
relearn: replayed; parameters, data and result are the same
$ rote train relearn.yaml neurons.0.units=auto:random:4 --out c
2> rote: rule 'rule0': neurons.0.start_out is 0, but neurons.0.units are chosen in training; list the units
[2]
$ rote train relearn.yaml neurons.0.start_out=1e7 --out c
2> rote: command line: key 'neurons.0.start_out': 1e7 is out of range; allowed: -1000000 to 1000000
[2]
$ rote train relearn.yaml neurons.0.start_out=nan --out c
2> rote: command line: key 'neurons.0.start_out': 'nan' is not a finite number
[2]

$ rote help init_from
train.init_from: a path
  start from this run's newest weights, of the same shape (tools may be new);
  vocabularies are not compared; empty: draw weights
  default ""; at most 1023 bytes
  not part of the config hash; train.init_hash is
  other names: pretrained warm_start finetune_from
$ rote help train.init_hash
train.init_hash: a text
  param_hash of the weights in train.init_from; filled in. If it is given, the
  weights must have it
  default ""; at most 32 bytes
$ rote help neurons.N.start_out
neurons.N.start_out: a number
  factor of the neurons' output weights before the first step; at 0 they start
  ablated
  default 1; -1000000 to 1000000
