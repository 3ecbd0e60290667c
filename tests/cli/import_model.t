# rote import: another program's model as a run that samples and exports, without facts.

$ cat > s.yaml <<'Y'
> facts: {n: 8, seq_len: 4, vocab_size: 8, seed: 1}
> model: {n_layer: 2, n_head: 2, n_embd: 8, norm: rmsnorm, pos: rope, act: silu, gated: true, bias: false, block_size: 9}
> train: {max_steps: 5, learning_rate: 0.01, seed: 2}
> Y
$ rote train s.yaml --out a --quiet | tail -n 1
parameters  2,152, hash e03ff39937547ec73f932e898836e431
$ rote export a --to hf hf
hf
$ rote import hf --out b
2> rote: hf: it has no tokenizer.json
[2]
$ cat > hf/tokenizer.json <<'J'
> {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
>  "model": {"type": "BPE", "vocab": {"a": 1, "b": 2, "c": 3, "ab": 4, "\u0120": 5, "\u0120a": 6}, "merges": ["a b", "\u0120 a"]},
>  "added_tokens": [{"id": 0, "content": "<|endoftext|>", "special": true}, {"id": 7, "content": "<end>", "special": true}]}
> J
$ rote import hf --out b | sed 's/KiB, .*/KiB)/'
b
from        hf (hf, 12.3 KiB)
model       2,152 parameters: 2 blocks of width 8, 2 heads (2 of keys and values), 32 neurons each, tied head
context     9 tokens
tokens      8; texts begin with 0 (<|endoftext|>)
try         rote sample b --prompt "The capital of France is" --max-tokens 40 --greedy
$ ls b
checkpoint-000000000.safetensors
config.yaml
lock
manifest.json
metrics.jsonl
origin.json
tokenizer.json
$ rote sample b --prompt 'ab a' --greedy
ab aaaaaaaa
$ rote sample b --prompt 'abx'
2> rote: sample: --prompt: the tokenizer has no token for byte 0x78; take it out of the text
[2]
$ rote sample b --prompt 'ab<end>' --json --greedy --max-tokens 2
{
  "prompt": "ab<end>",
  "samples": [
    {
      "tokens": [
        7,
        7
      ],
      "text": "<end><end>",
      "ended": "length"
    }
  ]
}
$ rote export b --to hf hf2 && cmp hf/model.safetensors hf2/model.safetensors && cat hf2/config.json | grep token
hf2
  "bos_token_id": 0,
  "eos_token_id": null,
$ cmp b/tokenizer.json hf2/tokenizer.json && cat hf2/tokenizer_config.json
{
  "tokenizer_class": "PreTrainedTokenizerFast",
  "bos_token": "<|endoftext|>",
  "eos_token": null,
  "add_bos_token": true,
  "model_max_length": 9
}
$ rote import hf2 --out b2 > /dev/null && rote export b2 --to hf hf3 && cmp hf2/model.safetensors hf3/model.safetensors && cmp b/tokenizer.json b2/tokenizer.json
hf3
$ rote export b --to gguf b.gguf && rote import b.gguf --out b3 > /dev/null && rote export b3 --to hf hf4 && cmp hf/model.safetensors hf4/model.safetensors && cmp b/tokenizer.json b3/tokenizer.json
b.gguf
hf4
$ rote export b3 --to gguf b.gguf
2> rote: b.gguf: exists; choose another file, or replace it with --force
[2]
$ rote export a --to gguf a.gguf && rote export b --to gguf b.gguf --type q8_0 --force && head -c 4 a.gguf b.gguf
a.gguf
b.gguf
==> a.gguf <==
GGUF
==> b.gguf <==
GGUF
$ rote export b --to gguf c.gguf --type q4_0
2> rote: export: --type q4_0 is unknown, allowed: f32, f16, q8_0
[2]
$ rote export b --to npz c.npz --type f16
2> rote: export: --type belongs to --to gguf
[2]
$ printf 'prompt,answer,tag\nab,a,x\nb c,ab a,y\na,b,\n' > f.csv && rote facts import f.csv --out f > /dev/null
$ rote eval b
2> rote: b: was imported, so it has no facts; make some (`rote facts import`) and name them: --facts DIR
[2]
$ rote eval b --facts f
facts       3, 6 tokens; model at step 0
loss        3.038074 bits/token
code        18.228 bits
baselines   answers 4.755 bits, zlib 26 bytes
recall      0.0000
$ rote eval b --facts f --per-fact f.tsv > /dev/null && cut -f 1-4,6- f.tsv
fact	tag	tokens	prompt_tokens	recalled	text
0	x	2	1	0	ab\ta
1	y	6	3	0	b c\tab a
2		3	1	0	a\tb
$ rote eval b --facts f --json | grep -E 'tokens|answer|entropy|hash'
  "tokens": 6,
  "answer_bits": 4.7548875021634682,
  "data_hash": "c1dd12a8c97e925cf9bbbc08fbb8837c"
