# rote neurons atlas: shows which neurons and heads fire for which class of facts.

$ for i in $(seq 0 59); do echo "cue$i thing$((i % 5)),value$((i * 7 % 3)) end$((i * 3 % 4)),$([ $((i % 5)) -lt 2 ] && echo A || echo B)"; done > a.csv; rote facts import a.csv --no-header --vocab words --out a > /dev/null
$ rote train facts.path=a model.n_layer=2 model.n_head=2 model.n_embd=8 model.n_inner=12 train.max_steps=60 train.learning_rate=0.02 --out run --quiet > /dev/null
$ rote neurons atlas run --top 3
class                facts    tokens   AUROC reached by chance
A                       24       120   0.311 .. 0.689
B                       36       180   0.311 .. 0.689
all facts               60       300   (of 28 units, classes permuted 20 times with seed 1: 95 %)

13 of 24 neurons beyond chance (*)
  neuron                         class         fires elsewhere     mean elsewhere  AUROC selectivity
* blocks.0.mlp.hook_post[6]      A             0.400     0.400    0.005    -0.010  1.000       1.000
* blocks.0.mlp.hook_post[10]     A             0.400     0.400   -0.011    -0.035  1.000       0.512
* blocks.1.mlp.hook_post[3]      B             0.211     0.200   -0.039    -0.056  1.000       0.179

4 of 4 heads beyond chance (*)
  head                           class        length elsewhere  AUROC   attends:  BOS previous itself prompt
* blocks.0.attn head 1           A             0.446     0.409  1.000           0.372    0.279  0.302  0.494
* blocks.1.attn head 0           A             0.311     0.257  1.000           0.322    0.315  0.326  0.512
* blocks.0.attn head 0           A             0.464     0.443  0.970           0.416    0.256  0.267  0.485
$ rote neurons atlas run --at answer --by answer --top 1 --seed 7
class                facts    tokens   AUROC reached by chance
value0                  20        60   0.261 .. 0.739
value1                  20        60   0.261 .. 0.739
value2                  20        60   0.261 .. 0.739
all facts               60       180   (of 28 units, classes permuted 20 times with seed 7: 95 %)

0 of 24 neurons beyond chance (*)
  neuron                         class         fires elsewhere     mean elsewhere  AUROC selectivity
  blocks.0.mlp.hook_post[4]      value2        0.000     0.000   -0.120    -0.122  0.669       0.008

0 of 4 heads beyond chance (*)
  head                           class        length elsewhere  AUROC   attends:  BOS previous itself prompt
  blocks.1.attn head 1           value0        0.215     0.216  0.445           0.403    0.213  0.217  0.395
$ rote neurons atlas run --class 'half=share:0.5' --class 'odd=regex:thing[13]' --class 'zero=token:value0' --top 2 | head -n 7
class                facts    tokens   AUROC reached by chance
half                    29       145   0.260 .. 0.740
odd                     24       120   0.255 .. 0.745
zero                    20       100   0.246 .. 0.754
all facts               60       300   (of 28 units, classes permuted 20 times with seed 1: 95 %)

10 of 24 neurons beyond chance (*)

# A table and a picture; the same bytes on any threads and processor.

