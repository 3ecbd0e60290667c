# Facts of one's own, some of them held out: in a config, in a folder, in a sweep.

$ for i in $(seq 1 30); do printf 'key %d\t%d\t%s\n' $((i * 37 % 101)) $((i * i % 89)) $([ $((i % 3)) = 0 ] && echo third || echo other); done > keys.tsv
$ rote facts import keys.tsv --out mine | sed -n '3,5p;7p'
facts       30, 294 tokens, the longest 11
vocabulary  16 symbols
entropy     unknown; baselines: answers 147.206718 bits, zlib 134 bytes
tags        2: other 20, third 10
$ printf 'facts: {path: mine, heldout: 10, split_seed: 3}\nmodel: {n_layer: 1, n_head: 1, n_embd: 16}\ntrain: {max_steps: 300, learning_rate: 0.01}\n' > own.yaml
$ rote facts show own.yaml
kind        import
facts       20, 194 tokens, the longest 11
vocabulary  16 symbols
pool        30 sequences: 20 facts, 10 held out
entropy     unknown; baselines: answers 86.438562 bits, zlib 102 bytes
duplicates  0 dropped
tags        2: other 12, third 8
hash        4519b6162422804273e6152f7c57169d
facts
0           key 74	4
1           key 10	9
2           key 47	16
3           key 20	36
4           key 30	81
held out, never trained
20          key 37	1
21          key 84	25
22          key 57	49
23          key 94	64
24          key 67	11
$ rote facts show own.yaml facts.split_seed=0 | grep -A 2 'held out,'
held out, never trained
20          key 70	85
21          key 6	39
$ rote facts show own.yaml --json | grep -A 4 -e '"pool"' -e first_heldout
  "pool": {
    "heldout": 10,
    "variants": 0,
    "junk": 0
  },
