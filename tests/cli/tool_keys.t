# Config keys of tools: what is refused, what a run records and resumes, and what such a model cannot be made into.

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
$ printf 'facts: {kind: sums, n: 64, digits: 1-2}\ntrain: {max_steps: 12, batch_size: 8, checkpoint_interval: 5}\nmodel: {n_embd: 16}\ntools: [{tool: calculator}]\n' > sums.yaml; rote train sums.yaml --out whole --quiet > log; sed -n '/^tools/,$p' whole/config.yaml | grep -v attributes; grep -o '"head.*"tools": [0-9]*' whole/result.json
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
$ cp -r whole cut; rm cut/DONE cut/result.json cut/checkpoint-000000012.safetensors; ls cut/*.safetensors; rote train sums.yaml --out cut --resume --quiet > log; grep param_hash whole/result.json | cmp - <(grep param_hash cut/result.json) && echo the same parameters
cut/checkpoint-000000010.safetensors
the same parameters
$ rote export whole --to hf --out h
2> rote: export to hf: GPT-2 with norm=layernorm cannot express tools; try --to npz or safetensors
[2]
$ rote compress whole -o x
2> rote: the model calls tools, which an archive does not contain; train it without
[2]
$ rote help tools.2.weight
tools.N.weight: a number
  weight of the cross-entropy of its calls and arguments in the loss
  default 1; 0 to 1000000
  other names: lambda
