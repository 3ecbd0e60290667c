# Facts in a tokenizer's tokens: one that is trained on them, or that of a file. Whatever reads a run on them has the text back.

$ printf 'prompt,answer,tag\nThe capital of Peru is,Lima,real\nThe capital of Oman is,Muscat,real\nThe capital of Mali is,Bamako,real\nThe capital of Zurbia is,"Port  Zurb, north",made\nThe capital of Osmia is,Osmi City,made\nThe capital of Cubala is,Cubala Bay,made\n' > c.csv
$ rote facts import c.csv --vocab bpe:280 --out bpe
columns     prompt: column 1 (prompt), answer: column 2 (answer), tag: column 3 (tag); the first line names them
kind        import
facts       6, 95 tokens, the longest 23
vocabulary  280 symbols
tokenizer   b1a9ff568d41a78028271e69c1176e30; 35 of its tokens occur, and 2.191 bytes a token
entropy     unknown; baselines: answers 15.509775 bits, zlib 112 bytes
duplicates  0 dropped
tags        2: real 3, made 3
hash        f2ae26f6f583e540c9b147f93510f037
0           The capital of Peru is	Lima
1           The capital of Oman is	Muscat
2           The capital of Mali is	Bamako
3           The capital of Zurbia is	Port  Zurb, north
4           The capital of Osmia is	Osmi City
$ ls bpe; cat bpe/vocab.json; head -3 bpe/records.tsv; grep -c merges bpe/tokenizer.json
manifest.json
records.tsv
tokenizer.json
vocab.json
{
  "kind": "tokenizer",
  "eos": 0,
  "tokenizer": "b1a9ff568d41a78028271e69c1176e30"
}
role	prompt	tag	tokens	text
fact	9	real	267 269 266 221 48 69 82 85 265 221 44 73 270 0	The capital of Peru is Lima
fact	7	real	267 269 266 272 270 78 265 221 45 85 83 258 84 0	The capital of Oman is Muscat
2
$ rote facts import c.csv --out bytes --json | grep -E 'answer_bits|zlib|"tokens"|vocab_size|tokenizer'
  "vocab_size": 30,
  "tokens": 201,
  "answer_bits": 15.509775004326936,
  "zlib_bytes": 112,
$ rote facts show bpe --json | grep -E 'answer_bits|zlib|"tokens"|vocab_size|hash|bytes_per|used'
  "vocab_size": 280,
  "tokens": 95,
    "hash": "b1a9ff568d41a78028271e69c1176e30",
    "tokens_used": 35,
    "bytes_per_token": 2.191011235955056
  "answer_bits": 15.509775004326936,
  "zlib_bytes": 112,
  "data_hash": "f2ae26f6f583e540c9b147f93510f037",
# The same by the file that it has written, and from a folder of bytes in a config.
$ rote facts import c.csv --vocab tokenizer --tokenizer bpe/tokenizer.json --out again | grep hash; grep data_hash bpe/manifest.json
hash        f2ae26f6f583e540c9b147f93510f037
  "data_hash": "f2ae26f6f583e540c9b147f93510f037",
$ rote facts show facts.path=bytes facts.vocab=bpe:280 | grep -E '^hash|^tokenizer|^vocabulary'
vocabulary  280 symbols
tokenizer   b1a9ff568d41a78028271e69c1176e30; 35 of its tokens occur, and 2.191 bytes a token
hash        f2ae26f6f583e540c9b147f93510f037
# Training, and every command that reads the run.
$ rote train facts.path=bytes facts.vocab=bpe:280 model.n_embd=24 model.n_layer=1 train.max_steps=150 train.learning_rate=0.02 --out run --quiet --json | grep -E '"recall"|"data_bits"|"code_bits"'
  "data_bits": null,
  "code_bits": 15.713603596611264,
  "recall": 1,
$ ls run; grep tokenizer run/manifest.json; grep -E 'vocab:|tokenizer:' run/config.yaml; cmp run/tokenizer.json bpe/tokenizer.json
DONE
checkpoint-000000150.safetensors
config.yaml
lock
manifest.json
metrics.jsonl
result.json
timing.json
tokenizer.json
  "tokenizer": "b1a9ff568d41a78028271e69c1176e30",
  vocab: "bpe:280"
  tokenizer: ""
$ rote sample run --prompt 'The capital of Zurbia is' --greedy
The capital of Zurbia is Port  Zurb, north
$ rote eval run --per-fact f.tsv | grep recall; cut -f7 f.tsv
recall      1.0000
text
The capital of Peru is\tLima
The capital of Oman is\tMuscat
The capital of Mali is\tBamako
The capital of Zurbia is\tPort  Zurb, north
The capital of Osmia is\tOsmi City
The capital of Cubala is\tCubala Bay
$ rote eval run --facts bpe | grep recall; rote eval run --facts bytes | grep recall
recall      1.0000
recall      1.0000
$ rote verify run --quiet
run: replayed; parameters, data and result are the same
$ rote compress run -o x.rote | grep -v 'header\|weights'; rote archive show x.rote | tail -1; rote archive show x.rote --json | grep -A4 tokenizer
x.rote: 15,769 bytes
side               1,184 bits   0.94 %  number and lengths of the facts, text of the symbols
stream                16 bits   0.01 %  the facts, coded by the model
tokenizer   packed and counted in side: the texts of 34 of its 280 tokens, all that decoding needs; not packed: its merges, which encode
zlib needs 112 bytes for the same facts as text
tokenizer   packed and counted in side: the texts of 34 of its 280 tokens, all that decoding needs; not packed: its merges, which encode
  "tokenizer": {
    "tokens": 280,
    "packed_texts": 34,
    "packed_merges": false
  },
