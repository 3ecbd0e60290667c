# Many runs in one folder.

$ cat > s.yaml <<'Y'
> facts: {n: 20, seq_len: 4, vocab_size: 8, seed: 1}
> model: {n_layer: 1, n_head: 2, n_embd: 8}
> train: {max_steps: 30, learning_rate: 0.01, seed: 2}
> sweep:
>   model.n_embd: [8, 16]
>   train.seed: [0, 1, 0]
> Y
$ rote sweep run s.yaml --out S --dry-run --json | grep -v bytes | head -n 5
{
  "points": 6,
  "runs": 4,
  "to_do": 4,
  "flops": 118886400.0,
$ rote sweep run s.yaml --out S --jobs 1
S: 4 of 4 runs done; table: S/table.csv
2> 6 points, 4 runs \(2 points repeat another point's run\), 4 to do: .* (re)
2> done     1/4  n_embd=16,seed=0-8bd25ec2  0.0170 bits/param  recall 0.4500
2> done     2/4  n_embd=16,seed=1-2429443c  0.0181 bits/param  recall 0.5500
2> done     3/4  n_embd=8,seed=0-a2acddcb  0.0335 bits/param  recall 0.2000
2> done     4/4  n_embd=8,seed=1-b0c87c13  0.0327 bits/param  recall 0.3000
$ ls S S/runs S/runs/*
S:
locks
runs
sweep.yaml
table.csv

S/runs:
n_embd=16,seed=0-8bd25ec2
n_embd=16,seed=1-2429443c
n_embd=8,seed=0-a2acddcb
n_embd=8,seed=1-b0c87c13

S/runs/n_embd=16,seed=0-8bd25ec2:
DONE
checkpoint-000000030.safetensors
config.yaml
lock
manifest.json
metrics.jsonl
result.json
timing.json

S/runs/n_embd=16,seed=1-2429443c:
DONE
checkpoint-000000030.safetensors
config.yaml
lock
manifest.json
metrics.jsonl
result.json
timing.json

S/runs/n_embd=8,seed=0-a2acddcb:
DONE
checkpoint-000000030.safetensors
config.yaml
lock
manifest.json
metrics.jsonl
result.json
timing.json

S/runs/n_embd=8,seed=1-b0c87c13:
DONE
checkpoint-000000030.safetensors
config.yaml
lock
manifest.json
metrics.jsonl
result.json
timing.json
$ tail -n 4 S/sweep.yaml | sed 's/^# seal [0-9a-f]*$/sealed/'
sweep:
  model.n_embd: [8, 16]
  train.seed: [0, 1, 0]
sealed
$ cut -d, -f1-8 S/table.csv
run,state,verdict,model.n_embd,train.seed,params,facts,data_bits
"n_embd=8,seed=0-a2acddcb",done,annealed,8,0,984,20
"n_embd=8,seed=1-b0c87c13",done,annealed,8,1,984,20
"n_embd=16,seed=0-8bd25ec2",done,annealed,16,0,3504,20
"n_embd=16,seed=1-2429443c",done,annealed,16,1,3504,20
# The folder itself knows what it asks for; what is done is not done again.
$ rote sweep run --out S
S: 4 of 4 runs done; table: S/table.csv
2> 6 points, 4 runs (2 points repeat another point's run), nothing to do
$ rote sweep status S
state     run                           params memorized_bits bits/param  recall  reason
done      n_embd=8,seed=0-a2acddcb         984           32.9     0.0335  0.2000
done      n_embd=8,seed=1-b0c87c13         984           32.2     0.0327  0.3000
done      n_embd=16,seed=0-8bd25ec2       3504           59.7     0.0170  0.4500
done      n_embd=16,seed=1-2429443c       3504           63.5     0.0181  0.5500

S: 4 of 4 runs done; table: S/table.csv
$ rote sweep status S --json | grep -A 14 rows
  "rows": [
    {
      "run": "n_embd=8,seed=0-a2acddcb",
      "state": "done",
      "set": {
        "model.n_embd": "8",
        "train.seed": "0"
      },
      "params": 984,
      "memorized_bits": 32.92247854698229,
      "bits_per_param": 0.033457803401404765,
      "recall": 0.20000000000000001,
      "reason": null,
      "holder": null,
      "lanes": 1,
# A point's result is that of the same run made alone.
$ grep -v sweep: s.yaml | grep -v '\[' > alone.yaml; rote train alone.yaml model.n_embd=16 train.seed=1 --out alone --quiet > /dev/null
$ cmp alone/result.json S/runs/n_embd=16,seed=1-*/result.json && echo same
same
# A sweep can grow, also by a key: what is there keeps its name.
$ rote sweep run s.yaml train.seed=0,1 train.learning_rate=0.01,0.02 --out S --jobs 2 --quiet
S: 8 of 8 runs done; table: S/table.csv
$ ls S/runs
n_embd=16,seed=0,learning_rate=0.02-3d987a38
n_embd=16,seed=0-8bd25ec2
n_embd=16,seed=1,learning_rate=0.02-925e3cb4
n_embd=16,seed=1-2429443c
n_embd=8,seed=0,learning_rate=0.02-c465efbb
n_embd=8,seed=0-a2acddcb
n_embd=8,seed=1,learning_rate=0.02-227a2bd8
n_embd=8,seed=1-b0c87c13
# It cannot become another one.
$ rote sweep run s.yaml --out S
2> rote: S: contains a sweep with 4 points that this one lacks, first n_embd=8,seed=0,learning_rate=0.02; add them to extend the sweep, or choose another --out
[2]
$ rote sweep run s.yaml train.max_steps=31 --out S
2> rote: S: contains another sweep (train.max_steps: 30 -> 31); choose another --out
[2]
$ rote sweep run s.yaml train.max_steps=31 --out alone
2> rote: alone: exists and is not a sweep's folder \(it contains [a-zA-Z.0-9-]+\); choose another --out (re)
[2]
# A run that diverges is done; one that dies is a row with its reason.
$ rote sweep run alone.yaml train.optimizer=sgd train.learning_rate=0.01,1000 train.grad_clip=0 --out D --jobs 1 2>&1 | grep -v 'to do' | cut -c1-110
done     1/2  learning_rate=0.01-bf0c86c0  0.0104 bits/param  recall 0.0500
diverged 2/2  learning_rate=1000-3ac0afa8  step 8: the gradient's norm is 8.09e+19, its squares overflow; larg
D: 2 of 2 runs done (1 of them diverged); table: D/table.csv
$ rote sweep status D | cut -c1-110
state     run                             params memorized_bits bits/param  recall  reason
done      learning_rate=0.01-bf0c86c0        984           10.2     0.0104  0.0500
diverged  learning_rate=1000-3ac0afa8        984              -          -       -  step 8: the gradient's nor

D: 2 of 2 runs done (1 of them diverged); table: D/table.csv
$ ROTE_FAULT=result.before_rename rote sweep run alone.yaml train.seed=7,8 --out F --jobs 1
F: 0 of 2 runs done, 2 failed; table: F/table.csv
2> 2 points, 2 runs, 2 to do: .* (re)
2> failed   1/2  seed=7-b2be455c  killed by signal 9 (Killed): out of memory, or by a user
2> failed   2/2  seed=8-4857c0aa  killed by signal 9 (Killed): out of memory, or by a user
2> rote: 2 of 2 runs failed, first seed=7-b2be455c: killed by signal 9 (Killed): out of memory, or by a user; the same command tries them again
[1]
$ cat F/runs/seed=7-*/failed.json
{
  "reason": "killed by signal 9 (Killed): out of memory, or by a user",
  "exit": 137,
  "signal": 9,
  "attempts": 1
}
$ cut -d, -f2,27 F/table.csv
state,reason
failed,"killed by signal 9 (Killed): out of memory
failed,"killed by signal 9 (Killed): out of memory
$ rote sweep retry F
F: 2 failures removed; `rote sweep run --out F` continues
$ rote sweep status F
state     run                 params memorized_bits bits/param  recall  reason
waiting   seed=7-b2be455c        984              -          -       -
waiting   seed=8-4857c0aa        984              -          -       -

F: 0 of 2 runs done, 2 waiting; table: F/table.csv
$ rote sweep run --out F --jobs 1 --json
{
  "sweep": "F",
  "points": 2,
  "runs": 2,
  "waiting": 0,
  "running": 0,
  "done": 2,
  "diverged": 0,
  "failed": 0,
  "table": "F/table.csv"
}
2> 2 points, 2 runs, 2 to do: .* (re)
2> done     1/2  seed=7-b2be455c  0.0336 bits/param  recall 0.2500
2> done     2/2  seed=8-4857c0aa  0.0368 bits/param  recall 0.4000
# A list of points, and a list taken through a grid.
$ rote sweep run alone.yaml --out P --dry-run
state     run              params memorized_bits bits/param  recall  reason
waiting   run-54023fa5        984              -          -       -
2> 1 point, 1 run, 1 to do: .* (re)
2> time: .* with --jobs [0-9]+ \(estimate .*\) (re)
$ printf 'sweep: {points: [{model.n_embd: 8, model.n_layer: 2}, {model.n_embd: 12}], train.seed: [0, 1]}\n' | cat alone.yaml - > p.yaml
$ rote sweep run p.yaml --out P --quiet && ls P/runs
P: 4 of 4 runs done; table: P/table.csv
n_embd=12,seed=0-509f7ad0
n_embd=12,seed=1-fb6d3a62
n_embd=8,n_layer=2,seed=0-f418d424
n_embd=8,n_layer=2,seed=1-3a44069c
# Arms of equal size: n_inner is chosen, and the run is that of the n_inner it chose.
$ rote sweep run alone.yaml model.match_params=5000 model.gated=true,false model.attn=causal,none --out M --dry-run
state     run                                  params memorized_bits bits/param  recall  reason
waiting   gated=true,attn=causal-9bb285a7        4990              -          -       -
waiting   gated=true,attn=none-b8f533d5          4998              -          -       -
waiting   gated=false,attn=causal-10ba0cfe       4996              -          -       -
waiting   gated=false,attn=none-474e0f54         4998              -          -       -
2> 4 points, 4 runs, 4 to do: .* (re)
2> time: .* with --jobs [0-9]+ \(estimate .*\) (re)
$ rote sweep run alone.yaml model.match_params=5000 model.mlp=plain,none --out M --dry-run
2> rote: point mlp=none: model.match_params is 5000: no model.n_embd comes within 1 % of it; the nearest are 4736 and 5304 for this structure; set model.match_params to one of those, or change n_head, n_layer or the vocabulary
[2]
# A sweep.yaml that was cut or changed is no other sweep. Without it, who gives the sweep again writes it again; an old one
# has no seal.
$ cp -r P Y; head -n -4 P/sweep.yaml > Y/sweep.yaml
$ rote sweep run --out Y --dry-run
2> rote: Y/sweep.yaml: altered or cut since it was written; put it back, or remove it and give `rote sweep run` the config and the keys of this sweep, which writes it again
[1]
$ sed 's/seed: 0/seed: 1/' P/sweep.yaml > Y/sweep.yaml; rote sweep status Y 2>&1 | cut -c -60; rote report Y 2>&1 | cut -c -60
rote: Y/sweep.yaml: altered or cut since it was written; put
rote: Y/sweep.yaml: altered or cut since it was written; put
$ rm Y/sweep.yaml; cp P/sweep.yaml asked.yaml; rote sweep run asked.yaml --out Y --quiet && cmp P/sweep.yaml Y/sweep.yaml
Y: 4 of 4 runs done; table: Y/table.csv
$ grep -v '^#' P/sweep.yaml > Y/sweep.yaml; rote sweep run --out Y --quiet
Y: 4 of 4 runs done; table: Y/table.csv
# A result that is torn, was altered (DONE knows), or has an impossible value (where an older version sealed nothing) is a
# failure with its reason; the run writes it again.
$ cp -r P O; for run in O/runs/n_embd=12,seed=1* O/runs/*layer=2,seed=0*; do : > "$run/DONE"; done
$ set -- O/runs/*/result.json; truncate -s 100 "$1"; echo '{}' > "$2"; sed -i 's/"memorized_bits": [0-9.]*/"memorized_bits": 1e308/' "$3"
$ rote sweep status O
state     run                                    params memorized_bits bits/param  recall  reason
failed    n_embd=8,n_layer=2,seed=0-f418d424       1856              -          -       -  O/runs/n_embd=8,n_layer=2,seed=0-f418d424/result.json: "memorized_bits" is 1e+308, which is not possible; remove DONE there and train on with --resume, which writes it again
done      n_embd=8,n_layer=2,seed=1-3a44069c       1856           30.6     0.0165  0.3000
failed    n_embd=12,seed=0-509f7ad0                2052              -          -       -  O/runs/n_embd=12,seed=0-509f7ad0/result.json: altered since the run ended (DONE names other content); remove DONE and train on with --resume, which writes it again
failed    n_embd=12,seed=1-fb6d3a62                2052              -          -       -  O/runs/n_embd=12,seed=1-fb6d3a62/result.json: "verdict" is not a text; remove DONE there and train on with --resume, which writes it again

O: 1 of 4 runs done, 3 failed; table: O/table.csv
$ rote sweep run --out O --quiet && cat O/runs/*/result.json | cmp - <(cat P/runs/*/result.json)
O: 4 of 4 runs done; table: O/table.csv
# One run.
$ ROTE_FAULT=result.before_rename rote sweep run alone.yaml --out one --quiet
one: 0 of 1 run done, 1 failed; table: one/table.csv
2> rote: 1 of 1 run failed, first run-54023fa5: killed by signal 9 (Killed): out of memory, or by a user; the same command tries it again
[1]
$ rote sweep run --out one --quiet
one: 1 of 1 run done; table: one/table.csv
# What a run warns of is heard, also with --quiet: of one process a run, and of one for several.
$ for lanes in off auto; do
>   ROTE_FAULT=result.before_rename rote sweep run s.yaml train.checkpoint_interval=10 train.seed=0,1,2,3,4,5 model.n_embd=8 --lanes $lanes --jobs 1 --out W$lanes --quiet >/dev/null 2>&1
>   for run in W$lanes/runs/*; do truncate -s -100 "$(ls "$run"/*.safetensors | tail -n 1)"; done
>   rote sweep run --out W$lanes --lanes $lanes --jobs 1 --quiet 2>&1 | sed 's/^\(.*-\)[0-9a-f]*: .*: tensor/\1: tensor/'
> done
seed=0-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
seed=1-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
seed=2-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
seed=3-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
seed=4-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
seed=5-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
Woff: 6 of 6 runs done; table: Woff/table.csv
seed=0-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
seed=1-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
seed=2-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
seed=3-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
seed=4-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
seed=5-: tensor 'optimizer.v.blocks.0.mlp.out.weight': truncated: its data end at byte 11712 of 11708; the one of step 20 is complete
Wauto: 6 of 6 runs done; table: Wauto/table.csv
# Bad input writes nothing.
$ rote sweep run s.yaml model.n_embd=7,8 --out T
2> rote: point n_embd=7,seed=0: model.n_embd is 7 and model.n_head is 2: n_head must divide n_embd; set n_embd to 8, n_head to 1, or model.head_dim
[2]
$ rote sweep run s.yaml model.n_embd=8,x --out T
2> rote: command line: key 'model.n_embd': 'x' is not a whole number
[2]
$ rote sweep run s.yaml model.nembd=8,9 --out T
2> rote: command line: unknown key 'model.nembd'; nearest: model.n_embd
[2]
$ rote sweep run s.yaml model.n_embd --out T
2> rote: sweep run: 'model.n_embd' is not of the form key=value; usage: rote sweep run [CFG] [key=a,b,c...] --out DIR
[2]
$ rote sweep run s.yaml
2> rote: sweep run: --out DIR is missing: the sweep's folder
[2]
$ rote sweep run --out T
2> rote: sweep run: the config is missing; usage: rote sweep run [CFG] [key=a,b,c...] --out DIR
[2]
$ rote sweep run s.yaml --out .
2> rote: .: exists and is not a sweep's folder \(it contains [a-zA-Z.0-9-]+\); choose another --out (re)
[2]
$ rote sweep run s.yaml --out T --jobs 0
2> rote: sweep run: --jobs '0' is not a whole number from 1 to 4096
[2]
$ rote sweep status T
2> rote: T: there is no such sweep
[2]
$ rote sweep retry alone
2> rote: alone: is not a sweep's folder (no sweep.yaml)
[2]
$ rote sweep rerun T
2> rote: sweep: unknown command 'rerun', allowed: run, work, submit, status, retry
[2]
$ rote train s.yaml
2> rote: s.yaml:4: section 'sweep' describes many runs; use `rote sweep run`
[2]
$ (ulimit -v 4000000; rote --version > /dev/null 2>&1 || exit 80; rote sweep run s.yaml model.n_embd=8192 model.n_layer=32 --out T)
2> rote: run seed=0-[0-9a-f]+ needs [0-9.]+ GiB of memory, 3.[0-9] GiB are available; .* (re)
[2]
# Small models of one shape are trained side by side, with the files that each has alone. One thread each: at the end of a sweep
# the last run alone may get two, which its manifest says.
$ rote sweep run alone.yaml train.threads=1 train.seed=0,1,2,3,4,5 train.learning_rate=0.01,0.02 --out L --dry-run --jobs 2 2>&1 | grep -E 'lanes|waiting' | head -n 3
lanes: 12 runs in [23] groups, memory up to [0-9.]+ MiB a group, 0 alone (re)
state     run                                    params memorized_bits bits/param  recall  lanes  reason
waiting   seed=0,learning_rate=0.01-a2acddcb        984              -          -       -      [46] (re)
# Whether a group needs more than its runs do: it has the memory of its lanes as well.
$ rote sweep run alone.yaml train.threads=1 train.seed=0,1,2,3,4,5 train.learning_rate=0.01,0.02 --out L --dry-run --jobs 2 --json 2> /dev/null | tr -d ' ,"' | awk -F: '/^memory_bytes/ {run = $2} /^groups/ {n = 12 / $2} /^group_memory_bytes/ {print ($2 > n * run)}'
1
$ rote sweep run alone.yaml train.threads=1 train.seed=0,1,2,3,4,5 train.learning_rate=0.01,0.02 --out L --jobs 2 --quiet
L: 12 of 12 runs done; table: L/table.csv
$ rote sweep run alone.yaml train.threads=1 train.seed=0,1,2,3,4,5 train.learning_rate=0.01,0.02 --out M --jobs 2 --lanes off --quiet
M: 12 of 12 runs done; table: M/table.csv
$ for d in L/runs/*; do for f in DONE config.yaml metrics.jsonl result.json checkpoint-000000030.safetensors; do cmp $d/$f M/${d#L/}/$f || exit; done; done && echo same
same
# A third group begins while the second has runs that ended.
$ ROTE_ISA=portable rote sweep run alone.yaml train.threads=1 train.seed=0,1,2,3,4,5 train.learning_rate=0.01,0.02 --out N --jobs 2 --quiet
N: 12 of 12 runs done; table: N/table.csv
$ rote sweep status L | sed -n 1,2p
state     run                                    params memorized_bits bits/param  recall  lanes  reason
done      seed=0,learning_rate=0.01-a2acddcb        984           32.9     0.0335  0.2000      [46] (re)
$ rote sweep status M | sed -n 1,2p
state     run                                    params memorized_bits bits/param  recall  reason
done      seed=0,learning_rate=0.01-a2acddcb        984           32.9     0.0335  0.2000
$ rote verify L/runs/seed=3,learning_rate=0.02-* --quiet
L/runs/seed=3,learning_rate=0.02-2bb8fa92: replayed; parameters, data and result are the same
# Three runs a thread take less time alone; the thread that begins second does not take what the first would do later.
$ ROTE_ISA=portable rote sweep run alone.yaml train.threads=1 train.seed=0,1,2,3,4,5 --out P --dry-run --jobs 2 2>&1 | grep -c lanes:
0
[1]
# Where their process dies, nobody knows whose fault it was: each goes on alone.
$ ROTE_FAULT=checkpoint.before_rename:3 rote sweep run alone.yaml train.seed=0,1,2,3,4,5 --out K --jobs 1 2>&1 | grep -v 'to do' | sed 's|[1-6]/6|-/6|' | sort
K: 6 of 6 runs done; table: K/table.csv
a process that trained several runs has died; each of them goes on alone
done     -/6  seed=0-a2acddcb  0.0335 bits/param  recall 0.2000
done     -/6  seed=1-b0c87c13  0.0327 bits/param  recall 0.3000
done     -/6  seed=2-54023fa5  0.0352 bits/param  recall 0.2500
done     -/6  seed=3-da27e1fd  0.0356 bits/param  recall 0.3000
done     -/6  seed=4-73a61447  0.0382 bits/param  recall 0.4500
done     -/6  seed=5-66c06c9a  0.0335 bits/param  recall 0.2000
$ rote sweep status K --json | grep -c '"lanes": 1'
6
$ rote sweep run alone.yaml --out K --lanes maybe
2> rote: sweep run: --lanes: 'maybe' is not auto or off
[2]
