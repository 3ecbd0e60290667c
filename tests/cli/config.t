# Configs that are wrong: file, line, value, what is allowed.

$ rote train nowhere.yaml
rote: nowhere.yaml: cannot read: No such file or directory
s/^/2> /
[2]
$ mkdir folder
$ rote train folder
$ : > empty.yaml
$ rote train empty.yaml
rote: empty.yaml: empty; a config needs at least one key, such as 'model: {n_embd: 64}'
s/^/2> /
[2]
$ printf '# only a comment\n' > comment.yaml
$ rote train comment.yaml
rote: comment.yaml: empty; a config needs at least one key, such as 'model: {n_embd: 64}'
s/^/2> /
[2]
$ printf 'model:\n  n_embd: 16\n  n_embed: 16\n' > unknown.yaml
$ rote train unknown.yaml
rote: unknown.yaml:3: unknown key 'model.n_embed'; nearest: model.n_embd
s/^/2> /
[2]
$ printf 'model:\n  n_embd: 16\n  n_layer: 1\n  n_embd: 32\n' > twice.yaml
$ rote train twice.yaml
rote: twice.yaml:4: key 'model.n_embd' stands twice, first on line 2; keep one
s/^/2> /
[2]
$ printf 'model:\n  n_embd: 16\nmodel:\n  n_layer: 1\n' > section.yaml
$ rote train section.yaml
rote: section.yaml:3: section 'model' stands twice, first on line 1; put its keys together
s/^/2> /
[2]
$ printf 'modle:\n  n_embd: 16\n' > modle.yaml
$ rote train modle.yaml
rote: modle.yaml:1: unknown section 'modle'; nearest: model
s/^/2> /
[2]
$ printf 'model:\n\tn_embd: 16\n' > tab.yaml
$ rote train tab.yaml
rote: tab.yaml:2: YAML: found character that cannot start any token; indent with blanks, not tabs
s/^/2> /
[2]
$ printf 'model: [1, 2\n' > bracket.yaml
$ rote train bracket.yaml
rote: bracket.yaml:2: YAML: did not find expected ',' or ']'
s/^/2> /
[2]
$ printf 'model:\n  n_embd: [16, 32]\n' > list.yaml
$ rote train list.yaml
rote: list.yaml:2: key 'model.n_embd': takes one value, found a list
s/^/2> /
[2]
$ printf 'model:\n  n_embd: {a: 1}\n' > nested.yaml
$ rote train nested.yaml
rote: nested.yaml:2: key 'model.n_embd': takes one value, found keys of its own
s/^/2> /
[2]
$ printf 'model: 3\n' > scalar.yaml
$ rote train scalar.yaml
rote: scalar.yaml:1: section 'model': takes keys indented below it, found one value
s/^/2> /
[2]
$ printf -- '- model\n- train\n' > sequence.yaml
$ rote train sequence.yaml
rote: sequence.yaml:1: a config is made of keys such as 'model: {n_embd: 64}', found a list
s/^/2> /
[2]
$ printf 'model:\n  n_embd: 16\n---\nmodel:\n  n_embd: 32\n' > documents.yaml
$ rote train documents.yaml
rote: documents.yaml:4: a second document after '---'; a file holds one config
s/^/2> /
[2]
$ printf 'model:\n  n_embd: 1\0006\n' > nul.yaml
$ rote train nul.yaml
rote: nul.yaml:2: holds a NUL byte; a config is UTF-8 text
s/^/2> /
[2]
$ printf 'model:\n  act: g\xe9lu\n' > latin1.yaml
$ rote train latin1.yaml
rote: latin1.yaml:2: YAML: invalid trailing UTF-8 octet; a config is UTF-8 text
s/^/2> /
[2]
$ printf 'model:\n  n_embd:\n' > nothing.yaml
$ rote train nothing.yaml
rote: nothing.yaml:2: key 'model.n_embd': no value after the colon
s/^/2> /
[2]

# A byte-order mark and CRLF are how some editors write: fine.
$ printf '\xef\xbb\xbfmodel:\r\n  n_embd: 18\r\n  n_head: 4\r\n' > dos.yaml
$ rote train dos.yaml
rote: model.n_embd is 18 and model.n_head is 4: n_head must divide n_embd; set n_embd to 20, or n_head to 1
s/^/2> /
[2]

# Values.

