# Facts that are generated: triples, bios, biod, rules

$ rote facts make facts.kind=triples facts.n=6 facts.objects=3x50 --out triples
kind        triples: n=6 seed=0 symbols=0 subjects=0 objects=3x50
facts       6, 18 tokens, the longest 3
vocabulary  58 symbols
entropy     31.178309 bits: sum over i < 6 of log2(3*2 - i) = 9.4918530963296739 bits for the pairs of subject and relation, in the order drawn, + 6 * mean over relations of log2(objects) = 21.68645607148764 bits for the objects
answers     21.686456 bits of it, given the prompts
as a set    21.686456 bits
ceiling     15.668534 bits (entropy - n log2 n)
fields                     tokens a fact, share of coded tokens
            subject             1   33.3 %
            relation            1   33.3 %
            object              1   33.3 %
hash        d94ab62f138433e3f3e111625400710e
0           subject 2  relation 4  object 12
1           subject 1  relation 3  object 7
2           subject 0  relation 4  object 56
3           subject 2  relation 3  object 6
4           subject 0  relation 3  object 7
$ rote facts make facts.kind=triples facts.n=4 facts.subjects=1000 facts.symbols=10 --out digits | tail -4
0           subject 9 6 1  relation 1  object 0 0
1           subject 5 4 4  relation 3  object 0 6
2           subject 7 2 3  relation 3  object 1 0
3           subject 8 2 2  relation 1  object 0 0
$ rote facts make facts.kind=bios facts.n=3 --out bios
kind        bios: n=3 seed=0 symbols=0 name_sizes=400x400x1000 value_sizes=12x28x200x200x300x100x263 templates=1 order=fixed
facts       3, 105 tokens, the longest 35
vocabulary  2,918 symbols
entropy     224.535361 bits: sum over i < 3 of log2(160000000 - i) = 81.760489965584071 bits for the names, in the order drawn, + 3 * log2(212083200000000) = 142.77487101567337 bits for the values, + 3 * (6 log2(1) + log2(1)) = 0 bits for templates and order of sentences
answers     142.774871 bits of it, given the prompts
as a set    221.950398 bits
ceiling     219.780473 bits (entropy - n log2 n)
fields                     tokens a fact, share of coded tokens
            name                3    8.6 %
            pronoun             5   14.3 %
            birth_date          3    8.6 %
            birth_city          1    2.9 %
            university          1    2.9 %
            major               1    2.9 %
            employer            1    2.9 %
            work_city           1    2.9 %
            template           19   54.3 %
hash        ffc52d883969acfdae78a607a1a09224
0           Stokren Krabol Sosoford	was born on March 27 1928 she was born in Stasteville she took classes at Briste_College she majored then in Fistelogy she works today for Tokre_Works she works today in Stusteville
1           Broglen Figlel Krigleford	was born on May 22 1943 he was born in Begleville he took classes at Koste_College he majored then in Glastelogy he works today for Saste_Works he works today in Glesteville
2           Ribon Debol Brusoford	was born on February 25 1809 he was born in Fegleville he took classes at Kregle_College he majored then in Nestelogy he works today for Muste_Works he works today in Lugleville
$ rote facts make facts.kind=bios facts.n=3 facts.templates=8 facts.order=shuffled --out told | cut -c1-200 | tail -3
0           Stokren Krabol Sosoford	began crying on March 27 1928 she spent childhood in Stasteville she earned degrees from Briste_College she is employed by Tokre_Works she passed tests in Fistelogy
1           Broglen Figlel Krigleford	counts years from May 22 1943 he is native to Begleville he heard lectures at Koste_College he chose to study Glastelogy he works today in Glesteville he was hire
2           Ribon Debol Brusoford	majored then in Nestelogy he comes straight from Fegleville he entered life on February 25 1809 he commutes daily to Lugleville he was hired by Muste_Works he was tau
$ rote facts make facts.kind=bios facts.n=2 facts.templates=0 facts.symbols=16 --out small | sed -n '2,4p;$p'
facts       2, 56 tokens, the longest 28
vocabulary  17 symbols
entropy     149.690241 bits: sum over i < 2 of log2(160000000 - i) = 54.506993319406227 bits for the names, in the order drawn, + 2 * log2(212083200000000) = 95.183247343782242 bits for the values, + 2 * (6 log2(1) + log2(1)) = 0 bits for templates and order of sentences
1           0 9 11 0 10 14 0 11 3	1 4 1 5 8 15 7 8 0 3 0 1 2 0 0 5 2 6
$ rote facts make facts.kind=biod facts.n=3 facts.chunks=2 facts.name_sizes=50 --out biod
kind        biod: n=3 seed=0 symbols=0 name_sizes=50 attributes=4 chunks=2 diversity=16 chunk_len=2 chunk_symbols=16
facts       3, 51 tokens, the longest 17
vocabulary  66 symbols
entropy     199.199276 bits: sum over i < 3 of log2(50 - i) = 16.843528534611089 bits for the names, in the order drawn, + 3*4*2 * log2(16) = 96 bits for which chunks, + 86.355747559348259 bits for what the chunks are: 4 sets of 16 out of 16^2 strings, as far as the values show them
answers     182.355748 bits of it, given the prompts
as a set    196.614314 bits
ceiling     194.444389 bits (entropy - n log2 n)
fields                     tokens a fact, share of coded tokens
            name                1    5.9 %
            first_chunk         8   47.1 %
            later_chunks        8   47.1 %
