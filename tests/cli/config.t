# Configs that are wrong: file, line, value, what is allowed.

$ rote train nowhere.yaml
2> rote: nowhere.yaml: there is no such config file
[2]
$ mkdir folder
$ rote train folder
2> rote: folder: cannot read: a folder, not a regular file
[2]
$ : > empty.yaml
$ rote train empty.yaml
2> rote: empty.yaml: empty; a config needs at least one key, such as 'model: {n_embd: 64}'
[2]
$ printf '# only a comment\n' > comment.yaml
$ rote train comment.yaml
2> rote: comment.yaml: empty; a config needs at least one key, such as 'model: {n_embd: 64}'
[2]
$ printf 'model:\n  n_embd: 16\n  n_embed: 16\n' > unknown.yaml
$ rote train unknown.yaml
2> rote: unknown.yaml:3: unknown key 'model.n_embed'; nearest: model.n_embd
[2]
$ printf 'model:\n  n_embd: 16\n  n_layer: 1\n  n_embd: 32\n' > twice.yaml
$ rote train twice.yaml
2> rote: twice.yaml:4: key 'model.n_embd' is set twice, first on line 2; keep one
[2]
$ printf 'model:\n  n_embd: 16\nmodel:\n  n_layer: 1\n' > section.yaml
$ rote train section.yaml
2> rote: section.yaml:3: section 'model' appears twice, first on line 1; put its keys together
[2]
$ printf 'modle:\n  n_embd: 16\n' > modle.yaml
$ rote train modle.yaml
2> rote: modle.yaml:1: unknown section 'modle'; nearest: model
[2]
$ printf 'model:\n\tn_embd: 16\n' > tab.yaml
$ rote train tab.yaml
2> rote: tab.yaml:2: YAML: while scanning for the next token: found character that cannot start any token; indent with spaces, not tabs
[2]
$ printf 'model: [1, 2\n' > bracket.yaml
$ rote train bracket.yaml
2> rote: bracket.yaml:2: YAML: while parsing a flow sequence: did not find expected ',' or ']'
[2]
$ printf 'model:\n  n_embd: [16, 32]\n' > list.yaml
$ rote train list.yaml
2> rote: list.yaml:2: key 'model.n_embd': takes one value, found a list
[2]
$ printf 'model:\n  n_embd: {a: 1}\n' > nested.yaml
$ rote train nested.yaml
2> rote: nested.yaml:2: key 'model.n_embd': takes one value, found a mapping
[2]
$ printf 'model: 3\n' > scalar.yaml
$ rote train scalar.yaml
2> rote: scalar.yaml:1: section 'model': takes keys indented below it, found one value
[2]
$ printf -- '- model\n- train\n' > sequence.yaml
$ rote train sequence.yaml
2> rote: sequence.yaml:1: a config consists of keys such as 'model: {n_embd: 64}', found a list
[2]
$ printf 'model:\n  n_embd: 16\n---\nmodel:\n  n_embd: 32\n' > documents.yaml
$ rote train documents.yaml
2> rote: documents.yaml:4: a second document after '---'; a file contains one config
[2]
$ printf 'model:\n  n_embd: 1\0006\n' > nul.yaml
$ rote train nul.yaml
2> rote: nul.yaml:2: contains a NUL byte; a config is UTF-8 text
[2]
$ printf 'model:\n  act: g\xe9lu\n' > latin1.yaml
$ rote train latin1.yaml
2> rote: latin1.yaml:2: YAML: invalid trailing UTF-8 octet; a config is UTF-8 text
[2]
$ printf 'model:\n  n_embd:\n' > nothing.yaml
$ rote train nothing.yaml
2> rote: nothing.yaml:2: key 'model.n_embd': no value after the colon
[2]

$ printf 'model:\n  n_embd: !foo 16\n' > tag.yaml
$ rote train tag.yaml
2> rote: tag.yaml:2: tag '!foo': a config has no tags; write only the value
[2]
$ printf 'model: !!map\n  n_embd: 16\n' > map.yaml
$ rote train map.yaml
2> rote: map.yaml:1: tag 'tag:yaml.org,2002:map': a config has no tags; write only the value
[2]

