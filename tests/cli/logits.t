# rote logits --null: what independent normal logits give.

$ rote logits --null V=64 s=1 k=1,10 draws=200
64 independent normal logits of standard deviation s = 1

entropy                  3.6847 nats   formula ln V - s^2/2     3.6589   error -0.0259
sum of p^2             0.038804        formula e^(s^2)/V     0.0424732   error +0.00366891
freezes at s_c           2.8841        = sqrt(2 ln V): beyond it few tokens hold the mass; s / s_c = 0.347

        k   E z_(k)       sd         5 .. 95 %      Blom     error   top-k mass        sd    formula      error
        1   2.34373  0.45109   1.6877   3.1555   2.33669  -0.00704     0.107274  0.045149   0.124276  +0.017001
       10   1.03846  0.19075   0.7304   1.3576   1.03727  -0.00119     0.483853  0.054143   0.496015  +0.012161
formula of the mass: Phi(s - Phi^-1(1 - k/V)), the limit of V -> infinity

tokens kept by                  exact  simulated         +-           sd      formula        error
top_k=40                      40.0000      40.00       0.00         0.00        40.00        +0.00
top_p=0.9                           -      39.83       0.17         2.39        39.09        -0.74
top_p=0.95                          -      48.15       0.14         1.97        47.39        -0.76
min_p=0.05                    46.5584      46.01       0.70         9.93        34.85       -11.71
min_p=0.1                     31.3579      30.75       0.76        10.80        17.95       -13.41
typical_p=0.9                       -      43.25       0.35         4.96        47.13        +3.88
epsilon=0.0003                      -      63.98       0.01         0.14        63.98        +0.00
eta=0.0003                          -      63.98       0.01         0.14        63.98        +0.00
top_n_sigma=1                  7.0731       6.58       0.29         4.11         1.91        -5.17
top_n_sigma=1.5               14.2785      13.13       0.49         6.88         5.32        -8.96
p_less=1                            -       6.25       0.20         2.84         4.28        -1.97
simulated: 200 draws with seed 1, +- the standard error; exact for top_n_sigma: with the true deviation, not the draw's
$ rote logits --null V=32000 s=2 k=4096 draws=16 --json | grep -A12 '"k": 4096'
      "k": 4096,
      "z": 1.1359605641706241,
      "z_sd": 0.0089240697611848181,
      "z_q05": 1.1212957790760059,
      "z_q95": 1.1506533144549076,
      "z_blom": 1.1359569958095348,
      "z_blom_error": -3.5683610892789375e-6,
      "mass": 0.80592921147230845,
      "mass_sd": 0.0073696102606887323,
      "mass_formula": 0.80623455833093782,
      "mass_formula_error": 0.00030534685862937394
    }
  ],
$ rote logits --null V=64 s=1 k=1 draws=100 --chain "top_k=40;top_p=.9;min_p=.05;temperature=.8" --chain kstar=.5 --threads 1 > one; rote logits --null V=64 s=1 k=1 draws=100 --chain "top_k=40;top_p=.9;min_p=.05;temperature=.8" --chain kstar=.5 --threads 3 | cmp - one; grep -E "kstar|top_k=40;" one
top_k=40;top_p=0.9;min_p=0.05;temperature=0.8            -      29.42       0.33         3.28            -            -
kstar=0.5                           -      10.77       0.29         2.89            -            -

