# The coordinate check: both parametrizations, by width.
$ printf 'facts: {n: 8, seq_len: 4, vocab_size: 8}\nmodel: {n_layer: 1}\ntrain: {learning_rate: 0.01, mup_base_width: 8}\n' > c.yaml
$ rote coordinates c.yaml --widths 8,16 --steps 2 --threads 1 --out c.svg
parametrization  place              8        16   first  change    size
standard         embedding    0.01593   0.01562   -0.03   -0.06   -0.04
standard         block 1      0.03399   0.04661    0.46    0.23    0.18
standard         logits       0.07097    0.1401    0.98    1.01    1.05
mup              embedding    0.01593   0.01566   -0.02    0.00   -0.03
mup              block 1      0.03399   0.03531    0.06    0.05    0.04
mup              logits       0.07097   0.06414   -0.15    0.05    0.14

The change of the outputs by the first step that moves the model, and slopes over the width: of this
change, of the change by all 2 steps, and of the final outputs. A slope of 0 is flat; that of the logits
may be -0.5 while their weights are random.
standard: first step: grows with the width (logits, 0.98); all steps: grows with the width (logits, 1.01)
mup: first step: flat (steepest: block 1, 0.06); all steps: flat (steepest: block 1, 0.05)
A first step that grows with the width means wrong exponents. Whether one learning rate serves all widths, only a sweep shows.
$ head -c 4 c.svg; echo; grep -o '<title>[^<]*, [0-9.]*<' c.svg | wc -l
<svg
8
$ rote coordinates c.yaml --widths 8,16 --steps 2 --out c.svg
parametrization  place              8        16   first  change    size
standard         embedding    0.01593   0.01562   -0.03   -0.06   -0.04
standard         block 1      0.03399   0.04661    0.46    0.23    0.18
standard         logits       0.07097    0.1401    0.98    1.01    1.05
mup              embedding    0.01593   0.01566   -0.02    0.00   -0.03
mup              block 1      0.03399   0.03531    0.06    0.05    0.04
mup              logits       0.07097   0.06414   -0.15    0.05    0.14

The change of the outputs by the first step that moves the model, and slopes over the width: of this
change, of the change by all 2 steps, and of the final outputs. A slope of 0 is flat; that of the logits
may be -0.5 while their weights are random.
standard: first step: grows with the width (logits, 0.98); all steps: grows with the width (logits, 1.01)
mup: first step: flat (steepest: block 1, 0.06); all steps: flat (steepest: block 1, 0.05)
A first step that grows with the width means wrong exponents. Whether one learning rate serves all widths, only a sweep shows.
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
      "first": [
        0.015930723358905968,
        0.015620216921680403
      ],
      "first_slope": -0.028397287460226964,
      "change": [
        0.025791995664642395,
        0.024718822019500413
      ],
      "change_slope": -0.061313413522670113,
      "size": [
        0.038446092154626292,
        0.037375637397177662
      ],
      "size_slope": -0.0407387802156714
    },
    {
      "parametrization": "standard",
      "place": "block 1",
      "first": [
        0.033987383044689679,
        0.046613917056371516
      ],
      "first_slope": 0.45576146864286299,
      "change": [
        0.048987275388011967,
        0.057391062294525841
      ],
      "change_slope": 0.22841902565575992,
      "size": [
        0.056555797776145819,
        0.06389878883143868
      ],
      "size_slope": 0.17611365727076181
    },
    {
      "parametrization": "standard",
      "place": "logits",
      "first": [
        0.070972670257439613,
        0.14011922457453488
      ],
      "first_slope": 0.98131941728141059,
      "change": [
        0.10003380342500769,
        0.20124697984191503
      ],
      "change_slope": 1.0084795346166082,
      "size": [
        0.096275321542479822,
        0.19925499977906638
      ],
      "size_slope": 1.049377983811419
    },
    {
      "parametrization": "mup",
      "place": "embedding",
      "first": [
        0.015930723358905968,
        0.015658779961118724
      ],
      "first_slope": -0.02483996532770626,
      "change": [
        0.025791995664642395,
        0.02585751756808374
      ],
      "change_slope": 0.0036603704451966088,
      "size": [
        0.038446092154626292,
        0.037715972317673686
      ],
      "size_slope": -0.027661344110967608
    },
    {
      "parametrization": "mup",
      "place": "block 1",
      "first": [
        0.033987383044689679,
        0.035313525656291096
      ],
      "first_slope": 0.055221583332942817,
      "change": [
        0.048987275388011967,
        0.050647307055821301
      ],
      "change_slope": 0.048078509276254025,
      "size": [
        0.056555797776145819,
        0.058324402229550841
      ],
      "size_slope": 0.044424687392666459
    },
    {
      "parametrization": "mup",
      "place": "logits",
      "first": [
        0.070972670257439613,
        0.064140510762203673
      ],
      "first_slope": -0.14602774468740495,
      "change": [
        0.10003380342500769,
        0.10324411128075189
      ],
      "change_slope": 0.045571899277174518,
      "size": [
        0.096275321542479822,
        0.10572272676226192
      ],
      "size_slope": 0.13504759855151111
    }
  ]
}
# What is refused.
$ rote coordinates --widths 16,8
2> rote: coordinates: --widths '16,8': needs 2 to 12 ascending numbers, as in 32,64,128
[2]
$ rote coordinates --widths 16
2> rote: coordinates: --widths '16': needs 2 to 12 ascending numbers, as in 32,64,128
[2]
$ rote coordinates --widths 7,9
2> rote: model.n_embd is 7 and model.n_head is 2: n_head must divide n_embd; set n_embd to 8, n_head to 1, or model.head_dim
[2]
$ rote coordinates train.optimizer=sgd --widths 8,16
2> rote: train.parametrization is mup and train.optimizer is sgd, for which mup has no rule here; use adamw, muon or soap, or parametrization standard
[2]
$ rote train facts.n=8 train.parametrization=mup train.optimizer=sgd --out x
2> rote: train.parametrization is mup and train.optimizer is sgd, for which mup has no rule here; use adamw, muon or soap, or parametrization standard
[2]
