# Calls by tokens: the same tools, called by symbols that the model says.

$ printf 'facts: {kind: triples, n: 100, heldout: 20, objects: 20x20, subjects: 60}\nmodel: {n_layer: 2, n_embd: 32, n_head: 4, block_size: 16}\ntrain: {max_steps: 320, batch_size: 40, learning_rate: 0.01, threads: 1, checkpoint_interval: 200}\ntools: [{tool: store, call: tokens, args: token+token}]\n' > store.yaml
$ rote train store.yaml --out store --quiet > log; rote tools eval store --audit
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             100    0.7700    0.0000    0.0000    0.0000    0.2000    0.0000    0.0300   0.0000   0.0000    8.00
held out             20    0.3000    0.0000    0.0000    0.0000    0.6500    0.0000    0.0500   0.0000   0.0000    8.00
tools.0, 120 calls: 120 answered

rows            answers     right    before   missing
full                 50    0.7800         -         -
deleted              50         -    0.0200         -
deleted, off         50         -    0.0000         -
kept                 50    0.7000         -         -
edited               50    0.6600    0.0000         -
added                20    0.3000         -         -
added, off           20    0.0000         -         -
leak                       0.0000  of deleted rows from the weights: before, less what is guessed of added rows
brought                    0.7800  by the store: right with all rows, less before with the tool off
artefacts                  0.0200  before of deleted rows with the tool on, less with the tool off
$ rote tools eval store --inject wrong --n 50; rote tools eval store --inject none --n 50
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained              50    0.8200    0.0000    0.0000    0.0000    0.0400    0.0000    0.1400   0.0000   0.0000    8.00
held out             20    0.8500    0.0000    0.0000    0.0000    0.0500    0.0000    0.1000   0.0000   0.0000    8.00
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained              50    0.0200    0.0000    0.0000    0.0000    0.2200    0.7600    0.0000   0.0000   0.0000    7.00
held out             20    0.0000    0.0000    0.0000    0.0000    0.6500    0.3500    0.0000   0.0000   0.0476    7.40
$ rote tools eval store --off
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             100    0.0000    1.0000    0.0000    0.0000    0.0000    0.0000    0.0000   1.0000        -    1.00
held out             20    0.0000    1.0000    0.0000    0.0000    0.0000    0.0000    0.0000   1.0000        -    1.00
$ rote tools ask store --prompt '17 61' --explain
17 61 90 91 103 61 104 104 104
read         written      says                p  call
(begin)      -            22             0.0255
17           -            61             0.5210
61           -            <call 0>       0.9977
<call 0>     -            17             0.3876
17           -            <next>         0.9978
<next>       -            61             0.9927
61           -            <ask>          0.9989  tools.0(a=17, b=61) -> 90
<ask>        -            <ask>          0.9833
90           -            <next>         0.3605
<back>       -            90             0.5805
90           -            91             0.1945
91           -            <next>         0.4068
<next>       -            61             0.9774
61           -            <ask>          0.9946
<ask>        -            <ask>          0.9947
<ask>        -            <ask>          0.9946
$ rote tools ask store --prompt '17 61' --off --json
{
  "prompt": "17 61",
  "text": "60 33 61 61 61 61 61 82 66 66 66 66 66 66"
}
$ cp -r store cut; rm cut/DONE cut/result.json cut/checkpoint-000000320.safetensors; rote train store.yaml train.threads=2 --out cut --resume --quiet > log; grep param_hash store/result.json | cmp - <(grep param_hash cut/result.json) && echo the same parameters
the same parameters
$ rote tools eval store --ledger
2> rote: tools eval: --ledger: the run calls by tokens (tools.0.call), so what an answer costs depends on the generated tokens; only a stage has a ledger
[2]
$ for keys in tools.0.train=marginal tools.0.own_from=.5 tools.0.weight=2 'tools.1.tool=store tools.1.args=token+token' model.block_size=0 model.vocab_size=100; do rote train store.yaml $keys --out x --quiet; done
2> rote: tools.0.call is tokens, and tools.0.train is of a stage: calls are tokens of the text that is trained; leave it out
2> rote: tools.0.call is tokens, and tools.0.own_from is of a stage: calls are tokens of the text that is trained; leave it out
2> rote: tools.0.call is tokens, and tools.0.weight is of a stage: calls are tokens of the text that is trained; leave it out
2> rote: tools.0.call is tokens and tools.1.call is stage: a model calls all tools in one way; set both to the same
2> rote: tools.0.call is tokens: with its calls the longest fact has 10 tokens, and model.block_size is 3; set it to at least 10
2> rote: the facts with the marks of calls have 106 symbols and model.vocab_size is 100; set model.vocab_size to 0 or at least 106
[2]
