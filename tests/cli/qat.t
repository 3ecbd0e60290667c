# Training with quantized weights and with frozen parts.

$ cat > small.yaml <<'Y'
> facts: {n: 20, seq_len: 4, vocab_size: 8, seed: 1}
> model: {n_layer: 1, n_head: 2, n_embd: 8}
> train: {max_steps: 60, learning_rate: 0.02, eval_interval: 20, checkpoint_interval: 20}
> Y
$ rote train small.yaml train.quantize=int4 --out int4 --quiet
run         int4
verdict     annealed after 60 steps, every fact trained 60.0 times
loss        1.857035 bits/token
memorized   91.4 of 239.9 bits (ceiling 153.5), 0.0929 bits/param
weights     int4, 6,720 bits, 0.0136 memorized bits per bit
recall      0.6000
parameters  984, hash ca44bab9f4ca70bd8051feee4e1a7580
$ rote eval int4
facts       20, 80 tokens; model at step 60
loss        1.857035 bits/token
code        148.563 bits
memorized   91.370 of 239.933 bits (ceiling 153.494), 0.0929 bits/param
weights     int4, 6,720 bits, 0.0136 memorized bits per bit
recall      0.6000
$ rote eval int4 --json | grep -E "quantize|weight"
  "weight_bits": 6720,
  "bits_per_weight_bit": 0.013596750511600548,
  "quantize": "int4",
$ grep -E "quantize|weight" int4/result.json
  "quantize": "int4",
  "weight_bits": 6720,
  "bits_per_weight_bit": 0.013596750511600548,
$ rote verify int4 --quiet
int4: replayed; parameters, data and result are the same

# A run that goes on from a checkpoint rounds the weights that it finds there.

$ cp -r int4 again; rm again/DONE again/result.json again/checkpoint-000000060.safetensors; rote train small.yaml train.quantize=int4 --out again --resume --quiet --threads 1 | tail -n 1; cmp int4/result.json again/result.json; cmp int4/metrics.jsonl again/metrics.jsonl; cmp int4/checkpoint-000000060.safetensors again/checkpoint-000000060.safetensors
parameters  984, hash ca44bab9f4ca70bd8051feee4e1a7580

# Its weights are in the format already: rounding to nearest changes nothing.

$ rote eval int4 --quantize int4 | grep -E "weight|memorized  "
weight bits             6,720            6,720
memorized              91.370           91.370  of 239.933 bits
bits/bit               0.0136           0.0136  memorized bits per bit of weight
$ rote train small.yaml train.quantize=none --out full --quiet > /dev/null; grep -c -E "quantize|freeze" full/config.yaml; grep -c weight full/result.json
2
0
[1]

# What is frozen is what it was at the start.

$ rote train small.yaml train.freeze=norm+mlp --out frozen --quiet | tail -n 1
parameters  984, hash 6949b1db99ecd154d26c3bfddd4a31d5
$ rote train small.yaml train.freeze=mlp+norm --out frozen --quiet | head -n 1
run         frozen (already finished; nothing was trained)
$ grep freeze frozen/config.yaml
  freeze: mlp+norm
$ rote verify frozen --quiet
frozen: replayed; parameters, data and result are the same
$ rote train small.yaml train.quantize=int5
2> rote: command line: key 'train.quantize': 'int5' is not one of none | fp16 | bf16 | int8 | int4 | ternary | int6 | int3 | int2; nearest: int8
[2]
$ rote train small.yaml train.freeze=mpl
2> rote: command line: key 'train.freeze': 'mpl': 'mpl' is not one of the choices; allowed: none, or one or more joined by '+': embedding | attention | mlp | norm | head | tools; nearest: mlp
[2]
$ rote train small.yaml train.freeze=mlp,norm
2> rote: command line: key 'train.freeze': 'mlp,norm': 'mlp,norm' is not one of the choices; allowed: none, or one or more joined by '+': embedding | attention | mlp | norm | head | tools
[2]
$ rote train small.yaml train.freeze=mlp+
2> rote: command line: key 'train.freeze': 'mlp+': '' is not one of the choices; allowed: none, or one or more joined by '+': embedding | attention | mlp | norm | head | tools
[2]
$ rote train small.yaml train.freeze=head
2> rote: train.freeze names head, but the model has no such parameters: model.tie_weights is true, so the head is the embedding
[2]
$ rote train small.yaml train.freeze=attention model.attn=none
2> rote: train.freeze names attention, but the model has no such parameters
[2]
$ rote train small.yaml train.freeze=embedding+attention+mlp+norm
2> rote: train.freeze names every part, so nothing is left to train; leave one out
[2]
$ rote help train.freeze
train.freeze: one or more choices
  parts that keep their initial values
  default none; none, or one or more joined by '+': embedding | attention | mlp
  | norm | head | tools
  other names: frozen
