# rote neurons eval: what the neuron rules of runs did.

$ for i in 0 1 2 3 4 5 6 7 8 9 10 11; do echo "modeA sub$i,val$((i * 7 % 5)) x$((i % 3)),A"; echo "modeB sub$i,val$((i * 11 % 7)) y$((i * 5 % 4)),B"; echo "modeN sub$i,val$((i * 3 % 4)) x$((i % 2)),N"; done > a.csv; rote facts import a.csv --no-header --vocab words --out a > /dev/null
$ cat > rule.yaml <<'Y'
> facts: {path: a}
> model: {n_layer: 1, n_head: 2, n_embd: 12, n_inner: 40}
> train: {max_steps: 120, learning_rate: 0.02}
> neurons:
>   - name: modeB
>     when: {tag: B}
>     against: A
>     hook: blocks.0.mlp.hook_pre
>     units: 0-2,7
> Y
$ for s in 1 2; do rote train rule.yaml train.seed=$s --out run$s --quiet > /dev/null; rote train rule.yaml train.seed=$s neurons.0.ratio=0 neurons.0.loss=none --out twin$s --quiet > /dev/null; done
$ rote neurons eval run1 --quiet --neutral N --random 5
rule modeB: blocks.0.mlp.hook_pre, units 0-2,7
                                       trained          random units
facts of the class                          12                     -
other facts                                 12                     -
HIT                                     1.0000    0.441 (0.39..0.51)
FAR                                     0.0000    0.532 (0.42..0.64)
AUROC of a fact's mean z                1.0000    0.374 (0.00..0.97)
average precision                       1.0000                     -
share of the class                      0.5000                     -
class selectivity                       1.1564                     -
units with a selectivity                     4                     -
information, bits                       1.0000                     -
of the best unit                        1.0000                     -
class: bits a fact                      5.7209                     -
  + zeroed (necessity)                  3.2200   0.113 (-0.13..0.44)
  + at their means                      2.0667                     -
others: bits a fact                     6.3436                     -
  + zeroed (specificity)                0.0181    0.492 (0.40..0.68)
  + at their means                      0.6543                     -
  + clamped to 0.5 x mean               1.4200                     -
  + clamped to 1 x mean                 3.5265    0.593 (0.19..1.01)
  + clamped to 2 x mean                 6.7835                     -
  + clamped to 4 x mean                13.3658                     -
class: recall                           0.9167                     -
  zeroed                                0.4167    0.917 (0.92..0.92)
  at their means                        0.5833                     -
others: recall                          0.7500                     -
  zeroed                                0.6667    0.667 (0.58..0.83)
  at their means                        0.5000                     -
  clamped to 0.5 x mean                 0.4167                     -
  clamped to 1 x mean                   0.2500    0.567 (0.43..0.67)
  clamped to 2 x mean                   0.0833                     -
  clamped to 4 x mean                   0.0000                     -
counterparts                                12                     -
  flipped without clamping              0.0000                     -
  clamped to 0.5 x mean                 0.0000                     -
  clamped to 1 x mean                   0.0000    0.000 (0.00..0.00)
  clamped to 2 x mean                   0.0000                     -
  clamped to 4 x mean                   0.0000                     -
  of them with a donor                      12                     -
  clamped to 0.5 x donor                0.0000                     -
  clamped to 1 x donor                  0.0000    0.000 (0.00..0.00)
  clamped to 2 x donor                  0.0000                     -
  clamped to 4 x donor                  0.0000                     -
probe without the units, AUROC          1.0000                     -
probe with them, AUROC                  1.0000                     -
sides permuted: HIT, FAR, AUROC 0.6667, 0.3333, 0.6806
$ rote neurons eval run1 run2 --quiet --twin twin1 --twin twin2 --pairs-tag B --random 5
rule modeB: blocks.0.mlp.hook_pre, units 0-2,7
                                       trained            twin          random units
