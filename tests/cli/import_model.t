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
$ rote import hf --out c --bos 7 --context 5 --json | tr -d '\n ' | sed 's/"hash":"[0-9a-f]*"//'; echo
{"run":"c","format":"hf","file":"hf","bytes":12636,,"params":2152,"n_layer":2,"n_embd":8,"n_head":2,"n_kv_head":2,"n_inner":32,"block_size":5,"vocab_size":8,"bos":7,"eos":-1}
$ rote import hf --out b
2> rote: b: contains a run; choose another --out
[2]
$ rote import nothing --out d
2> rote: nothing: No such file or directory
[2]
$ rote import hf
2> rote: import: --out is missing: the folder of the new run
[2]
$ rote eval b
2> rote: b: was imported from hf, so it has no facts and no training, which this command needs
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
