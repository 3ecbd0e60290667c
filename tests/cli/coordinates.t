# The coordinate check: both parametrizations, by width.
$ printf 'facts: {n: 8, seq_len: 4, vocab_size: 8}\nmodel: {n_layer: 1}\ntrain: {learning_rate: 0.01, mup_base_width: 8}\n' > c.yaml
$ rote coordinates c.yaml --widths 8,16 --steps 2 --threads 1 --out c.svg
parametrization  place              8        16   slope
standard         embedding     0.0262   0.02479   -0.08
standard         block 1      0.05061   0.05417    0.10
standard         logits        0.1048    0.2154    1.04
mup              embedding     0.0262   0.02555   -0.04
mup              block 1      0.05061   0.05228    0.05
mup              logits        0.1048    0.1153    0.14

How far the outputs move in the first steps. Flat over widths (slope 0) is right; growing with the width, the
parametrization is wrong for one learning rate: what suits a narrow model is too much for a wide one.
standard: not flat: the change of logits grows with the width (slope 1.04): one learning rate does not serve widths 8 to 16
mup: flat (steepest: logits, 0.14): one learning rate serves widths 8 to 16
$ head -c 4 c.svg; echo; grep -o '<title>[^<]*, [0-9.]*<' c.svg | wc -l
<svg
8
$ rote coordinates c.yaml --widths 8,16 --steps 2 --out c.svg
parametrization  place              8        16   slope
standard         embedding     0.0262   0.02479   -0.08
standard         block 1      0.05061   0.05417    0.10
standard         logits        0.1048    0.2154    1.04
mup              embedding     0.0262   0.02555   -0.04
mup              block 1      0.05061   0.05228    0.05
mup              logits        0.1048    0.1153    0.14

How far the outputs move in the first steps. Flat over widths (slope 0) is right; growing with the width, the
parametrization is wrong for one learning rate: what suits a narrow model is too much for a wide one.
standard: not flat: the change of logits grows with the width (slope 1.04): one learning rate does not serve widths 8 to 16
mup: flat (steepest: logits, 0.14): one learning rate serves widths 8 to 16
$ rote coordinates c.yaml --widths 8,16 --steps 2 --threads 2 --json
{
  "widths": [
    8,
    16
  ],
  "flat": {
    "standard": false,
    "mup": true
  },
  "rows": [
    {
      "parametrization": "standard",
      "place": "embedding",
      "change": [
        0.026203112939864312,
        0.024787374373902289
      ],
      "slope": -0.080132753988580135
    },
    {
      "parametrization": "standard",
      "place": "block 1",
      "change": [
        0.050607044100464085,
        0.054167041346294603
      ],
      "slope": 0.098077080987588924
    },
    {
      "parametrization": "standard",
      "place": "logits",
      "change": [
        0.10476135988761721,
        0.21537256760395582
      ],
      "slope": 1.0397278106128627
    },
    {
      "parametrization": "mup",
      "place": "embedding",
      "change": [
        0.026203112939864312,
        0.025549449785537866
      ],
      "slope": -0.036445992007310767
    },
    {
      "parametrization": "mup",
      "place": "block 1",
      "change": [
        0.050607044100464085,
        0.052282684348755042
      ],
      "slope": 0.046995004654849223
    },
    {
      "parametrization": "mup",
      "place": "logits",
      "change": [
        0.10476135988761721,
        0.11528052583530142
      ],
      "slope": 0.13804212900610707
    }
  ]
}
# What is refused.
$ rote coordinates --widths 16,8
2> rote: coordinates: --widths '16,8': wants 2 to 12 rising numbers with commas, as in 32,64,128
[2]
$ rote coordinates --widths 16
2> rote: coordinates: --widths '16': wants 2 to 12 rising numbers with commas, as in 32,64,128
[2]
$ rote coordinates --widths 7,9
2> rote: model.n_embd is 7 and model.n_head is 2: n_head must divide n_embd; set n_embd to 8, or n_head to 1
[2]
$ rote coordinates train.optimizer=sgd --widths 8,16
2> rote: train.parametrization is mup and train.optimizer is sgd, whose rates by width are not here; take adamw, muon or soap, or parametrization standard
[2]
$ rote train facts.n=8 train.parametrization=mup train.optimizer=sgd --out x
2> rote: train.parametrization is mup and train.optimizer is sgd, whose rates by width are not here; take adamw, muon or soap, or parametrization standard
[2]