# Bad values.
$ rote logits
2> rote: logits: no run is named; --null V=N s=S asks what normal logits give, without one
[2]
$ rote logits --null
2> rote: logits --null needs V=N, the number of tokens, and s=S, the standard deviation of the logits over the temperature, such as V=2048 s=1.5
[2]
$ rote logits --null V=64
2> rote: logits --null needs V=N, the number of tokens, and s=S, the standard deviation of the logits over the temperature, such as V=2048 s=1.5
[2]
$ rote logits --null V=1 s=1
2> rote: logits --null: V=1 is not a whole number from 2 to 1048576
[2]
$ rote logits --null V=64.5 s=1
2> rote: logits --null: V=64.5 is not a whole number from 2 to 1048576
[2]
$ rote logits --null V=1e9 s=1
2> rote: logits --null: V=1e9 is not a whole number from 2 to 1048576
[2]
$ rote logits --null V=64 s=0
2> rote: logits --null: s=0 is not a number from 0.01 to 20
[2]
$ rote logits --null V=64 s=nan
2> rote: logits --null: s=nan is not a number from 0.01 to 20
[2]
$ rote logits --null V=64 s=-1
2> rote: logits --null: s=-1 is not a number from 0.01 to 20
[2]
$ rote logits --null V=64 s=1 k=0
2> rote: logits --null: k=0: a list of numbers of tokens from 1, such as k=1,10,100
[2]
$ rote logits --null V=64 s=1 k=65
2> rote: logits --null: k=65 is more than the V=64 tokens
[2]
$ rote logits --null V=64 s=1 k=1,
2> rote: logits --null: k=1,: a list of numbers of tokens from 1, such as k=1,10,100
[2]
$ rote logits --null V=64 s=1 draws=3
2> rote: logits --null: draws=3 is not a whole number from 16 to 1000000
[2]
$ rote logits --null V=64 s=1 T=2
2> rote: logits --null: 'T=2' is none of V=N, s=S, k=K,.. and draws=N (a run is not read)
[2]
$ rote logits --null V=64 s=1 --chain topk=3
2> rote: logits --null: --chain: unknown stage 'topk'; nearest: top_k
[2]
$ rote logits --null V=64 s=1 --chain top_k=-1
2> rote: logits --null: --chain: top_k is -1, allowed: a whole number from 0 to 1000000000
[2]
$ rote logits --null V=64 s=1 --chain contrastive=0.6
2> rote: logits --null: contrastive search compares states of a model; here is none
[2]
$ rote logits --null V=8 s=1 --chain kstar=.9
2> rote: logits --null: chain: kstar needs a vocabulary of 16 tokens or more, this has 8
[2]

# The logits of a run, by what it knows.
$ for s in 0 1; do rote train facts.n=200 facts.vocab_size=40 facts.seq_len=3 facts.heldout=60 model.n_layer=2 model.n_embd=16 model.n_head=2 train.max_steps=300 train.learning_rate=0.01 train.checkpoint_interval=200 train.seed=$s --out r$s --quiet > /dev/null; done
$ rote logits r0 r1
step 300, 40 symbols, 40 trained; the row that predicts the answer's first token
left out: wrong_type: every symbol occurs at every place

class              inputs     rows       k*  outlier    sigma     skew kurtosis  entropy       p1   margin     loss    right
memorized             186      186    0.145    2.845    3.907    0.266    0.299    0.182    0.945    4.949    0.071    1.000
forgotten              14       14    0.000    2.311    3.838    0.125   -0.075    0.906    0.486    0.020    0.742    0.000
unseen                 60       60    0.017    2.204    3.893    0.094   -0.338    1.012    0.680    2.163   10.031    0.000
random                200      200    0.070    2.262    3.912    0.168   -0.305    1.003    0.674    2.090        -        -

