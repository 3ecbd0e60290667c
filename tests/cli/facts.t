# rote facts make and show

$ rote facts make facts.n=100 facts.seq_len=4 facts.vocab_size=8 facts.seed=3 --out f
kind        random
facts       100, 400 tokens, the longest 4
vocabulary  8 symbols
entropy     1198.242217 bits: sum over i < 100 of log2(8^4 - i) = 1198.2422170441766 bits: 100 distinct sequences of 4 tokens out of 8, in the order drawn
as a set    673.477224 bits
ceiling     533.856598 bits (entropy - n log2 n)
hash        3f6f09c2792a95a60820f3c2df55b8d8
0           6 1 4 5
1           2 7 7 4
2           2 6 7 0
3           5 1 1 2
4           5 3 7 4
$ rote facts show f --json
{
  "kind": "random",
  "n": 100,
  "max_len": 4,
  "vocab_size": 8,
  "duplicates": 0,
  "tokens": 400,
  "entropy_bits": 1198.2422170441766,
  "data_bits_set": 673.47722375411695,
  "ceiling_bits": 533.85659806670424,
  "derivation": "sum over i < 100 of log2(8^4 - i) = 1198.2422170441766 bits: 100 distinct sequences of 4 tokens out of 8, in the order drawn",
  "seed": 3,
  "tags": [],
  "data_hash": "3f6f09c2792a95a60820f3c2df55b8d8",
  "first_records": [
    "6 1 4 5",
    "2 7 7 4",
    "2 6 7 0",
    "5 1 1 2",
    "5 3 7 4"
  ]
}
$ rote facts make facts.n=100 facts.seq_len=4 facts.vocab_size=8 facts.seed=3 --out f
2> rote: f: the folder is not empty (manifest.json is there); name a new one
[2]
$ rote facts make facts.n=100 facts.seq_len=4 facts.vocab_size=8 facts.seed=3 --out again > /dev/null; diff -r f again
$ rote facts make facts.n=2 facts.seed=18446744073709551615 --out large --json | grep seed
  "seed": "18446744073709551615",
$ { ROTE_FAULT=records.after rote facts make facts.n=2 --out half; } 2> /dev/null; ls -A half
.manifest.json.rote-tmp
records.tsv
$ rote facts show half
2> rote: half: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
[2]
$ rote facts make facts.n=3 --out half > /dev/null; rote facts show half | sed -n 2p; ls half
facts       3, 48 tokens, the longest 16
manifest.json
records.tsv
$ mkdir mine; touch mine/records.tsv; rote facts make facts.n=3 --out mine; rm -r mine
2> rote: mine: the folder is not empty (records.tsv is there); name a new one
$ rote facts make facts.kind=file facts.path=f --out g
2> rote: facts make: facts.kind is 'file', which exists already; to generate: facts.kind=random
[2]
$ rote facts make facts.n=17 facts.seq_len=2 facts.vocab_size=4 --out g
2> rote: facts.n: 17 facts asked for, of 16 possible sequences (2 tokens out of 4); lower facts.n, or raise facts.seq_len or facts.vocab_size
[2]
$ sed -i '2s/[0-9][0-9]*/9/' f/records.tsv; rote facts show f
2> rote: f/records.tsv:2: token 9, vocabulary is 8
[1]
