# A store in place of the facts in the weights: its rows are deleted, edited, added, and replaced by a user's file.

$ awk 'BEGIN {for (i = 0; i < 160; i++) printf "%c%c%d\t%c%c%s\n", 97 + i % 26, 97 + int(i * 7 / 3) % 26, i, 97 + i * 11 % 26, 97 + i * i % 23, i % 3 ? "" : "o"}' > t.tsv
$ rote facts import t.tsv --no-header --out f | head -n 1
columns     prompt: column 1, answer: column 2
$ rote train facts.path=f facts.heldout=40 model.n_layer=1 model.n_embd=16 tools.0.tool=store train.max_steps=150 train.batch_size=32 train.learning_rate=0.02 train.threads=1 --out s --quiet | head -n 1
run         s
$ rote tools eval s --audit
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             120    1.0000    0.0000    0.0000    0.0000    0.0000    0.0000    0.0000   0.0000   0.0000    3.33
held out             40    1.0000    0.0000    0.0000    0.0000    0.0000    0.0000    0.0000   0.0000   0.0000    3.35
tools.0, 160 calls: 160 answered

rows            answers     right    before   missing
full                 60    1.0000         -    0.0000
deleted              60         -    0.0000    1.0000
deleted, off         60         -    0.0000    1.0000
kept                 60    1.0000         -    0.0000
edited               60    1.0000    0.0000    0.0000
added                40    1.0000         -    0.0000
added, off           40    0.0000         -    1.0000
leak                       0.0000  of deleted rows from the weights: before, less what is guessed of added rows
brought                    1.0000  by the store: right with all rows, less before with the tool off
artefacts                  0.0000  before of deleted rows with the tool on, less with the tool off
$ rote tools eval s --n 20 --audit --json | sed -n '/"audit"/,$p' | tr -d '\n '; echo
"audit":{"rows":[{"rows":"full","answers":10,"right":1.0,"before":null,"missing":0.0},{"rows":"deleted","answers":10,"right":null,"before":0.0,"missing":1.0},{"rows":"deleted,off","answers":10,"right":null,"before":0.0,"missing":1.0},{"rows":"kept","answers":10,"right":1.0,"before":null,"missing":0.0},{"rows":"edited","answers":10,"right":1.0,"before":0.0,"missing":0.0},{"rows":"added","answers":20,"right":1.0,"before":null,"missing":0.0},{"rows":"added,off","answers":20,"right":0.0,"before":null,"missing":1.0}],"leak":0.0,"brought":1.0,"artefacts":0.0}}
$ rote verify s --quiet
s: replayed; parameters, data and result are the same

# The same from a file, whose keys are the prompts: as CSV, and as SQLite. Rows that are not there are missing.

$ awk -F'\t' 'BEGIN {print "a,value"} NR > 80 {print $1 "," ($1 ~ /^a/ ? "zz" : $2)}' t.tsv > half.csv
$ rote tools eval s --store half.csv
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             120    0.3250    0.0000    0.0000    0.0000    0.0000    0.6750    0.0000   0.0000   0.0000    3.33
held out             40    0.9500    0.0000    0.0000    0.0000    0.0000    0.0500    0.0000   0.0000   0.0000    3.35
tools.0, 160 calls: 80 answered, 80 missing
$ (echo 'create table facts(key, value);'; awk -F, -v q="'" 'NR > 1 {print "insert into facts values(" q $1 q "," q $2 q ");"}' half.csv) | sqlite3 half.db
$ rote tools eval s --store 0=half.db | tail -n 1
tools.0, 160 calls: 80 answered, 80 missing
$ rote tools eval s --store half.csv --json | sed -n 4,5p
  "inject": "nothing",
  "store": "half.csv",

# One prompt, token by token.

