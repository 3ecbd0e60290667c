# Samplers as curves, and creativity beside memorized bits.

$ for s in 0 1; do rote train facts.kind=siblings facts.parents=2 facts.children=6 facts.n=12 facts.seed=$s train.seed=$s facts.paraphrases=2 model.n_layer=1 model.n_embd=8 train.max_steps=60 train.learning_rate=0.02 --out r$s --quiet > /dev/null; done
$ rote train facts.kind=siblings facts.parents=2 facts.children=6 facts.n=12 facts.paraphrases=2 model.n_layer=1 model.n_embd=16 train.max_steps=200 train.learning_rate=0.02 train.stop_memorized=0.01 train.eval_interval=10 --out s --quiet > /dev/null
$ rote creativity r0 r1 --n 60 --curve temperature=.5,1,2 --curve 'top_n_sigma=1,2;temperature=8' --plot plane.svg > one; cat one
siblings: 30 valid; 60 samples each, of 2 runs; ± half of the 95 % interval (Student's t)
curve                             points           area       less the first's  verdict
temperature                            3   0.352 ±0.440
top_n_sigma;temperature=8              2   0.418 ±0.217           0.066 ±0.656  no difference
(temperature)                          3   0.332 ±0.765          -0.020 ±0.325  no difference

cr/cr* at this coherence or more             0.70            0.80            0.90            0.95
temperature                         0.410 ±0.570    0.297 ±0.522               -               -
top_n_sigma;temperature=8           0.511 ±0.000               -               -               -
(temperature)                       0.415 ±1.218    0.316 ±0.051               -               -

cr/cr* at entropy, bits                         5
temperature                         0.351 ±0.294
top_n_sigma;temperature=8           0.499 ±0.100
(temperature)                       0.356 ±0.948

coherence at entropy, bits                      5
temperature                         0.756 ±0.278
top_n_sigma;temperature=8           0.781 ±0.216
(temperature)                       0.715 ±0.449

In brackets: the first curve under other draws. + -: beyond chance above or below the first.
$ for t in 1 2; do rote creativity r0 r1 --n 60 --curve temperature=.5,1,2 --curve 'top_n_sigma=1,2;temperature=8' --threads $t --plot again.svg | cmp - one; cmp plane.svg again.svg; done
# One run: four draws of it.
$ rote creativity r0 --n 60 --curve top_k=1..8 | head -n 4
siblings: 30 valid; 60 samples each, of 4 draws of one run; ± half of the 95 % interval (Student's t)
curve                             points           area       less the first's  verdict
top_k                                  4   0.383 ±0.097
(top_k)                                4   0.364 ±0.125          -0.019 ±0.070  no difference
$ rote creativity r0 r1 --n 20 --curve temperature=1,2 --json | tr -d ' \n' | grep -oE '"(curve|verdict|level|chain)":[^],}]*' | sort | uniq -c | sed 's/^ *//'
2 "chain":"temperature=1"
2 "chain":"temperature=2"
1 "curve":"(temperature)"
1 "curve":"temperature"
2 "level":0.69999999999999996
2 "level":0.80000000000000004
2 "level":0.90000000000000002
2 "level":0.94999999999999996
1 "verdict":"nodifference"
1 "verdict":null
$ grep -oE 'fill="#222">[a-z][^<]*' plane.svg
fill="#222">coherence: share of samples that are valid
fill="#222">creativity: cr / cr*
fill="#222">frontier
fill="#222">ideal
fill="#222">top_n_sigma;temperature=8
fill="#222">temperature
# Creativity and memorized bits of each run, and of each checkpoint.
$ rote creativity r0 r1 s --n 60 --by run --plot split.svg; rote creativity r0 --n 60 --by checkpoint
run                             params     step  memorized split bits  share coherence memorized     cr cr/cr*
r0                                1024       60        4.5       29.1  0.153     0.733     0.550  0.117  0.447
r1                                1024       60        2.3       29.1  0.079     0.683     0.483  0.100  0.383
s                                 3584       20        4.0       29.1  0.137     0.800     0.667  0.100  0.383
run                             params     step  memorized split bits  share coherence memorized     cr cr/cr*
r0                                1024       60        4.5       29.1  0.153     0.733     0.550  0.117  0.447
$ grep -oE 'fill="#222">(stopped|1|3)[^<]*' split.svg; rote creativity s --n 60 --by run --json | tr -d ' \n' | sed -E 's/[0-9]+\.[0-9]+/x/g'; echo
fill="#222">stopped by train.stop_memorized
fill="#222">1.0k parameters
{"models":[{"run":"s","params":x,"step":20,"memorized_bits":x,"split_bits":x,"coherence":x,"memorized":x,"creativity":x,"ratio":x,"stopped_by_rule":true}]}
$ rote train facts.kind=siblings facts.parents=2 facts.children=6 facts.n=12 facts.paraphrases=2 model.n_layer=1 model.n_embd=8 train.max_steps=60 train.learning_rate=0.02 train.checkpoint_interval=15 train.keep_checkpoints=3 --out kept --quiet > /dev/null; ls kept | grep -c safetensors
3
$ rote creativity kept --n 60 --by checkpoint; rote train facts.kind=siblings facts.parents=2 facts.children=6 facts.n=12 facts.paraphrases=2 train.keep_checkpoints=1 --out x
run                             params     step  memorized split bits  share coherence memorized     cr cr/cr*
kept                              1024       30        0.4       29.1  0.013     0.650     0.433  0.167  0.639
kept                              1024       45        3.7       29.1  0.129     0.733     0.550  0.117  0.447
kept                              1024       60        4.5       29.1  0.153     0.733     0.550  0.117  0.447
2> rote: command line: key 'train.keep_checkpoints': 1 is out of range; allowed: 2 to 1000000
[2]
$ rote creativity kept --n 60 --classes --grid temperature=1,2; rote creativity kept --n 60 | cut -c1-72
siblings: 30 valid, 12 of them trained; 60 samples each; the ideal sampler reaches cr* = 0.261
chain                        coherence memorized  novel     cr          (95 %) cr/cr* entropy dist-2  Vendi longest
temperature=1                    0.733     0.550  0.183  0.117 0.054 to 0.179  0.447    5.46      -      -       -
temperature=2                    0.450     0.250  0.200  0.133 0.058 to 0.209  0.511    7.55      -      -       -
siblings: 30 valid, 12 of them trained; 60 samples each; the ideal sampl
chain                        coherence memorized  novel     cr          
(none)                           0.733     0.550  0.183  0.117 0.054 to 
# Edited weights.
$ for edit in quantize=int8 quantize=int2 noise=0 noise=1 silence=1; do rote creativity r0 --n 60 --edit $edit --by run | tail -n 1; done
r0                                1024       60        4.5       29.1  0.154     0.717     0.533  0.117  0.447
r0                                1024       60       -0.2       29.1 -0.008     0.733     0.467  0.133  0.511
r0                                1024       60        4.5       29.1  0.153     0.733     0.550  0.117  0.447
r0                                1024       60     -162.3       29.1 -5.573     0.050     0.017  0.017  0.064
r0                                1024       60      -37.4       29.1 -1.283     0.117     0.083  0.033  0.128
# bad input
$ for edit in noise=x noise=-1 silence=1.5 quantize=int5 quantize=none damage=1; do rote creativity r0 --edit $edit; done
2> rote: creativity: --edit: 'x' is not a number from 0 to 100
2> rote: creativity: --edit: '-1' is not a number from 0 to 100
2> rote: creativity: --edit: '1.5' is not a number from 0 to 1
2> rote: creativity: --edit: 'int5' is not a format of weights; formats: fp16 .. int8 .. ternary
2> rote: creativity: --edit: 'none' is not a format of weights; formats: fp16 .. int8 .. ternary
2> rote: creativity: --edit 'damage=1' is not noise=SIZE, silence=SHARE or quantize=FORMAT
[2]
$ rote creativity r0 r1; rote creativity r0 --plot x.svg; rote creativity r0 --by step; rote creativity r0 --curve top_k=1 --grid top_k=1
2> rote: creativity: several runs are measured with --curve STAGES or --by run; give one RUN
2> rote: creativity: --plot draws what --curve or --by measures; give one of them
2> rote: creativity: --by 'step' is not run or checkpoint
2> rote: creativity: --grid, --curve and --by exclude each other
[2]
$ rote creativity r0 --curve top_k; rote creativity r0 --curve top_k=1 --curve top_q=1; rote creativity r0 nowhere --curve top_k=1
2> rote: creativity: --curve 'top_k' is not of the form top_k=1..64 or temperature=0,0.5,1
2> rote: creativity: chain: unknown stage 'top_q'; nearest: top_k
2> rote: nowhere: there is no such run
[2]
$ echo x > mine
$ rote train facts.n=4 facts.vocab_size=4 facts.seq_len=3 model.n_layer=1 model.n_embd=4 train.max_steps=2 --out plain --quiet > /dev/null; rote train facts.kind=siblings facts.parents=2 facts.children=7 facts.n=12 model.n_layer=1 model.n_embd=4 train.max_steps=2 --out wider --quiet > /dev/null
$ rote creativity r0 --curve top_k=1 --plot mine; rote creativity --texts mine --against mine --by run
2> rote: mine: exists and is not an SVG picture; choose another file, or replace it with --force
2> rote: creativity: --curve, --by, --edit and --classes need runs, not --texts
[2]
$ rote creativity plain --curve top_k=1; rote creativity plain --by run; rote creativity r0 wider --n 5 --curve top_k=1; rote creativity plain --classes
2> rote: creativity: --curve needs runs of a creative task, and plain is none; kinds: siblings, triangles, circles, lines
2> rote: creativity: --by needs runs of a creative task, and plain is none; kinds: siblings, triangles, circles, lines
2> rote: creativity: wider has another task than the first run; compare samplers on runs that differ by their seeds only
2> rote: creativity: --classes needs a run of a creative task; leave it out
[2]
