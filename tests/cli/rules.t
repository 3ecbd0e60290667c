# Rules of a config's `neurons:`; what is wrong with them.

$ cat > rules.yaml <<'Y'
> facts: {n: 8, seq_len: 4, vocab_size: 8}
> model: {n_layer: 2, n_head: 1, n_embd: 4}
> train: {max_steps: 2}
> neurons:
>   - name: modeB
>     when: {token: 3}
>     hook: blocks.1.mlp.hook_pre
>     units: 0-7
> Y
$ rote train rules.yaml neurons.0.ratio=0.2 neurons.1.when.share=0.5 neurons.1.hook=blocks.0.mlp.hook_post neurons.1.units=auto:silent:2 --dry-run 2>&1 | head -n 1
facts       8 of up to 4 tokens, vocabulary 8: 96.0 bits, of which a model can memorize 72.0
$ rote train rules.yaml neurons.2.ratio=0.2
2> rote: command line: key 'neurons.2.ratio': the rule neurons.1 is missing; number rules from 0 without gaps
[2]
$ rote train rules.yaml neurons.0.unit=0-3
2> rote: command line: unknown key 'neurons.0.unit'; nearest: neurons.0.units
[2]
$ rote train rules.yaml neurons.units=0-3
2> rote: command line: unknown key 'neurons.units'; rules are numbered from 0 to 7, such as neurons.0.units
[2]
$ rote train rules.yaml neurons.0.when.tag=B
2> rote: rule 'modeB': neurons.0.when.tag and neurons.0.when.token are both set; a rule has one class; keep one
[2]
$ rote train rules.yaml neurons.0.units=8-16
2> rote: rule 'modeB': neurons.0.units is '8-16': 16 is out of range; allowed: 0 to 15
[2]
$ rote train rules.yaml neurons.0.units=first
2> rote: rule 'modeB': neurons.0.units is 'first': not a list of numbers and ranges, such as 3 or 0-7 or 3,9,12-15, or auto:silent:K, auto:random:K or auto:selective:K
[2]
$ rote train rules.yaml neurons.0.hook=blocks.2.mlp.hook_pre
2> rote: rule 'modeB': neurons.0.hook is blocks.2.mlp.hook_pre, but model.n_layer is 2; L must be 0 to 1
[2]
$ rote train rules.yaml model.mlp=none
2> rote: rule 'modeB': neurons.0.hook is blocks.1.mlp.hook_pre, but model.mlp is none: there are no neurons
[2]
$ rote train rules.yaml neurons.0.weight=1 neurons.0.ratio=1
2> rote: rule 'modeB': neurons.0.ratio is 1 and neurons.0.weight is 1: both set the strength of the loss; leave one out
[2]
$ rote train rules.yaml neurons.0.route=parameters train.optimizer=soap
2> rote: rule 'modeB': neurons.0.route is parameters, but train.optimizer is soap, which updates the rows of a matrix together, so that a routed neuron cannot be left out; use adamw or sgd
[2]
$ rote train rules.yaml neurons.0.off=2
2> rote: rule 'modeB': neurons.0.on is 1 and neurons.0.off is 2: loss pre_hinge pushes above on and below off; raise on, or lower off
[2]
$ printf 'neurons:\n  - when: B\n' > when.yaml
$ rote train when.yaml
2> rote: when.yaml:2: key 'neurons.0.when': takes one of the keys tag, token, regex, share, for example {tag: B}, found one value
[2]
$ printf 'neurons:\n  name: B\n' > dash.yaml
$ rote train dash.yaml
2> rote: dash.yaml:2: section 'neurons': takes a list of rules, each after a dash, found a mapping
[2]
$ rote sweep run rules.yaml neurons.0.ratio=0.1,x --out sweep
2> rote: command line: key 'neurons.0.ratio': 'x' is not a number
[2]
$ rote help neurons.N.when.share
neurons.N.when.share: a number
  the class: a random share of the facts, drawn by prompt
  default 0 (off), or above 0, at most 1
  other names: share
$ rote help neurons.0.untl
2> rote: unknown key 'neurons.0.untl'; nearest: neurons.0.until
[2]