$ rote tools ask s --prompt 'bc1\t' --explain
bc1\tlb
read         written      says                p  call
(begin)      -            g              0.0524
b            -            c              0.1959
c            -            1              0.4261
1            -            0              0.2654
\t           l            l              0.8336  tools.0(a=bc1) -> lb
l            b            b              0.9680
b            (end)        (end)          0.9978
$ rote tools ask s --prompt 'zz99\t' --explain | tail -n 1
\t           (none)       (end)          0.9989  tools.0(a=zz99) -> none: missing, no row
$ rote tools ask s --prompt 'ay100\t' --store half.csv
ay100\t
$ rote tools ask s --prompt 'bc1\t' --off; rote tools ask s --prompt 'bc1\t' --max-tokens 1; rote tools ask s --max-tokens 1
bc1\t
bc1\tl
g
$ for key in bc1 zz99; do rote tools ask s --prompt "$key\t" --explain --json | sed -n '/"call": {/,/"says"/p' | tr -d '\n '; echo; done
"call":{"tool":0,"arguments":{"a":"bc1"},"reason":"answered","answer":"lb","why":null,"spelled":true},"written":"l","says":"l",
"call":{"tool":0,"arguments":{"a":"zz99"},"reason":"missing","answer":null,"why":"norow","spelled":false},"written":"(none)","says":"(end)",


$ for i in $(seq 1 9 160); do line=$(sed -n ${i}p t.tsv); [ "$(rote tools ask s --prompt "${line%$'\t'*}\t" | sed 's/\\t/\t/')" = "$line" ] || echo "$line"; done

$ rote train facts.path=f model.n_layer=1 train.max_steps=1 --out plain --quiet | head -n 1
run         plain

# People: one row of each is changed. Rows that are added are more people of the same draw.

$ rote train facts.kind=biod facts.n=128 facts.symbols=32 facts.name_sizes=32x32x32 facts.attributes=2 facts.diversity=64 facts.chunk_symbols=32 model.n_layer=1 model.n_embd=16 tools.0.tool=store tools.0.args=span+span tools.0.max_calls=2 train.max_steps=150 train.batch_size=64 train.learning_rate=0.02 train.threads=1 --out people --quiet | head -n 1
run         people
$ rote tools eval people --n 100 --audit | tail -n 11
rows            answers     right    before   missing
full                 50    1.0000         -         -
deleted              50         -    0.0000         -
deleted, off         50         -    0.0000         -
kept                100    1.0000         -         -
edited               50    1.0000    0.0000         -
added               200    0.9550         -         -
added, off          200    0.0000         -         -
leak                       0.0000  of deleted rows from the weights: before, less what is guessed of added rows
brought                    1.0000  by the store: right with all rows, less before with the tool off
artefacts                  0.0000  before of deleted rows with the tool on, less with the tool off

$ rote tools ask people --prompt '1 2 3' --explain
1 2 3 0 28 28 28
read         written      says                p  call
(begin)      -            10             0.0680
1            -            19             0.1642
2            -            12             0.7722
3            (none)       0              0.1726  tools.0(a=1 2 3, b=1 2 3) -> none: missing, no row
0            (none)       28             0.3880  tools.0(a=1 2 3, b=0) -> none: missing, no row
28           -            28             0.5902
28           -            28             0.7110

# Values with words between them, each a call of its own, and an end that says that a row is missing. Two in the weights.

$ rote train facts.kind=bios facts.n=200 facts.symbols=32 facts.name_sizes=32x32x32 facts.value_sizes=12x28x30x30x30x30x30 model.n_layer=1 model.n_embd=16 tools.0.tool=store tools.0.args=span+span tools.0.max_calls=6 train.max_steps=250 train.batch_size=32 train.learning_rate=0.02 train.threads=1 --out bios --quiet | head -n 1
run         bios
$ rote tools eval bios --n 40 --audit
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             240    1.0000    0.0000    0.0000    0.0000    0.0000    0.0000    0.0000   0.0000   0.0000    1.50
tools.0, 240 calls: 240 answered

rows            answers     right    before   missing
full                 20    1.0000         -    0.0000
deleted              20         -    0.0000    1.0000
deleted, off         20         -    0.0000    0.0500
kept                120    1.0000         -    0.0000
edited               20    1.0000    0.0000    0.0000
added               240    1.0000         -    0.0000
added, off          240    0.0000         -    0.1083
leak                       0.0000  of deleted rows from the weights: before, less what is guessed of added rows
brought                    1.0000  by the store: right with all rows, less before with the tool off
artefacts                  0.0000  before of deleted rows with the tool on, less with the tool off
$ rote tools eval people --n 10 --json | grep by_weights; rote tools eval plain --n 10 --json | grep by_weights
      "by_weights": 0,
      "right_by_weights": 0,
      "by_weights": 10,
      "right_by_weights": 0,

# The ledger: with its tools a model says more bits than its weights can hold. A store that is not counted is a leak.

