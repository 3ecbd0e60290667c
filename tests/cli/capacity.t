# rote capacity: a folder of runs to a statement; what it refuses.

$ for d in 4 8; do for n in $((d*6)) $((d*24)) $((d*32)) $((d*48)); do for t in 100 200; do
> rote train --out sweep/runs/n_embd=$d,n=$n,max_steps=$t model.n_layer=1 model.n_head=1 model.n_embd=$d facts.n=$n facts.vocab_size=16 facts.seq_len=4 train.max_steps=$t train.batch_size=0 train.learning_rate=0.03 --threads 1 --quiet > /dev/null
> done; done; done
$ mkdir sweep/runs/dead; printf '{"reason": "killed by signal 9", "exit": 137, "signal": 9, "attempts": 1}' > sweep/runs/dead/failed.json
$ rote capacity sweep
sweep: 16 runs done, 1 failed
  not counted: dead: failed: killed by signal 9
  model            params sizes budgets seeds exposures  bits (95 % interval)        bits/param            verdict
  L1 d4               332     4       2     1       200  186 (158 to 215)            0.561 (0.476 to 0.646) lower bound only: not saturated: loads span only a factor of 2.0, 4 needed: add facts.n=384; doubling the budget still gains 37.0 % (7.1 to 66.9)
  L1 d8             1,048     4       2     1       200  686 (510 to 863)            0.655 (0.487 to 0.823) lower bound only: not saturated: loads span only a factor of 2.0, 4 needed: add facts.n=768; doubling the budget still gains 46.5 % (26.9 to 66.0)

0.61 bits/param, 95 % interval 0.01 to 1.20 (2 architectures, 1 seed, 200 exposures, ordered coding; verdict: lower bound only: 2 of 2 architectures not saturated: loads span only a factor of 2.0, 4 needed: add facts.n=768; doubling the budget gains 41.7 % (-18.3 to 101.8, 2 architectures), not shown to be below 1 %; L1 d8 still gains 46.5 %)
advice: SOAP reaches in a fifth of the epochs what AdamW does (docs/results/optimizer.md): train.optimizer=soap train.schedule=wsd train.learning_rate=0.06 at n_embd 4 to 0.03 at n_embd 8 (0.24/n_embd)
  budgets              2, from 100 to 200 steps
  coded as a set       0.611 (-0.003 to 1.225) bits/param

  for comparison: 3.6 bits/param, random sequences (Morris et al. 2025); 2, facts (Allen-Zhu & Li 2024)
$ rote capacity sweep --json | grep -E '"(statement|params|done|failed|value)":' | head -n 13
    "done": 16,
    "failed": 1,
      "statement": "0.61 bits/param, 95 % interval 0.01 to 1.20 (2 architectures, 1 seed, 200 exposures, ordered coding; verdict: lower bound only: 2 of 2 architectures not saturated: loads span only a factor of 2.0, 4 needed: add facts.n=768; doubling the budget gains 41.7 % (-18.3 to 101.8, 2 architectures), not shown to be below 1 %; L1 d8 still gains 46.5 %)",
        "value": 0.60811565993693029,
        "value": 0.61131638382038123,
        "value": 0.41732920744408564,
          "params": 332,
            "value": 186.35415005946288,
            "value": 0.56130768090199668,
            "value": 0.19483818444095061,
            "value": 0.37007041057195078,
          "params": 1048,
            "value": 686.35997364251341,
$ rote capacity nowhere
2> rote: nowhere: there is no such sweep
[2]
$ mkdir empty
$ rote capacity empty
2> rote: empty: contains no run; `rote sweep run` makes them
[2]
$ rote capacity sweep/runs/n_embd=4,n=24,max_steps=100
2> rote: sweep/runs/n_embd=4,n=24,max_steps=100: a single run; name a folder of runs, or use `rote eval` for one run
[2]
$ rote capacity
2> rote: capacity: an argument is missing; usage: rote capacity SWEEP
[2]
$ mkdir -p died/runs; cp -r sweep/runs/dead died/runs; rote capacity died
died: 0 runs done, 1 failed
  not counted: dead: failed: killed by signal 9
no run is done, so there is no result yet

# Runs on different parts of one pool attack one another.

$ rote sweep run facts.n=20 facts.heldout=20 facts.seq_len=4 facts.vocab_size=16 facts.split_seed=1,2,3,4 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=60 train.learning_rate=0.02 --out L --jobs 1 --quiet > /dev/null
$ rote capacity L | grep LiRA
  LiRA, 20 facts, L1 d8: AUC 1.0000, TPR 1.0000 at 1 % FPR (4 runs; by code length alone 0.9988, 0.9833)
$ printf x >> $(ls -d L/runs/* | head -n 1)/code_lengths.npy
$ rote capacity L > /dev/null 2>&1; echo $?
1
