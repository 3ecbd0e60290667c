# rote facts make and show

$ rote facts make facts.n=100 facts.seq_len=4 facts.vocab_size=8 facts.seed=3 --out f
$ rote facts show f --json
$ rote facts make facts.n=100 facts.seq_len=4 facts.vocab_size=8 facts.seed=3 --out f
$ rote facts make facts.n=100 facts.seq_len=4 facts.vocab_size=8 facts.seed=3 --out again > /dev/null; diff -r f again
$ rote facts make facts.kind=file facts.path=f --out g
$ rote facts make facts.n=17 facts.seq_len=2 facts.vocab_size=4 --out g
$ sed -i '2s/[0-9][0-9]*/9/' f/records.tsv; rote facts show f