$ rote train facts.kind=biod facts.n=4096 facts.symbols=64 facts.name_sizes=64x64x64 facts.attributes=2 facts.diversity=16384 facts.chunk_len=3 facts.chunk_symbols=64 model.n_layer=1 model.n_head=1 model.n_embd=12 tools.0.tool=store tools.0.args=span tools.0.attributes=1 tools.1.tool=store tools.1.args=span tools.1.attributes=2 train.max_steps=250 train.batch_size=64 train.learning_rate=0.02 train.threads=1 --out many --quiet | head -n 1
run         many
$ rote tools eval many --n 100 --ledger
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             200    1.0000    0.0000    0.0000    0.0000    0.0000    0.0000    0.0000   0.0000   0.0000    3.00
tools.0, 100 calls: 100 answered
tools.1, 100 calls: 100 answered

bits of 4,096 trained facts
data                             218543.3
memorized, tools off            -105996.0  what the weights know
memorized, with tools            143963.3
weights                          120288.0
stores                           425008.0  packed
margin                           401332.7  no leak
margin without stores            -23675.3  leak: bits are elsewhere
$ rote tools eval many --n 1 --ledger --json > many.json; python3 -c 'import json; l = json.load(open("many.json"))["ledger"]; r = json.load(open("many/result.json")); print(abs(l["memorized_bits"] - r["memorized_bits"]) < 1e-6, l["memorized_bits_with_tools"] <= l["weight_bits"] + l["store_bits"], l["leaks"], l["leaks_without_stores"])'
True True False True
$ rote tools eval s --n 1 --ledger | tail -n 8
bits of 120 trained facts
data                              unknown
memorized, tools off              unknown  what the weights know
memorized, with tools             unknown
weights                          140864.0
stores                             5032.0  packed
margin                            unknown
margin without stores             unknown
$ rote compress many --out many.rote; ls many.rote
2> rote: the model calls tools, which an archive does not contain; train it without
2> ls: cannot access 'many.rote': No such file or directory
[2]

# What is refused

$ rote train facts.kind=sums facts.n=50 tools.0.tool=calculator train.max_steps=1 --out sums --quiet | head -n 1
run         sums
$ printf '1,2,3\n' > wide.csv; printf 'x,2\nx,3\n' > twice.csv; echo 'create table t(k);' | sqlite3 other.db
$ rote tools eval sums --audit
2> rote: tools eval: --audit: no tool of the run is a store of the facts' own answers, so there are no rows to delete
[2]
$ rote tools eval s --audit --store half.csv
2> rote: tools eval: --audit and --ledger are about the run's own store; leave out --store
[2]
$ rote tools eval sums --store half.csv
2> rote: tools eval: --store: the run has no store
[2]
$ rote tools eval s --store 1=half.csv
2> rote: tools eval: --store: that tool of the run is no store
[2]
$ rote tools eval s --store none.csv
2> rote: none.csv: there is no such file
[2]
$ rote tools eval s --store wide.csv
2> rote: wide.csv:1: 3 columns; expected 2: the tool's arguments and the value
[2]
$ rote tools eval s --store twice.csv
2> rote: twice.csv: tool 0: two rows have the key 'x'
[2]
$ rote tools eval s --store other.db
2> rote: tool 0: other.db: the query is wrong: no such table: facts
[2]
$ rote tools ask plain
2> rote: plain: the run has no tools; rote sample continues its prompts
[2]
$ rote tools ask s --prompt '#'
2> rote: tools ask: --prompt: "#" is not a symbol of the vocabulary (of the run's facts)
[2]
$ rote tools ask sums --store half.csv
2> rote: tools ask: --store: the run has no store
[2]

# A place is a number below 65,536.
$ (echo prompt,answer; head -c 70000 /dev/zero | tr '\0' a; printf ',b\nc,d\n') > long.csv; rote facts import long.csv --out long | grep facts
facts       2, 70,007 tokens, the longest 70003
$ rote train facts.path=long tools.0.tool=store tools.0.args=prompt model.n_layer=1 model.n_embd=2 model.n_head=1 model.attn=mean model.pos=none train.batch_size=1 train.grad_leaves=1 train.max_steps=1 --threads 1 --quiet --out longrun
2> rote: sequence 0 has an answer at token 70001; a tool is called at token 65535 at the latest
[2]