hash        abac6a09fab51afb181e69f5a0ae5738
0           name 45  first_chunk 63 61  later_chunks 59 52  first_chunk 63 65  later_chunks 64 63  first_chunk 56 63  later_chunks 63 52  first_chunk 56 65  later_chunks 51 56
1           name 29  first_chunk 53 54  later_chunks 52 54  first_chunk 51 64  later_chunks 50 64  first_chunk 60 65  later_chunks 60 65  first_chunk 54 62  later_chunks 65 65
2           name 39  first_chunk 59 60  later_chunks 58 53  first_chunk 64 63  later_chunks 65 51  first_chunk 52 56  later_chunks 51 58  first_chunk 64 57  later_chunks 60 55
$ rote facts make facts.kind=rules facts.n=100 facts.vocab_size=13 facts.exceptions=0.05 --out rules
kind        rules: n=100 vocab_size=13 seed=0 rule=affine inputs=2 exceptions=0.05
facts       100, 300 tokens, the longest 3
vocabulary  13 symbols
entropy     740.828119 bits: sum over i < 100 of log2(13^2 - i) = 685.6360796289913 bits for the inputs, in the order drawn, + 3 * log2(13) = 11.101319154423276 bits for one of the affine rules, + log2 C(100,5) + 5 * log2(13 - 1) = 44.090719904875087 bits for the exceptions; a table without a rule would hold 370.04397181410923 bits of outputs instead of 55.192039059298367
answers     55.192039 bits of it, given the prompts
as a set    216.063125 bits
ceiling     76.442500 bits (entropy - n log2 n)
fields                     tokens a fact, share of coded tokens
            input               2   66.7 %
            output              1   33.3 %
hash        a8b1c85c12e968407a07775a827574c9
0           input 2 2  output 1
1           input 10 1  output 4
2           input 12 10  output 1
3           input 10 9  output 12
4           input 5 4  output 11
$ rote facts make facts.kind=rules facts.n=40 facts.vocab_size=7 facts.rule=quadratic --out quadratic | sed -n 4p
entropy     206.939278 bits: sum over i < 40 of log2(7^2 - i) = 190.09514885398585 bits for the inputs, in the order drawn, + 6 * log2(7) = 16.844129532345626 bits for one of the quadratic rules, + log2 C(40,0) + 0 * log2(7 - 1) = 0 bits for the exceptions; a table without a rule would hold 112.29419688230416 bits of outputs instead of 16.844129532345626
$ rote facts make facts.kind=rules facts.n=64 facts.vocab_size=8 facts.rule=lookup --out lookup | sed -n 4p
entropy     319.995144 bits: sum over i < 64 of log2(8^2 - i) = 295.99514394172405 bits for the inputs, in the order drawn, + 8 * log2(8) = 24 bits for one of the lookup rules, + log2 C(64,0) + 0 * log2(8 - 1) = 0 bits for the exceptions; a table without a rule would hold 192 bits of outputs instead of 24
$ rote facts show rules --json | grep -E 'kind|bits'
  "kind": "rules",
  "entropy_bits": 740.82811868828969,
  "data_bits_set": 216.06312539823,
  "ceiling_bits": 76.442499710817287,
  "answer_bits": 55.192039059298367,
  "derivation": "sum over i < 100 of log2(13^2 - i) = 685.6360796289913 bits for the inputs, in the order drawn, + 3 * log2(13) = 11.101319154423276 bits for one of the affine rules, + log2 C(100,5) + 5 * log2(13 - 1) = 44.090719904875087 bits for the exceptions; a table without a rule would hold 370.04397181410923 bits of outputs instead of 55.192039059298367",
    "facts.kind=rules",