facts of the class                          12              12                     -
other facts                                 12              12                     -
HIT                                     1.0000    0.5000 ±0.33    0.535 (0.39..0.76)
FAR                                     0.0000    0.4766 ±0.23    0.514 (0.42..0.64)
AUROC of a fact's mean z                1.0000     0.7014 ±2.4    0.530 (0.00..1.00)
average precision                       1.0000     0.7240 ±2.1                     -
share of the class                      0.5000          0.5000                     -
class selectivity                 1.1151 ±0.53     0.0240 ±1.4                     -
units with a selectivity                     4               4                     -
information, bits                       1.0000   0.0065 ±0.053                     -
of the best unit                        1.0000   0.0153 ±0.095                     -
class: bits a fact                 5.8929 ±2.2     6.2072 ±1.7                     -
  + zeroed (necessity)              4.2882 ±14    0.1790 ±0.96   1.586 (-0.12..5.09)
  + at their means                 2.7385 ±8.5   0.0410 ±0.054                     -
others: bits a fact                6.5940 ±3.2     6.8491 ±4.5                     -
  + zeroed (specificity)         -0.0093 ±0.35     0.2307 ±1.7    0.622 (0.09..1.85)
  + at their means                0.6088 ±0.58    0.0497 ±0.48                     -
  + clamped to 0.5 x mean          1.3333 ±1.1    0.0849 ±0.78                     -
  + clamped to 1 x mean            3.9889 ±5.9    0.0710 ±0.69    0.997 (0.20..2.01)
  + clamped to 2 x mean             9.5413 ±35     0.1966 ±1.9                     -
  + clamped to 4 x mean            15.7284 ±30       1.0292 ±8                     -
class: recall                      0.8333 ±1.1     0.7917 ±1.6                     -
  zeroed                           0.2917 ±1.6     0.7917 ±1.6    0.633 (0.08..0.92)
  at their means                   0.4167 ±2.1     0.7917 ±1.6                     -
others: recall                     0.5417 ±2.6     0.4583 ±1.6                     -
  zeroed                           0.5000 ±2.1     0.3750 ±2.6    0.483 (0.20..0.81)
  at their means                  0.4583 ±0.53     0.4167 ±2.1                     -
  clamped to 0.5 x mean                 0.4167     0.3750 ±2.6                     -
  clamped to 1 x mean             0.2083 ±0.53     0.4167 ±2.1    0.442 (0.20..0.67)
  clamped to 2 x mean             0.1250 ±0.53     0.4583 ±1.6                     -
  clamped to 4 x mean                   0.0000    0.3750 ±0.53                     -
counterparts                                12              12                     -
  flipped without clamping              0.0000          0.0000                     -
  clamped to 0.5 x mean                 0.0000          0.0000                     -
  clamped to 1 x mean                   0.0000          0.0000    0.008 (0.00..0.06)
  clamped to 2 x mean                   0.0000          0.0000                     -
  clamped to 4 x mean                   0.0000     0.0833 ±1.1                     -
  of them with a donor                      12              12                     -
  clamped to 0.5 x donor                0.0000          0.0000                     -
  clamped to 1 x donor                  0.0000          0.0000    0.008 (0.00..0.06)
  clamped to 2 x donor                  0.0000    0.0167 ±0.21                     -
  clamped to 4 x donor                  0.0000    0.0500 ±0.64                     -
counterparts of --pairs-tag                 12              12                     -
  flipped without clamping              0.0000          0.0000                     -
  clamped to 0.5 x mean                 0.0000          0.0000                     -
  clamped to 1 x mean                   0.0000          0.0000    0.008 (0.00..0.06)
  clamped to 2 x mean                   0.0000          0.0000                     -
  clamped to 4 x mean                   0.0000     0.0833 ±1.1                     -
  of them with a donor                      12              12                     -
  clamped to 0.5 x donor                0.0000          0.0000                     -
  clamped to 1 x donor                  0.0000          0.0000    0.008 (0.00..0.06)
  clamped to 2 x donor                  0.0000    0.0083 ±0.11                     -
  clamped to 4 x donor                  0.0000    0.0458 ±0.58                     -
