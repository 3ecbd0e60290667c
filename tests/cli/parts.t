# rote eval --parts: what is lost when one part of a model is spoiled.

$ rote train facts.n=40 facts.seq_len=6 facts.vocab_size=16 model.n_layer=1 model.n_head=1 model.n_embd=12 train.max_steps=150 train.learning_rate=0.02 --out run --quiet > /dev/null
$ rote eval run --parts
memorized   734.0 bits, recall 1.0000; bits lost when one part is perturbed:

              params      int8      int4   ternary     reset
embedding        264       0.1      43.1     755.8     740.7
attention        624       0.0       8.1     371.0    1337.2
mlp            1,212       0.2      39.3     866.8    2506.7
norm              72       0.0       0.0       0.0     214.6
all            2,172       0.3      91.8    1240.9     735.1

Gaussian noise, relative to a tensor's root mean square: mean of 5 seeds and its 95 % interval

                          0.03                0.10                0.30                1.00
embedding         7.1 +-     2       92.8 +-    21      634.3 +-   138     2694.1 +-   392
attention         1.6 +-     1       22.7 +-    10      225.0 +-    60     1429.1 +-   127
mlp               3.9 +-     1       46.9 +-     7      442.7 +-    71     1718.1 +-   178
norm              5.1 +-     4       72.4 +-    35      588.2 +-   129     2631.4 +-   361
all              17.1 +-     5      221.8 +-    46     1472.5 +-   272     4330.5 +-  2222
$ rote eval run --parts --threads 1 > one; ROTE_ISA=portable rote eval run --parts --threads 3 | cmp - one
$ rote eval run --parts --seeds 2 --json | head -n 15
{
  "memorized_bits": 733.98952422312186,
  "code_bits": 226.01040870359174,
  "recall": 1.0,
  "seeds": 2,
  "parts": {
    "embedding": {
      "params": 264,
      "noise": [
        {
          "lost_bits": 8.0304622634336624,
          "low": -1.2150367034388214,
          "high": 17.275961230306145,
          "memorized_bits": 725.95906195968814,
          "recall": 1.0,
$ rote eval run --parts --seeds 2 --json | sed -n '/"mlp"/,/"norm"/p' | tail -n 23
      ],
      "int8": {
        "lost_bits": 0.17496295069409484,
        "memorized_bits": 733.8145612724278,
        "recall": 1.0
      },
      "int4": {
        "lost_bits": 39.342234426084076,
        "memorized_bits": 694.64728979703773,
        "recall": 0.92500000000000004
      },
      "ternary": {
        "lost_bits": 866.77860387969599,
        "memorized_bits": -132.78907965657413,
        "recall": 0.025000000000000001
      },
      "reset": {
        "lost_bits": 2506.6783819249317,
        "memorized_bits": -1772.6888577018099,
        "recall": 0.0
      }
    },
    "norm": {
$ rote eval run --parts --seeds 1
2> rote: eval: --seeds '1' is not a whole number from 2 to 1000
[2]
$ rote eval run --seeds 3
2> rote: eval: --seeds needs --parts
[2]
$ rote eval run --parts --quantize int4
2> rote: eval: --quantize and --parts exclude each other
[2]
$ rote eval run --parts --per-fact out.tsv
2> rote: eval: --per-fact and --parts exclude each other
[2]

$ printf 'prompt\tanswer\nFrance\tParis\nJapan\tTokyo\n' > a.tsv; rote facts import a.tsv --out a > /dev/null
$ rote train facts.path=a model.n_layer=1 model.n_head=1 model.n_embd=8 model.mlp=none model.tie_weights=false train.max_steps=20 --out text --quiet > /dev/null
$ rote eval text --parts | head -n 8
code        98.2 bits, recall 0.0000; bits lost when one part is perturbed:

              params      int8      int4   ternary     reset
embedding        240       0.0      -0.0       0.2       2.3
attention        288       0.0       0.0      -0.0       0.1
norm              32       0.0       0.0       0.0       0.0
head             136       0.0       0.0       0.4       1.8
all              696       0.0      -0.0       0.6       4.2
$ rote eval text --parts --json | grep memorized | sort | uniq -c | tr -s ' '
 20 "memorized_bits": null,
 20 "memorized_bits": null,
 1 "memorized_bits": null,

# A run of another parametrization goes back to its own starting values: after one step of (nearly) no size, nothing is lost.

$ rote train facts.n=10 facts.seq_len=4 facts.vocab_size=8 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=1 train.learning_rate=1e-30 train.parametrization=mup --out mup --quiet > /dev/null
$ rote eval mup --parts | sed -n 3,8p
              params      int8      int4   ternary     reset
embedding         96       0.0       0.0      -1.2       0.0
attention        288       0.0       0.0       0.0       0.0
mlp              552      -0.0       0.0      -0.1       0.0
norm              48       0.0       0.0       0.0       0.0
all              984       0.0       0.0      -1.4       0.0