# held out, told in other words, behind marks

$ rote facts make facts.kind=rules facts.n=100 facts.heldout=40 facts.vocab_size=13 facts.exceptions=0.05 --out more | grep -o 'log2(13) = .*'
log2(13) = 11.101319154423276 bits for one of the affine rules, + places of 7 among 140 rows, where 100 count, + 5 * log2(13 - 1) = 46.137842582057814 bits for the exceptions; a table without a rule would hold 370.04397181410923 bits of outputs instead of 57.239161736481094
$ rote facts make facts.kind=bios facts.n=2 facts.paraphrases=3 facts.templates=8 --out anew | grep -o 'bits for the values.*'
bits for the values, + 2 * (6 log2(1) + log2(1)) = 0 bits for templates and order of sentences
$ tail -n 2 anew/records.tsv | cut -f 6
Broglen Figlel Krigleford was born on May 22 1943 he learned walking in Begleville he earned degrees from Koste_College he was drawn to Glastelogy he reports daily to Saste_Works he commutes daily to Glesteville
Broglen Figlel Krigleford has birthday since May 22 1943 he spent childhood in Begleville he spent semesters at Koste_College he majored then in Glastelogy he works today for Saste_Works he is stationed in Glesteville
$ rote facts make facts.kind=triples facts.n=4 facts.objects=3x3 facts.heldout=2 facts.domain_token=true --out marked | tail -4
3           <domain>  subject 2  relation 3  object 6
held out, never trained
4           <domain>  subject 0  relation 3  object 7
5           <domain>  subject 1  relation 4  object 8

# every bad input

