# A user's own facts: what is wrong is named by file and line.

$ rote facts import nowhere.tsv --out f
2> rote: nowhere.tsv: there is no such file
[2]
$ : > empty.tsv
$ rote facts import empty.tsv --out f
2> rote: empty.tsv: the file is empty
[2]
$ printf 'prompt\tanswer\nFrance\tParis\nSpain\n' > short.tsv
$ rote facts import short.tsv --out f
2> rote: short.tsv:3: 1 field, expected 2 (prompt, answer)
[2]
$ printf 'prompt\tanswer\nFrance\tParis\nSpain\tMadrid\tcity\textra\n' > long.tsv
$ rote facts import long.tsv --out f
2> rote: long.tsv:3: 4 fields, expected 2 (prompt, answer)
[2]
$ printf 'prompt\tanswer\nFrance\tPa\0ris\n' > nul.tsv
$ rote facts import nul.tsv --out f
2> rote: nul.tsv:2: NUL byte in column 10; the file must be text in UTF-8 or another encoding without NUL bytes
[2]
$ printf 'prompt\tanswer\nFrance\tParis\nFrance\tLyon\nSpain\tMadrid\nSpain\tSeville\n' > conflict.tsv
$ rote facts import conflict.tsv --out f
2> rote: conflict.tsv:3: 2 records give an earlier prompt another answer (--allow-conflicts keeps them); "France" is "Paris" in line 2, "Lyon" in line 3; "Spain" is "Madrid" in line 4, "Seville" in line 5
[2]
$ printf 'prompt,answer\nFrance,"Paris\n' > quote.csv
$ rote facts import quote.csv --out f
2> rote: quote.csv:2: a quote is opened here and never closed
[2]
$ printf 'prompt,answer\nFrance,"Par"is\n' > inside.csv
$ rote facts import inside.csv --out f
2> rote: inside.csv:2: text after a closing quote; a quote inside a quoted field is written twice
[2]
$ printf '{"prompt": "France", "answer": "Paris"}\n{"prompt": "Spain"\n' > broken.jsonl
$ rote facts import broken.jsonl --out f
2> rote: broken.jsonl:2: column 18: '}' expected near end of file
[2]
$ printf '[1, 2]\n' > array.jsonl
$ rote facts import array.jsonl --out f
2> rote: array.jsonl:1: not a JSON object
[2]
$ printf '{"prompt": "France"}\n' > noanswer.jsonl
$ rote facts import noanswer.jsonl --out f
2> rote: noanswer.jsonl:1: no field 'answer' (--answer names it)
[2]
$ printf '{"prompt": "France", "answer": 3}\n' > number.jsonl
$ rote facts import number.jsonl --out f
2> rote: number.jsonl:1: field 'answer' is not a string
[2]
$ printf '{"prompt": "France", "prompt": "Spain", "answer": "Paris"}\n' > dup.jsonl
$ rote facts import dup.jsonl --out f
2> rote: dup.jsonl:1: column 29: duplicate object key near '"prompt"'
[2]
$ printf 'a\tb\n1\t2\n' > fields.tsv
$ rote facts import fields.tsv --out f --prompt country
2> rote: fields.tsv:1: no field 'country' in the first line, which has a, b (--prompt names it)
[2]
$ rote facts import fields.tsv --out f --format yaml
2> rote: facts import: --format 'yaml', allowed: tsv, csv, jsonl, text
[2]
$ rote facts import fields.tsv --out f --vocab letters
2> rote: facts import: --vocab 'letters', allowed: bytes, words
[2]
$ mkdir full; echo keep > full/file
$ rote facts import fields.tsv --out full
2> rote: full: the folder is not empty (file is there); name a new one
[2]
$ cat full/file
keep

# What is right: duplicates counted, CRLF and a byte-order mark read through.

$ printf '\xef\xbb\xbfprompt\tanswer\r\nFrance\tParis\r\nSpain\tMadrid\r\nFrance\tParis\r\n' > dos.tsv
$ rote facts import dos.tsv --out dos
kind        import
facts       2, 26 tokens, the longest 13
vocabulary  15 symbols
entropy     unknown; baselines: answers 2.000000 bits, zlib 34 bytes
duplicates  1 dropped
hash        a391d12e2e4e2303ed7f4b8c7bf9fb5b
0           France	Paris
1           Spain	Madrid
$ rote facts show dos --json | grep -v hash
{
  "kind": "import",
  "n": 2,
  "max_len": 13,
  "vocab_size": 15,
  "duplicates": 1,
  "tokens": 26,
  "entropy_bits": null,
  "data_bits_set": null,
  "ceiling_bits": null,
  "answer_bits": 2.0,
  "zlib_bytes": 34,
  "tags": [],
  "first_records": [
    "France\tParis",
    "Spain\tMadrid"
  ]
}
$ rote facts import conflict.tsv --out conflicts --allow-conflicts | grep -v hash
kind        import
facts       4, 52 tokens, the longest 14
vocabulary  20 symbols
entropy     unknown; baselines: answers 8.000000 bits, zlib 50 bytes
duplicates  0 dropped
0           France	Paris
1           France	Lyon
2           Spain	Madrid
3           Spain	Seville
$ printf 'the quick fox\nthe lazy dog\n' > lines.txt
$ rote facts import lines.txt --out words --vocab words | grep -v hash
kind        import
facts       2, 8 tokens, the longest 4
vocabulary  6 symbols
entropy     unknown; baselines: answers 2.000000 bits, zlib 33 bytes
duplicates  0 dropped
0           the quick fox
1           the lazy dog

# A fact set that someone changed.

$ sed -i 's/Paris/Pariz/' dos/records.tsv
$ rote facts show dos
2> rote: dos/records.tsv:2: "z" is not in vocab.json
[1]
$ rm words/manifest.json
$ rote facts show words
2> rote: words: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
[2]
