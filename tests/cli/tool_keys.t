# Config keys of tools: what is refused, what a run records, and what such a model cannot be made into.

$ small="facts.n=16 train.max_steps=4 model.n_embd=16 train.threads=1"; for keys in tools.0.layer=3 'tools.0.layer=1 tools.1.layer=2' tools.0.tool=program tools.0.args=run+tokn tools.0.args=run+ tools.0.args=run+run+run+run+run 'tools.0.layer=0 neurons.0.when.share=.5 neurons.0.hook=blocks.0.mlp.hook_pre neurons.0.units=1' tools.1.tool=store; do rote train $small $keys --dry-run; done
2> rote: tools.0.layer is 3 and model.n_layer is 2; set the layer to a number from 0 (behind the embedding) to 2 (behind all blocks)
2> rote: tools.0.layer is 1 and tools.1.layer is 2: all tools share one stage; set both to the same layer
2> rote: tools.0.args is empty, and a program has no arguments of its own; set it, such as run+token+run
2> rote: tools.0.args is 'run+tokn': 'tokn' is not one of run, token, span, prompt; nearest: token
2> rote: tools.0.args is 'run+': an argument is missing behind the last '+'
2> rote: tools.0.args is 'run+run+run+run+run': more than 4 arguments
2> rote: the config has neuron rules and tools, which cannot be combined; leave out the section neurons or tools
2> rote: command line: key 'tools.1.tool': the tool tools.0 is missing; number tools from 0 without gaps
[2]
$ rote train facts.n=16 train.max_steps=4 model.n_embd=16 train.threads=1 tools.0.tool=calculator --out a --quiet; sed -n '/^tools/,$p' a/config.yaml; grep -o '"head.*"tools": [0-9]*' a/result.json
run         a
verdict     annealed after 4 steps, every fact trained 4.0 times
loss        7.917123 bits/token
memorized   21.2 of 2048.0 bits (ceiling 1984.0), 0.0018 bits/param
recall      0.0000
parameters  12,034, hash 27451a6928686bd6a344042fd1490649
tools:
  - tool: calculator
    layer: 1
    args: "run+token+run"
    read: pointer
    train: labelled
    own_from: 1
    max_calls: 1
    weight: 1
"head": 0, "tools": 1090
$ rote export a --to hf --out h
2> rote: export to hf: GPT-2 with norm=layernorm cannot express tools; try --to npz or safetensors
[2]
$ rote compress a -o x
2> rote: the model calls tools, which an archive does not contain; train it without
[2]
$ rote help tools.2.weight
tools.N.weight: a number
  weight of the cross-entropy of its calls and arguments in the loss
  default 1; 0 to 1000000
  other names: lambda
