# Training that drops the facts that do not fit.

$ printf 'facts: {n: 60, seq_len: 8, vocab_size: 16}\nmodel: {n_layer: 1, n_embd: 8, n_head: 1}\ntrain: {max_steps: 400, learning_rate: 0.02, threads: 1}\n' > small.yaml
$ rote train small.yaml train.select=loss train.select_bits=0.8 --dry-run 2>&1 | grep keeps
keeps       33 of the facts, after step 120 (train.select loss)
$ rote train small.yaml --out all --quiet | grep -e memorized -e recall -e kept
memorized   1012.3 of 1920.0 bits (ceiling 1565.6), 0.9373 bits/param
recall      0.1000
$ rote train small.yaml train.select=loss train.select_keep=0.25 --out run --quiet
run         run
verdict     annealed after 400 steps, every fact trained 400.0 times on average, 40 to 1,329 times
loss        9.869350 bits/token
memorized   -2817.3 of 1920.0 bits (ceiling 1565.6), -2.6086 bits/param
recall      0.2500
kept        15 of 60 facts, recall 1.0000; code 59.1 bits, memorized 375.3 of 480.0 bits (45.6 subtracted to name them)
parameters  1,080, hash 5522d04ed1d91b94498b2122f46ecb68
$ rote eval run
facts       60, 480 tokens; model at step 400
loss        9.869350 bits/token
code        4737.288 bits
memorized   -2817.288 of 1920.000 bits (ceiling 1565.587), -2.6086 bits/param
recall      0.2500
kept        15 of 60 facts, recall 1.0000; code 59.1 bits, memorized 375.3 of 480.0 bits (45.6 subtracted to name them)

the facts by how often they were trained, in 10 equal groups
   trained      least       most    recall       code bits  memorized bits
    1328.8      1,328      1,329    1.0000            23.7           168.3
    1328.0      1,328      1,328    1.0000            23.7           168.3
     768.3        208      1,328    0.5000           145.7            46.3
     169.5        131        208    0.0000           469.1          -277.1
     131.0        131        131    0.0000           536.3          -344.3
      77.3         77         78    0.0000           666.4          -474.4
      77.0         77         77    0.0000           721.1          -529.1
      40.0         40         40    0.0000           687.1          -495.1
      40.0         40         40    0.0000           725.2          -533.2
      40.0         40         40    0.0000           739.2          -547.2
$ rote eval run --json | grep -e kept -e by_exposure -A 2
  "kept": 15,
  "kept_recall": 1.0,
  "kept_code_bits": 59.140961759708503,
  "kept_memorized_bits": 375.26270691250681,
  "by_exposure": [
    {
      "facts": 6,
$ grep -e kept -e exposures run/result.json; head -n 4 run/selected.tsv; grep -c -P '\t1\t' run/selected.tsv; tail -n 1 run/metrics.jsonl | grep -o 'kept_recall.*'
  "kept": 15,
  "kept_recall": 1,
  "kept_code_bits": 59.1409617597085,
  "kept_memorized_bits": 375.2627069125068,
  "exposures": 400,
  "exposures_least": 40,
  "exposures_most": 1329,
fact	kept	dropped_after_step
0	0	66
1	0	93
2	0	120
15
kept_recall":1,"kept_code_bits":59.1409617597085,"kept_memorized_bits":375.2627069125068}}
$ rote eval run --per-fact facts.tsv > /dev/null; head -n 3 facts.tsv | cut -f 1,6-8
fact	recalled	exposures	kept
0	0	77	0
1	0	131	0
$ printf 'a\tb\nc\td\n' > two.tsv; rote facts import two.tsv --out two > /dev/null; rote facts make small.yaml --out same > /dev/null
$ rote eval run --facts same | grep -c kept; rote facts make small.yaml facts.seed=1 --out others > /dev/null; rote eval run --facts others | grep -c kept
1
0
[1]
$ rote verify run --quiet; rm run/selected.tsv; rote verify run --quiet
run: replayed; parameters, data and result are the same
2> rote: run/selected.tsv: missing, though the run ended with it (DONE names it); remove DONE and train on with --resume, which writes it again
[1]
$ rote sweep run small.yaml train.select=loss train.select_keep=1,0.5 train.max_steps=20 --out S --quiet > /dev/null; cut -d , -f 1,21-24 S/table.csv
run,kept,kept_recall,kept_code_bits,kept_memorized_bits
select_keep=1-cfdca7cd,60,0,1813.3317854555505,106.66821394989984
select_keep=0.5-ab9db568,30,0,846.491683192495,56.79352082390269

# refused

$ rote train small.yaml train.select=loss
2> rote: train.select is loss, and neither of train.select_keep and train.select_bits says how many facts are kept; set one of them, such as select_keep=0.5 (half of the facts) or select_bits=1.5 (bits per parameter)
[2]
$ rote train small.yaml train.select=loss train.select_keep=0.5 train.select_bits=2
2> rote: train.select is loss, and both of train.select_keep and train.select_bits say how many facts are kept; set one of them, such as select_keep=0.5 (half of the facts) or select_bits=1.5 (bits per parameter)
[2]
$ rote train small.yaml train.select_keep=0.5
2> rote: train.select_keep is 0.5, but train.select is none, so no fact is dropped; set train.select=loss, or leave select_keep out
[2]
$ rote train small.yaml train.select=loss train.select_keep=0.5 train.select_start=0.4
2> rote: train.select_start is 0.4 and train.select_end is 0.3: the last of 4 rounds must be after the first; raise select_end, or set select_rounds=1
[2]
$ rote train facts.path=two train.select=loss train.select_bits=1 --dry-run
2> rote: train.select_bits is 1, but the entropy of these facts is unknown; set train.select_keep, a share of them, instead
[2]

# facts that are trained by Zipf's law: bits and recall by how often

$ rote train small.yaml facts.zipf=1 --out zipf --quiet | grep -e verdict -e recall
verdict     annealed after 400 steps, every fact trained 400.0 times on average, 75 to 5,178 times
recall      0.2167
$ rote eval zipf
facts       60, 480 tokens; model at step 400
loss        2.894727 bits/token
code        1389.469 bits
memorized   530.531 of 1920.000 bits (ceiling 1565.587), 0.4912 bits/param
recall      0.2167

the facts by how often they were trained, in 10 equal groups
   trained      least       most    recall       code bits  memorized bits
    2112.0        857      5,178    1.0000            35.5           156.5
     562.0        410        742    0.6667            66.5           125.5
     328.7        276        387    0.1667            99.4            92.6
     236.0        207        258    0.1667           115.5            76.5
     183.5        165        198    0.0000           158.5            33.5
     151.5        140        164    0.1667           151.4            40.6
     131.3        126        137    0.0000           166.5            25.5
     112.8        104        123    0.0000           184.6             7.4
      97.8         94        102    0.0000           182.2             9.8
      84.3         75         91    0.0000           229.4           -37.4
$ rote eval zipf --per-fact zipf.tsv > /dev/null; head -n 3 zipf.tsv | cut -f 1,6-7
fact	recalled	exposures
0	1	5178
1	1	2525
