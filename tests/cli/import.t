# A user's own facts: what is wrong is named by file and line.

$ rote facts import nowhere.tsv --out f
$ : > empty.tsv
$ rote facts import empty.tsv --out f
$ printf 'prompt\tanswer\nFrance\tParis\nSpain\n' > short.tsv
$ rote facts import short.tsv --out f
$ printf 'prompt\tanswer\nFrance\tParis\nSpain\tMadrid\tcity\textra\n' > long.tsv
$ rote facts import long.tsv --out f
$ printf 'prompt\tanswer\nFrance\tPa\0ris\n' > nul.tsv
$ rote facts import nul.tsv --out f
$ printf 'prompt\tanswer\nFrance\tParis\nFrance\tLyon\nSpain\tMadrid\nSpain\tSeville\n' > conflict.tsv
$ rote facts import conflict.tsv --out f
$ printf 'prompt,answer\nFrance,"Paris\n' > quote.csv
$ rote facts import quote.csv --out f
$ printf 'prompt,answer\nFrance,"Par"is\n' > inside.csv
$ rote facts import inside.csv --out f
$ printf '{"prompt": "France", "answer": "Paris"}\n{"prompt": "Spain"\n' > broken.jsonl
$ rote facts import broken.jsonl --out f
$ printf '[1, 2]\n' > array.jsonl
$ rote facts import array.jsonl --out f
$ printf '{"prompt": "France"}\n' > noanswer.jsonl
$ rote facts import noanswer.jsonl --out f
$ printf '{"prompt": "France", "answer": 3}\n' > number.jsonl
$ rote facts import number.jsonl --out f
$ printf '{"prompt": "France", "prompt": "Spain", "answer": "Paris"}\n' > dup.jsonl
$ rote facts import dup.jsonl --out f
$ printf 'a\tb\n1\t2\n' > fields.tsv
$ rote facts import fields.tsv --out f --prompt country
$ rote facts import fields.tsv --out f --format yaml
$ rote facts import fields.tsv --out f --vocab letters
$ mkdir full; echo keep > full/file
$ rote facts import fields.tsv --out full
$ cat full/file

# What is right: duplicates counted, CRLF and a byte-order mark read through.

$ printf '\xef\xbb\xbfprompt\tanswer\r\nFrance\tParis\r\nSpain\tMadrid\r\nFrance\tParis\r\n' > dos.tsv
$ rote facts import dos.tsv --out dos
$ rote facts show dos --json | grep -v hash
$ rote facts import conflict.tsv --out conflicts --allow-conflicts | grep -v hash
$ printf 'the quick fox\nthe lazy dog\n' > lines.txt
$ rote facts import lines.txt --out words --vocab words | grep -v hash

# A fact set that someone changed.

$ sed -i 's/Paris/Pariz/' dos/records.tsv
$ rote facts show dos
$ rm words/manifest.json
$ rote facts show words