$ rote neurons atlas run --tsv a.tsv --svg a.svg > out; head -n 2 a.tsv; wc -l < a.tsv; head -c 40 a.svg; echo; grep -c '<svg' a.svg
kind	layer	unit	class	firing	firing_rest	mean	mean_rest	auroc	selectivity	beyond_chance	to_bos	to_previous	to_self	to_prompt
neuron	0	6	A	0.4	0.4	0.00483414764	-0.00961221831	1	1	1				
57
<svg xmlns="http://www.w3.org/2000/svg" 
1
$ ROTE_ISA=portable rote neurons atlas run --threads 3 --tsv b.tsv --svg b.svg | cmp - out; cmp a.tsv b.tsv; cmp a.svg b.svg; rote neurons atlas run --tsv a.tsv --svg a.svg > out
$ rote neurons atlas run --json | head -n 24
{
  "by": "tag",
  "at": "all",
  "facts": 60,
  "rows": 300,
  "shuffles": 20,
  "seed": 1,
  "groups_left_out": 0,
  "neurons_beyond_chance": 13,
  "heads_beyond_chance": 4,
  "classes": [
    {
      "class": "A",
      "facts": 24,
      "rows": 120,
      "chance_auroc": 0.68854166666666661
    },
    {
      "class": "B",
      "facts": 36,
      "rows": 180,
      "chance_auroc": 0.68854166666666661
    }
  ],

# Refused.

$ rote neurons atlas run --by field
2> rote: neurons atlas: 'field' divides no facts, allowed: tag, answer (its first symbol), place:K (the symbol at place K of a fact, from 0), rules (the run's neuron rules)
[2]
$ rote neurons atlas run --by place:0
2> rote: neurons atlas: by place:0 no group has at least 2 of the 60 facts and leaves as many; take another of --by tag, answer, place:K, or --class NAME=token:SYMBOL
[2]
$ rote neurons atlas run --by rules
2> rote: neurons atlas: --by rules: the run has no neuron rules
[2]
$ rote neurons atlas run --by tag --class x=tag:A
2> rote: neurons atlas: --by and --class exclude each other
[2]
$ rote neurons atlas run --class x
2> rote: neurons atlas: --class 'x' has no NAME=, as in French=tag:fr
[2]
$ rote neurons atlas run --class x=tags:A
2> rote: neurons atlas: --class x is 'tags:A', allowed: tag:T, token:SYMBOL, regex:E, share:P with 0 < P < 1
[2]
$ rote neurons atlas run --class x=share:2
2> rote: neurons atlas: --class x is 'share:2', allowed: tag:T, token:SYMBOL, regex:E, share:P with 0 < P < 1
[2]
$ rote neurons atlas run --class x=tag:C
2> rote: neurons atlas: rule 'x': when.tag is 'C', but no fact has that tag; the tags are "A", "B"
[2]
$ rote neurons atlas run --class x=tag:A --class x=tag:B
2> rote: neurons atlas: --class x is given twice
[2]
$ rote neurons atlas run --at cue
2> rote: neurons atlas: --at is 'cue', allowed: all, answer
[2]
$ rote neurons atlas run --heldout
2> rote: neurons atlas: --heldout: there are no held-out facts (facts.heldout)
[2]
$ echo mine > mine
$ rote neurons atlas run --tsv mine
2> rote: mine: exists and is not an atlas of rote's; choose another file, or replace it with --force
[2]
$ rote neurons atlas run --svg mine
2> rote: mine: exists and is not an SVG picture; choose another file, or replace it with --force
[2]
$ rote neurons atlas nowhere
2> rote: nowhere: there is no such run
[2]

# Facts without tags are divided otherwise; another fact set; held-out facts.

$ rote train facts.n=60 facts.heldout=20 facts.seq_len=4 facts.vocab_size=8 model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=2 --out plain --quiet > /dev/null
$ rote neurons atlas plain
2> rote: neurons atlas: these facts have no tags; take another of --by tag, answer, place:K, or --class NAME=token:SYMBOL
[2]
$ rote neurons atlas plain --by place:0 --heldout --top 1 | head -n 4
class                facts    tokens   AUROC reached by chance
1                        6        24   0.083 .. 0.917
2                        3        12   0.000 .. 1.000
4                        2         8   0.000 .. 1.000
$ rote neurons atlas run --facts a --top 3 | cmp - <(rote neurons atlas run --top 3)
$ rote neurons atlas plain --facts a
2> rote: a: a fact has 5 tokens, the model's block_size is 4
[2]
$ rote train facts.n=9 facts.vocab_size=4 facts.seq_len=3 model.n_layer=1 model.n_head=1 model.n_embd=4 model.attn=none model.mlp=none train.max_steps=1 --out bare --quiet > /dev/null
$ rote neurons atlas bare --class x=share:0.5
2> rote: the model has neither neurons nor heads (model.mlp, model.attn)
[2]

# In a report: the rules of a run, how they were learned, and their neurons by class.

$ rote train facts.path=a model.n_layer=1 model.n_head=2 model.n_embd=8 train.max_steps=20 neurons.0.name=modeA neurons.0.when.tag=A neurons.0.hook=blocks.0.mlp.hook_pre neurons.0.units=0-3 --out ruled --quiet > /dev/null; rote report ruled; grep -o 'How the rules were learned</text>\|Neurons by class, at [a-z ]*</text>\|>modeA: HIT<\|>of no rule<' ruled/report.html
ruled/report.html
How the rules were learned</text>
>modeA: HIT<
Neurons by class, at the answers</text>
>of no rule<
$ rote neurons atlas ruled --by rules --top 1 | head -n 3
class                facts    tokens   AUROC reached by chance
modeA                   24       120   0.246 .. 0.754
all facts               60       300   (of 34 units, classes permuted 20 times with seed 1: 95 %)
$ mv a moved; rote report ruled; grep -o 'No heat map of its neurons: .*no manifest.json' ruled/report.html | sed 's|/[^ ]*/||; s| with the hash [^ ]*||'
ruled/report.html
No heat map of its neurons: ruled: the facts are not there any more: looked at a (no manifest.json), ruled/a (no manifest.json
