# Creativity: valid, new and various samples, under chains and grids.

$ rote train facts.kind=siblings facts.parents=2 facts.children=6 facts.n=12 facts.paraphrases=2 facts.seed_prefix=1 facts.prefix_symbols=4 model.n_layer=1 model.n_embd=8 train.max_steps=60 train.learning_rate=0.02 --out run --quiet | grep -v hash
run         run
verdict     annealed after 60 steps, every fact trained 60.0 times
loss        1.781124 bits/token
memorized   3.1 of 67.2 bits (ceiling 24.2), 0.0029 bits/param
recall      0.5833
$ rote creativity run --n 50 --grid temperature=0,1 --grid top_k=1..6
siblings: 30 valid, 12 of them trained; 50 samples each; the ideal sampler reaches cr* = 0.294
chain                        coherence memorized  novel     cr          (95 %) cr/cr* entropy dist-2  Vendi longest
temperature=0;top_k=1            0.000     0.000  0.000  0.000 0.000 to 0.000  0.000    0.00  0.020    1.0   2.0/2
temperature=0;top_k=2            0.000     0.000  0.000  0.000 0.000 to 0.000  0.000    0.00  0.020    1.0   2.0/2
temperature=0;top_k=4            0.000     0.000  0.000  0.000 0.000 to 0.000  0.000    0.00  0.020    1.0   2.0/2
temperature=0;top_k=6            0.000     0.000  0.000  0.000 0.000 to 0.000  0.000    0.00  0.020    1.0   2.0/2
temperature=1;top_k=1            0.000     0.000  0.000  0.000 0.000 to 0.000  0.000    0.00  0.020    1.0   2.0/2
temperature=1;top_k=2            0.520     0.520  0.000  0.000 0.000 to 0.000  0.000    1.92  0.090    3.3   2.5/3
temperature=1;top_k=4            0.620     0.620  0.000  0.000 0.000 to 0.000  0.000    4.20  0.260   10.8   2.6/3
temperature=1;top_k=6            0.580     0.520  0.060  0.040 0.002 to 0.078  0.136    4.75  0.360   13.7   2.4/3
$ for t in 1 2 3; do rote creativity run --n 40 --chain 'min_p=.05;temperature=.8' --seed 9 --threads $t; done | sort | uniq -c
      3 chain                        coherence memorized  novel     cr          (95 %) cr/cr* entropy dist-2  Vendi longest
      3 min_p=0.05;temperature=0.8       0.775     0.650  0.125  0.100 0.019 to 0.181  0.299    4.94  0.438   14.3   2.6/3
      3 siblings: 30 valid, 12 of them trained; 40 samples each; the ideal sampler reaches cr* = 0.334
$ rote creativity run --n 20 --json | tr -d ' \n' | sed 's/0\.[0-9]*/x/g'
{"points":[{"n":20,"valid":3x,"trained":12.0,"coherence":[x,x,x],"memorized":[x,x,x],"novel":[x,x,x],"creativity":[x,-x,x],"ideal":x,"ratio":x,"distinct":[x,x,x],"longest_mean":2.6499999999999999,"longest":3,"vendi":1x,"types":15,"singletons":12,"entropy_plugin_nats":2.5798439652180236,"entropy_miller_madow_nats":2.9298439652180237,"entropy_chao_shen_nats":3.5351755900478055,"chain":""}]}
# The same texts again, and others.
$ printf 'the cat sat on a mat\na dog ran\r\nthe cat ran\n\n' > old.txt; printf 'the cat sat on a log\na dog ran\na dog ran\n' > new.txt; printf 'zebra\n' > one.txt
$ rote creativity --texts new.txt --against old.txt; rote creativity --texts one.txt --against old.txt; rote creativity --texts old.txt --against old.txt
3 texts, measured as sequences: which of them are valid is unknown
chain                        coherence memorized  novel     cr          (95 %) cr/cr* entropy dist-2  Vendi longest
new.txt                              -     0.667  0.333  0.333 0.000 to 0.769      -    1.54  0.778    1.9   3.7/5
1 texts, measured as sequences: which of them are valid is unknown
chain                        coherence memorized  novel     cr          (95 %) cr/cr* entropy dist-2  Vendi longest
one.txt                              -     0.000  1.000  1.000     - to -          -       -      -    1.0   0.0/0
3 texts, measured as sequences: which of them are valid is unknown
chain                        coherence memorized  novel     cr          (95 %) cr/cr* entropy dist-2  Vendi longest
old.txt                              -     1.000  0.000  0.000 0.000 to 0.000      -       -  0.889    2.9   4.0/6
# A run without a task: its facts, as texts.
$ rote train facts.kind=text facts.path=old.txt facts.seq_len=8 model.n_layer=1 model.n_embd=8 train.max_steps=40 train.learning_rate=0.02 --out texts --quiet > /dev/null; rote creativity texts --n 30 --temperature .5
30 texts, measured as sequences: which of them are valid is unknown
chain                        coherence memorized  novel     cr          (95 %) cr/cr* entropy dist-2  Vendi longest
temperature=0.5                      -     0.133  0.867  0.700 0.528 to 0.872      -    5.82  0.265    9.1   3.6/8
# bad input
$ rote creativity; rote creativity run --texts new.txt --against old.txt; rote creativity --texts new.txt; rote creativity --texts none.txt --against old.txt
2> rote: creativity: needs a RUN, or --texts FILE with --against FILE
2> rote: creativity: a RUN and --texts exclude each other
2> rote: creativity: --texts and --against need each other: what is measured, and what it is compared with
2> rote: none.txt: there is no such file
[2]
$ printf '\n\r\n' > empty.txt; printf 'a\0b\n' > nul.txt
$ rote creativity --texts empty.txt --against old.txt; rote creativity --texts new.txt --against nul.txt
2> rote: empty.txt: contains no text
2> rote: nul.txt:1: contains a NUL byte
[2]
$ for grid in top_k top_k= =3 top_k=1,,2 top_k=0..4 top_k=4..1 top_k=a..b top_n=1 temperature=-1 top_k=1..1000000000000; do rote creativity run --grid $grid; done
2> rote: creativity: --grid 'top_k' is not of the form top_k=1..64 or temperature=0,0.5,1
2> rote: creativity: --grid top_k: '' is not a value
2> rote: creativity: --grid '=3' is not of the form top_k=1..64 or temperature=0,0.5,1
2> rote: creativity: --grid top_k: '' is not a value
2> rote: creativity: --grid top_k: '0..4' is not a range of whole numbers such as 1..64, from 1 to 1000000000
2> rote: creativity: --grid top_k: '4..1' is not a range of whole numbers such as 1..64, from 1 to 1000000000
2> rote: creativity: --grid top_k: 'a..b' is not a range of whole numbers such as 1..64, from 1 to 1000000000
2> rote: creativity: chain: unknown stage 'top_n'; nearest: top_k
2> rote: creativity: chain: temperature is -1, allowed: 0 to 1000000
2> rote: creativity: --grid top_k: '1..1000000000000' is not a range of whole numbers such as 1..64, from 1 to 1000000000
[2]
$ rote creativity run --grid top_k=1..4 --grid top_p=.1 --grid min_p=.1 --grid temperature=1 --grid typical_p=.5; rote creativity run --n 0; rote creativity run --chain top_q=1
2> rote: creativity: --grid has more than 4 stages
2> rote: creativity: --n '0' is not a whole number from 1 to 1000000
2> rote: creativity: --chain: unknown stage 'top_q'; nearest: top_k
[2]