probe without the units, AUROC          1.0000          1.0000                     -
probe with them, AUROC                  1.0000          1.0000                     -
sides permuted: HIT, FAR, AUROC 0.6667, 0.3333, 0.6493 ±0.4
price, bits per parameter      -0.0045 ±0.013 memorized, -0.0051 ±0.013 recalled
$ rote neurons eval run1 run2 --quiet --twin twin1 --twin twin2 --pairs-tag B --random 5 --json > one; ROTE_ISA=portable rote neurons eval run1 run2 --quiet --twin twin1 --twin twin2 --pairs-tag B --random 5 --json --threads 3 | cmp - one; grep -c nan one; tr -d ' \n' < one | grep -o '"hit":{[^}]*}' | head -n 1
0
"hit":{"mean":1.0,"low":1.0,"high":1.0,"n":2}
$ rote neurons eval run1 --quiet --random 0 --rule modeB --json | tr -d ' \n' | grep -o '^.*"class_facts":[^}]*}\|"heldout":{"class_facts":[a-z]*,\|"twin":null\|"cost":.*'
{"runs":1,"random_sets":0,"rules":[{"name":"modeB","hook":"blocks.0.mlp.hook_pre","units":[[0,1,2,7]],"trained":{"class_facts":{"mean":12.0,"low":null,"high":null,"n":1},"other_facts":{"mean":12.0,"low":null,"high":null,"n":1},"class_rows":{"mean":48.0,"low":null,"high":null,"n":1},"other_rows":{"mean":48.0,"low":null,"high":null,"n":1},"prior":{"mean":0.5,"low":null,"high":null,"n":1},"hit":{"mean":1.0,"low":null,"high":null,"n":1},"far":{"mean":0.0,"low":null,"high":null,"n":1},"auroc":{"mean":1.0,"low":null,"high":null,"n":1},"average_precision":{"mean":1.0,"low":null,"high":null,"n":1},"selectivity":{"mean":1.15638093806981,"low":null,"high":null,"n":1},"selectivity_units":{"mean":4.0,"low":null,"high":null,"n":1},"information_bits":{"mean":1.0,"low":null,"high":null,"n":1},"information_bits_max":{"mean":1.0,"low":null,"high":null,"n":1},"class_bits":{"mean":5.7209134635233125,"low":null,"high":null,"n":1},"other_bits":{"mean":6.3436361986813594,"low":null,"high":null,"n":1},"class_recall":{"mean":0.91666666666666663,"low":null,"high":null,"n":1},"other_recall":{"mean":0.75,"low":null,"high":null,"n":1},"zero_class_bits":{"mean":3.2200492058682455,"low":null,"high":null,"n":1},"zero_other_bits":{"mean":0.018062511558031957,"low":null,"high":null,"n":1},"zero_class_recall":{"mean":0.41666666666666669,"low":null,"high":null,"n":1},"zero_other_recall":{"mean":0.66666666666666663,"low":null,"high":null,"n":1},"mean_class_bits":{"mean":2.0666619065057468,"low":null,"high":null,"n":1},"mean_other_bits":{"mean":0.65430967975322574,"low":null,"high":null,"n":1},"mean_class_recall":{"mean":0.58333333333333337,"low":null,"high":null,"n":1},"mean_other_recall":{"mean":0.5,"low":null,"high":null,"n":1},"dose_0.5_other_bits":{"mean":1.4199508787577031,"low":null,"high":null,"n":1},"dose_1_other_bits":{"mean":3.5264546631510729,"low":null,"high":null,"n":1},"dose_2_other_bits":{"mean":6.7835157011190557,"low":null,"high":null,"n":1},"dose_4_other_bits":{"mean":13.36575552209295,"low":null,"high":null,"n":1},"dose_0.5_other_recall":{"mean":0.41666666666666669,"low":null,"high":null,"n":1},"dose_1_other_recall":{"mean":0.25,"low":null,"high":null,"n":1},"dose_2_other_recall":{"mean":0.083333333333333329,"low":null,"high":null,"n":1},"dose_4_other_recall":{"mean":0.0,"low":null,"high":null,"n":1},"pairs":{"mean":12.0,"low":null,"high":null,"n":1},"flip_base":{"mean":0.0,"low":null,"high":null,"n":1},"dose_0.5_flip":{"mean":0.0,"low":null,"high":null,"n":1},"dose_1_flip":{"mean":0.0,"low":null,"high":null,"n":1},"dose_2_flip":{"mean":0.0,"low":null,"high":null,"n":1},"dose_4_flip":{"mean":0.0,"low":null,"high":null,"n":1},"donor_pairs":{"mean":12.0,"low":null,"high":null,"n":1},"dose_0.5_donor_flip":{"mean":0.0,"low":null,"high":null,"n":1},"dose_1_donor_flip":{"mean":0.0,"low":null,"high":null,"n":1},"dose_2_donor_flip":{"mean":0.0,"low":null,"high":null,"n":1},"dose_4_donor_flip":{"mean":0.0,"low":null,"high":null,"n":1},"tag_pairs":null,"tag_flip_base":null,"dose_0.5_tag_flip":null,"dose_1_tag_flip":null,"dose_2_tag_flip":null,"dose_4_tag_flip":null,"donor_tag_pairs":null,"dose_0.5_donor_tag_flip":null,"dose_1_donor_tag_flip":null,"dose_2_donor_tag_flip":null,"dose_4_donor_tag_flip":null,"leak_without":{"mean":1.0,"low":null,"high":null,"n":1},"leak_with":{"mean":1.0,"low":null,"high":null,"n":1}},"heldout":{"class_facts":{"mean":0.0,"low":null,"high":null,"n":1},"other_facts":{"mean":0.0,"low":null,"high":null,"n":1},"class_rows":{"mean":0.0,"low":null,"high":null,"n":1},"other_rows":{"mean":0.0,"low":null,"high":null,"n":1},"prior":null,"hit":null,"far":null,"auroc":null,"average_precision":null,"selectivity":null,"selectivity_units":null,"information_bits":null,"information_bits_max":null,"class_bits":null,"other_bits":null,"class_recall":null,"other_recall":null,"zero_class_bits":null,"zero_other_bits":null,"zero_class_recall":null,"zero_other_recall":null,"mean_class_bits":null,"mean_other_bits":null,"mean_class_recall":null,"mean_other_recall":null,"dose_0.5_other_bits":null,"dose_1_other_bits":null,"dose_2_other_bits":null,"dose_4_other_bits":null,"dose_0.5_other_recall":null,"dose_1_other_recall":null,"dose_2_other_recall":null,"dose_4_other_recall":null,"pairs":{"mean":0.0,"low":null,"high":null,"n":1},"flip_base":null,"dose_0.5_flip":null,"dose_1_flip":null,"dose_2_flip":null,"dose_4_flip":null,"donor_pairs":{"mean":0.0,"low":null,"high":null,"n":1},"dose_0.5_donor_flip":null,"dose_1_donor_flip":null,"dose_2_donor_flip":null,"dose_4_donor_flip":null,"tag_pairs":null,"tag_flip_base":null,"dose_0.5_tag_flip":null,"dose_1_tag_flip":null,"dose_2_tag_flip":null,"dose_4_tag_flip":null,"donor_tag_pairs":null,"dose_0.5_donor_tag_flip":null,"dose_1_donor_tag_flip":null,"dose_2_donor_tag_flip":null,"dose_4_donor_tag_flip":null,"leak_without":null,"leak_with":null},"twin":null,"random":{"trained":{"class_facts":null,"other_facts":null,"class_rows":null,"other_rows":null,"prior":null,"hit":null,"far":null,"auroc":null,"average_precision":null,"selectivity":null,"selectivity_units":null,"information_bits":null,"information_bits_max":null,"class_bits":null,"other_bits":null,"class_recall":null,"other_recall":null,"zero_class_bits":null,"zero_other_bits":null,"zero_class_recall":null,"zero_other_recall":null,"mean_class_bits":null,"mean_other_bits":null,"mean_class_recall":null,"mean_other_recall":null,"dose_0.5_other_bits":null,"dose_1_other_bits":null,"dose_2_other_bits":null,"dose_4_other_bits":null,"dose_0.5_other_recall":null,"dose_1_other_recall":null,"dose_2_other_recall":null,"dose_4_other_recall":null,"pairs":null,"flip_base":null,"dose_0.5_flip":null,"dose_1_flip":null,"dose_2_flip":null,"dose_4_flip":null,"donor_pairs":null,"dose_0.5_donor_flip":null,"dose_1_donor_flip":null,"dose_2_donor_flip":null,"dose_4_donor_flip":null,"tag_pairs":null,"tag_flip_base":null,"dose_0.5_tag_flip":null,"dose_1_tag_flip":null,"dose_2_tag_flip":null,"dose_4_tag_flip":null,"donor_tag_pairs":null,"dose_0.5_donor_tag_flip":null,"dose_1_donor_tag_flip":null,"dose_2_donor_tag_flip":null,"dose_4_donor_tag_flip":null,"leak_without":null,"leak_with":null},"heldout":{"class_facts":null,"other_facts":null,"class_rows":null,"other_rows":null,"prior":null,"hit":null,"far":null,"auroc":null,"average_precision":null,"selectivity":null,"selectivity_units":null,"information_bits":null,"information_bits_max":null,"class_bits":null,"other_bits":null,"class_recall":null,"other_recall":null,"zero_class_bits":null,"zero_other_bits":null,"zero_class_recall":null,"zero_other_recall":null,"mean_class_bits":null,"mean_other_bits":null,"mean_class_recall":null,"mean_other_recall":null,"dose_0.5_other_bits":null,"dose_1_other_bits":null,"dose_2_other_bits":null,"dose_4_other_bits":null,"dose_0.5_other_recall":null,"dose_1_other_recall":null,"dose_2_other_recall":null,"dose_4_other_recall":null,"pairs":null,"flip_base":null,"dose_0.5_flip":null,"dose_1_flip":null,"dose_2_flip":null,"dose_4_flip":null,"donor_pairs":null,"dose_0.5_donor_flip":null,"dose_1_donor_flip":null,"dose_2_donor_flip":null,"dose_4_donor_flip":null,"tag_pairs":null,"tag_flip_base":null,"dose_0.5_tag_flip":null,"dose_1_tag_flip":null,"dose_2_tag_flip":null,"dose_4_tag_flip":null,"donor_tag_pairs":null,"dose_0.5_donor_tag_flip":null,"dose_1_donor_tag_flip":null,"dose_2_donor_tag_flip":null,"dose_4_donor_tag_flip":null,"leak_without":null,"leak_with":null}},"shuffled":{"trained":{"class_facts":null,"other_facts":null,"class_rows":null,"other_rows":null,"prior":null,"hit":{"mean":0.66666666666666663,"low":null,"high":null,"n":1},"far":{"mean":0.33333333333333331,"low":null,"high":null,"n":1},"auroc":{"mean":0.68055555555555558,"low":null,"high":null,"n":1},"average_precision":null,"selectivity":null,"selectivity_units":null,"information_bits":null,"information_bits_max":null,"class_bits":null,"other_bits":null,"class_recall":null,"other_recall":null,"zero_class_bits":null,"zero_other_bits":null,"zero_class_recall":null,"zero_other_recall":null,"mean_class_bits":null,"mean_other_bits":null,"mean_class_recall":null,"mean_other_recall":null,"dose_0.5_other_bits":null,"dose_1_other_bits":null,"dose_2_other_bits":null,"dose_4_other_bits":null,"dose_0.5_other_recall":null,"dose_1_other_recall":null,"dose_2_other_recall":null,"dose_4_other_recall":null,"pairs":null,"flip_base":null,"dose_0.5_flip":null,"dose_1_flip":null,"dose_2_flip":null,"dose_4_flip":null,"donor_pairs":null,"dose_0.5_donor_flip":null,"dose_1_donor_flip":null,"dose_2_donor_flip":null,"dose_4_donor_flip":null,"tag_pairs":null,"tag_flip_base":null,"dose_0.5_tag_flip":null,"dose_1_tag_flip":null,"dose_2_tag_flip":null,"dose_4_tag_flip":null,"donor_tag_pairs":null,"dose_0.5_donor_tag_flip":null,"dose_1_donor_tag_flip":null,"dose_2_donor_tag_flip":null,"dose_4_donor_tag_flip":null,"leak_without":null,"leak_with":null},"heldout":{"class_facts":null,"other_facts":null,"class_rows":null,"other_rows":null,"prior":null,"hit":null,"far":null,"auroc":null,"average_precision":null,"selectivity":null,"selectivity_units":null,"information_bits":null,"information_bits_max":null,"class_bits":null,"other_bits":null,"class_recall":null,"other_recall":null,"zero_class_bits":null,"zero_other_bits":null,"zero_class_recall":null,"zero_other_recall":null,"mean_class_bits":null,"mean_other_bits":null,"mean_class_recall":null,"mean_other_recall":null,"dose_0.5_other_bits":null,"dose_1_other_bits":null,"dose_2_other_bits":null,"dose_4_other_bits":null,"dose_0.5_other_recall":null,"dose_1_other_recall":null,"dose_2_other_recall":null,"dose_4_other_recall":null,"pairs":null,"flip_base":null,"dose_0.5_flip":null,"dose_1_flip":null,"dose_2_flip":null,"dose_4_flip":null,"donor_pairs":null,"dose_0.5_donor_flip":null,"dose_1_donor_flip":null,"dose_2_donor_flip":null,"dose_4_donor_flip":null,"tag_pairs":null,"tag_flip_base":null,"dose_0.5_tag_flip":null,"dose_1_tag_flip":null,"dose_2_tag_flip":null,"dose_4_tag_flip":null,"donor_tag_pairs":null,"dose_0.5_donor_tag_flip":null,"dose_1_donor_tag_flip":null,"dose_2_donor_tag_flip":null,"dose_4_donor_tag_flip":null,"leak_without":null,"leak_with":null}
"cost":null}]}

# Drawn by dose; on a page, beside the twin.

$ rote neurons eval run1 --quiet --random 5 --plot dose.svg | grep 'others: recall'; grep -o '<title>[^<]*' dose.svg; grep -o 'flips, values of a donor\|flips, random units\|recall of the other facts' dose.svg
others: recall                          0.7500                     -
<title>Rule modeB: answers by dose
<title>1, 0.01667
<title>0.5, 0.4167
<title>1, 0.25
<title>2, 0.08333
<title>4, 0
<title>0.5, 0
<title>1, 0
<title>2, 0
<title>4, 0
<title>0.5, 0
<title>1, 0
<title>2, 0
<title>4, 0
flips, random units
recall of the other facts
flips, values of a donor
$ rote report run1 --twin twin1; grep -o 'modeB</td><td class="name">\(the run\|its twin\).*\|Rule modeB: answers by dose</text>' run1/report.html
run1/report.html
modeB</td><td class="name">the run</td><td>1.000</td><td>0.000</td><td>3.22</td><td>0.02</td><td>0.917</td><td>0.417</td><td>0.750</td><td>0.667</td><td>0.000</td><td>0.000</td><td>0.000</td><td>−0.0035</td></tr>
modeB</td><td class="name">its twin</td><td>0.526</td><td>0.495</td><td>0.10</td><td>0.36</td><td>0.917</td><td>0.917</td><td>0.583</td><td>0.583</td><td>0.000</td><td>0.000</td><td>0.000</td><td>–</td></tr>
Rule modeB: answers by dose</text>

# What an edit changes, by the rule's class, and by one of one's own.

$ rote neurons steer run1 --do 'blocks.0.mlp.hook_post[0-2,7]=zero' --eval --by rules
class                facts              recall  changed                    code bits
modeB                   12    0.9167 -> 0.4167        8         68.7 ->        107.3
all                     36    0.8333 -> 0.6389        9        216.2 ->        255.7
$ rote neurons steer run1 --do 'blocks.0.mlp.hook_post[0-2,7]=zero' --eval --class 'old=tag:A' --class 'eleventh=token:sub10' --json | grep -A 3 classes
    "classes": [
      {
        "class": "old",
        "facts": 12,
$ rote neurons steer run1 --do 'blocks.0.mlp.hook_post[0-2,7]=zero' --by rules
2> rote: neurons steer: --by and --class divide what --eval shows; add --eval
[2]

# A class of held-out facts.

$ rote train facts.n=20 facts.heldout=10 facts.seq_len=4 facts.vocab_size=8 model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=2 neurons.0.when.token=3 neurons.0.hook=blocks.0.mlp.hook_post neurons.0.units=auto:random:8 neurons.0.assign_at=0 --out held --quiet > /dev/null; rote train facts.path=a model.n_layer=1 model.n_head=2 model.n_embd=12 train.max_steps=1 --out plain --quiet > /dev/null; rote neurons eval held --quiet --random 1 | head -n 8
rule rule0: blocks.0.mlp.hook_post, units 1,3,7-8,10-11,13-14
                                       trained        held out          random units
facts of the class                          10               4                     -
other facts                                 10               6                     -
HIT                                     0.4375          0.4583    0.469 (0.47..0.47)
FAR                                     0.4934          0.3571    0.539 (0.54..0.54)
AUROC of a fact's mean z                0.4500          0.6667    0.500 (0.50..0.50)
average precision                       0.4943          0.6500                     -

# Refused.

$ rote neurons eval run1 held
2> rote: held: its rule 0 is 'rule0' at blocks.0.mlp.hook_post, but in run1 'modeB' at blocks.0.mlp.hook_pre
[2]
$ rote neurons eval run1 --rule modeC
2> rote: neurons eval: --rule: the run has no rule 'modeC'; nearest: modeB
[2]
$ rote neurons eval run1 --neutral M
2> rote: neurons eval: --neutral: no fact has the tag 'M'
[2]
$ rote neurons eval run1 run2 --twin twin1
2> rote: neurons eval: --twin is given 1 time for 2 runs; each run has its own, in the same order
[2]
$ rote neurons eval run1 --twin twin1 --twin twin2
2> rote: neurons eval: --twin is given 2 times for 1 run; each run has its own, in the same order
[2]
$ rote neurons eval run1 --twin held
2> rote: held: other facts than run1 has; a twin differs in its rules alone
[2]
$ rote neurons eval plain
2> rote: plain: the run has no neuron rules; train one with neurons: in its config
[2]
$ rote neurons eval nowhere
2> rote: nowhere: there is no such run
[2]
$ rote neurons eval
2> rote: neurons eval: an argument is missing; usage: rote neurons eval RUN [RUN...]
[2]
$ rote train rule.yaml neurons.0.against=N --out other --quiet > /dev/null
$ rote neurons eval run1 other
2> rote: other: neurons.0.against is another than in run1; runs that are averaged differ in their seeds alone
[2]

# Of a side without facts there are no figures, and none are counted.

$ rote train facts.n=6 facts.seq_len=3 facts.vocab_size=5 model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=1 neurons.0.when.share=1 neurons.0.hook=blocks.0.mlp.hook_pre neurons.0.units=0-1 --out every --quiet | head -n 1
run         every
$ rote neurons eval every --random 0 | grep -E 'facts|FAR|AUROC|units with'
facts of the class                           6
other facts                                  0
units with a selectivity                     0
sides permuted: HIT, FAR, AUROC 0.9722, -, -

# Held-out facts teach a causal rule nothing: with other answers there, the same weights.

$ for k in 0 1; do { for i in 0 1 2 3 4 5 6 7 8; do echo "asA s$i,v$((i * 7 % 5)),A"; echo "asN s$i,v$((i * 7 % 5)),N"; done; for i in 0 1 2 3 4 5 6 7 8; do echo "asB s$i,v$(((i * 3 + (i > 5) * k) % 5)),B"; done; } > c$k.csv; rote facts import c$k.csv --no-header --vocab words --out c$k > /dev/null; rote train facts.path=c$k facts.heldout=3 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=20 neurons.0.when.tag=B neurons.0.against=N neurons.0.hook=blocks.0.mlp.hook_pre neurons.0.units=0-3 neurons.0.loss=causal --out held$k --quiet --json | grep -o '"param_hash": "[0-9a-f]*"' > hash$k; done; grep -c param hash0; cmp hash0 hash1
1
$ echo mine > mine.svg
$ rote neurons eval run1 --plot mine.svg
2> rote: mine.svg: exists and is not an SVG picture; choose another file, or replace it with --force
[2]
$ rote report run1 --twin held
2> rote: held: other facts than run1 has; a twin differs in its rules alone
[2]
$ rote report plain --twin twin1
2> rote: plain: has no neuron rules, so it has no twin
[2]
$ mkdir both && cp -r run1 both
$ rote report both --twin twin1
2> rote: report: --twin is for the page of one run, and both is none
[2]