$ rote facts make facts.kind=triple --out x
2> rote: command line: key 'facts.kind': 'triple' is not one of random | file | triples | bios | biod | rules | text | siblings | triangles | circles | lines | sums; nearest: triples
[2]
$ rote facts make facts.kind=triples facts.objects=3,4 --out x
2> rote: command line: key 'facts.objects': '3,4' is not a list of sizes such as 8x100x263
[2]
$ rote facts make facts.kind=triples facts.objects=3x0 --out x
2> rote: command line: key 'facts.objects': 3x0 is out of range; allowed: such as 8x100x263, at most 16 sizes of 1 to 1000000000
[2]
$ rote facts make facts.kind=triples facts.objects=1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1 --out x
2> rote: command line: key 'facts.objects': '1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1' has more than 16 sizes
[2]
$ rote facts make facts.kind=triples facts.objects= --out x
2> rote: command line: key 'facts.objects': no value; allowed: such as 8x100x263, at most 16 sizes of 1 to 1000000000
[2]
$ rote facts make facts.kind=triples facts.n=100 facts.subjects=3 --out x
2> rote: facts.n: 100 triples, but 3 subjects with 4 relations make only 12 pairs; set facts.subjects to 0 (the fewest that are needed) or at least 25
[2]
$ rote facts make facts.kind=bios facts.value_sizes=12x28 --out x
2> rote: facts.value_sizes: 2 sizes, but a biography needs 7: months x days x years x cities x universities x majors x employers
[2]
$ rote facts make facts.kind=bios facts.name_sizes=1x2x3x4 --out x
2> rote: facts.name_sizes: 4 lists, but a name has at most 3 parts (first, middle, last)
[2]
$ rote facts make facts.kind=bios facts.name_sizes=2x2 --out x
2> rote: facts.n: 256 people, but there are only 4 names; lower facts.n, or raise facts.name_sizes
[2]
$ rote facts make facts.kind=bios facts.name_sizes=20000 --out x
2> rote: facts.name_sizes: a list of 20000 words, at most 10000 are possible; lower it, or write values as numbers (facts.symbols)
[2]
$ rote facts make facts.kind=bios facts.value_sizes=12x28x200x200x300x100x20000 --out x
2> rote: facts.value_sizes: a list of 20000 words, at most 10000 are possible; lower it, or write values as numbers (facts.symbols)
[2]
$ rote facts make facts.kind=bios facts.symbols=10 facts.name_sizes=1e6x1e6x1e6 --out x
2> rote: facts.name_sizes: 1e+18 names, at most 2^53 are possible; lower a size
[2]
$ rote facts make facts.kind=bios facts.templates=9 --out x
2> rote: command line: key 'facts.templates': 9 is out of range; allowed: 0 to 8
[2]
$ rote facts make facts.kind=bios facts.order=random --out x
2> rote: command line: key 'facts.order': 'random' is not one of fixed | shuffled
[2]
$ rote facts make facts.kind=biod facts.name_sizes=2x2 --out x
2> rote: facts.n: 256 people, but there are only 4 names; lower facts.n, or raise facts.name_sizes
[2]
$ rote facts make facts.kind=biod facts.diversity=17 facts.chunk_len=1 --out x
2> rote: facts.diversity: 17 different chunks, but there are only 16 strings of 1 out of 16 symbols; lower it, or raise facts.chunk_len or facts.chunk_symbols
[2]
$ rote facts make facts.kind=biod facts.chunk_len=14 --out x
2> rote: facts.chunk_len: there are 2^53 or more strings of 14 out of 16 symbols; lower facts.chunk_len or facts.chunk_symbols
[2]
$ rote facts make facts.kind=biod facts.attributes=1000 facts.chunks=1000 facts.chunk_len=2 --out x
2> rote: facts.attributes: 1000 values of 1000 chunks of 2 symbols make 2000003 tokens a fact, at most 1048576 are possible
[2]
$ rote facts make facts.kind=rules facts.vocab_size=13 facts.n=170 --out x
2> rote: facts.n: 170 rows, but there are only 169 inputs (2 out of 13 symbols); lower facts.n, or raise facts.inputs or facts.vocab_size
[2]
$ rote facts make facts.kind=rules facts.vocab_size=12 facts.rule=quadratic --out x
2> rote: facts.vocab_size is 12 and facts.rule is quadratic, which needs an odd prime, such as 31 or 97
[2]
$ rote facts make facts.kind=rules facts.vocab_size=13 facts.n=20 facts.exceptions=0.2 --out x
2> rote: facts.n: 20 rows with 4 exceptions, but two affine rules can agree on 13 of the 169 inputs, so two rules could explain one table and its entropy is unknown; raise facts.n above 21, or lower facts.vocab_size
[2]
$ rote facts make facts.kind=rules facts.vocab_size=13 facts.n=100 facts.exceptions=0.9 --out x
2> rote: facts.exceptions: 90 of 100 rows are too many to distinguish two affine rules, which can agree on 13 of the 169 inputs; lower facts.exceptions
[2]
$ rote facts make facts.kind=rules facts.vocab_size=1024 facts.inputs=6 --out x
2> rote: facts.inputs: 6 numbers below 1024 have 2^53 values or more; lower facts.inputs or facts.vocab_size
[2]
$ rote facts make facts.kind=rules facts.exceptions=1.5 --out x
2> rote: command line: key 'facts.exceptions': 1.5 is out of range; allowed: 0 to 1
[2]

$ rote facts make facts.kind=bios facts.paraphrases=3 --out x
2> rote: facts.paraphrases is 3, but with facts.templates=1 and facts.order=fixed a biography has only one rendering; raise facts.templates, or set facts.order=shuffled
[2]

# keys of another kind

$ rote facts make facts.attributes=5 --out x
2> rote: facts.attributes is 5, but facts.kind is random, which does not use this key; leave it out, or set facts.kind (biod)
[2]
$ rote train facts.kind=bios facts.n=4 facts.seq_len=8 --out x
2> rote: facts.seq_len is 8, but facts.kind is bios, which does not use this key; leave it out, or set facts.kind (random, file, text)
[2]
$ rote facts make facts.n=4 facts.split_seed=3 facts.exceptions=0.1 --out x
2> rote: facts.exceptions is 0.1, but facts.kind is random, which does not use this key; leave it out, or set facts.kind (rules)
[2]
$ echo 'facts: {kind: biod, attributes: 6, n: 3}' > people.yaml
$ rote facts make people.yaml facts.kind=random facts.seq_len=4 --out others | head -n 2
kind        random: n=3 seq_len=4 vocab_size=256 seed=0
facts       3, 12 tokens, the longest 4
$ rote facts make people.yaml facts.kind=random facts.rule=lookup --out x
2> rote: facts.rule is lookup, but facts.kind is random, which does not use this key; leave it out, or set facts.kind (rules)
[2]
$ rote sweep run people.yaml facts.kind=random,biod model.n_embd=8 train.max_steps=1 --out K --jobs 1 --quiet; ls K/runs
K: 2 of 2 runs done; table: K/table.csv
kind=biod-6e255bf4
kind=random-6cc47e51
$ rote sweep run people.yaml facts.exceptions=0,0.1 --out L
2> rote: facts.exceptions is 0.1, but facts.kind is biod, which does not use this key; leave it out, or set facts.kind (rules)
[2]