mean +- sd, median, 5 .. 95 %
memorized        k*            0.145 +- 0.483        0.000     0.000 .. 1.000
memorized        outlier       2.845 +- 0.408        2.813     2.287 .. 3.483
memorized        sigma         3.907 +- 0.323        3.898     3.386 .. 4.441
memorized        skew          0.266 +- 0.252        0.254    -0.114 .. 0.720
memorized        kurtosis      0.299 +- 0.458        0.249    -0.315 .. 1.142
memorized        entropy       0.182 +- 0.227        0.109     0.042 .. 0.825
memorized        p1            0.945 +- 0.132        0.985     0.491 .. 0.995
memorized        margin        4.949 +- 1.569        5.216     0.017 .. 6.526
memorized        loss          0.071 +- 0.187        0.015     0.005 .. 0.712
forgotten        k*            0.000 +- 0.000        0.000     0.000 .. 0.000
forgotten        outlier       2.311 +- 0.175        2.347     2.019 .. 2.539
forgotten        sigma         3.838 +- 0.329        3.987     3.300 .. 4.177
forgotten        skew          0.125 +- 0.268        0.132    -0.168 .. 0.551
forgotten        kurtosis     -0.075 +- 0.261       -0.092    -0.424 .. 0.308
forgotten        entropy       0.906 +- 0.146        0.848     0.773 .. 1.174
forgotten        p1            0.486 +- 0.012        0.490     0.462 .. 0.498
forgotten        margin        0.020 +- 0.036        0.010     0.004 .. 0.064
forgotten        loss          0.742 +- 0.046        0.724     0.709 .. 0.825
unseen           k*            0.017 +- 0.129        0.000     0.000 .. 0.000
unseen           outlier       2.204 +- 0.493        2.145     1.529 .. 2.979
unseen           sigma         3.893 +- 0.349        3.887     3.348 .. 4.464
unseen           skew          0.094 +- 0.256        0.079    -0.348 .. 0.540
unseen           kurtosis     -0.338 +- 0.482       -0.422    -0.950 .. 0.549
unseen           entropy       1.012 +- 0.623        1.064     0.084 .. 2.049
unseen           p1            0.680 +- 0.240        0.680     0.274 .. 0.988
unseen           margin        2.163 +- 1.823        1.654     0.127 .. 5.629
unseen           loss         10.031 +- 3.913        9.324     4.395 .. 16.643
random           k*            0.070 +- 0.325        0.000     0.000 .. 1.000
random           outlier       2.262 +- 0.538        2.169     1.612 .. 3.304
random           sigma         3.912 +- 0.314        3.903     3.384 .. 4.358
random           skew          0.168 +- 0.267        0.145    -0.233 .. 0.682
random           kurtosis     -0.305 +- 0.524       -0.391    -0.917 .. 0.836
random           entropy       1.003 +- 0.611        1.044     0.078 .. 1.887
random           p1            0.674 +- 0.232        0.675     0.309 .. 0.990
random           margin        2.090 +- 1.838        1.437     0.102 .. 5.675

memorized against unseen by one figure   AUC: 95 % interval; d: Cohen's
kstar             0.554   0.525 .. 0.582   d    0.30   p 2.1e-01
outlier           0.853   0.788 .. 0.917   d    1.49   p 2.1e-16
margin            0.842   0.778 .. 0.906   d    1.71   p 1.7e-15
p1                0.855   0.793 .. 0.917   d    1.61   p 1.3e-16
entropy           0.121   0.060 .. 0.181   d   -2.28   p 1.0e-18
sigma             0.517   0.430 .. 0.605   d    0.04   p 6.9e-01
min_k_pp          1.000   1.000 .. 1.000   d    3.18   p 2.5e-31
loss              0.000   0.000 .. 0.000   d   -5.16   p 2.5e-31

variance of a logit, 15.08 in all; chance: what nothing would explain
token              1.04 %
class              0.57 %   chance   0.32 %
position           0.00 %   chance   0.00 %
input             67.61 %   chance  49.10 %
seed              30.77 %   chance  49.53 %

tokens in the top 10 of every row: memorized 0 forgotten 0 unseen 0 random 0

class by a linear pattern of the logits: AUC on inputs it was not learned from (230, 230); labels permuted
memorized        forgotten         0.628   0.471 .. 0.786    0.562   0.375 .. 0.749
memorized        unseen            0.511   0.375 .. 0.646    0.419   0.299 .. 0.539
memorized        random            0.519   0.437 .. 0.601    0.547   0.464 .. 0.629
forgotten        unseen            0.676   0.508 .. 0.844    0.565   0.314 .. 0.816
forgotten        random            0.668   0.524 .. 0.812    0.580   0.368 .. 0.792
unseen           random            0.487   0.368 .. 0.607    0.444   0.327 .. 0.560

identities of the head, on 34 inputs: mean to 1.3e-07, variance to 7.2e-08; rank 32 of 15 expected, gap 4.0e+05; ellipsoid to 2.6e-07; the other seed's logits: 9.2e+00, residual 0.75
$ rote logits r0 --layer 1 --most 50 | head -8
step 300, 40 symbols, 40 trained; logit lens after block 1 of 2; the row that predicts the answer's first token
left out: wrong_type: every symbol occurs at every place

class              inputs     rows       k*  outlier    sigma     skew kurtosis  entropy       p1   margin     loss    right
memorized              50       50    0.140    2.309    3.667    0.168   -0.284    1.113    0.648    1.703    5.610    0.060
forgotten              14       14    0.000    2.237    3.707    0.121   -0.385    1.074    0.659    1.777    4.038    0.143
unseen                 50       50    0.180    2.379    3.622    0.210   -0.221    1.083    0.652    1.835    9.586    0.000
random                 50       50    0.080    2.330    3.684    0.182   -0.222    1.106    0.630    1.826        -        -
$ rote logits r0 --at all --by place:0 --most 3 2>&1 | head -3
step 300, 40 symbols, 40 trained; every row of an input