--
  "first_heldout": [
    "key 37\t1",
    "key 84\t25",
    "key 57\t49",
    "key 94\t64",

# a run: held-out loss, membership, labels of every fact; it replays, goes on and says what its facts are

$ rote train own.yaml --out run --quiet
run         run
verdict     annealed after 300 steps, every fact trained 300.0 times
loss        0.608897 bits/token
code        118.1 bits (answers alone 86.4 bits, zlib 816 bits)
recall      0.5000
held out    10 facts, 3.392011 bits/token; membership AUC 1.0000, F1 1.0000
parameters  3,744, hash efcc2adf875f8b5b86a004ca2b0b5bc3
$ grep -e '"n":' -e facts -e answer_bits -e zlib -e heldout -e mia run/result.json
  "facts_kind": "import",
  "facts": 20,
  "answer_bits": 86.43856189774725,
  "zlib_bytes": 102,
  "heldout": 10,
  "heldout_code_bits": 339.20113619463973,
  "heldout_loss_nats": 2.3511631119604446,
  "mia_auc": 1,
  "mia_f1": 1,
  "mia_f1_law": null,
  "facts_seed": 0,
$ rote eval run | tail -n 2
recall      0.5000
held out    10 facts, 3.392011 bits/token; membership AUC 1.0000, F1 1.0000
$ rote eval run --per-fact per.tsv > /dev/null; sed -n '1,2p;21,23p' per.tsv | cut -f 1,2,4,6-
fact	tag	prompt_tokens	recalled	role	text
0	other	7	0	fact	key 74\t4
19	other	7	1	fact	key 63\t40
20	other	7		heldout	key 37\t1
21	other	7		heldout	key 84\t25
$ rote verify run --quiet
run: replayed; parameters, data and result are the same
$ rote facts show run | diff - <(rote facts show own.yaml)
$ { ROTE_FAULT=checkpoint.after rote train own.yaml train.checkpoint_interval=100 --out torn --quiet; } > /dev/null 2>&1; rote train own.yaml train.checkpoint_interval=100 --out torn --resume --quiet | tail -n 1; diff run/result.json torn/result.json && cmp run/pool_ids.npy torn/pool_ids.npy
parameters  3,744, hash efcc2adf875f8b5b86a004ca2b0b5bc3
$ rote neurons atlas run --by tag --heldout | sed -n 1,4p
class                facts    tokens   AUROC reached by chance
other                    8        79   0.000 .. 1.000
third                    2        21   0.000 .. 1.000
all facts               10       100   (of 65 units, classes permuted 20 times with seed 1: 95 %)

# the split as a folder of its own: the same facts, the same hash, the same run

$ rote facts make own.yaml --out split | diff - <(rote facts show own.yaml)
$ rote facts show split | diff - <(rote facts show own.yaml)
$ sed -n '1,2p;22p' split/records.tsv; grep -e version -e '"n"' -e heldout split/manifest.json
role	source	prompt	tag	tokens	text
fact	1	7	other	13 12 14 1 9 6 0 6 15	key 74 4
heldout	0	7	other	13 12 14 1 5 9 0 3 15	key 37 1
  "version": 4,
  "n": 20,
    "heldout": 10,
$ rote train own.yaml facts.path=split facts.heldout=0 facts.split_seed=0 --out same --quiet > /dev/null; diff <(grep -v config_hash run/result.json) <(grep -v config_hash same/result.json)
$ rote facts make facts.path=split facts.heldout=3 --out more
2> rote: facts.heldout is 3, but in split 10 of 30 facts are held out already; leave the key out, or use the fact set from which it was made
[2]

# a file as it is, by chunks; equal ones are never held out

$ printf 'one fish two fish red fish one fish and a cat in a hat on a mat' > rhyme.txt
$ rote facts show facts.kind=text facts.path=rhyme.txt facts.seq_len=9 facts.heldout=4 facts.split_seed=1
kind        text
facts       3, 30 tokens, the longest 10
vocabulary  16 symbols
pool        7 sequences: 3 facts, 4 held out
entropy     unknown; baselines: answers 2.754888 bits, zlib 24 bytes
empirical   order 0: 85.1 bits, order 1: 5.5, order 2: 2.8
hash        544c229c53d0c42c4498fc4f2cb15850
facts
0           one fish 
1           red fish 
2           one fish 
held out, never trained
3           two fish 
4           and a cat
5            in a hat
6            on a mat
$ rote train facts.kind=text facts.path=rhyme.txt facts.seq_len=9 facts.heldout=4 facts.split_seed=1 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=20 --out text --quiet | sed -n '4p;6p'; rote verify text --quiet
code        115.4 bits (answers alone 2.8 bits, zlib 192 bits)
held out    4 facts, 3.955907 bits/token; membership AUC 1.0000, F1 1.0000
text: replayed; parameters, data and result are the same
$ rote facts make facts.kind=text facts.path=rhyme.txt facts.seq_len=9 facts.heldout=4 facts.split_seed=1 --out rhyme > made; rote facts show rhyme | diff made -

# shadow models of one pool: splits of the same facts only

$ rote sweep run own.yaml facts.split_seed=1,2,3,4 train.max_steps=20 --out S --jobs 1 --quiet; rote capacity S | grep LiRA
S: 4 of 4 runs done; table: S/table.csv
  LiRA, 20 facts, L1 d16: AUC 0.9677, TPR 0.8625 at 1 % FPR (4 runs; by code length alone 0.7127, 0.1167)
$ cp -r mine other; { sed -e 's/, split_seed: 3//' own.yaml; echo 'sweep: [{facts.split_seed: 1}, {facts.split_seed: 2}, {facts.split_seed: 3, facts.path: other}, {facts.split_seed: 4, facts.path: other}]'; } > two.yaml
$ rote sweep run two.yaml train.max_steps=20 --out T --jobs 1 --quiet; rote capacity T | grep -c LiRA
T: 4 of 4 runs done; table: T/table.csv
0
[1]

# what cannot be: the same words from facts show, facts make and train

$ for key in facts.heldout=30 facts.n=99 facts.junk_n=3 facts.domain_token=true facts.paraphrases=2 facts.seq_len=99 facts.junk_ratio=1; do rote facts show own.yaml $key 2> shown; rote train own.yaml $key --out none 2>&1 | tail -n 1 > trained; cmp shown trained && cat shown; rm -f shown trained; done
rote: facts.heldout is 30, but mine has 30 facts, and at least one must be trained; lower it
rote: facts.n is 99 and facts.heldout is 10, but mine has only 30 facts; lower one of them, or leave facts.n out: it then trains all
rote: facts.junk_n works only for facts that are drawn (kinds random, triples, bios, biod, rules, siblings, triangles, circles, lines, sums); facts that are read (kinds file, text) allow facts.heldout, facts.split_seed and facts.zipf; leave the key out
rote: facts.domain_token works only for facts that are drawn (kinds random, triples, bios, biod, rules, siblings, triangles, circles, lines, sums); facts that are read (kinds file, text) allow facts.heldout, facts.split_seed and facts.zipf; leave the key out
rote: facts.paraphrases works only for facts that are drawn (kinds random, triples, bios, biod, rules, siblings, triangles, circles, lines, sums); facts that are read (kinds file, text) allow facts.heldout, facts.split_seed and facts.zipf; leave the key out
rote: facts.seq_len is 99, but the fact set has 11 tokens in its longest fact; leave the key out or set facts.seq_len=11
rote: facts.junk_ratio is 1, but the facts contain no junk; leave the key out
$ rote facts show facts.path=mine facts.split_seed=3
2> rote: facts.split_seed is 3, but facts.heldout is 0, so no facts are held out; set facts.heldout, or leave facts.split_seed out
[2]
$ rote facts show facts.kind=text facts.path=rhyme.txt facts.n=9
2> rote: facts.n is 9, but rhyme.txt has only 4 facts (chunks of facts.seq_len bytes); lower it, or leave facts.n out: it then trains all
[2]
$ rote facts show facts.kind=text facts.path=rhyme.txt facts.seq_len=9 facts.heldout=6
2> rote: facts.heldout is 6, but of the 7 facts of rhyme.txt only 5 occur once, and the copy of a repeated fact would be trained; lower it
[2]
$ rote facts make facts.path=mine --out none
2> rote: facts make: facts.kind is 'file', and that fact set exists already; set facts.kind=random to draw facts, or facts.n=N or facts.heldout=N to choose some of it
[2]
$ rote facts make facts.n=9 --out drawn > /dev/null
$ rote train facts.path=drawn facts.heldout=2 --out none
2> rote: facts.heldout is 2, but the facts in drawn were drawn (kind random); set the key in the `rote facts make` that draws them (facts.kind=random)
[2]
$ rote sweep run own.yaml facts.heldout=5,31 --out none 2>&1 | sed "s|$PWD/||"
rote: point heldout=31: facts.heldout is 31, but mine has 30 facts, and at least one must be trained; lower it
