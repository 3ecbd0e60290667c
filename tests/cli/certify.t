# rote capacity --certify: an archive of every run, what it proves, and the alarm.

$ rote sweep run facts.n=40 facts.seq_len=5 facts.vocab_size=16 facts.seed=1,2 model.n_layer=1 model.n_head=1 model.n_embd=6,8 train.max_steps=100,200 train.learning_rate=0.03 --out sweep --jobs 1 --quiet > /dev/null
$ rote capacity sweep --certify --bits 32,8,4 --method rtn,gptq
sweep: 8 runs done
  model          params  facts draws  held                 H cross-entropy  certified (95 %)          share, % (95 %)        /param    /bit   ceiling
  L1 d6             648     40     2  fp32  -            800           393  344 (242 to 446)          87.6 (80.4 to 94.8)     0.531  0.0166       587
  L1 d6             648     40     2  int8  rtn          800           393  340 (289 to 391)          86.6 (81.0 to 92.1)     0.525  0.0479       587
  L1 d6             648     40     2  int8  gptq         800           393  340 (289 to 391)          86.6 (81.0 to 92.1)     0.525  0.0479       587
  L1 d6             648     40     2  int4  rtn          800           393  196 (-363 to 755)         50.1 (-102.9 to 203.2)  0.302  0.0402       587
  L1 d6             648     40     2  int4  gptq         800           393  192 (-113 to 497)         49.0 (-39.1 to 137.1)   0.296  0.0394       587
  L1 d8           1,056     40     2  fp32  -            800           567  516 (465 to 567)          91.0 (86.9 to 95.1)     0.489  0.0153       587
  L1 d8           1,056     40     2  int8  rtn          800           567  516 (465 to 567)          91.0 (86.9 to 95.1)     0.489  0.0474       587
  L1 d8           1,056     40     2  int8  gptq         800           567  516 (465 to 567)          91.0 (86.9 to 95.1)     0.489  0.0474       587
  L1 d8           1,056     40     2  int4  rtn          800           567  368 (165 to 571)          64.9 (38.3 to 91.4)     0.348  0.0515       587
  L1 d8           1,056     40     2  int4  gptq         800           567  380 (-77 to 837)          67.0 (-4.1 to 138.0)    0.360  0.0531       587

  bits         certified / cross-entropy, %   bits/param               bits per bit of weight
  32    -      89.3 (87.6 to 91.0)            0.510 (0.489 to 0.531)   0.0159 (0.0153 to 0.0166)
  8     rtn    88.8 (86.6 to 91.0)            0.507 (0.489 to 0.525)   0.0476 (0.0474 to 0.0479)
  8     gptq   88.8 (86.6 to 91.0)            0.507 (0.489 to 0.525)   0.0476 (0.0474 to 0.0479)
  4     rtn    57.5 (50.1 to 64.9)            0.325 (0.302 to 0.348)   0.0458 (0.0402 to 0.0515)
  4     gptq   58.0 (49.0 to 67.0)            0.328 (0.296 to 0.360)   0.0463 (0.0394 to 0.0531)
  mean over models and sizes (lowest to highest)

20 archives of 4 runs at the longest budget, all read back and compared; certified = H - stream - side information,
H the entropy of the ordered facts. Shortest archive, weights and all: H +4952 bits.
$ rote capacity sweep --certify --bits 8 --set --threads 3 > three; ROTE_ISA=portable rote capacity sweep --certify --bits 8 --set --threads 1 | cmp - three; head -n 3 three
sweep: 8 runs done
  model          params  facts draws  held           H (set) cross-entropy  certified (95 %)          share, % (95 %)        /param    /bit   ceiling
  L1 d6             648     40     2  int8  gptq         641           393  341 (290 to 392)          86.8 (81.2 to 92.4)     0.526  0.0480       641
$ rote capacity sweep --certify --bits 16 --json | head -n 40
{
  "sweep": "sweep",
  "set": false,
  "archives": 4,
  "leaks": 0,
  "models": [
    {
      "label": "L1 d6",
      "settings": "",
      "params": 648,
      "runs": 2,
      "draws": 2,
      "facts": 40.0,
      "budget": 200.0,
      "data_bits": 799.99892681478286,
      "memorized_bits": {
        "value": 392.70465608645793,
        "low": 308.88310196047479,
        "high": 476.52621021244107
      },
      "formats": [
        {
          "bits": 16,
          "weights": "fp16",
          "method": "-",
          "certified_bits": {
            "value": 343.99892681478286,
            "low": 242.34928892538528,
            "high": 445.64856470418044
          },
          "share": {
            "value": 0.87587859304963334,
            "low": 0.80398707723301854,
            "high": 0.94777010886624813
          },
          "bits_per_param": 0.53086254138083777,
          "bits_per_weight_bit": 0.033178908836302361,
          "weight_bits": 10368.0,
          "stored_weight_bits": 9092.0,
          "ceiling_bits": 587.12180301928834,
$ rote capacity sweep --bits 8
2> rote: capacity: --bits goes with --certify
[2]
$ rote capacity sweep --certify --bits 8,5
2> rote: capacity: --bits 5: allowed are 32, 16, 8, 6, 4, 3, 2
[2]
$ rote capacity sweep --certify --bits ,8
2> rote: capacity: --bits ',8': a list of 32, 16, 8, 6, 4, 3, 2
[2]
$ rote capacity sweep --certify --method best
2> rote: capacity: --method 'best': a list of rtn and gptq
[2]

# Weights that were trained in the format stay as they are.

$ rote sweep run facts.n=40 facts.seq_len=5 facts.vocab_size=16 model.n_layer=1 model.n_head=1 model.n_embd=6 train.quantize=int4 train.max_steps=100 train.learning_rate=0.03 --out held --jobs 1 --quiet > /dev/null
$ rote capacity held --certify --bits 8,4 | grep int
  L1 d6             648     40     1  int8  gptq         800           234  184                       78.8                    0.284  0.0259       587
  L1 d6             648     40     1  int4  -            800           234  184                       78.8                    0.284  0.0378       587

# Facts of other entropy than they are said to have.

$ rote facts make facts.n=40 facts.heldout=1 facts.seq_len=5 facts.vocab_size=16 --out facts > /dev/null; sed -i 's/"entropy_bits": [0-9.]*/"entropy_bits": 90000/' facts/manifest.json
$ rote train facts.kind=file facts.path=facts model.n_layer=1 model.n_head=1 model.n_embd=6 train.max_steps=5 --out leak/runs/a --quiet
2> rote: facts/manifest.json: entropy_bits is 90000, but these facts have 799.99892681478286
[1]

# Nobody knows the entropy of imported facts.

$ printf 'France\tParis\nJapan\tTokyo\n' > in.tsv; rote facts import in.tsv --no-header --out own > /dev/null
$ rote train facts.kind=file facts.path=own model.n_layer=1 model.n_head=1 model.n_embd=6 train.max_steps=5 --out own-sweep/runs/a --quiet > /dev/null
$ rote capacity own-sweep --certify
2> rote: own-sweep: no run is done whose facts have a known entropy: nothing to certify
[2]