# A byte-order mark and CRLF are how some editors write: fine.
$ printf '\xef\xbb\xbfmodel:\r\n  n_embd: 18\r\n  n_head: 4\r\n' > dos.yaml
$ rote train dos.yaml
2> rote: model.n_embd is 18 and model.n_head is 4: n_head must divide n_embd; set n_embd to 20, n_head to 1, or model.head_dim
[2]

# Values.

$ rote train train.learning_rate=nan
2> rote: command line: key 'train.learning_rate': 'nan' is not a finite number
[2]
$ rote train train.learning_rate=inf
2> rote: command line: key 'train.learning_rate': 'inf' is not a finite number
[2]
$ rote train train.learning_rate=-1
2> rote: command line: key 'train.learning_rate': -1 is out of range; allowed: above 0, at most 1000
[2]
$ rote train train.learning_rate=1e-3x
2> rote: command line: key 'train.learning_rate': '1e-3x' is not a number
[2]
$ rote train train.learning_rate=
2> rote: command line: key 'train.learning_rate': no value; allowed: above 0, at most 1000
[2]
$ rote train train.learning_rate
2> rote: train.learning_rate: there is no such config file
[2]
$ rote train train.learning_rat=0.1
2> rote: command line: unknown key 'train.learning_rat'; nearest: train.learning_rate
[2]
$ rote train learning_rate=0.1
2> rote: command line: unknown key 'learning_rate'; nearest: train.learning_rate
[2]
$ rote train model.n_embd=0
2> rote: command line: key 'model.n_embd': 0 is out of range; allowed: 1 to 65536
[2]
$ rote train model.n_embd=1.5
2> rote: command line: key 'model.n_embd': '1.5' is not a whole number
[2]
$ rote train model.n_embd=99999999999999999999
2> rote: command line: key 'model.n_embd': 99999999999999999999 is out of range; allowed: 1 to 65536
[2]
$ rote train model.norm=batchnorm
2> rote: command line: key 'model.norm': 'batchnorm' is not one of layernorm | rmsnorm
[2]
$ rote train model.act=gleu
2> rote: command line: key 'model.act': 'gleu' is not one of gelu | relu | silu; nearest: gelu
[2]
$ rote train model.bias=maybe
2> rote: command line: key 'model.bias': 'maybe' is not true or false
[2]
$ rote train train.seed=-1
2> rote: command line: key 'train.seed': -1 is out of range; allowed: 0 to 18446744073709551615
[2]
$ rote train train.seed=18446744073709551616
2> rote: command line: key 'train.seed': 18446744073709551616 is out of range; allowed: 0 to 18446744073709551615
[2]
$ rote train train.beta1=1
2> rote: command line: key 'train.beta1': 1 is out of range; allowed: 0 to 0.9999999
[2]
$ rote train train.batch_size=-4
2> rote: command line: key 'train.batch_size': -4 is out of range; allowed: 1 to 1000000000, or 0 (all facts)
[2]
$ rote train train.max_steps=0
2> rote: command line: key 'train.max_steps': 0 is out of range; allowed: 1 to 1000000000000
[2]
$ rote train train.stop_recall=2
2> rote: command line: key 'train.stop_recall': 2 is out of range; allowed: above 0, at most 1, or 0 (off)
[2]
$ rote train train.optimizer=adam
2> rote: command line: key 'train.optimizer': 'adam' is not one of adamw | muon | sgd | soap; nearest: adamw
[2]
$ rote train facts.n=0
2> rote: command line: key 'facts.n': 0 is out of range; allowed: 1 to 1000000000
[2]
$ rote train facts.kind=file
2> rote: command line: key 'facts.kind': is file, but facts.path is empty; `rote facts make` and `rote facts import` write such a folder
[2]
$ rote train facts.path=nowhere
2> rote: nowhere: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
[2]
$ rote train facts.kind=random facts.path=nowhere
2> rote: command line: key 'facts.kind': is random, but facts.path is nowhere; set facts.kind to file, or leave facts.path out
[2]
$ printf 'facts: {path: nowhere}\n' > path.yaml
$ rote train path.yaml
2> rote: nowhere: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
[2]
$ printf 'facts:\n  kind: random\n  path: nowhere\n' > both.yaml
$ rote train both.yaml
2> rote: both.yaml:2: key 'facts.kind': is random, but facts.path is nowhere; set facts.kind to file, or leave facts.path out
[2]
$ rote train facts.kind=file facts.path=nowhere
2> rote: nowhere: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
[2]
$ printf 'train:\n  learning_rate: 1e-3x\n' > value.yaml
$ rote train value.yaml
2> rote: value.yaml:2: key 'train.learning_rate': '1e-3x' is not a number
[2]

