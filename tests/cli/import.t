# A user's own facts: what is wrong is named by file and line.

$ rote facts import nowhere.tsv --out f
[139]
$ : > empty.tsv
$ rote facts import empty.tsv --out f
[139]
$ printf 'prompt\tanswer\nFrance\tParis\nSpain\n' > short.tsv
$ rote facts import short.tsv --out f
[139]
$ printf 'prompt\tanswer\nFrance\tParis\nSpain\tMadrid\tcity\textra\n' > long.tsv
$ rote facts import long.tsv --out f
[139]
$ printf 'prompt\tanswer\nFrance\tPa\0ris\n' > nul.tsv
$ rote facts import nul.tsv --out f
[139]
$ printf 'prompt\tanswer\nFrance\tParis\nFrance\tLyon\nSpain\tMadrid\nSpain\tSeville\n' > conflict.tsv
$ rote facts import conflict.tsv --out f
[139]
$ printf 'prompt,answer\nFrance,"Paris\n' > quote.csv
$ rote facts import quote.csv --out f
[139]
$ printf 'prompt,answer\nFrance,"Par"is\n' > inside.csv
$ rote facts import inside.csv --out f
[139]
$ printf '{"prompt": "France", "answer": "Paris"}\n{"prompt": "Spain"\n' > broken.jsonl
$ rote facts import broken.jsonl --out f
[139]
$ printf '[1, 2]\n' > array.jsonl
$ rote facts import array.jsonl --out f
[139]
$ printf '{"prompt": "France"}\n' > noanswer.jsonl
$ rote facts import noanswer.jsonl --out f
[139]
$ printf '{"prompt": "France", "answer": 3}\n' > number.jsonl
$ rote facts import number.jsonl --out f
[139]
$ printf '{"prompt": "France", "prompt": "Spain", "answer": "Paris"}\n' > dup.jsonl
$ rote facts import dup.jsonl --out f
[139]
$ printf 'a\tb\n1\t2\n' > fields.tsv
$ rote facts import fields.tsv --out f --prompt country
[139]
$ rote facts import fields.tsv --out f --format yaml
rote: facts import: --format 'yaml', allowed: tsv, csv, jsonl, text
s/^/2> /
[2]
$ rote facts import fields.tsv --out f --vocab letters
rote: facts import: --vocab 'letters', allowed: bytes, words
s/^/2> /
[2]
$ mkdir full; echo keep > full/file
$ rote facts import fields.tsv --out full
[139]
$ cat full/file
keep

# What is right: duplicates counted, CRLF and a byte-order mark read through.

$ printf '\xef\xbb\xbfprompt\tanswer\r\nFrance\tParis\r\nSpain\tMadrid\r\nFrance\tParis\r\n' > dos.tsv
$ rote facts import dos.tsv --out dos
[139]
$ rote facts show dos --json | grep -v hash
rote: dos: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
s/^/2> /
[1]
$ rote facts import conflict.tsv --out conflicts --allow-conflicts | grep -v hash
[1]
$ printf 'the quick fox\nthe lazy dog\n' > lines.txt
$ rote facts import lines.txt --out words --vocab words | grep -v hash
[1]

# A fact set that someone changed.

$ sed -i 's/Paris/Pariz/' dos/records.tsv
sed: can't read dos/records.tsv: No such file or directory
s/^/2> /
[2]
$ rote facts show dos
rote: dos: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
s/^/2> /
[2]
$ rm words/manifest.json
rm: cannot remove 'words/manifest.json': No such file or directory
s/^/2> /
[1]
$ rote facts show words
rote: words: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
s/^/2> /
[2]