# a default for every kind

$ for rule in affine quadratic lookup; do rote facts make facts.kind=rules facts.rule=$rule --out by-$rule | sed -n 2,3p; done
facts       256, 768 tokens, the longest 3
vocabulary  31 symbols
facts       256, 768 tokens, the longest 3
vocabulary  31 symbols
facts       256, 768 tokens, the longest 3
vocabulary  16 symbols

# a model that grows with its facts

$ rote sweep run facts.kind=triples facts.n=20,40 model.n_layer=1 model.n_embd=8 train.max_steps=2 --out T --jobs 1 2>&1 | grep note
note: facts.subjects is 0, so the vocabulary and the model grow with facts.n, and `rote capacity` cannot compare the sizes; facts.subjects=10 is enough for all of them
$ rote capacity T | tail -n 1
no capacity to state (2 architectures; verdict: lower bound only: facts.subjects is 0, so the vocabulary and with it the model grew with facts.n: no model has several sizes; set facts.subjects)
$ rote sweep run facts.kind=triples facts.subjects=10 facts.n=20,40 model.n_layer=1 model.n_embd=8 train.max_steps=2 --out U --jobs 1 2>&1 | grep note
[1]
$ rote capacity U | tail -n 1
no capacity to state (1 architecture; verdict: lower bound only: no fact set is 1.2 times what a model holds: no plateau shows; add larger facts.n)

# a ceiling that is none

$ rote train facts.kind=rules facts.rule=lookup model.n_layer=1 model.n_embd=8 train.max_steps=1 --out whole 2>&1 | grep -e facts -e memorized
facts       256 of up to 3 tokens, vocabulary 16: 1748.0 bits, fewer than naming the facts costs (2048.0)
memorized   -1317.6 of 1748.0 bits (ceiling 0: naming the facts costs more than H), -1.2669 bits/param

# held-out facts in the table of facts; exposures where they are uneven

$ rote train facts.n=5 facts.heldout=2 facts.zipf=1 facts.seq_len=3 model.n_layer=1 model.n_embd=8 train.max_steps=10 --out uneven --quiet | sed -n 2p; grep exposures uneven/result.json
verdict     annealed after 10 steps, every fact trained 10.0 times on average, 5 to 19 times
  "exposures": 10,
  "exposures_least": 5,
  "exposures_most": 19,
$ rote eval uneven --per-fact uneven.tsv > /dev/null; cut -f 1,3,4,6- uneven.tsv
fact	tokens	prompt_tokens	recalled	role	exposures	text
0	3	1	0	fact	19	229 227 111
1	3	1	0	fact	12	185 14 198
2	3	1	0	fact	5	191 232 62
3	3	1	0	fact	9	215 232 73
4	3	1	0	fact	5	233 126 103
5	3	0		heldout		227 73 145
6	3	0		heldout		105 155 10
$ rote eval uneven --per-fact uneven.tsv > /dev/null; rote verify uneven --quiet
uneven: replayed; parameters, data and result are the same

# R and R_max stand in the result

$ rote train facts.kind=bios facts.n=20 facts.symbols=16 facts.templates=0 model.n_embd=8 model.n_layer=1 train.max_steps=3 --out run --quiet | grep -E 'memorized|knowledge'
memorized   -784.9 of 1496.9 bits (ceiling 1410.5), -0.6289 bits/param
knowledge   R -0.5634 of R_max 1.1302 bits/param
$ grep -E '"(answer_bits|code_bits_by|r|r_max)"' run/result.json
  "answer_bits": 951.8324734378224,
  "code_bits_by": {"name": 731.9863973277083, "pronoun": 81.51436525813203, "birth_date": 404.80965118425894, "birth_city": 163.87316005939732, "university": 244.78076122702225, "major": 163.59724790307502, "employer": 245.81038296385665, "work_city": 163.64549501403718, "template": 81.78469062088432},
  "r": -0.5633934729290342,
  "r_max": 1.1301793628399888,