class              inputs     rows       k*  outlier    sigma     skew kurtosis  entropy       p1   margin     loss    right
$ rote logits r0 --checkpoints

r0, step 200
class              inputs     rows       k*  outlier    sigma     skew kurtosis  entropy       p1   margin     loss    right
memorized             186      186    0.124    2.832    3.786    0.265    0.271    0.217    0.939    4.688    0.077    0.984
forgotten              14       14    0.000    2.286    3.727    0.118   -0.112    0.954    0.490    0.061    0.770    0.214
unseen                 60       60    0.017    2.200    3.763    0.095   -0.343    1.072    0.665    2.044    9.725    0.000
random                200      200    0.070    2.254    3.787    0.165   -0.318    1.046    0.665    2.022        -        -

r0, step 300
class              inputs     rows       k*  outlier    sigma     skew kurtosis  entropy       p1   margin     loss    right
memorized             186      186    0.145    2.845    3.907    0.266    0.299    0.182    0.945    4.949    0.071    1.000
forgotten              14       14    0.000    2.311    3.838    0.125   -0.075    0.906    0.486    0.020    0.742    0.000
unseen                 60       60    0.017    2.204    3.893    0.094   -0.338    1.012    0.680    2.163   10.031    0.000
random                200      200    0.070    2.262    3.912    0.168   -0.305    1.003    0.674    2.090        -        -
$ rote logits r0 r1 --checkpoints --json | grep -c '"run":'
4

# Symbols have places: a subject that stands where the relation stands; the subjects of unseen facts were never trained.
$ rote train facts.kind=triples facts.n=80 facts.objects=20 facts.heldout=20 model.n_layer=1 model.n_embd=16 model.n_head=2 train.max_steps=200 train.learning_rate=0.01 --out t --quiet > /dev/null; rote logits t | head -9; rote logits t --csv t.csv > /dev/null; awk -F, '$1 == "\"wrong_type\"" {n++; k += $19} END {printf "%d %.2f\n", n, k / n}' t.csv
step 200, 121 symbols, 100 trained; the row that predicts the answer's first token

class              inputs     rows       k*  outlier    sigma     skew kurtosis  entropy       p1   margin     loss    right
memorized               7        7   21.000  100.236    3.462    1.539    0.424    2.884    0.087    0.154    2.439    1.000
forgotten              73       73   21.000  100.236    3.462    1.539    0.424    2.884    0.087    0.154    2.912    0.000
unseen                 20       20   21.000   99.748    3.474    1.538    0.422    2.881    0.088    0.156    2.952    0.000
wrong_type             80       80    5.563   38.572    1.464    2.374   18.783    0.973    0.747    5.159        -        -
random                 80       80    5.238   34.738    1.741    1.529   14.174    1.815    0.554    3.803        -        -

80 5.56

# Neither threads nor the table that is written change a figure; memory does not keep the rows.
$ rote logits r0 r1 --at all --json --threads 1 > one; rote logits r0 r1 --at all --json --threads 3 --csv a.csv | cmp - one; rote logits r0 --at all --threads 1 --csv b.csv > two; cmp a.csv b.csv; wc -l < a.csv; head -n 1 a.csv
1381
class,input,position,target,first,mean,sigma,skew,excess_kurtosis,jarque_bera,jarque_bera_p,anderson_darling,anderson_darling_p,lilliefors,lilliefors_p,shapiro_francia,shapiro_francia_p,hill,kstar,outlier,kstar_margin,bulk_mean,bulk_sigma,mixture_weight,mixture_gap,bic_difference,margin,entropy,p1,sum_p2,log_z,never_trained_mass,target_outlier,loss,min_k_pp,right
$ rote logits r0 --csv c.csv > /dev/null; awk -F, '$1 == "\"unseen\"" {n++; h += $28; p += $29} END {printf "%d %.3f %.3f\n", n, h / n, p / n}' c.csv; rote logits r0 | grep '^unseen' | head -n 1
60 1.012 0.680
unseen                 60       60    0.017    2.204    3.893    0.094   -0.338    1.012    0.680    2.163   10.031    0.000
$ rote logits r0 --csv f.sv --csv g.csv
2> rote: logits: --csv is given twice
[2]