$ rote train train.learning_rate=nan
rote: command line: key 'train.learning_rate': 'nan' is not a finite number
s/^/2> /
[2]
$ rote train train.learning_rate=inf
rote: command line: key 'train.learning_rate': 'inf' is not a finite number
s/^/2> /
[2]
$ rote train train.learning_rate=-1
rote: command line: key 'train.learning_rate': -1 is out of range; allowed: above 0, at most 1000
s/^/2> /
[2]
$ rote train train.learning_rate=1e-3x
rote: command line: key 'train.learning_rate': '1e-3x' is not a number
s/^/2> /
[2]
$ rote train train.learning_rate=
rote: command line: key 'train.learning_rate': no value; allowed: above 0, at most 1000
s/^/2> /
[2]
$ rote train train.learning_rate
rote: train.learning_rate: cannot read: No such file or directory
s/^/2> /
[2]
$ rote train train.learning_rat=0.1
rote: command line: unknown key 'train.learning_rat'; nearest: train.learning_rate
s/^/2> /
[2]
$ rote train learning_rate=0.1
rote: command line: unknown key 'learning_rate'; nearest: train.learning_rate
s/^/2> /
[2]
$ rote train model.n_embd=0
rote: command line: key 'model.n_embd': 0 is out of range; allowed: 1 to 65536
s/^/2> /
[2]
$ rote train model.n_embd=1.5
rote: command line: key 'model.n_embd': '1.5' is not a whole number
s/^/2> /
[2]
$ rote train model.n_embd=99999999999999999999
rote: command line: key 'model.n_embd': 99999999999999999999 is out of range; allowed: 1 to 65536
s/^/2> /
[2]
$ rote train model.norm=batchnorm
rote: command line: key 'model.norm': 'batchnorm' is not one of layernorm | rmsnorm
s/^/2> /
[2]
$ rote train model.act=gleu
rote: command line: key 'model.act': 'gleu' is not one of gelu | relu | silu; nearest: gelu
s/^/2> /
[2]
$ rote train model.bias=maybe
rote: command line: key 'model.bias': 'maybe' is not true or false
s/^/2> /
[2]
$ rote train train.seed=-1
rote: command line: key 'train.seed': -1 is out of range; allowed: 0 to 18446744073709551615
s/^/2> /
[2]
$ rote train train.seed=18446744073709551616
rote: command line: key 'train.seed': 18446744073709551616 is out of range; allowed: 0 to 18446744073709551615
s/^/2> /
[2]
$ rote train train.beta1=1
rote: command line: key 'train.beta1': 1 is out of range; allowed: at least 0, below 1
s/^/2> /
[2]
$ rote train train.batch_size=-4
rote: command line: key 'train.batch_size': -4 is out of range; allowed: 1 to 1000000000, or 0 (all facts)
s/^/2> /
[2]
$ rote train train.max_steps=0
rote: command line: key 'train.max_steps': 0 is out of range; allowed: 1 to 1000000000000
s/^/2> /
[2]
$ rote train train.stop_recall=2
rote: command line: key 'train.stop_recall': 2 is out of range; allowed: above 0, at most 1, or 0 (off)
s/^/2> /
[2]
$ rote train train.optimizer=adam
rote: command line: key 'train.optimizer': 'adam' is not one of adamw | muon | sgd; nearest: adamw
s/^/2> /
[2]
$ rote train facts.n=0
rote: command line: key 'facts.n': 0 is out of range; allowed: 1 to 1000000000
s/^/2> /
[2]
$ rote train facts.kind=file
rote: command line: facts.kind is file, but facts.path names no folder; make one with `rote facts make` or `rote facts import`
s/^/2> /
[2]
$ rote train facts.kind=file facts.path=nowhere
rote: nowhere: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
s/^/2> /
[2]
$ printf 'train:\n  learning_rate: 1e-3x\n' > value.yaml
$ rote train value.yaml
rote: value.yaml:2: key 'train.learning_rate': '1e-3x' is not a number
s/^/2> /
[2]

# What keys demand of each other.

$ rote train model.n_embd=18 model.n_head=4
rote: model.n_embd is 18 and model.n_head is 4: n_head must divide n_embd; set n_embd to 20, or n_head to 1
s/^/2> /
[2]
$ rote train model.n_head=4 model.n_kv_head=3 model.n_embd=16
rote: model.n_head is 4 and model.n_kv_head is 3: n_kv_head must divide n_head; set n_kv_head to 0 (as many), or to 1
s/^/2> /
[2]
$ rote train facts.seq_len=64 model.block_size=32
rote: the longest fact has 64 tokens and model.block_size is 32; set model.block_size to 0 or at least 64
s/^/2> /
[2]
$ rote train facts.vocab_size=64 model.vocab_size=32
rote: the facts use a vocabulary of 64 and model.vocab_size is 32; set model.vocab_size to 0 or at least 64
s/^/2> /
[2]
$ rote train facts.n=100 facts.vocab_size=2 facts.seq_len=2
rote: facts.n: 100 facts asked for, but there are only 4 sequences of 2 tokens out of 2; lower facts.n, or raise facts.seq_len or facts.vocab_size
s/^/2> /
[2]
$ rote train train.warmup_steps=200 train.max_steps=100
rote: train.warmup_steps is 200 and train.max_steps is 100: the warm-up must fit; lower one or raise the other
s/^/2> /
[2]
$ rote train facts.n=10 facts.seq_len=8 model.n_layer=400 model.n_embd=32768 model.n_head=64
[139]
$ rote train facts.n=1000000000 facts.seq_len=1024
rote: command line: key 'facts.n': 2000000000 is out of range; allowed: 1 to 1000000000
s/^/2> /
[2]

# This machine.

$ ROTE_ISA=sse9 rote train facts.n=10 --dry-run
[139]
$ ROTE_ISA=sse9 rote doctor
[139]
