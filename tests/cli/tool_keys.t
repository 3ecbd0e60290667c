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
$ small="facts.kind=sums facts.n=16 train.max_steps=4 model.n_embd=16 train.threads=1"; for keys in 'tools.0.tool=program tools.0.args=run+token+run' tools.0.command=bc 'tools.0.tool=program tools.0.args=run+token+run tools.0.command=bc' 'tools.0.tool=program tools.0.args=run+token+run tools.0.command=bc tools.0.ask={a} tools.0.name=x' 'tools.0.tool=program tools.0.args=run+token+run tools.0.command=bc tools.0.ask={a} tools.0.protocol=mcp' 'tools.0.tool=store tools.0.file=x' 'tools.0.tool=store tools.0.file_hash=x' tools.0.args=a:run+a:token+run tools.0.args=:run tools.0.args=x+y:run; do rote train $small $keys --dry-run; done
2> rote: tools.0.command is empty; name the program, such as [bc, -q]
2> rote: tools.0.command is set, but tools.0.tool is calculator; set it to program, or leave out command
2> rote: tools.0.ask is empty; set it to the line to send, such as "{a}{op}{b}"
2> rote: tools.0.name is of protocol mcp; leave it out, or set the protocol
2> rote: tools.0.ask is of protocol lines; leave it out, or set the protocol
2> rote: tools.0.file and tools.0.query need each other; set both
2> rote: tools.0.file_hash is set, but tools.0.file is empty; leave it out, or set both
2> rote: tools.0.args is 'a:run+a:token+run': two arguments have the name 'a'
2> rote: tools.0.args is ':run': the name in ':run' is not letters, digits, '_' and '-', at most 63
2> rote: tools.0.args is 'x+y:run': 'x' is not one of run, token, span, prompt
[2]
$ for words in '[bc, -q' '[bc, "x]' '["a\q"]' '[,]' '[a] b'; do rote train "tools.0.command=$words" --dry-run; done
2> rote: command line: key 'tools.0.command': '[bc, -q': not a list of words; write it as [bc, -q]
2> rote: command line: key 'tools.0.command': '[bc, "x]': a quote has no end
2> rote: command line: key 'tools.0.command': '["a\q"]': in quotes, a backslash must be followed by a quote or a backslash
2> rote: command line: key 'tools.0.command': '[,]': a word is empty
2> rote: command line: key 'tools.0.command': '[a] b': not a list of words; write it as [bc, -q]
[2]
$ printf 'tools: [{tool: program, command: [bc, [x]]}]\n' > list.yaml; printf 'tools: [{tool: program, command: [bc, ""]}]\n' > empty.yaml
$ for f in list empty; do rote train $f.yaml --dry-run; done
2> rote: list.yaml:1: key 'tools.0.command': a word is one value, found a list
2> rote: empty.yaml:1: key 'tools.0.command': a word is empty
[2]
$ printf 'facts: {kind: sums, n: 64, digits: 1-2}\ntrain: {max_steps: 12, batch_size: 8, checkpoint_interval: 5}\nmodel: {n_embd: 16}\ntools: [{tool: calculator}]\n' > sums.yaml; rote train sums.yaml --out whole --quiet > log; sed -n '/^tools/,$p' whole/config.yaml | grep -v attributes; grep -o '"head.*"tools": [0-9]*' whole/result.json
tools:
  - tool: calculator
    layer: 1
    args: "run+token+run"
    call: stage
    train: labelled
    own_from: 1
    max_calls: 1
    weight: 1
    gate: none
    cost: 0
    command: []
    protocol: lines
    ask: ""
    name: ""
    timeout: 10
    file: ""
    query: ""
    file_hash: ""
"head": 0, "tools": 1090
$ cp -r whole cut; rm cut/DONE cut/result.json cut/checkpoint-000000012.safetensors; ls cut/*.safetensors; rote train sums.yaml --out cut --resume --quiet > log; grep param_hash whole/result.json | cmp - <(grep param_hash cut/result.json) && echo the same parameters
cut/checkpoint-000000010.safetensors
the same parameters
$ bare="facts.kind=sums facts.n=64 facts.digits=1-2 train.max_steps=6 train.batch_size=8 model.n_embd=16 train.threads=1"; rote train $bare --out bare --quiet | grep -v '^run'; for layer in 0 2; do rote train $bare tools.0.tool=calculator tools.0.layer=$layer train.init_from=bare train.freeze=embedding+attention+mlp+norm --out probe$layer --quiet | sed -n '/^loss/p;/^param/p'; done; rote train $bare tools.0.tool=calculator --out with --quiet > log
verdict     annealed after 6 steps, every fact trained 0.8 times
loss        3.626313 bits/token
memorized   -1115.5 of 744.8 bits (ceiling 360.8), -0.1603 bits/param
recall      0.0000
parameters  6,960, hash 5e280279026aaef5d64cee5536bb0213
loss        3.626313 bits/token
parameters  8,050, hash efe2b6ed7645d99970ecfa890036b154
loss        3.626313 bits/token
parameters  8,050, hash de5f64eb72f9a6fe1311679ee50d79d0
$ rote train facts.kind=sums facts.n=64 facts.digits=1-2 train.max_steps=6 train.batch_size=8 model.n_embd=16 train.threads=1 train.init_from=with --out x --quiet
2> rote: train.init_from: with: tensor 'blocks.0.tool.arg.0.query.weight' is 8 x 16 there and none in this model; take the model keys of with/config.yaml
[2]
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
