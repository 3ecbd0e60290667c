# rote facts make and show

$ rote facts make facts.n=100 facts.seq_len=4 facts.vocab_size=8 facts.seed=3 --out f
kind        random: n=100 seq_len=4 vocab_size=8 seed=3
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
  "drawn_with": [
    "facts.kind=random",
    "facts.n=100",
    "facts.seq_len=4",
    "facts.vocab_size=8",
    "facts.seed=3",
    "facts.heldout=0",
    "facts.split_seed=0",
    "facts.junk_n=0",
    "facts.domain_token=false",
    "facts.paraphrases=1",
    "facts.seed_prefix=0",
    "facts.prefix_symbols=64",
    "facts.fixed_prefix=false"
  ],
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
    "facts.seed=18446744073709551615",
    "facts.split_seed=0",
    "facts.seed_prefix=0",
$ { ROTE_FAULT=records.after rote facts make facts.n=2 --out half; } 2> /dev/null; ls -A half
.manifest.json.rote-tmp
.rote-lock
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
2> rote: facts make: facts.kind is 'file', and that fact set exists already; set facts.kind=random to draw facts, or facts.n=N or facts.heldout=N to choose some of it
[2]
$ rote facts make facts.n=17 facts.seq_len=2 facts.vocab_size=4 --out g
2> rote: facts.n: 17 facts, but there are only 16 sequences (2 tokens out of 4); lower facts.n, or raise facts.seq_len or facts.vocab_size
[2]
$ sed -i '2s/[0-9][0-9]*/9/' f/records.tsv; rote facts show f
2> rote: f/records.tsv:2: token 9, vocabulary is 8
[1]

# of a config, of a run

$ rote facts show facts.kind=triples facts.n=8 facts.objects=3x4 facts.heldout=1 facts.junk_n=2 facts.paraphrases=2 facts.domain_token=true
kind        triples: n=8 seed=0 symbols=0 subjects=0 objects=3x4 heldout=1 junk_n=2 domain_token=true paraphrases=2
facts       8, 40 tokens, the longest 5
vocabulary  18 symbols
pool        19 sequences: 8 facts, 1 held out, 8 paraphrases, 2 junk
marks       <domain> <form 0> <form 1>
entropy     38.590343 bits: sum over i < 8 of log2(6*2 - i) = 24.25049273335425 bits for the pairs of subject and relation, in the order drawn, + 8 * mean over relations of log2(objects) = 14.339850002884624 bits for the objects
answers     14.339850 bits of it, given the prompts
as a set    23.291135 bits
ceiling     14.590343 bits (entropy - n log2 n)
fields                     tokens a fact, share of coded tokens
            subject             1   33.3 %
            relation            1   33.3 %
            object              1   33.3 %
            context             2  context, not coded
hash        169f92e37446d6750f23f3a87668e5a5
facts
0           <domain> <form 0>  subject 2  relation 7  object 11
1           <domain> <form 0>  subject 2  relation 6  object 10
2           <domain> <form 0>  subject 5  relation 6  object 8
3           <domain> <form 0>  subject 0  relation 7  object 11
4           <domain> <form 0>  subject 3  relation 7  object 12
held out, never trained
8           <domain> <form 0>  subject 0  relation 6  object 8
paraphrases, trained in place of their facts
9 of 0      <domain> <form 1>  subject 2  relation 7  object 11
10 of 1     <domain> <form 1>  subject 2  relation 6  object 10
11 of 2     <domain> <form 1>  subject 5  relation 6  object 8
12 of 3     <domain> <form 1>  subject 0  relation 7  object 11
13 of 4     <domain> <form 1>  subject 3  relation 7  object 12
junk, trained, not counted
17          <form 0>  subject 3  relation 6  object 9
18          <form 1>  subject 1  relation 7  object 12
$ echo 'facts: {kind: biod, n: 6, symbols: 10, attributes: 1, zipf: 1, junk_n: 3, junk_ratio: 0.5}' > people.yaml; rote facts show people.yaml facts.split_seed=4 | grep -v entropy
kind        biod: n=6 seed=0 symbols=10 name_sizes=400x400x1000 attributes=1 chunks=1 diversity=16 chunk_len=2 chunk_symbols=16 split_seed=4 junk_n=3
facts       6, 66 tokens, the longest 11
vocabulary  16 symbols
pool        9 sequences: 6 facts, 3 junk
exposure    Zipf's law: fact number r in proportion to r^-1 (facts.zipf)
junk        0.5 per useful sequence (facts.junk_ratio)
answers     45.588937 bits of it, given the prompts
as a set    199.618064 bits
fields                     tokens a fact, share of coded tokens
            name                9   81.8 %
            first_chunk         2   18.2 %
