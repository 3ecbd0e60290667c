# Bits per parameter of a structure, planned by the program.

$ printf 'model: {n_layer: 1, n_head: 1, n_embd: 4}\nfacts: {seq_len: 8, vocab_size: 8, n: 99, seed: 5}\ntrain: {max_steps: 7, seed: 3}\n' > small.yaml
# The file says which model and what kind of facts; sizes, budgets and seeds are planned.
$ rote measure small.yaml --dry-run 2>&1 | grep -v ^cost; ls
structure   L1 d4, 316 parameters; random facts, 66 in a step
goal        +-5 %, converged and saturated; about 20 minutes at most
rounds      three sizes of fact set; twice the steps while that gains 1 %; then more seeds
small.yaml
$ rote measure small.yaml --dry-run --json | grep -v seconds
{
  "structures": [
    {
      "structure": "L1 d4",
      "params": 316,
      "bits_per_param": [
        null,
        null,
        null
      ],
      "within": 0.050000000000000003,
      "reached": false,
      "verdict": null,
      "saturated": false,
      "converged": false,
      "gain": null,
      "steps": null,
      "batch_size": 66,
      "seeds": null,
      "runs": 0,
      "sweep": "runs/measure",
      "next": "a first guess",
    }
  ]
}
$ rote measure small.yaml train.batch_size=24 --rounds 1 --jobs 1 --quiet | sed 's/: about .*/: T/; s/: under .*/: T/'
L1 d4, 316 parameters: no figure yet
next        a first round: T
# It goes on where it was, in an ordinary sweep.
$ rote measure small.yaml train.batch_size=24 --rounds 2 --jobs 1 --quiet | sed 's/[0-9]* s together/T s together/; s/: about .*/: T/; s/: under .*/: T/'
0.790 bits/param, 95 % interval 0.034 to 1.547 (+-95.7 %)
verdict     lower bound only: not saturated: a size beyond capacity is 39.7 % off their mean, 3 % allowed; doubling the budget gains 3.8 % (-23.7 to 31.3, 3 pairs), not shown to be below 1 %
structure   L1 d4, 316 parameters, hold 250 bits
rounds      2,000 steps of 24 facts; three sizes of fact set, 1 seed
sweep       runs/measure: 9 runs, T s together; for rote capacity and rote report
next        twice the steps, as doubling them still gains too much: T
$ rote sweep status runs/measure | cut -c1-76
state     run                                                              p
done      load=10,max_steps=500,facts.seed=0,train.seed=0-204d05ed          
done      load=1.26,max_steps=2000,facts.seed=0,train.seed=0-ede3ffb5       
done      load=2.52,max_steps=2000,facts.seed=0,train.seed=0-d042b81f       
done      load=5.04,max_steps=2000,facts.seed=0,train.seed=0-5a440c82       
done      load=1.26,max_steps=1000,facts.seed=0,train.seed=0-b8e77138       
done      load=2.52,max_steps=1000,facts.seed=0,train.seed=0-8ea493d5       
done      load=5.04,max_steps=1000,facts.seed=0,train.seed=0-698893f2       
done      load=10.08,max_steps=2000,facts.seed=0,train.seed=0-3e968abe      
done      load=10.08,max_steps=1000,facts.seed=0,train.seed=0-52c31f8f      

runs/measure: 9 of 9 runs done; table: runs/measure/table.csv
$ rote measure small.yaml train.batch_size=24 --time 0.000001s --json --quiet | grep -v seconds
{
  "structures": [
    {
      "structure": "L1 d4",
      "params": 316,
      "bits_per_param": [
        0.79036277561244239,
        0.034137459394261459,
        1.5465880918306232
      ],
      "within": 0.050000000000000003,
      "reached": false,
      "verdict": "lower bound only: not saturated: a size beyond capacity is 39.7 % off their mean, 3 % allowed; doubling the budget gains 3.8 % (-23.7 to 31.3, 3 pairs), not shown to be below 1 %",
      "saturated": false,
      "converged": false,
      "gain": [
        0.038070921911444962,
        -0.23681648362544849,
        0.3129583274483384
      ],
      "steps": 2000,
      "batch_size": 24,
      "seeds": 1,
      "runs": 9,
      "sweep": "runs/measure",
      "next": "twice the steps, as doubling them still gains too much",
    }
  ]
}
$ rote capacity runs/measure | grep 'bits/param, 95'
0.79 bits/param, 95 % interval 0.03 to 1.55 (1 architecture, 1 seed, 830 exposures, ordered coding; verdict: lower bound only: not saturated; doubling the budget gains 3.8 % (-23.7 to 31.3, 3 pairs), not shown to be below 1 %)
# A run that is lost is made again, and gives the same.
$ rote measure small.yaml train.batch_size=24 --time 0.000001s --quiet | head -n 2 > before; rm -r runs/measure/runs/*max_steps=2000*
$ rote measure small.yaml train.batch_size=24 --rounds 1 --quiet | head -n 2 | cmp - before && echo same
same
# Several structures.
$ rote measure small.yaml model.n_embd=4,8 train.batch_size=24 --rounds 1 --quiet --out two | grep parameters; ls two
L1 d4, 316 parameters: no figure yet
L1 d8, 1,016 parameters: no figure yet
n_embd=4
n_embd=8
# Another structure, another recipe, another folder.
$ rote measure small.yaml train.batch_size=25 --rounds 1
2> rote: measure: runs/measure contains another search (train.batch_size: 24 -> 25); choose another --out
[2]
$ rote measure small.yaml train.batch_size=24 model.n_embd=8 --rounds 1
2> rote: measure: runs/measure contains another search (model.n_embd: 4 -> 8; train.learning_rate: 0.06 -> 0.03); choose another --out
[2]
$ mkdir other; touch other/mine
$ rote measure small.yaml --out other --rounds 1
2> rote: other: exists and is not a sweep's folder (it contains mine); choose another --out
[2]
# Wrong words.
$ rote measure small.yaml --within 0
2> rote: measure: --within '0' is not a share from 0.1% to 50%, such as 5%
[2]
$ rote measure small.yaml --time 20
2> rote: measure: --time '20' is not a time such as 90s, 20m or 2h
[2]
$ rote measure small.yaml --rounds 0
2> rote: measure: --rounds '0' is not a whole number from 1 to 1000
[2]
$ rote measure small.yaml facts.n=10
2> rote: measure: facts.n is set by the measurement; leave it out
[2]
$ rote measure small.yaml train.seed=1,2
2> rote: measure: train.seed is set by the measurement; leave it out
[2]
$ rote measure small.yaml train.optimizer=adamw --out none --rounds 1
2> rote: measure: train.optimizer=adamw needs train.learning_rate: only SOAP's follows from the width
[2]
$ rote measure nowhere.yaml
2> rote: nowhere.yaml: cannot read: No such file or directory
[2]
$ rote measure small.yaml facts.path=facts --rounds 1
2> rote: measure: nobody knows how many bits facts of kind file have; leave facts.kind and facts.path out to draw facts, or find the smallest model for your own with `rote fit`
[2]
$ rote measure facts.kind=triples --out none --rounds 1
2> rote: measure: facts.subjects is 0, so the vocabulary and the model grow with the number of facts; set facts.subjects
[2]
$ rote measure small.yaml model.n_head=3 --out none --rounds 1
2> rote: model.n_embd is 4 and model.n_head is 3: n_head must divide n_embd; set n_embd to 6, or n_head to 1
[2]