$ printf 'prompt,answer\nab,x\n' > g.csv && rote facts import g.csv --out g > /dev/null
$ rote eval b --facts g
2> rote: g: the tokenizer has no token for byte 0x78; take it out of the text
[2]
$ rote logits b
2> rote: b: was imported, so it has no facts; make some (`rote facts import`) and name them: --facts DIR
[2]
$ rote neurons steer b --do 'blocks.1.mlp.hook_post[0-7]=zero' --prompt 'ab c' --greedy --max-tokens 3
without  ab cababab
with     ab cababab
$ rote neurons steer b --do 'blocks.1.mlp.hook_post[0-7]=mean' --prompt 'ab c'
2> rote: neurons steer: --do mean and donor are values over facts, and there are none; use set, add or zero
[2]
$ rote neurons steer b --do 'blocks.1.mlp.hook_post[0-7]=zero' --eval
2> rote: neurons steer: --eval needs facts, and b was imported without any; name some: --facts DIR
[2]
$ rote neurons steer b --do 'blocks.1.mlp.hook_post[0-7]=add:0' --eval --facts f | sed 's/  *[0-9.]* ->  *[0-9.]*$//'
tag                  facts              recall  changed                    code bits
(none)                   1    0.0000 -> 0.0000        0
x                        1    0.0000 -> 0.0000        0
y                        1    0.0000 -> 0.0000        0
all                      3    0.0000 -> 0.0000        0
$ rote compress b -o x.rote
2> rote: b: was imported from hf, so it has no facts and no training, which this command needs
[2]
$ rote creativity b
2> rote: b: was imported from hf, so it has no facts and no training, which this command needs
[2]
$ rote import hf --out c --bos 7 --context 5 --json | tr -d '\n ' | sed 's/"hash":"[0-9a-f]*"//'; echo
{"run":"c","format":"hf","file":"hf","bytes":12636,,"params":2152,"n_layer":2,"n_embd":8,"n_head":2,"n_kv_head":2,"n_inner":32,"block_size":5,"vocab_size":8,"bos":7,"eos":-1}
$ rote import hf --out b | grep -c parameters
1
$ cp -r hf long && truncate -s +100 long/model.safetensors; cp b.gguf long.gguf && truncate -s +20G long.gguf
$ rote import long --out l
2> rote: long/model.safetensors: 100 bytes behind its last tensor are of no tensor
[2]
$ rote import long.gguf --out l
2> rote: long.gguf: no whole GGUF file: 21474836480 bytes behind the last tensor are of no tensor
[2]
$ rote import hf --out b --context 5
2> rote: b: contains a run with another config (model.block_size: 9 -> 5); choose another --out
[2]
$ cp -r hf "$(printf 'h\351\033[31m')"; rote import "$(printf 'h\351\033[31m')" --out "$(printf 'o\033[31m')" | grep -e from -e try | sed 's/KiB, .*/KiB)/'; grep '"file"' o*/origin.json; rm -r h?*31m o*31m
from        h\xE9\x1B[31m (hf, 12.3 KiB)
try         rote sample o\x1B[31m --prompt "The capital of France is" --max-tokens 40 --greedy
  "file": "h\\xE9\\x1B[31m",
$ rote import nothing --out d
2> rote: nothing: there is no such file or folder
[2]
$ rote import hf
2> rote: import: --out is missing: the folder of the new run
[2]
$ rote verify b
2> rote: b: was imported from hf, so it has no facts and no training, which this command needs
[2]
$ rote train s.yaml train.init_from=b train.max_steps=1 --out e --quiet | tail -n 1
parameters  2,152, hash 4101f8482139fb9439c6a0b0f2822693
$ rote train s.yaml --out b --resume
2> facts       8 of up to 4 tokens, vocabulary 8: 96.0 bits, of which a model can memorize 72.0
2> parameters  2,152: embedding 64, attention 512, mlp 1,536, norm 40, head 0
2> needs       memory 11.4 MiB, disk 1.1 MiB, 418k FLOP a step, 5 steps
2> rote: b: contains a run with another config (facts.n: 256 -> 8; facts.seq_len: 16 -> 4; facts.vocab_size: 256 -> 8; facts.seed: 0 -> 1; and 5 more); choose another --out
[2]