hash        d1c00e481d6fae4dbd7d878b14211675
facts
0           name 2 5 7 3 1 9 8 4 5  first_chunk 13 11
1           name 1 5 5 1 7 4 1 7 9  first_chunk 9 2
2           name 3 6 1 3 2 6 8 9 5  first_chunk 15 15
3           name 2 8 9 2 8 7 2 8 9  first_chunk 13 11
4           name 0 5 5 0 9 3 3 2 6  first_chunk 13 14
junk, trained, not counted
6           name 2 5 0 2 1 6 7 6 7  first_chunk 9 2
7           name 0 8 7 1 1 0 1 8 4  first_chunk 2 4
8           name 1 4 8 3 6 4 3 5 0  first_chunk 3 4
$ rote train facts.n=3 facts.seq_len=4 model.n_layer=1 model.n_embd=8 train.max_steps=1 --out run --quiet > /dev/null; rote facts show run | sed -n '1p;$p'
kind        random: n=3 seq_len=4 vocab_size=256 seed=0
2           62 215 232 73
$ rote facts make facts.n=2 facts.heldout=1 facts.seq_len=3 facts.domain_token=true --out pool --json
{
  "kind": "random",
  "n": 2,
  "max_len": 4,
  "vocab_size": 257,
  "duplicates": 0,
  "tokens": 8,
  "entropy_bits": 47.999999914008669,
  "data_bits_set": 46.999999914008669,
  "ceiling_bits": 45.999999914008669,
  "derivation": "sum over i < 2 of log2(256^3 - i) = 47.999999914008669 bits: 2 distinct sequences of 3 tokens out of 256, in the order drawn",
  "seed": 0,
  "pool": {
    "heldout": 1,
    "variants": 0,
    "junk": 0
  },
  "tokens_by_field": {
    "context": 2,
    "fact": 6
  },
  "marks": [
    "<domain>"
  ],
  "drawn_with": [
    "facts.kind=random",
    "facts.n=2",
    "facts.seq_len=3",
    "facts.vocab_size=256",
    "facts.seed=0",
    "facts.heldout=1",
    "facts.split_seed=0",
    "facts.junk_n=0",
    "facts.domain_token=true",
    "facts.paraphrases=1",
    "facts.seed_prefix=0",
    "facts.prefix_symbols=64",
    "facts.fixed_prefix=false"
  ],
  "tags": [],
  "data_hash": "4b9be6726302624946239b9a216dd88d",
  "first_records": [
    "256 229 227 111",
    "256 185 14 198"
  ],
  "first_heldout": [
    "256 191 232 62"
  ]
}
$ rote facts show pool | sed -n 1,5p
kind        random: n=2 seq_len=3 vocab_size=256 seed=0 heldout=1 domain_token=true
facts       2, 8 tokens, the longest 4
vocabulary  257 symbols
pool        3 sequences: 2 facts, 1 held out
marks       <domain>
$ rote facts show facts.path=pool facts.zipf=2 | grep exposure
exposure    Zipf's law: fact number r in proportion to r^-2 (facts.zipf)
$ rote facts show pool facts.n=4
2> rote: facts show: pool is a folder, so keys have no effect; leave them out, or name a config file
[2]
$ rote facts show facts.attributes=9
2> rote: facts.attributes is 9, but facts.kind is random, which does not use this key; leave it out, or set facts.kind (biod)
[2]
$ rote facts show nowhere
2> rote: nowhere: there is no such file or folder
[2]
$ rote facts show facts.path=pool facts.heldout=2
2> rote: facts.heldout is 2, but the facts in pool were drawn (kind random); set the key in the `rote facts make` that draws them (facts.kind=random)
[2]

# a path may hold a '='

$ mkdir n=4; cp -r pool n=4/pool; cp -r pool seed=1; printf 'facts: {n: 4}\n' > n=4/four.yaml
$ rote facts show n=4/pool | sed -n 2p; rote facts show seed=1 | sed -n 2p; rote facts show ./n=4/four.yaml | sed -n 2p
facts       2, 8 tokens, the longest 4
facts       2, 8 tokens, the longest 4
facts       4, 64 tokens, the longest 16
$ rote facts make ./n=4/four.yaml facts.n=5 --out five | sed -n 2p
facts       5, 80 tokens, the longest 16
$ rote sweep run ./n=4/four.yaml train.seed=0,1 --out S --dry-run 2>&1 | grep -o '^2 points'
2 points
