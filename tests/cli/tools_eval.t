# Tools in training and evaluation: a small model that adds with a calculator.

$ printf 'facts: {kind: sums, n: 1900, heldout: 50, digits: 1-2, plain: 0.02}\nmodel: {n_layer: 2, n_embd: 16, pos: none, block_size: 24}\ntrain: {max_steps: 250, batch_size: 64, learning_rate: 0.01, threads: 1}\n' > sums.yaml
$ rote train sums.yaml tools.0.tool=calculator --out sums --quiet | head -n 2
run         sums
verdict     annealed after 250 steps, every fact trained 8.4 times
$ rote tools eval sums --digits 3-4 --n 200
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             200    0.9250    0.0000    0.0000    0.0200    0.0100    0.0000    0.0450   0.0000   0.0201    3.13
held out             50    0.9400    0.0000    0.0000    0.0200    0.0000    0.0000    0.0400   0.0000   0.0200    3.14
digits 3-4          200    0.7050    0.0000    0.0000    0.0200    0.1000    0.0000    0.1750   0.0000   0.0200    5.07
tools.0, 446 calls: 440 answered, 6 refused
$ rote tools eval sums --off --n 100
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             100    0.0100    0.9700    0.0000    0.0000    0.0000    0.0000    0.0200   1.0000        -    3.09
held out             50    0.0000    0.9800    0.0000    0.0000    0.0000    0.0000    0.0200   1.0000        -    3.14
$ rote tools eval sums --inject wrong --n 100
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             100    0.9000    0.0000    0.0000    0.0200    0.0000    0.0000    0.0800   0.0000   0.0202    3.09
held out             50    0.9400    0.0000    0.0000    0.0200    0.0200    0.0000    0.0200   0.0000   0.0200    3.14
tools.0, 1 call: 1 refused
$ rote tools eval sums --inject none --n 100 --json | head -n 12
{
  "step": 250,
  "off": false,
  "inject": "none",
  "groups": [
    {
      "facts": "trained",
      "data_hash": "24589458ae0af93bba91d3e7acd50b5e",
      "answers": 100,
      "accuracy": 0.0,
      "wrong": {
        "missed": 0,
$ rote tools eval sums --json | sed -n '/"tools"/,$p' | tr -d '\n '; echo
"tools":[{"reasons":{"answered":1028,"missing":0,"refused":5,"failed":0,"timeout":0,"gone":0,"malformed":0},"replayed":0,"starts":0,"strays":0}]}
$ sed -n 2p sums/metrics.jsonl | cut -c 1-24
{"step":1,"call_loss":0.
$ rote verify sums --quiet
sums: replayed; parameters, data and result are the same

# The causes add up.

$ rote tools eval sums --digits 3-4 --json | python3 -c 'import json, sys; [print(g["facts"], g["answers"] - sum(g["wrong"].values()) == round(g["accuracy"] * g["answers"])) for g in json.load(sys.stdin)["groups"]]'
trained True
held out True
digits 3-4 True

# Without tools, from the weights.

$ rote train sums.yaml train.max_steps=50 --out plain --quiet | head -n 1
run         plain
$ rote tools eval plain --n 100
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             100    0.0000    0.0000    0.0000    0.0000    0.0000    0.0000    1.0000        -        -    3.09
held out             50    0.0000    0.0000    0.0000    0.0000    0.0000    0.0000    1.0000        -        -    3.14

# A store: what it holds is asked for, and rows of people that were never trained answer too.

$ rote train facts.kind=triples facts.n=200 facts.heldout=20 facts.objects=20x20 facts.subjects=120 model.n_layer=1 model.n_embd=16 tools.0.tool=store tools.0.args=token+token train.max_steps=100 train.learning_rate=0.03 train.batch_size=64 --out store --quiet | head -n 1
run         store
$ rote tools eval store
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             200    0.7300    0.0000    0.0000    0.0000    0.0000    0.0000    0.2700   0.0000   0.0000    1.00
held out             20    0.6000    0.0000    0.0000    0.0000    0.0000    0.0000    0.4000   0.0000   0.0000    1.00
tools.0, 220 calls: 220 answered
$ rote tools eval store --off
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             200    0.0350    0.9650    0.0000    0.0000    0.0000    0.0000    0.0000   1.0000        -    1.00
held out             20    0.0000    1.0000    0.0000    0.0000    0.0000    0.0000    0.0000   1.0000        -    1.00

# What is refused

$ rote tools eval plain --off
2> rote: plain: the run has no tools; leave out --off, --inject, --audit and --ledger
[2]
$ rote tools eval store --digits 1-2
2> rote: tools eval: --digits: the run's facts are of kind triples; only sums have lengths
[2]
$ rote tools eval sums --digits 30
2> rote: tools eval: --digits 30 (facts.n is --n): key 'facts.digits': 30 is out of range; allowed: from-to, such as 1-4, within 1 to 18
[2]
$ rote tools eval sums --digits 3-18
2> rote: tools eval: --digits 3-18 (facts.n is --n): facts of up to 58 tokens, but the model reads at most block_size = 24; train it with a larger model.block_size
[2]
$ rote tools eval sums --off --inject none
2> rote: tools eval: --off with --inject: no result is written, so none can be wrong; choose one
[2]
$ rote tools eval sums --inject some
2> rote: tools eval: --inject: 'some' is neither wrong nor none
[2]
$ rote train facts.n=6 facts.seq_len=3 facts.vocab_size=5 model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=1 --out silent --quiet | head -n 1
run         silent
$ rote tools eval silent
2> rote: tools eval: silent: facts of kind random ask for nothing, so there is no answer to measure; see `rote eval`
[2]
$ rote train facts.kind=random tools.0.tool=store --out x --quiet
2> rote: tools.0: no fact of kind random has a reason to call it; leave the tool out, or see tools.0.attributes
[2]
$ rote train facts.kind=triples facts.subjects=40 facts.n=40 tools.0.tool=store tools.0.args=token --out x --quiet; ls x
2> rote: tools.0: two facts give the key '14' different values; take more arguments: tools.0.args
2> ls: cannot access 'x': No such file or directory
[2]
$ rote train facts.kind=triples facts.n=20 facts.seed_prefix=2 tools.0.tool=store --out x --quiet
2> rote: tools.0.args is prompt, and a prompt begins with the symbols of facts.seed_prefix, which training draws anew each time; set facts.fixed_prefix, or take an argument of another type
[2]
$ rote train facts.kind=bios tools.0.tool=store tools.0.args=span+span --out x --quiet
2> rote: tools.0.max_calls is 1, but sequence 0 has more values to ask it for; raise it
[2]
$ rote train facts.kind=sums tools.0.tool=program tools.0.args=run+token+run tools.0.own_from=0 --out x --quiet
2> rote: tools.0.command is empty; name the program, such as [bc, -q]
[2]