# Inputs of the user's own.
$ printf 'low\t1 2\nlow\t3\nhigh\t30 31\nhigh\t33\n' > p.txt; rote logits r0 --classes p.txt | head -5
step 300, 40 symbols, 40 trained; the row that predicts the answer's first token

class              inputs     rows       k*  outlier    sigma     skew kurtosis  entropy       p1   margin     loss    right
low                     2        2    0.000    2.261    3.959   -0.014   -0.115    1.001    0.563    0.797        -        -
high                    2        2    0.000    2.093    3.721   -0.039   -0.341    1.187    0.529    0.736        -        -
$ printf 'low\t1 2\nlow\t3\nhigh\t30 31\nhigh\t40\n' > q.txt
$ rote logits r0 --classes q.txt
2> rote: logits: q.txt:4: the prompt: "40" is not a symbol of the vocabulary (token numbers, separated by spaces)
[2]
$ printf 'low\t1 2\nlow\t3\nhigh\t30 31\n' > one.txt
$ rote logits r0 --classes one.txt
2> rote: logits: class 'high' has one input; a class needs 2 or more
[2]
$ printf 'low 1 2\n' > tab.txt
$ rote logits r0 --classes tab.txt
2> rote: logits: tab.txt:1: is not a class, a tab and a prompt
[2]
$ printf '' > none.txt
$ rote logits r0 --classes none.txt
2> rote: logits: none.txt: contains no line
[2]
$ printf 'low\t1 2 3\nlow\t3\n' > long.txt
$ rote logits r0 --classes long.txt
2> rote: logits: long.txt:1: the prompt has more than 2 tokens, the maximum with this block_size
[2]
$ rote logits r0 --classes absent.txt
2> rote: absent.txt: there is no such file
[2]
$ rote logits r0 --class 'x=regex:^zzz'
2> rote: logits: rule 'x': none of the 200 facts is in its class (when.regex)
[2]
$ rote logits r0 --class 'x=token:1' --by tag
2> rote: logits: --classes, --class and --by exclude each other
[2]
$ rote logits r0 --classes p.txt --most 3
2> rote: logits: --classes and --most exclude each other
[2]
$ rote logits r0 --layer 3
2> rote: logits: --layer is 3; the model has 2 blocks: 0 (before them) to 2
[2]
$ rote logits r0 --at answers
2> rote: logits: --at is 'answers', allowed: answer, all
[2]
$ rote logits r0 --most 1
2> rote: logits: --most '1' is not a whole number from 2 to 2147483647
[2]
$ rote logits r0 --chain top_k=3
2> rote: logits: --chain needs --null
[2]
$ rote logits r0 --checkpoints --csv x.csv
2> rote: logits: --checkpoints and --csv exclude each other
[2]
$ echo mine > mine.csv
$ rote logits r0 --csv mine.csv
2> rote: mine.csv: exists and is not a table of rote logits; choose another file, or replace it with --force
[2]
$ rote train facts.n=50 facts.vocab_size=40 facts.seq_len=3 model.n_layer=1 model.n_embd=16 model.n_head=2 train.max_steps=3 --out other --quiet > /dev/null
$ rote logits r0 other
2> rote: logits: other: other facts or another shape than r0; compared runs may differ only in their seed or steps
[2]
$ rote train facts.n=50 facts.vocab_size=12 facts.seq_len=3 model.n_layer=1 model.n_embd=16 model.n_head=2 train.max_steps=3 --out small --quiet > /dev/null
$ rote logits small
2> rote: logits: 12 of the model's 12 symbols were trained; a normal law needs at least 16 logits
[2]
$ rote logits absent
2> rote: absent: there is no such run
[2]

# The page of a run has the pictures.
$ rote report r0 --out r0.html > /dev/null; grep -o -E '>(Logits by class|Against a normal law|Mass of the top k|k\* by layer|What determines a logit)' r0.html | sort
>Against a normal law
>Against a normal law
>Logits by class
>Logits by class
>Mass of the top k
>Mass of the top k
>What determines a logit
>k* by layer
>k* by layer
