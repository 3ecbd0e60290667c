# Online archives: any file, its parts as switches, and what is refused.

$ printf 'facts that a model holds, facts that a model holds\n%.0s' 1 2 3 4 5 6 > in.txt; : > empty; printf x > one
$ for f in in.txt empty one; do rote compress --online $f -o $f.rote --preset fast --quiet > /dev/null; rote decompress $f.rote -o $f.out --quiet; cmp $f $f.out; done
$ rote compress --online empty -o none.rote --preset fast --quiet | head -n 1; rm none.rote
none.rote: 61 bytes for 0: - bits a byte
$ rote compress --online in.txt -o a.rote --preset fast --quiet
a.rote: 93 bytes for 306: 2.4314 bits a byte
header               488 bits  65.59 %  checksums, sizes, the predictor's plan
stream               256 bits  34.41 %  the content
$ rote archive show a.rote
a.rote: 93 bytes for 306 bytes of content
predicts    few n-grams, matches, no transformer
memory      19.0 MiB
header               488 bits  65.59 %  checksums, sizes, the predictor's plan
stream               256 bits  34.41 %  the content
$ rote archive show a.rote --json | grep -c bytes
4
$ for t in 1 2 4; do rote compress --online in.txt -o t$t.rote --quiet --threads $t > /dev/null; done; cmp t1.rote t2.rote && cmp t2.rote t4.rote && rm t?.rote
$ rote compress --online in.txt -o b.rote --without match,model,ngrams --quiet --no-verify
b.rote: 331 bytes for 306: 8.6536 bits a byte
header               496 bits  18.73 %  checksums, sizes, the predictor's plan
stream             2,152 bits  81.27 %  the content
$ rote decompress b.rote --check --quiet
$ rote decompress a.rote --check --memory 2
2> rote: a.rote: decoding it needs 19.0 MiB of memory, 2.0 MiB are available
[2]
$ rote compress --online in.txt -o c.rote --preset slow
2> rote: compress: --preset 'slow', allowed: fast, default, best
[2]
$ rote compress --online in.txt -o c.rote --without match,words
2> rote: compress: --without 'words', allowed: ngrams, match, model
[2]
$ rote compress --online in.txt -o c.rote --bits 4
2> rote: compress: --bits is only for archives of runs, without --online
[2]
$ rote compress in.txt -o c.rote --preset best
2> rote: compress: --preset is only for archives made with --online
[2]
$ rote compress --online nowhere -o c.rote
2> rote: nowhere: there is no such file or folder
[2]
$ head -c 90 a.rote > cut.rote; rote decompress cut.rote -o x
2> rote: cut.rote: damaged: 90 bytes, its header has 93
[1]
$ ls
a.rote
b.rote
cut.rote
empty
empty.out
empty.rote
in.txt
in.txt.out
in.txt.rote
one
one.out
one.rote
