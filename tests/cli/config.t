# Configs that are wrong: file, line, value, what is allowed.

$ rote train nowhere.yaml
$ mkdir folder; rote train folder
$ : > empty.yaml
$ rote train empty.yaml
$ printf '# only a comment\n' > comment.yaml
$ rote train comment.yaml
$ printf 'model:\n  n_embd: 16\n  n_embed: 16\n' > unknown.yaml
$ rote train unknown.yaml
$ printf 'model:\n  n_embd: 16\n  n_layer: 1\n  n_embd: 32\n' > twice.yaml
$ rote train twice.yaml
$ printf 'model:\n  n_embd: 16\nmodel:\n  n_layer: 1\n' > section.yaml
$ rote train section.yaml
$ printf 'modle:\n  n_embd: 16\n' > modle.yaml
$ rote train modle.yaml
$ printf 'model:\n\tn_embd: 16\n' > tab.yaml
$ rote train tab.yaml
$ printf 'model: [1, 2\n' > bracket.yaml
$ rote train bracket.yaml
$ printf 'model:\n  n_embd: [16, 32]\n' > list.yaml
$ rote train list.yaml
$ printf 'model:\n  n_embd: {a: 1}\n' > nested.yaml
$ rote train nested.yaml
$ printf 'model: 3\n' > scalar.yaml
$ rote train scalar.yaml
$ printf -- '- model\n- train\n' > sequence.yaml
$ rote train sequence.yaml
$ printf 'model:\n  n_embd: 16\n---\nmodel:\n  n_embd: 32\n' > documents.yaml
$ rote train documents.yaml
$ printf 'model:\n  n_embd: 1\0006\n' > nul.yaml
$ rote train nul.yaml
$ printf 'model:\n  act: g\xe9lu\n' > latin1.yaml
$ rote train latin1.yaml
$ printf 'model:\n  n_embd:\n' > nothing.yaml
$ rote train nothing.yaml

# A byte-order mark and CRLF are how some editors write: fine.
$ printf '\xef\xbb\xbfmodel:\r\n  n_embd: 18\r\n  n_head: 4\r\n' > dos.yaml
$ rote train dos.yaml

# Values.

$ rote train train.learning_rate=nan
$ rote train train.learning_rate=inf
$ rote train train.learning_rate=-1
$ rote train train.learning_rate=1e-3x
$ rote train train.learning_rate=
$ rote train train.learning_rate
$ rote train train.learning_rat=0.1
$ rote train learning_rate=0.1
$ rote train model.n_embd=0
$ rote train model.n_embd=1.5
$ rote train model.n_embd=99999999999999999999
$ rote train model.norm=batchnorm
$ rote train model.act=gleu
$ rote train model.bias=maybe
$ rote train train.seed=-1
$ rote train train.seed=18446744073709551616
$ rote train train.beta1=1
$ rote train train.batch_size=-4
$ rote train train.max_steps=0
$ rote train train.stop_recall=2
$ rote train train.optimizer=adam
$ rote train facts.n=0
$ rote train facts.kind=file
$ rote train facts.kind=file facts.path=nowhere
$ printf 'train:\n  learning_rate: 1e-3x\n' > value.yaml
$ rote train value.yaml

# What keys demand of each other.

$ rote train model.n_embd=18 model.n_head=4
$ rote train model.n_head=4 model.n_kv_head=3 model.n_embd=16
$ rote train facts.seq_len=64 model.block_size=32
$ rote train facts.vocab_size=64 model.vocab_size=32
$ rote train facts.n=100 facts.vocab_size=2 facts.seq_len=2
$ rote train train.warmup_steps=200 train.max_steps=100
$ rote train facts.n=10 facts.seq_len=8 model.n_layer=400 model.n_embd=32768 model.n_head=64
$ rote train facts.n=2000000000 facts.seq_len=1024

# This machine.

$ ROTE_ISA=sse9 rote train facts.n=10 --dry-run
$ ROTE_ISA=neon rote doctor | head -n 0; ROTE_ISA=sse9 rote doctor
