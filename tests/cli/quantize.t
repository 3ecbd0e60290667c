# rote eval --quantize: a model with weights of fewer bits beside the model as it is.

$ rote train facts.n=40 facts.seq_len=6 facts.vocab_size=16 model.n_layer=1 model.n_head=1 model.n_embd=12 train.max_steps=150 train.learning_rate=0.02 --out run --quiet > /dev/null
$ rote eval run --quantize int8
                   as trained             int8
weight bits            69,504           20,896
loss                 0.941710         0.943076  bits/token
code                  226.010          226.338  bits
memorized             733.990          733.662  of 960.000 bits
bits/param             0.3379           0.3378  memorized bits per parameter
bits/bit               0.0106           0.0351  memorized bits per bit of weight
recall                 1.0000           1.0000
$ rote eval run --quantize int4 --threads 1
                   as trained             int4
weight bits            69,504           12,928
loss                 0.941710         1.324078  bits/token
code                  226.010          317.779  bits
memorized             733.990          642.221  of 960.000 bits
bits/param             0.3379           0.2957  memorized bits per parameter
bits/bit               0.0106           0.0497  memorized bits per bit of weight
recall                 1.0000           0.8250
$ rote eval run --quantize int4 --method gptq --threads 3
                   as trained             int4
weight bits            69,504           12,928
loss                 0.941710         1.201372  bits/token
code                  226.010          288.329  bits
memorized             733.990          671.671  of 960.000 bits
bits/param             0.3379           0.3092  memorized bits per parameter
bits/bit               0.0106           0.0520  memorized bits per bit of weight
recall                 1.0000           0.9250
$ rote eval run --quantize int4 --method gptq --json
{
  "quantize": "int4",
  "method": "gptq",
  "params": 2172,
  "step": 150,
  "data_bits": 959.99993292671354,
  "weight_bits": 12928,
  "code_bits": 288.32938924372201,
  "loss_nats": 0.83272793011190394,
  "recall": 0.92500000000000004,
  "memorized_bits": 671.67054368299159,
  "bits_per_param": 0.30924058180616554,
  "bits_per_weight_bit": 0.051954714084389821,
  "lost_bits": 62.318980540130269,
  "before": {
    "weight_bits": 69504,
    "code_bits": 226.01040870359174,
    "loss_nats": 0.65274365654206468,
    "recall": 1.0,
    "memorized_bits": 733.98952422312186,
    "bits_per_param": 0.33793256179701742,
    "bits_per_weight_bit": 0.010560392556156794
  },
  "data_hash": "f24f2f8cbd1c0f608b4fc6a03307a3c3"
}
$ rote eval run --quantize ternary --json | grep weight_bits
  "weight_bits": 8176,
    "weight_bits": 69504,
$ rote eval run --quantize bf16 --json | grep weight_bits
  "weight_bits": 34752,
    "weight_bits": 69504,
$ rote eval run --quantize int4 --method gptq > one; ROTE_ISA=portable rote eval run --quantize int4 --method gptq | cmp - one

# Facts whose entropy nobody knows: no memorized bits.

$ printf 'prompt\tanswer\nFrance\tParis\nJapan\tTokyo\n' > a.tsv; rote facts import a.tsv --out a > /dev/null
$ rote train facts.path=a model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=20 --out text --quiet > /dev/null
$ rote eval text --quantize int8 | head -n 4
                   as trained             int8
weight bits            36,096           11,616
loss                 3.984767         3.984694  bits/token
code                   99.619           99.617  bits
$ rote eval text --quantize int8 --json | grep per_weight
  "bits_per_weight_bit": null,
    "bits_per_weight_bit": null

$ rote eval run --quantize int5
2> rote: eval: --quantize 'int5' is not one of fp16, bf16, int8, int4, ternary, int6, int3, int2; nearest: int8
[2]
$ rote eval run --quantize none
2> rote: eval: --quantize 'none' is not one of fp16, bf16, int8, int4, ternary, int6, int3, int2
[2]
$ rote eval run --quantize int4 --method gtpq
2> rote: eval: --method 'gtpq' is not one of rtn, gptq; nearest: gptq
[2]
$ rote eval run --quantize bf16 --method gptq
2> rote: bf16 has no codes for GPTQ to choose; take int8, int4 or ternary
[2]
$ rote eval run --method gptq
2> rote: eval: --method needs --quantize
[2]
$ rote eval run --quantize int8 --per-fact out.tsv
2> rote: eval: --per-fact and --quantize exclude each other
[2]
