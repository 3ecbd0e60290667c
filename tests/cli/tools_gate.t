# A gate multiplies what a tool's result writes, and a call may cost bits: what is recorded of it, and what is refused.

$ printf 'facts: {kind: triples, n: 128, symbols: 16, objects: 256x256}\nmodel: {n_layer: 2, n_embd: 16, n_head: 2}\ntrain: {max_steps: 60, batch_size: 32, learning_rate: 0.01, threads: 1}\ntools: [{tool: store}]\n' > facts.yaml
$ for keys in tools.0.gate=learned 'tools.0.gate=learned tools.0.cost=8' 'tools.0.train=marginal tools.0.gate=learned tools.0.cost=8' 'tools.0.train=mixture tools.0.cost=8' 'tools.0.train=mixture tools.0.cost=8 tools.0.gate=learned tools.0.own_from=.5' 'tools.0.train=sampled tools.0.cost=8'; do rm -rf run; rote train facts.yaml $keys --out run --quiet | tail -n 1; grep -o '"calls":[0-9.]*' run/metrics.jsonl | sed -n '1p;$p' | cut -c 1-13; rote verify run --quiet; done
parameters  7,267, hash e60e069359e35aeca34cf53a9b871936
"calls":0.542
"calls":0.781
run: replayed; parameters, data and result are the same
parameters  7,267, hash 8751ed100d72dd484481f48ec37d742e
"calls":0.542
"calls":0.023
run: replayed; parameters, data and result are the same
parameters  7,267, hash 8751ed100d72dd484481f48ec37d742e
"calls":0.542
"calls":0.023
run: replayed; parameters, data and result are the same
parameters  7,250, hash 5923b9b5fe959c34fc66827c25e7209d
"calls":0.467
"calls":0.002
run: replayed; parameters, data and result are the same
parameters  7,267, hash 9e0bbe5c6512f98b61032fe7f00f071f
"calls":0.253
"calls":0
run: replayed; parameters, data and result are the same
parameters  7,250, hash be07c26db36d44e486a4038f9608a5f2
"calls":0.593
"calls":0
run: replayed; parameters, data and result are the same
$ for threads in 1 2; do rm -rf run; rote train facts.yaml tools.0.train=mixture tools.0.cost=8 tools.0.gate=learned --out run --threads $threads --quiet | tail -n 1; done
parameters  7,267, hash 28c802c1c56d50d0728fdc0fa122885a
parameters  7,267, hash 28c802c1c56d50d0728fdc0fa122885a
$ for keys in tools.0.cost=1 'tools.0.train=marginal tools.0.cost=1' 'tools.0.train=sampled tools.0.gate=learned' 'tools.1.tool=store tools.1.gate=learned' 'tools.1.tool=store tools.1.cost=1 tools.0.gate=learned tools.1.gate=learned tools.0.train=marginal tools.1.train=marginal' tools.0.cost=-1 tools.0.gate=closed 'tools.0.call=tokens tools.0.gate=learned' 'tools.0.call=tokens tools.0.cost=1'; do rote train facts.yaml $keys --dry-run; done
2> rote: tools.0.cost is set, but with tools.0.train: labelled calls are given, so the model cannot avoid it; set tools.0.gate to learned, or train to mixture or sampled
2> rote: tools.0.cost is set, but with tools.0.train: marginal calls are given, so the model cannot avoid it; set tools.0.gate to learned, or train to mixture or sampled
2> rote: tools.0.gate is learned, and tools.0.train is sampled: whether a call is made is drawn; leave out the gate
2> rote: tools.0.gate is none and tools.1.gate is learned: all tools share one stage; set both to the same
2> rote: tools.0.cost and tools.1.cost differ, but with tools.N.train: marginal nothing says which tool was called; set both to the same
2> rote: command line: key 'tools.0.cost': -1 is out of range; allowed: 0 to 1000000
2> rote: command line: key 'tools.0.gate': 'closed' is not one of none | learned
2> rote: tools.0.call is tokens, and tools.0.gate is of a stage: calls are tokens of the text that is trained; leave it out
2> rote: tools.0.call is tokens, and tools.0.cost is of a stage: calls are tokens of the text that is trained; leave it out
[2]
$ rote help tools.0.gate; rote help tools.0.cost
tools.N.gate: a choice
  learned: what is written is multiplied by a number from 0 to 1 that the model
  reads off its row
  default none; none | learned
tools.N.cost: a number
  bits that a call adds to the loss, where the model can avoid it: by a gate, a
  mixture, a draw
  default 0; 0 to 1000000
  other names: price