$ rote eval run | grep knowledge; rote eval run --json | grep -E '"r(_max)?"'
knowledge   R -0.5634 of R_max 1.1302 bits/param
  "r": -0.56339347292903419,
  "r_max": 1.1301793628399888,
$ rote train facts.kind=biod facts.n=20 facts.symbols=16 model.n_embd=8 model.n_layer=1 train.max_steps=3 --out other --quiet | grep -E 'memorized|knowledge'
memorized   -276.5 of 1080.7 bits (ceiling 994.3), -0.2400 bits/param
knowledge   R -0.6493 of R_max 0.8981 bits/param

# A file as it is.

$ printf 'the cat sat on the mat; the cat sat on the hat\n' > cat.txt
$ rote facts make facts.kind=text facts.path=cat.txt facts.seq_len=8 --out cats
kind        text
facts       6, 53 tokens, the longest 9
vocabulary  13 symbols
entropy     unknown; baselines: answers 11.509775 bits, zlib 36 bytes
empirical   order 0: 146.7 bits, order 1: 45.1, order 2: 23.0
hash        aad3b4077decad8fbae195965aa82000
0           the cat 
1           sat on t
2           he mat; 
3           the cat 
4           sat on t
$ rote train facts.kind=text facts.path=cat.txt facts.seq_len=8 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=150 train.learning_rate=0.02 --out cat --quiet | head -n 4
run         cat
verdict     annealed after 150 steps, every fact trained 150.0 times
loss        0.272629 bits/token
code        14.4 bits (answers alone 11.5 bits, zlib 288 bits)
$ grep -e order -e zlib -e facts_kind cat/result.json
  "facts_kind": "text",
  "zlib_bytes": 36,
  "order0_bits": 146.6732317962013,
  "order1_bits": 45.11941547876374,
  "order2_bits": 23.019550008653873,
$ rote verify cat > /dev/null 2>&1; echo $?
0
$ rote eval cat | tail -n 2
baselines   answers 11.510 bits, zlib 36 bytes
recall      0.8333
$ rote train facts.kind=text --out none
2> rote: command line: key 'facts.kind': is text, but facts.path is empty; set it to a file
[2]
$ rote train facts.kind=text facts.path=none.txt --out none
2> rote: none.txt: there is no such file
[2]
$ rote train facts.kind=text facts.path=cat.txt facts.heldout=3 --out none
2> rote: facts.heldout is 3, but cat.txt has 3 facts (chunks of facts.seq_len bytes), and at least one must be trained; lower it
[2]
$ rote facts show facts.kind=text facts.path=cat.txt facts.paraphrases=2
2> rote: facts.paraphrases works only for facts that are drawn (kinds random, triples, bios, biod, rules, siblings, triangles, circles, lines, sums); facts that are read (kinds file, text) allow facts.heldout, facts.split_seed and facts.zipf; leave the key out
[2]
$ rote facts make facts.kind=text facts.path=cat.txt facts.junk_n=2 --out none
2> rote: facts.junk_n works only for facts that are drawn (kinds random, triples, bios, biod, rules, siblings, triangles, circles, lines, sums); facts that are read (kinds file, text) allow facts.heldout, facts.split_seed and facts.zipf; leave the key out
[2]
$ rote train facts.kind=text facts.path=cat.txt facts.load=2 --out none
2> rote: facts.load sets the number of facts that are drawn, but with facts.kind text the number in cat.txt is given; leave facts.load out
[2]
$ rote sweep run facts.kind=text facts.path=cat.txt facts.seq_len=4,8 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=2 --out S --jobs 1 --quiet
S: 2 of 2 runs done; table: S/table.csv

# Creative tasks: what is valid is known, and a model is to find what it has not seen.
$ rote facts make facts.kind=siblings facts.n=4 facts.parents=2 facts.children=4 facts.heldout=1 facts.paraphrases=2 facts.seed_prefix=1 facts.prefix_symbols=3 --out siblings
kind        siblings: n=4 seed=0 parents=2 children=4 heldout=1 paraphrases=2 seed_prefix=1 prefix_symbols=3
facts       4, 16 tokens, the longest 4
vocabulary  13 symbols
pool        9 sequences: 4 facts, 1 held out, 4 paraphrases
marks       <seed 0> <seed 1> <seed 2>
entropy     17.536247 bits: sum over i < 4 of log2(12 - i) = 13.536247215688128 bits: 4 of the 12 siblings (2 parents * C(4, 2) pairs of children), in the order drawn, + 4 * log2(2) = 4 bits for their spellings
as a set    12.951285 bits
ceiling     9.536247 bits (entropy - n log2 n)
fields                     tokens a fact, share of coded tokens
            child               2   66.7 %
            parent              1   33.3 %
            context             1  context, not coded