# What keys demand of each other.

$ rote train model.n_embd=18 model.n_head=4
2> rote: model.n_embd is 18 and model.n_head is 4: n_head must divide n_embd; set n_embd to 20, n_head to 1, or model.head_dim
[2]
$ rote train model.n_head=4 model.n_kv_head=3 model.n_embd=16
2> rote: model.n_head is 4 and model.n_kv_head is 3: n_kv_head must divide n_head; set n_kv_head to 0 (as many as n_head), or to 1
[2]
$ rote train facts.seq_len=64 model.block_size=32
2> rote: the longest fact has 64 tokens and model.block_size is 32; set model.block_size to 0 or at least 64
[2]
$ rote train facts.vocab_size=64 model.vocab_size=32
2> rote: the facts have 64 symbols and model.vocab_size is 32; set model.vocab_size to 0 or at least 64
[2]
$ rote train facts.n=100 facts.vocab_size=2 facts.seq_len=2
2> rote: facts.n: 100 facts, but there are only 4 sequences (2 tokens out of 2); lower facts.n, or raise facts.seq_len or facts.vocab_size
[2]
$ rote train train.warmup_steps=200 train.max_steps=100
2> rote: train.warmup_steps is 200 and train.max_steps is 100: the warm-up must not be longer than the run; lower warmup_steps, or raise max_steps
[2]
$ rote train train.schedule=wsd train.warmup_steps=100 train.max_steps=100
2> rote: train.schedule is wsd and train.warmup_steps is 100, all of train.max_steps: no step is left for the decay; set warmup_steps to at most 99
[2]
$ rote train facts.n=10 facts.seq_len=8 model.n_layer=400 model.n_embd=32768 model.n_head=64
2> rote: a matrix of 131072 x 32768 has more than 2^31 elements; make model.n_embd, n_inner, vocab_size or the heads smaller
[2]
$ rote train facts.n=10 facts.seq_len=8 model.n_layer=400 model.n_embd=16384 model.n_head=64 --threads 1
2> rote: the run needs 32.[0-9] TiB of memory, [0-9.]+ [KMGT]iB are available; lower .*facts.n (re)
[2]
$ rote train facts.n=1000000000 facts.seq_len=1024
2> rote: facts.n: 1000000000 facts of 1024 tokens are 1024000000000 tokens, at most 2147483647 are possible
[2]

$ rote train facts.load=9 facts.n=20 --dry-run
2> rote: facts.n is 20, but facts.load=9 requires 8262 facts; leave one of the keys out
[2]
$ rote train facts.load=0.05 facts.vocab_size=4 facts.seq_len=5 train.exposures=20 --dry-run --json --threads 1 | grep -e data_bits -e '"params"'
  "params": 100672,
  "data_bits": 5037.4984253221164
$ rote help facts.load
facts.load: a number
  data bits per parameter of the model; sets facts.n to the smallest number of
  facts that reaches this
  default 0 (off), or above 0, at most 1000000
  not part of the config hash; facts.n is
  other names: bits_per_param

# This machine.

$ ROTE_ISA=sse9 rote train facts.n=10 --out run --quiet 2>&1 | sed 's/it has .*//'; exit ${PIPESTATUS[0]}
rote: ROTE_ISA=sse9: not an instruction set this CPU can run; 
[2]
$ ROTE_ISA=sse9 rote doctor 2>&1 | sed 's/it has .*//'; exit ${PIPESTATUS[0]}
rote: ROTE_ISA=sse9: not an instruction set this CPU can run; 
[2]
