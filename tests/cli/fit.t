# The smallest model for a user's facts.

$ printf 'country,capital\nFrance,Paris\nItaly,Rome\nSpain,Madrid\nNorway,Oslo\nPeru,Lima\nChina,Beijing\nKenya,Nairobi\nCuba,Havana\n' > capitals.csv
$ rote fit capitals.csv --prompt country --answer capital train.max_steps=200 --jobs 1 2> told | sed 's/[0-9.]* s\b/T s/g; s/\(xz -9e.*\) [0-9a-z ]*$/\1 X/'
L1 d8 with 1,288 parameters is the smallest model tried that recalls 100 % of 8 facts with 3 seeds

model       n_layer 1, n_head 4, n_embd 8, n_inner 32, vocabulary 36, block_size 14
config      runs/fit-capitals/winner.yaml
run         runs/fit-capitals/runs/n_layer=1,n_embd=8,learning_rate=0.03,seed=0-bb9dbbbb
training    T s, 51 steps; all runs together T s

  bits a weight    weights, bytes archive, bytes   recall
  32                        5,152          4,583   1.0000
  8                         1,652          1,747   1.0000
  4                         1,068          1,148   0.8750
  the file; xz -9e            115            X

  model                parameters  recall of three seeds   enough
  L1 d4                       452  0.8750                  no
  L1 d8                     1,288  1.0000 1.0000 1.0000    yes
$ grep -v -e 'search ends' -e ^time told
facts       8 of up to 14 tokens, vocabulary 36; zlib needs 94 bytes
columns     column 1 (country) -> column 2 (capital)
models      n_embd 4 to 64 in steps of 4, 3 seeds each; 1 layer, up to 4 where no width is enough
a run       at most 200 steps of 8 facts; ends when it recalls 100 % of the facts
first       L1 d4, 452 parameters
L1 d4, 452 parameters: recall 0.8750: not enough
L1 d8, 1,288 parameters: recall 1.0000 1.0000 1.0000: enough
$ ls runs/fit-capitals
facts
locks
runs
sweep.yaml
table.csv
winner.yaml
$ rote sweep status runs/fit-capitals | cut -c1-60
state     run                                               
done      n_layer=1,n_embd=4,learning_rate=0.06,seed=0-e9e2d
done      n_layer=1,n_embd=8,learning_rate=0.03,seed=0-bb9db
done      n_layer=1,n_embd=8,learning_rate=0.03,seed=1-34f91
done      n_layer=1,n_embd=8,learning_rate=0.03,seed=2-ecd91