hash        a4d07e68742d0af7662e1e7f9364be4e
facts
0           <seed 0>  child 9 6  parent 1
1           <seed 2>  child 8 9  parent 1
2           <seed 0>  child 5 2  parent 0
3           <seed 1>  child 4 2  parent 0
held out, never trained
4           <seed 0>  child 7 6  parent 1
paraphrases, trained in place of their facts
5 of 0      <seed 0>  child 9 6  parent 1
6 of 1      <seed 1>  child 9 8  parent 1
7 of 2      <seed 1>  child 2 5  parent 0
8 of 3      <seed 2>  child 2 4  parent 0
$ rote facts make facts.kind=triangles facts.n=3 facts.vertices=8 --out triangles
kind        triangles: n=3 seed=0 vertices=8 density=0.5
facts       3, 9 tokens, the longest 3
vocabulary  8 symbols
entropy     13.661778 bits: sum over i < 3 of log2(5 - i) = 5.9068905956085178 bits: 3 of the 5 triangles (counted in the graph: 8 vertices, 14 edges), in the order drawn, + 3 * log2(6) = 7.7548875021634682 bits for their spellings
as a set    11.076816 bits
ceiling     8.906891 bits (entropy - n log2 n)
fields                     tokens a fact, share of coded tokens
            vertex              3  100.0 %
hash        c97e7ad12b796c5ace038262b57f2977
0           7 6 2
1           3 0 1
2           4 7 1
$ rote facts make facts.kind=circles facts.n=3 facts.vertices=7 --out circles
kind        circles: n=3 seed=0 vertices=7 edges=4
facts       3, 24 tokens, the longest 8
vocabulary  7 symbols
entropy     36.856073 bits: sum over i < 3 of log2(105 - i) = 20.101185762990433 bits: 3 of the 105 circles (7!/(7-4)!/(2*4) rings), in the order drawn, + 3 * log2(48) = 16.75488750216347 bits for their spellings
as a set    34.271111 bits
ceiling     32.101186 bits (entropy - n log2 n)
fields                     tokens a fact, share of coded tokens
            vertex              8  100.0 %
hash        458de84ccc39a08631cbb020421733f1
0           2 6 0 2 6 1 1 0
1           6 3 4 6 3 5 5 4
2           5 2 0 4 2 0 4 5
$ rote facts make facts.kind=lines facts.n=2 facts.vertices=7 --out lines
kind        lines: n=2 seed=0 vertices=7 edges=4
facts       2, 16 tokens, the longest 8
vocabulary  7 symbols
entropy     31.767196 bits: sum over i < 2 of log2(1260 - i) = 20.597270586106298 bits: 2 of the 1260 lines (7!/(7-5)!/2 paths of 4 edges), in the order drawn, + 2 * log2(48) = 11.169925001442312 bits for their spellings
as a set    30.767196 bits
ceiling     29.767196 bits (entropy - n log2 n)
fields                     tokens a fact, share of coded tokens
            vertex              8  100.0 %
