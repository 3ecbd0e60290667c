# Archives: what went into one comes out, and nothing else; what is there is not overwritten.

$ printf 'prompt\tanswer\ttag\nFrance\tParis\twest\nJapan\tTokyo\teast\nTonga\tNuku\\u02bbalofa\teast\n' > in.tsv; rote facts import in.tsv --out facts > /dev/null
$ rote train facts.kind=file facts.path=facts model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=20 train.learning_rate=0.01 --out run --quiet > /dev/null
$ rote compress run -o a.rote
$ rote decompress a.rote -o out.tsv; cmp out.tsv facts/records.tsv && cmp out.tsv in.tsv
$ rote decompress a.rote -o out.tsv
$ rote decompress a.rote
$ rote decompress a.rote --check
$ rote archive show a.rote
$ rote compress run -o a.rote --bits 4 --method gptq --json | grep -c bytes
$ rote compress run -o in.tsv
$ rote compress run -o b.rote --bits 5
$ rote compress run -o b.rote --set
$ rote compress run
$ rote compress nowhere -o b.rote
$ ls
$ for t in 1 2 4; do rote compress run -o t$t.rote --threads $t > /dev/null; done; cmp t1.rote t2.rote && cmp t2.rote t4.rote && rm t?.rote

# Nothing is written from what is damaged, or no archive, or of a version to come.

$ head -c 400 a.rote > cut.rote; rote decompress cut.rote -o x
$ rote decompress in.tsv -o x
$ (head -c 8 a.rote; printf '\002'; tail -c +10 a.rote) > two.rote; rote decompress two.rote -o x
$ (head -c 300 a.rote; printf 'X'; tail -c +302 a.rote) > bent.rote; rote decompress bent.rote -o x; rote archive show bent.rote
$ rote decompress a.rote -o x --memory 1
$ ls

# Facts of which H is known: as a set, and what the weights hold for sure.

$ rote train facts.n=30 facts.seq_len=5 facts.vocab_size=16 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=50 train.learning_rate=0.01 --out drawn --quiet > /dev/null
$ rote compress drawn -o s.rote --set
$ rote decompress s.rote -o - --quiet | sort > s.txt; rote facts make facts.n=30 facts.seq_len=5 facts.vocab_size=16 --out set > /dev/null; sort set/records.tsv | cmp - s.txt
$ ROTE_ISA=portable rote decompress s.rote --check --quiet