$ rote decompress x.rote -o x.tsv; cat x.tsv
prompt	answer	tag
The capital of Peru is	Lima	real
The capital of Oman is	Muscat	real
The capital of Mali is	Bamako	real
The capital of Zurbia is	Port  Zurb, north	made
The capital of Osmia is	Osmi City	made
The capital of Cubala is	Cubala Bay	made
2> x.tsv: 249 bytes, checksum right
$ rote neurons dump run --hook blocks.0.mlp.hook_post --out n.npy | head -1
n.npy                        6 facts, 95 tokens
$ rote export run --to hf h; ls h; cmp h/tokenizer.json run/tokenizer.json; cat h/tokenizer_config.json
h
config.json
model.safetensors
tokenizer.json
tokenizer_config.json
{
  "tokenizer_class": "PreTrainedTokenizerFast",
  "bos_token": "<|endoftext|>",
  "eos_token": "<|endoftext|>",
  "add_bos_token": true,
  "model_max_length": 23
}
$ rote export run --to gguf m.gguf; rote import m.gguf --out back | grep tokens
m.gguf
context     23 tokens
tokens      280; texts begin with 0 (<|endoftext|>) and end with 0 (<|endoftext|>)
try         rote sample back --prompt "The capital of France is" --max-tokens 40 --greedy
$ rote sample back --prompt 'The capital of Zurbia is' --greedy
The capital of Zurbia is Port  Zurb, north
# The tokenizer inside a GGUF file is that of facts, too.
$ rote facts import c.csv --vocab tokenizer --tokenizer m.gguf --out third | grep -E '^hash'
hash        f2ae26f6f583e540c9b147f93510f037
# A run goes on where its tokenizer's file was lost: it has a copy.
$ cp bpe/tokenizer.json t.json; rote train facts.path=bytes facts.vocab=tokenizer facts.tokenizer=t.json model.n_embd=8 train.max_steps=2 --out kept --quiet >/dev/null; rm t.json; rote eval kept | grep loss | wc -l
1
$ printf ' ' >> kept/tokenizer.json; rote export kept --to hf h2
2> rote: kept/tokenizer.json: altered since training began; put the file back, or train again in another folder
[1]
# A text, in chunks of bytes.
$ seq 1 300 | tr '\n' ' ' > n.txt; rote facts show facts.kind=text facts.path=n.txt facts.vocab=bpe:290 facts.seq_len=40 facts.heldout=2 | grep -E 'facts |vocabulary|tokenizer|order|zlib|deflate'
facts       26, 602 tokens, the longest 28
vocabulary  290 symbols
tokenizer   ca1bc1013ac08d68a8f10d599e69598c; 45 of its tokens occur, and 1.806 bytes a token
entropy     unknown; baselines: answers 122.211433 bits, zlib 500 bytes
empirical   order 0: 3262.1 bits, order 1: 2867.3, order 2: 2406.3
# An imported model's own tokens, trained on: from its weights.
$ rote train facts.path=bytes facts.vocab=tokenizer facts.tokenizer=back/tokenizer.json train.init_from=back model.n_embd=24 model.n_layer=1 model.block_size=$(grep block_size: back/config.yaml | tr -dc 0-9) train.max_steps=1 train.learning_rate=1e-12 train.warmup_steps=0 --out on --quiet --json | grep '"recall"'
  "recall": 1,
# What is refused.
$ rote facts import c.csv --vocab letters --out f
2> rote: facts import: --vocab is "letters", allowed: bytes, words, tokenizer, bpe:N
[2]
$ rote facts import c.csv --vocab bpe:100 --out f
2> rote: facts import: --vocab is "bpe:100": bpe:N is a tokenizer of N tokens, 257 (the bytes and the end) to 1048576
[2]
$ rote facts import c.csv --vocab bpe:5000 --out f
2> rote: a tokenizer of 5000 tokens: with 290 tokens no pair of neighbours occurs twice any more; ask for at most 290
[2]
$ rote facts import c.csv --vocab tokenizer --out f
2> rote: facts import: --vocab is 'tokenizer': set --tokenizer to its tokenizer.json or GGUF file
[2]
$ rote facts import c.csv --tokenizer bpe/tokenizer.json --out f
2> rote: facts import: --tokenizer names a tokenizer, but --vocab is not 'tokenizer'
[2]
$ rote facts import c.csv --vocab tokenizer --tokenizer nowhere.json --out f
2> rote: nowhere.json: there is no such file
[2]
$ rote facts import c.csv --vocab tokenizer --tokenizer c.csv --out f
2> rote: c.csv:1: '[' or '{' expected near 'prompt'
[2]
$ rote train facts.path=bytes facts.vocab=bpe --out f
2> rote: facts.vocab is "bpe", allowed: tokenizer, bpe:N
[2]
$ rote train facts.n=8 facts.vocab=bpe:300 --out f
2> rote: facts.vocab is "bpe:300", but facts.kind is random, which does not use this key; leave it out, or set facts.kind (file, text)
[2]
$ rote facts make facts.n=8 --out drawn >/dev/null
$ rote train facts.path=drawn facts.vocab=bpe:300 --out f
2> rote: drawn: these facts were drawn (kind random), and their symbols are part of the draw; a tokenizer is for facts that are imported, or of kind text
[2]
$ rote train facts.path=bytes train.max_steps=1 --out plain --quiet >/dev/null
$ rote eval plain --facts bpe
2> rote: bpe: its symbols are a tokenizer's tokens, those of the run's facts are bytes
[2]
$ printf x >> bpe/tokenizer.json; rote facts show bpe
2> rote: bpe/tokenizer.json: was altered: 5039 bytes with the hash 01752f72c1d585c8514cade298ca778e; when it was written, 5038 with b1a9ff568d41a78028271e69c1176e30
[1]