hash        75d3ed059c0167d8f93281260e2d0ce7
0           0 3 4 0 3 2 2 1
1           0 6 1 0 3 2 2 1
$ for words in kind=siblings,parents=1,children=3,n=4 kind=triangles,density=0,n=1 kind=circles,edges=2 kind=circles,vertices=3 kind=lines,edges=12,vertices=12 kind=circles,edges=12,vertices=1024 kind=siblings,parents=65536,children=65536; do rote facts make facts.${words//,/ facts.} --out x; done
2> rote: facts.n: 4 facts, but there are only 3 siblings (1 parents * C(3, 2) pairs of children); lower facts.n, or make the task larger
2> rote: facts.n: 1 facts, but there are only 0 triangles (counted in the graph: 32 vertices, 0 edges); lower facts.n, or make the task larger
2> rote: facts.edges: 2 edges make no circle, at least 3 do
2> rote: facts.vertices: 4 edges need 4 vertices, but there are 3
2> rote: facts.vertices: 12 edges need 13 vertices, but there are 12
2> rote: facts.edges: 12 edges between 1024 vertices make 5.19e+34 circles, at most 2^53 are possible; lower facts.edges or facts.vertices
2> rote: facts.children: 65536 parents with 65536 children each are 4295032832 symbols, at most 16777216 are possible
[2]
$ rote facts make facts.seed_prefix=65 --out x; rote facts make facts.seed_prefix=2 facts.prefix_symbols=1 --out x; rote facts make facts.kind=lines facts.children=3 --out x
2> rote: command line: key 'facts.seed_prefix': 65 is out of range; allowed: 0 to 64
2> rote: command line: key 'facts.prefix_symbols': 1 is out of range; allowed: 2 to 65536
2> rote: facts.children is 3, but facts.kind is lines, which does not use this key; leave it out, or set facts.kind (siblings)
[2]

# Sums: questions about numbers

$ rote facts make facts.kind=sums facts.n=4 facts.heldout=2 facts.operations=add+subtract+compare facts.plain=0.2 --out sums
kind        sums: n=4 seed=0 digits=1-4 operations=add+subtract+compare named=0 plain=0.2 given=false heldout=2
facts       4, 43 tokens, the longest 16
vocabulary  17 symbols
pool        6 sequences: 4 facts, 2 held out
entropy     72.006448 bits: 8.4918530963296739 bits for which of 6 classes (operation, lengths of the numbers) each of 4 facts has, in the order drawn, + 63.514595398412112 bits for the numbers: sum over classes of the logarithm of the ordered choices of that many of its facts; results hold no bits
as a set    67.421486 bits
ceiling     64.006448 bits (entropy - n log2 n)
fields                     tokens a fact, share of coded tokens
            number              5   46.5 %
            question            2   18.6 %
            result           3.75   34.9 %
hash        39d740056e77e254ff2f5e30a14cf4fd
facts
0           5 - 5 5 7 0 =	- 5 5 6 5
1           1 7 ? 8 2 0 0 =	<
2           4 + 0 =	4
3           8 8 7 + 4 8 6 3 =	5 7 5 0
held out, never trained
4           5 =	5
5           3 5 9 4 - 4 6 4 1 =	- 1 0 4 7
$ rote facts show sums | tail -n 3
held out, never trained
4           5 =	5
5           3 5 9 4 - 4 6 4 1 =	- 1 0 4 7
$ rote facts make facts.kind=sums facts.n=2 facts.named=3 facts.digits=2-3 --out named | tail -n 2
0           y 3 8 f 4 8 i 7 0 f + y =	8 6
1           e 5 4 4 h 8 1 y 3 7 9 e + y =	9 2 3
$ rote facts make facts.kind=sums facts.n=9 facts.digits=2 facts.plain=1 facts.operations=none --out alone | tail -n 2
3           8 4 =	8 4
4           5 5 =	5 5
$ for words in operations=none digits=0-3 digits=1-19 digits=4-2 digits=3-x named=1 named=8,digits=1-6 n=101,digits=1 plain=0.5,n=21,digits=1; do rote facts make facts.kind=sums facts.${words//,/ facts.} --out x; done
2> rote: facts.operations is none, so there are no questions; name at least one, such as add
2> rote: command line: key 'facts.digits': 0-3 is out of range; allowed: from-to, such as 1-4, within 1 to 18
2> rote: command line: key 'facts.digits': 1-19 is out of range; allowed: from-to, such as 1-4, within 1 to 18
2> rote: command line: key 'facts.digits': 4-2 is out of range; allowed: from-to, such as 1-4, within 1 to 18
2> rote: command line: key 'facts.digits': '3-x' is not a range such as 1-4
2> rote: command line: key 'facts.named': 1 is out of range; allowed: 2 to 8, or 0 (two numbers without names)
2> rote: facts.digits, facts.named: 8 numbers of 6 different lengths make more than 262144 combinations; lower one of them
2> rote: facts.n: 101 facts, 0 of them without an operation (facts.plain), but numbers of 1 to 1 digits make only 100 of them; lower facts.n or facts.plain, or raise facts.digits
2> rote: facts.n: 21 facts, 11 of them without an operation (facts.plain), but numbers of 1 to 1 digits make only 20 of them; lower facts.n or facts.plain, or raise facts.digits
[2]
$ rote train facts.path=sums facts.kind=file model.n_layer=1 model.n_embd=8 train.max_steps=2 --out sums_run --quiet | head -n 2
run         sums_run
verdict     annealed after 2 steps, every fact trained 2.0 times