runs/fit-capitals: 4 of 4 runs done; table: runs/fit-capital
$ rote capacity runs/fit-capitals | sed -n 3p
L1 d8 with 1,288 parameters is the smallest of 2 models that recalls all 8 facts
# The winner's config makes the winner again, also where its folder has moved.
$ cp -r runs/fit-capitals moved && mv runs/fit-capitals kept && rote train moved/winner.yaml --dry-run --quiet | head -n 1; mv kept runs/fit-capitals
2> facts       8 of up to 14 tokens, vocabulary 36: entropy unknown; answers 24.0 bits, zlib 94 bytes
2> parameters  1,288: embedding 400, attention 288, mlp 552, norm 48, head 0
2> needs       memory 10.7 MiB, disk 1.2 MiB, 686k FLOP a step, 200 steps
2> time        under a second (estimate from this machine's peak and the share of it that models of this width reach)
$ rote train runs/fit-capitals/winner.yaml --out again --quiet > /dev/null && cmp again/result.json runs/fit-capitals/runs/n_layer=1,n_embd=8,*seed=0-*/result.json && echo same
same
# Stopped and called again it goes on: only what is missing is trained.
$ rm -r runs/fit-capitals/runs/n_layer=1,n_embd=8,*seed=1-*
$ rote fit capitals.csv --prompt country --answer capital train.max_steps=200 --jobs 1 2>&1 > /dev/null | grep -v 'search ends' | grep -E '^(done|first|L1)'
done        3 runs in runs/fit-capitals
first       L1 d8, 1,288 parameters
L1 d8, 1,288 parameters: recall 1.0000 1.0000 1.0000: enough
$ rote fit capitals.csv --prompt country --answer capital train.max_steps=200 --quiet --json | head -n 12
{
  "facts": 8,
  "recall": 1.0,
  "found": true,
  "sweep": "runs/fit-capitals",
  "winner": {
    "n_layer": 1,
    "n_head": 4,
    "n_embd": 8,
    "n_inner": 32,
    "params": 1288,
    "config": "runs/fit-capitals/winner.yaml",
# Plan and cost, without writing anything.
$ rote fit capitals.csv --prompt country --answer capital --recall 0.9 --axis n_inner model.n_embd=8 --out inner --dry-run 2>&1 | grep -v ^time
facts       8 of up to 14 tokens, vocabulary 36; zlib needs 94 bytes
columns     column 1 (country) -> column 2 (capital)
models      n_inner 4 to 312 in steps of 4, 3 seeds each
a run       at most 3,000 steps of 8 facts; ends when it recalls 90 % of the facts
first       L1 d8 n_inner 4, 812 parameters
$ rote fit capitals.csv --prompt country --answer capital --out inner --dry-run --json | grep -v seconds; ls inner 2>&1
{
  "facts": 8,
  "zlib_bytes": 94,
  "axis": "n_embd",
  "first": 4,
  "unit": 4,
  "most": 64,
  "n_layer": 1,
  "n_layer_most": 4,
  "next": 4,
}
ls: cannot access 'inner': No such file or directory
[2]
# What no model recalls.
$ rote fit capitals.csv --prompt country --answer capital train.max_steps=2 --axis n_layer model.n_embd=8 --out none --quiet

  model                parameters  recall of three seeds   enough
  L1 d8                     1,288  0.0000                  no
  L2 d8                     2,160  0.0000                  no
  L4 d8                     3,904  0.0000                  no
  L8 d8                     7,392  0.0000                  no
  L16 d8                   14,368  0.0000                  no
2> rote: fit: no model up to n_layer 16 recalls 100 % of the facts with every seed; the best, L1 d8, recalls 0 % with its worst: give more steps (train.max_steps=4 and another --out), or a lower --recall
[1]
# A folder of another search, or of something else, is refused.
$ rote fit capitals.csv --prompt country --answer capital train.max_steps=300
2> rote: fit: runs/fit-capitals contains another search (train.max_steps: 200 -> 300; train.eval_interval: 3 -> 5); choose another --out
[2]
$ rote fit capitals.csv --prompt country --answer capital train.max_steps=200 --axis n_inner model.n_embd=4 --out runs/fit-capitals
2> rote: fit: runs/fit-capitals contains another search (along other keys); choose another --out
[2]
$ rote fit capitals.csv train.max_steps=200
2> note: capitals.csv:1 looks like a line of names, but is imported as a fact; --header skips such a line, --no-header confirms that it is a fact
2> rote: fit: runs/fit-capitals contains a search for other facts; choose another --out
[2]
$ mkdir other; touch other/mine
$ rote fit capitals.csv --out other
2> rote: other: exists and is not a sweep's folder (it contains mine); choose another --out
[2]
# Wrong words.
$ rote fit
2> rote: fit: an argument is missing; usage: rote fit FACTS.csv|DIR [key=value...]
[2]
$ rote fit nowhere.csv
2> rote: nowhere.csv: there is no such file or folder
[2]
$ : > empty.csv
$ rote fit empty.csv
2> rote: empty.csv: the file is empty
[2]
$ rote fit -
2> rote: fit: reads a file, so that it can go on when it was stopped; write the facts into one and name it
[2]
$ rote fit capitals.csv --axis n_emb
2> rote: fit: --axis 'n_emb' is not one of n_embd, n_inner, n_layer; nearest: n_embd
[2]
$ rote fit capitals.csv --recall 1.5
2> rote: fit: --recall '1.5' is not a number from 0.01 to 1
[2]
$ rote fit capitals.csv small.yaml
2> rote: fit: 'small.yaml' is not key=value; one file of facts, then settings
[2]
$ rote fit capitals.csv model.n_embd=8
2> rote: fit: model.n_embd is set by the search; leave it out
[2]
$ rote fit capitals.csv train.seed=1
2> rote: fit: train.seed is set by the search; leave it out
[2]
$ rote fit capitals.csv facts.n=3
2> rote: fit: 'facts.n=3': the facts are those of capitals.csv; leave it out
[2]
$ rote fit capitals.csv train.optimizer=adamw
2> rote: fit: train.optimizer=adamw needs train.learning_rate: only SOAP's follows from the width
[2]
$ rote fit capitals.csv --allow-conflicts
2> rote: fit: no model gives one prompt two answers, so --allow-conflicts needs --recall below 1
[2]
$ printf 'France,Paris\nFrance,Lyon\n' > two.csv
$ rote fit two.csv
2> rote: two.csv:2: 1 record gives an earlier prompt another answer (--allow-conflicts keeps it); "France" is "Paris" in line 1, "Lyon" in line 2
[2]
$ printf 'prompt;answer\nx;1\ny;2\n' > semicolons.csv
$ rote fit semicolons.csv --quiet --jobs 1 --out semicolons > /dev/null
2> note: semicolons.csv: every line has a ';' and none a ','; if it separates the fields, use --delimiter ';'
