# Archives: what went into one comes out, and nothing else; what is there is not overwritten.

$ printf 'prompt\tanswer\ttag\nFrance\tParis\twest\nJapan\tTokyo\teast\nTonga\tNukualofa\teast\n' > in.tsv; rote facts import in.tsv --out facts > /dev/null
$ rote train facts.kind=file facts.path=facts model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=20 train.learning_rate=0.01 --out run --quiet > /dev/null
$ rote compress run -o a.rote
a.rote: 1,648 bytes
header               656 bits   4.98 %  checksums, sizes, the model's structure
weights           11,824 bits  89.68 %  1,192 parameters as int8: 9.919 bits each
side                 552 bits   4.19 %  number and lengths of the facts, text of the symbols
stream               152 bits   1.15 %  the facts, coded by the model
zlib needs 49 bytes for the same facts as text
$ rote decompress a.rote -o out.tsv; cmp out.tsv facts/records.tsv && cmp out.tsv in.tsv
2> out.tsv: 74 bytes, checksum right
$ rote decompress a.rote -o out.tsv
2> rote: out.tsv: exists; choose another file, or replace it with --force
[2]
$ rote decompress a.rote
2> rote: decompress: give either -o FILE, or --check, which writes nothing
[2]
$ rote decompress a.rote --check
2> a.rote: 74 bytes, checksum right
$ rote decompress a.rote -o ./a.rote --force
2> rote: ./a.rote: is the archive itself; choose another file
[2]
$ rote archive show a.rote
a.rote: 1,648 bytes for 74 bytes of content
facts       3 of up to 16 tokens, in their order
model       1 layers, width 8, 22 symbols
header               656 bits   4.98 %  checksums, sizes, the model's structure
weights           11,824 bits  89.68 %  1,192 parameters as int8: 9.919 bits each
side                 552 bits   4.19 %  number and lengths of the facts, text of the symbols
stream               152 bits   1.15 %  the facts, coded by the model
$ rote compress run -o a.rote --bits 4 --json | grep -c bytes
6

# Codes are chosen by GPTQ unless rounding is asked for; formats without codes have nothing to choose.

$ for m in '' '--method gptq' '--method rtn' '--bits 16' '--bits 16 --method rtn'; do rote compress run -o a.rote $m --json | grep weights; done
  "weights_bytes": 1478,
  "weights": "int8",
  "weights_bytes": 1478,
  "weights": "int8",
  "weights_bytes": 1477,
  "weights": "int8",
  "weights_bytes": 2026,
  "weights": "fp16",
  "weights_bytes": 2026,
  "weights": "fp16",
$ rote compress run -o b.rote --bits 16 --method gptq
2> rote: fp16 has no codes for GPTQ to choose; take int8, int4 or ternary
[2]
$ rote compress run -o b.rote --method best
2> rote: compress: --method 'best', allowed: rtn, gptq
[2]
$ rote compress run -o in.tsv
2> rote: in.tsv: exists and is not an archive of rote's; choose another file, or replace it with --force
[2]
$ rote compress run -o b.rote --bits 5
2> rote: compress: --bits 5, allowed:  32, 16, 8, 6, 4, 3, 2
[2]
$ rote compress run -o b.rote --set
2> rote: facts with tags cannot be coded as a set: only the order of the facts assigns these to them
[2]
$ rote compress run
2> rote: compress: -o is missing; usage: rote compress RUN -o X.rote
[2]
$ rote compress nowhere -o b.rote
2> rote: nowhere: there is no such file or folder
[2]
$ rote decompress nowhere -o x
2> rote: nowhere: there is no such file
[2]
$ rote archive show nowhere
2> rote: nowhere: there is no such file
[2]
$ rote compress --online nowhere -o b.rote
2> rote: nowhere: there is no such file or folder
[2]
$ rote compress run -o facts --force
2> rote: facts: is a folder; name a file
[2]
$ rote decompress a.rote -o facts --force
2> rote: facts: is a folder; name a file
[2]
# A sanitizer that cannot work under such a limit dies with 66 of its own.
$ (trap '' XFSZ; ulimit -f 1; rote compress run -o full.rote 2> why; rc=$?; [ $rc = 66 ] && exit 80; cat why >&2; exit $rc); rc=$?; rm -f why; (exit $rc)
2> rote: full.rote: cannot write: File too large
[1]
$ ls
a.rote
facts
in.tsv
out.tsv
run
$ for t in 1 2 4; do rote compress run -o t$t.rote --threads $t > /dev/null; done; cmp t1.rote t2.rote && cmp t2.rote t4.rote && rm t?.rote

# Nothing is written from what is damaged, or no archive, or of a version to come.

$ head -c 400 a.rote > cut.rote; rote decompress cut.rote -o x
2> rote: cut.rote: damaged: 400 bytes, its header has 2196
[1]
$ rote decompress in.tsv -o x
2> rote: in.tsv: no archive of rote's, or its first bytes are damaged
[1]
$ (head -c 8 a.rote; printf '\003'; tail -c +10 a.rote) > three.rote; rote decompress three.rote -o x
2> rote: three.rote: an archive of version 3; this rote reads versions 1 and 2
[1]
$ (head -c 8 a.rote; printf '\002'; tail -c +10 a.rote) > two.rote; rote decompress two.rote -o x
2> rote: two.rote: damaged: what it holds is not of version 2
[1]
$ (head -c 300 a.rote; printf 'X'; tail -c +302 a.rote) > bent.rote; rote decompress bent.rote -o x; rote archive show bent.rote
2> rote: bent.rote: damaged: its checksum is another
2> rote: bent.rote: damaged: its checksum is another
[1]
$ rote decompress a.rote -o x --memory 1
2> rote: a.rote: decoding it needs 2.0 MiB of memory, 1.0 MiB are available
[2]
$ ls
a.rote
bent.rote
cut.rote
facts
in.tsv
out.tsv
run
three.rote
two.rote

# Facts whose H is known: as a set, and the bits that are certified.

$ rote train facts.n=30 facts.seq_len=5 facts.vocab_size=16 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=50 train.learning_rate=0.01 --out drawn --quiet > /dev/null
$ rote compress drawn -o s.rote --set
s.rote: 1,453 bytes
header               656 bits   5.64 %  checksums, sizes, the model's structure
weights           10,536 bits  90.64 %  1,056 parameters as int8: 9.977 bits each
side                  48 bits   0.41 %  number and lengths of the facts, text of the symbols
stream               384 bits   3.30 %  the facts, coded by the model
H           492 bits as a set; the archive certifies 60 bits in the weights: 0.057 per parameter
$ rote decompress s.rote -o - --quiet | sort > s.txt; rote facts make facts.n=30 facts.seq_len=5 facts.vocab_size=16 --out set > /dev/null; sort set/records.tsv | cmp - s.txt
$ ROTE_ISA=portable rote decompress s.rote --check --quiet
