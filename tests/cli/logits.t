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
top_p=0.9                           -      40.03       0.18         2.48        39.09        -0.94
top_p=0.95                          -      48.16       0.14         2.00        47.39        -0.76
min_p=0.05                    46.5584      46.61       0.74        10.40        34.85       -11.71
min_p=0.1                     31.3579      31.82       0.83        11.80        17.95       -13.41
typical_p=0.9                       -      43.42       0.35         4.94        47.13        +3.71
epsilon=0.0003                      -      63.98       0.01         0.14        63.98        +0.00
eta=0.0003                          -      63.98       0.01         0.14        63.98        +0.00
top_n_sigma=1                  7.0731       7.05       0.32         4.50         1.91        -5.17
top_n_sigma=1.5               14.2785      14.41       0.52         7.41         5.32        -8.96
p_less=1                            -       6.80       0.23         3.22         4.28        -2.52
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
top_k=40;top_p=0.9;min_p=0.05;temperature=0.8            -      29.71       0.27         2.69            -            -
kstar=0.5                           -      10.71       0.29         2.92            -            -

# Bad values.
$ rote logits
2> rote: logits: needs --null
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
