# One run from planning to replay.

$ cat > small.yaml <<'Y'
> name: small
> facts: {n: 20, seq_len: 4, vocab_size: 8, seed: 1}
> model: {n_layer: 1, n_head: 2, n_embd: 8}
> train: {max_steps: 30, learning_rate: 0.01, eval_interval: 10, checkpoint_interval: 10, seed: 2}
> Y
$ rote train small.yaml --dry-run --json --threads 1 | grep -vE "_bytes|seconds_estimate"
{
  "params": 984,
  "params_by": {
    "embedding": 96,
    "attention": 288,
    "mlp": 552,
    "norm": 48,
    "head": 0
  },
  "flops_per_step": 414720,
  "data_bits": 239.93297165825857
}
$ rote train small.yaml --dry-run --json --threads 1 | grep -c seconds_estimate
1
$ rote train small.yaml --dry-run 2>&1 | tail -n 1
time        (under a second|about .*) \(estimate from this machine's peak and the share of it that models of this width reach\) (re)
$ (ulimit -v 4000000; rote --version > /dev/null 2>&1 || exit 80; rote train small.yaml facts.n=20000000 facts.seq_len=32 facts.vocab_size=64)
2> rote: the run needs [0-9.]+ GiB of memory, 3.[0-9] GiB are available; .* (re)
[2]
$ (ulimit -v 4000000; rote --version > /dev/null 2>&1 || exit 80; rote facts make small.yaml facts.n=20000000 facts.seq_len=64 facts.vocab_size=64 --out huge)
2> rote: facts.n: 20000000 facts of 64 tokens need 5.4 GiB of memory, 3.[0-9] GiB are available; lower facts.n or facts.seq_len (re)
[2]
$ ls
small.yaml
$ rote train small.yaml --out run --quiet
run         run
verdict     annealed after 30 steps, every fact trained 30.0 times
loss        2.566049 bits/token
memorized   34.6 of 239.9 bits (ceiling 153.5), 0.0352 bits/param
recall      0.2500
parameters  984, hash 51d7883e10a6fbab8d0e29ade5ce6aef
$ ls run
DONE
checkpoint-000000020.safetensors
checkpoint-000000030.safetensors
config.yaml
lock
manifest.json
metrics.jsonl
result.json
timing.json
$ rote train small.yaml --out run --quiet --resume
run         run (already finished; nothing was trained)
verdict     annealed after 30 steps, every fact trained 30.0 times
loss        2.566049 bits/token
memorized   34.6 of 239.9 bits (ceiling 153.5), 0.0352 bits/param
recall      0.2500
parameters  984, hash 51d7883e10a6fbab8d0e29ade5ce6aef
$ rote train small.yaml --out run --quiet
run         run (already finished; nothing was trained)
verdict     annealed after 30 steps, every fact trained 30.0 times
loss        2.566049 bits/token
memorized   34.6 of 239.9 bits (ceiling 153.5), 0.0352 bits/param
recall      0.2500
parameters  984, hash 51d7883e10a6fbab8d0e29ade5ce6aef
$ rote train small.yaml --out run --quiet --json --threads 2 | grep -vE 'seconds|tokens_per_s|peak_rss'
{
  "verdict": "annealed",
  "reason": null,
  "params": 984,
  "params_by": {"embedding": 96, "attention": 288, "mlp": 552, "norm": 48, "head": 0},
  "facts_kind": "random",
  "facts": 20,
  "data_bits": 239.93297165825857,
  "data_bits_set": 178.85558773735235,
  "ceiling_bits": 153.4944097605113,
  "code_bits": 205.2839501070923,
  "memorized_bits": 34.64902155116627,
  "memorized_bits_clipped": 37.828534415262595,
  "mem_hfshift": 38.79166267347077,
  "bits_per_param": 0.03521242027557548,
  "recall": 0.25,
  "loss_nats": 1.7786498903867436,
  "exposures": 30,
  "steps": 30,
  "tokens": 2400,
  "param_hash": "51d7883e10a6fbab8d0e29ade5ce6aef",
  "data_hash": "9b60523e1461887f5841ea377d56dab6",
  "config_hash": "c8dccd44fd674c96a94fd88cbfad3b81",
  "numeric_spec": "rote-1",
  "dtype": "F32",
  "seed": 2,
  "facts_seed": 1,
  "exact": true,
  "timed_tokens": 2400
}
$ rote train small.yaml --out run --quiet --resume train.learning_rate=0.02
2> rote: run: contains a run with another config (train.learning_rate: 0.01 -> 0.02); choose another --out
[2]
$ rote train small.yaml --out run --quiet train.learning_rate=0.02 train.seed=5
2> rote: run: contains a run with another config (train.learning_rate: 0.01 -> 0.02; train.seed: 2 -> 5); choose another --out
[2]
$ rote train small.yaml --out other --quiet --threads 3 > /dev/null; cmp run/result.json other/result.json
$ rote train small.yaml --out other/run --quiet --threads 1 train.max_steps=10 > /dev/null; ls other
DONE
checkpoint-000000020.safetensors
checkpoint-000000030.safetensors
config.yaml
lock
manifest.json
metrics.jsonl
result.json
run
timing.json
$ rote verify run --quiet
run: replayed; parameters, data and result are the same
$ rote eval run
facts       20, 80 tokens; model at step 30
loss        2.566049 bits/token
code        205.284 bits
memorized   34.649 of 239.933 bits (ceiling 153.494), 0.0352 bits/param
recall      0.2500
$ rote eval run --json --per-fact facts.tsv | head -n 3; head -n 3 facts.tsv
{
  "tokens": 80,
  "step": 30,
fact	tag	tokens	prompt_tokens	code_bits	recalled	text
0		4	1	12.605480770	0	1 4 6 7
1		4	2	10.267978488	0	0 4 5 6
$ rote eval run --per-fact facts.tsv | head -n 1
facts       20, 80 tokens; model at step 30
$ printf 'mine\n' > notes.tsv
$ rote eval run --per-fact notes.tsv
2> rote: notes.tsv: exists and is not a per-fact table of rote's; choose another file, or replace it with --force
[2]
$ cat notes.tsv; rote eval run --per-fact notes.tsv --force > /dev/null && cmp facts.tsv notes.tsv
mine
$ rote sample run --n 2 --seed 7
6 3 3 4
0 0 1 5
$ rote sample run --greedy --prompt "1 2" --json
{
  "prompt": "1 2",
  "samples": [
    {
      "tokens": [
        5,
        6
      ],
      "text": "5 6",
      "ended": "length"
    }
  ]
}
$ rote sample run --prompt "1 x"
2> rote: sample: --prompt: "x" is not a symbol of the vocabulary (token numbers, separated by spaces)
[2]
$ rote sample run --prompt "1 9"
2> rote: sample: --prompt: "9" is not a symbol of the vocabulary (token numbers, separated by spaces)
[2]
$ rote sample run --prompt "1 2 3 4"
2> rote: sample: --prompt has more than 3 tokens, the maximum with this block_size
[2]
$ printf 'mine\n' > keep; printf 'mine too\n' > keep.tmp
$ rote report run --out keep
2> rote: keep: exists and is not a report of rote's; choose another file, or replace it with --force
[2]
$ cat keep; rote report run --out keep --force; cat keep.tmp; rote report run --out keep
mine
keep
mine too
keep
$ rote report run && grep -c '<svg' run/report.html
run/report.html
3
$ rote export run --to npz w.npz && rote export run --to safetensors w.safetensors && rote export run --to hf hf && ls hf
w.npz
w.safetensors
hf
config.json
model.safetensors
$ rote export run --to npz w.npz
2> rote: w.npz: exists; choose another file, or replace it with --force
[2]
$ rote export run --to npz w.npz --force
w.npz
$ rote export run --to hf run
2> rote: run: the folder is not empty .it contains .*.; choose another folder, or write into it with --force (re)
[2]
$ rote export run --to hf hf
2> rote: hf: the folder is not empty .it contains .*.; choose another folder, or write into it with --force (re)
[2]
$ rote export run --to hf hf --force && mkdir empty && rote export run --to hf empty
hf
empty
$ rote demo --out run --quiet
2> rote: run: contains a run or a fact set (config.yaml); choose another --out
[2]
$ mkdir full && echo keep > full/file
$ rote train small.yaml --out full --quiet
2> rote: full: exists and is not a run folder (it contains file); choose another --out
[2]
$ rote eval full
2> rote: full: exists and is not a run folder (it contains file)
[2]
$ rote verify full
2> rote: full: exists and is not a run folder (it contains file)
[2]
$ rote eval small.yaml
2> rote: small.yaml: exists and is not a folder
[2]
$ cat full/file
keep

# A folder nobody can write to, and a full disk: what was begun is gone again.

$ rote train small.yaml --out /proc/rote/run --quiet
2> rote: the run needs 1.1 MiB on the disk of /proc/rote/run, 0 B are free; choose another --out
[2]
$ rote facts make small.yaml --out /proc/rote
2> rote: /proc/rote: cannot create the folder: No such file or directory
[1]
$ touch file
$ rote facts make small.yaml --out file/facts
2> rote: file: is a file, but a folder is needed
[2]
$ rote facts import small.yaml --format text --out file
2> rote: file: is a file, but a folder is needed
[2]
$ (ulimit -f 1; rote facts make facts.n=2000 --out limited 2>&1; echo $?) | tail -n 2
rote: limited/records.tsv: cannot write: File too large
1
$ rote facts show facts > /dev/full
2> rote: facts: there is no such file or folder
[2]
$ rote help > /dev/full
2> rote: standard output: No space left on device
[1]
$ mkdir tiny; mount -t tmpfs -o size=64k tmpfs tiny 2>/dev/null || exit 80
> rote facts make facts.n=20000 --out tiny/facts; code=$?; ls tiny; umount tiny; exit $code
2> rote: tiny/facts/records.tsv: cannot write: No space left on device
[1]
$ mount -t tmpfs -o size=64k tmpfs tiny 2>/dev/null || exit 80
> rote train small.yaml --out tiny/run --quiet; code=$?; ls tiny; umount tiny; exit $code
2> rote: the run needs 1.1 MiB on the disk of tiny/run, 64.0 KiB are free; choose another --out
[2]

# A checkpoint that someone cut: of a finished run no older one takes its place; what went on from there is the same run.

$ newest=$(ls run/*.safetensors | tail -n 1); truncate -s -100 "$newest"; rote eval run --json
2> rote: run/checkpoint-000000030.safetensors: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the run is finished, and no older checkpoint has its model: remove DONE and train on with --resume, which makes it again
[1]
$ rote verify run --quiet
2> rote: run/checkpoint-000000030.safetensors: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the run is finished, and no older checkpoint has its model: remove DONE and train on with --resume, which makes it again
[1]
$ cp -r run mended; rm mended/DONE; rote eval mended --json 2>/dev/null | grep '"step"'
  "step": 20,
$ rote train small.yaml --out mended --quiet --resume > /dev/null && rote verify mended --quiet > /dev/null && cmp run/result.json mended/result.json
2> mended/checkpoint-000000030.safetensors: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
$ cp mended/checkpoint-000000020.safetensors mended/checkpoint-000000030.safetensors; rote eval mended
2> rote: mended/checkpoint-000000030.safetensors: step is '20', which is never written there; the run is finished, and no older checkpoint has its model: remove DONE and train on with --resume, which makes it again
[1]
$ cp run/DONE mended; sed -i 's/30/20/' mended/DONE; rote report mended
2> rote: mended/DONE: altered, or torn; remove DONE and train on with --resume, which writes it again
[1]
$ for file in run/*.safetensors; do printf x | dd of="$file" bs=1 seek=3000 conv=notrunc status=none; done
$ rote eval run
2> rote: run/checkpoint-000000030.safetensors: header altered: .*; the run is finished, and no older checkpoint has its model: remove DONE and train on with --resume, which makes it again (re)
[1]
$ rote verify run --quiet
2> rote: run/checkpoint-000000030.safetensors: header altered: .*; the run is finished, and no older checkpoint has its model: remove DONE and train on with --resume, which makes it again (re)
[1]

$ rote train small.yaml --out torn --quiet train.max_steps=20 > /dev/null; rm torn/DONE
$ truncate -s -100 torn/checkpoint-000000020.safetensors
$ rote train small.yaml --out torn --resume train.max_steps=20 2>&1 >/dev/null | grep -E '^(torn|step 20)' | sed 's/ [^ ]* tokens.s.*//'
torn/checkpoint-000000020.safetensors: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 10 is complete
torn: continues from step 10
step 20/20  2.6881 bits/token 
$ rm torn/DONE; truncate -s -100 torn/checkpoint-000000020.safetensors; rote train small.yaml --out torn --resume --quiet train.max_steps=20 > /dev/null
2> torn/checkpoint-000000020.safetensors: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 10 is complete

# A finished run that lost a file, and one that is not finished.

$ rote train small.yaml --out lost --quiet > /dev/null; cp lost/result.json kept.json; rm lost/result.json
$ rote train small.yaml --out lost --quiet
2> rote: lost: finished (it contains DONE), but result.json is missing; remove DONE and train on with --resume, which writes it again
[1]
$ rote verify lost --quiet
2> rote: lost: finished (it contains DONE), but result.json is missing; remove DONE and train on with --resume, which writes it again
[1]
$ rote report lost
2> rote: lost: finished (it contains DONE), but result.json is missing; remove DONE and train on with --resume, which writes it again
[1]
$ rm lost/DONE
$ rote report lost
2> rote: lost: not finished; train on with --resume
[2]
$ rote verify lost --quiet
2> rote: lost: not finished; train on with --resume
[2]
$ rote train small.yaml --out lost --quiet --resume > /dev/null && cmp kept.json lost/result.json
$ mv lost/metrics.jsonl metrics.kept
$ rote verify lost --quiet
2> rote: lost/metrics.jsonl: missing, though the run ended with it (DONE names it); put the file back, or train again in another folder
[1]
$ rote report lost
2> rote: lost/metrics.jsonl: missing, though the run ended with it (DONE names it); put the file back, or train again in another folder
[1]

# DONE of an older version names no files.

$ : > lost/DONE
$ rote verify lost --quiet
2> rote: lost/metrics.jsonl: missing; put the file back, or train again in another folder to have its curves
[1]
$ rote report lost && grep -c 'No curves' lost/report.html
lost/report.html
1
$ rm lost/DONE; rote train small.yaml --out lost --quiet --resume
2> rote: lost/metrics.jsonl: missing; put the file back, or train again in another folder
[1]

# Numbers that leave the floats: said in the step where it happens, and nothing good is overwritten.

$ rote train small.yaml --out wild --quiet model.init_std=1e30
2> rote: step 1: the gradient's norm is 2.69e+29, its squares overflow; largest is norm_f.bias[0,2]; lower train.learning_rate, or set train.grad_clip and train.warmup_steps
[1]
$ rote train small.yaml --out wild --quiet --json model.init_std=1e30 2>/dev/null | sed -n 2,3p
  "verdict": "diverged",
  "reason": "step 1: the gradient's norm is 2.69e+29, its squares overflow; largest is norm_f.bias[0,2]; lower train.learning_rate, or set train.grad_clip and train.warmup_steps",

# Your own facts, from a table to the answer.

$ printf 'prompt\tanswer\nFrance\tParis\nSpain\tMadrid\nItaly\tRome\n' > capitals.tsv
$ rote facts import capitals.tsv --out capitals | head -n 2
columns     prompt: column 1 (prompt), answer: column 2 (answer); the first line names them
kind        import
$ cat > capitals.yaml <<'Y'
> facts: {kind: file, path: capitals}
> model: {n_layer: 1, n_head: 2, n_embd: 16}
> train: {max_steps: 100, learning_rate: 0.01, eval_interval: 50, seed: 1}
> Y
$ rote train capitals.yaml --dry-run 2>&1 | head -n 1
facts       3 of up to 13 tokens, vocabulary 22: entropy unknown; answers 4.8 bits, zlib 45 bytes
$ rote train capitals.yaml --dry-run facts.kind=random 2>&1 | head -n 1
facts       256 of up to 16 tokens, vocabulary 256: 32768.0 bits, of which a model can memorize 30720.0
$ rote train capitals.yaml --out learned --quiet
run         learned
verdict     annealed after 100 steps, every fact trained 100.0 times
loss        0.203702 bits/token
code        7.5 bits (answers alone 4.8 bits, zlib 360 bits)
recall      1.0000
parameters  3,872, hash 905243bd16d8715285d15981e01f3c14
$ rote sample learned --greedy --prompt 'Spain\t'
Spain\tMadrid
$ rote sample learned --greedy --prompt 'Sp\x'
2> rote: sample: --prompt: a backslash begins \t, \n, \r, \\ or \xHH
[2]
$ rote sample learned --greedy --prompt 'Qatar'
2> rote: sample: --prompt: "Q" is not a symbol of the vocabulary (of the run's facts)
[2]
$ rote eval run --facts capitals
2> rote: run/checkpoint-000000030.safetensors: header altered: .*; the run is finished, and no older checkpoint has its model: remove DONE and train on with --resume, which makes it again (re)
[1]
$ rote report learned > /dev/null && grep -oE '<h1>.*</h1>|<b>.*</b><span>.*bits' learned/report.html
<h1>learned</h1>
<b>7.5</b><span>code bits
<b>4.8</b><span>answers alone, bits
<b>360</b><span>zlib, bits
$ mkdir many; cp -r run learned many; cp -r other many/two; rote report many > /dev/null; grep -oE '<h1>.*</h1>|<tr><td class="name">[^<]*' many/report.html
<h1>many</h1>
<tr><td class="name">learned
<tr><td class="name">run
<tr><td class="name">two
$ rote report learned && rote report learned --out /proc/report.html
learned/report.html
2> rote: /proc/report.html: cannot create: No such file or directory
[1]
$ rote train capitals.yaml --out run2 --quiet facts.path=/dev/null
2> rote: /dev/null: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
[2]
