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
$ rote measure small.yaml train.batch_size=24 train.optimizer=adamw train.learning_rate=0.02 --rounds 1 --jobs 1 --quiet | sed 's/: about .*/: T/; s/: under .*/: T/'
L1 d4, 316 parameters: no figure yet
next        a first round: T
# It goes on where it was, in an ordinary sweep.
$ rote measure small.yaml train.batch_size=24 train.optimizer=adamw train.learning_rate=0.02 --rounds 2 --jobs 1 --quiet | sed 's/[0-9]* s together/T s together/; s/: about .*/: T/; s/: under .*/: T/'
0.843 bits/param, 95 % interval 0.349 to 1.336 (+-58.6 %)
verdict     lower bound only: not saturated: a size beyond capacity is 24.8 % off their mean, 3 % allowed; doubling the budget still gains 33.1 % (20.8 to 45.4)
structure   L1 d4, 316 parameters, hold 266 bits
rounds      2,000 steps of 24 facts; three sizes of fact set, 1 seed
sweep       runs/measure: 9 runs, T s together; for rote capacity and rote report
next        twice the steps, as doubling them still gains too much: T
$ rote sweep status runs/measure | cut -c1-76
state     run                                                             pa
done      load=10,max_steps=500,facts.seed=0,train.seed=0-821c95af          
done      load=1.18,max_steps=2000,facts.seed=0,train.seed=0-5bba0989       
done      load=2.36,max_steps=2000,facts.seed=0,train.seed=0-704f5560       
done      load=4.72,max_steps=2000,facts.seed=0,train.seed=0-1f271201       
done      load=1.18,max_steps=1000,facts.seed=0,train.seed=0-4e2ef9d8       
done      load=2.36,max_steps=1000,facts.seed=0,train.seed=0-c9e851d6       
done      load=4.72,max_steps=1000,facts.seed=0,train.seed=0-da3ea537       
done      load=9.44,max_steps=2000,facts.seed=0,train.seed=0-1cd8d20d       
done      load=9.44,max_steps=1000,facts.seed=0,train.seed=0-7585e481       

runs/measure: 9 of 9 runs done; table: runs/measure/table.csv
$ rote measure small.yaml train.batch_size=24 train.optimizer=adamw train.learning_rate=0.02 --time 0.000001s --json --quiet | grep -v seconds
{
  "structures": [
    {
      "structure": "L1 d4",
      "params": 316,
      "bits_per_param": [
        0.84290445189021301,
        0.34932213663993278,
        1.3364867671404932
      ],
      "within": 0.050000000000000003,
      "reached": false,
      "verdict": "lower bound only: not saturated: a size beyond capacity is 24.8 % off their mean, 3 % allowed; doubling the budget still gains 33.1 % (20.8 to 45.4)",
      "saturated": false,
      "converged": false,
      "gain": [
        0.3309189702702765,
        0.20791762251534268,
        0.45392031802521032
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
0.84 bits/param, 95 % interval 0.35 to 1.34 (1 architecture, 1 seed, 882 exposures, ordered coding; verdict: lower bound only: not saturated; doubling the budget still gains 33.1 % (20.8 to 45.4))
# A run that is lost is made again, and gives the same.
$ rote measure small.yaml train.batch_size=24 train.optimizer=adamw train.learning_rate=0.02 --time 0.000001s --quiet | head -n 2 > before; rm -r $(ls -d runs/measure/runs/*max_steps=2000* | head -n 1)
$ rote measure small.yaml train.batch_size=24 train.optimizer=adamw train.learning_rate=0.02 --rounds 1 --jobs 1 --quiet | head -n 2 | cmp - before && echo same
same
# Several structures.
$ rote measure small.yaml model.n_embd=4,5 train.batch_size=24 train.optimizer=adamw train.learning_rate=0.02 --rounds 1 --jobs 1 --quiet --out two | grep parameters; ls two
L1 d4, 316 parameters: no figure yet
L1 d5, 455 parameters: no figure yet
n_embd=4
n_embd=5
# Another structure, another recipe, another folder.
$ rote measure small.yaml train.batch_size=25 --rounds 1
2> rote: measure: runs/measure contains another search (train.batch_size: 24 -> 25; train.optimizer: adamw -> soap; train.learning_rate: 0.02 -> 0.06); choose another --out
[2]
$ rote measure small.yaml train.batch_size=24 train.optimizer=adamw train.learning_rate=0.02 model.n_embd=8 --rounds 1
2> rote: measure: runs/measure contains another search (model.n_embd: 4 -> 8); choose another --out
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
2> rote: measure: --time '20' is not a time such as 90s, 30m, 3h or 2d
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
2> rote: nowhere.yaml: there is no such config file
[2]
$ rote measure small.yaml facts.path=facts --rounds 1
2> rote: measure: the entropy of facts of kind file is unknown; leave facts.kind and facts.path out to draw facts, or find the smallest model for your own with `rote fit`
[2]
$ rote measure facts.kind=triples --out none --rounds 1
2> rote: measure: facts.subjects is 0, so the vocabulary and the model grow with the number of facts; set facts.subjects
[2]
$ rote measure small.yaml model.n_head=3 --out none --rounds 1
2> rote: model.n_embd is 4 and model.n_head is 3: n_head must divide n_embd; set n_embd to 6, n_head to 1, or model.head_dim
[2]
