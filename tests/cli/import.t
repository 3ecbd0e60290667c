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
2> rote: broken.jsonl:2: column 19: the line ends inside the object; one object a line is needed
[2]
$ printf '[1, 2]\n' > array.jsonl
$ rote facts import array.jsonl --out f
2> rote: array.jsonl:1: a JSON array; one object a line is needed, which jq -c '.[]' FILE makes of it
[2]
$ printf '{"prompt": "France"}\n' > noanswer.jsonl
$ rote facts import noanswer.jsonl --out f
2> rote: noanswer.jsonl:1: no field 'answer' (--answer names it)
[2]
$ printf '{"prompt": "France", "answer": 3}\n' > number.jsonl
$ rote facts import number.jsonl --out f
columns     prompt: field prompt, answer: field answer
kind        import
facts       1, 9 tokens, the longest 9
vocabulary  9 symbols
entropy     unknown; baselines: answers 0.000000 bits, zlib 17 bytes
duplicates  0 dropped
hash        626e0ae4ba9c8d9a5a5a06a80de481f6
0           France	3
$ printf '{"prompt": "France", "prompt": "Spain", "answer": "Paris"}\n' > dup.jsonl
$ rote facts import dup.jsonl --out f
2> rote: dup.jsonl:1: field 'prompt' occurs twice; keep one
[2]
$ printf 'a\tb\n1\t2\n' > fields.tsv
$ rote facts import fields.tsv --out f --prompt country
2> rote: fields.tsv:1: no field 'country' in the first line, which has a, b (--prompt names it)
[2]
$ rote facts import fields.tsv --out f --format yaml
2> rote: facts import: --format 'yaml', allowed: tsv, csv, jsonl, text
[2]
$ rote facts import fields.tsv --out f --vocab letters
2> rote: facts import: --vocab is "letters", allowed: bytes, words, tokenizer, bpe:N
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
columns     prompt: column 1 (prompt), answer: column 2 (answer); the first line names them
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
columns     prompt: column 1 (prompt), answer: column 2 (answer); the first line names them
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
columns     answer: the line
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

# which columns, and a first line of names

$ printf 'country,capital\nFrance,Paris\nPeru,Lima\n' > capitals.csv
$ rote facts import capitals.csv --out taken | sed -n '1p;$p'
columns     prompt: column 1, answer: column 2
2           Peru	Lima
2> note: capitals.csv:1 looks like a line of names, but is imported as a fact; --header skips such a line, --no-header confirms that it is a fact
$ rote facts import capitals.csv --out skipped --header | sed -n '1p;3p;$p'
columns     prompt: column 1 (country), answer: column 2 (capital); the first line names them
facts       2, 23 tokens, the longest 13
1           Peru	Lima
$ rote facts import capitals.csv --out fact --no-header | sed -n '3p'
facts       3, 39 tokens, the longest 16
$ rote facts import capitals.csv --out named --prompt capital --answer country | sed -n '1p;$p'
columns     prompt: column 2 (capital), answer: column 1 (country); the first line names them
1           Lima	Peru
$ rote facts import capitals.csv --out quiet --json 2>&1 | head -n 2
note: capitals.csv:1 looks like a line of names, but is imported as a fact; --header skips such a line, --no-header confirms that it is a fact
{
$ rote facts import capitals.csv --out f --header --no-header
2> rote: facts import: --header and --no-header exclude each other
[2]
$ printf 'nr\tland\tstadt\tart\n1\tFrance\tParis\t3\n2\tPeru\tLima\t4\n' > wide.tsv
$ rote facts import wide.tsv --out f --header
2> rote: wide.tsv:1: 4 columns (nr, land, stadt, art); --prompt and --answer say which
[2]
$ rote facts import wide.tsv --out f
2> rote: wide.tsv:1: 4 fields, expected 2 or 3 (prompt, answer, tag); --prompt and --answer say which
[2]
$ rote facts import wide.tsv --out byname --header --prompt land --answer stadt | sed -n '1p;3p'
columns     prompt: column 2 (land), answer: column 3 (stadt); the first line names them
facts       2, 23 tokens, the longest 13
$ tail -n 2 wide.tsv > bare.tsv; rote facts import bare.tsv --out bare --no-header --prompt 2 --answer 3 --tag 4 | sed -n '1p;$p'
columns     prompt: column 2, answer: column 3, tag: column 4
1           Peru	Lima
$ rote facts import bare.tsv --out f --no-header --prompt 2
2> rote: bare.tsv: --no-header and no --answer: which column, as in --answer 2?
[2]
$ rote facts import bare.tsv --out f --no-header --prompt 0 --answer 3
2> rote: bare.tsv:1: --prompt '0': without a line of names it takes the number of a column, 1 to 4
[2]
$ rote facts import bare.tsv --out f --no-header --prompt 2 --answer stadt
2> rote: bare.tsv:1: --answer 'stadt': without a line of names it takes the number of a column, 1 to 4
[2]
$ printf 'one\ntwo\n' > lines.txt; rote facts import lines.txt --out lines | head -n 1
columns     answer: the line
$ rote facts import lines.txt --out f --header
2> rote: lines.txt: only a table, tsv or csv, has a line of names, or none; leave --header out
[2]
$ echo '{"q": "1+1", "a": "2"}' > sums.jsonl; rote facts import sums.jsonl --prompt q --answer a --out sums | head -n 1
columns     prompt: field q, answer: field a

# texts are shown in characters, however they are coded; what is long is cut between two

$ printf 'caf\303\251\t\344\270\255\346\226\207\nb\\c\t\001\n' > utf8.tsv; rote facts import utf8.tsv --out utf8 | tail -n 2
0           café	中文
1           b\\c	\x01
$ { printf x; for i in $(seq 200); do printf '\303\251'; done; echo; } > long.txt; rote facts import long.txt --out long --json | grep -A 1 first | tail -c 7
é..."

# a sweep over tables: of each, only the models that read it are told

$ printf 'Peru\tLima\nChad\tNdjamena\n' > two.tsv; rote facts import two.tsv --out two > /dev/null
$ printf 'a\tx\nb\ty\nc\tz\n' > three.tsv; rote facts import three.tsv --out three > /dev/null
$ rote sweep run facts.path=two,three model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=1 --out S --jobs 1 --quiet; rote capacity S | sed -n 3p
S: 2 of 2 runs done; table: S/table.csv
the only model, L1 d8 block_size=14 vocab_size=16, recalls 0.0 % of the 2 facts. the only model, L1 d8 block_size=4 vocab_size=8, recalls 0.0 % of the 3 facts

# files of other programs: fields that nobody reads, numbers, other delimiters, line ends, pipes

$ { echo '{"id": 10014255632117358197, "score": NaN, "weight": 1e999, "answer": 1969}'; printf '{"note": "\\ud83d \\u0000", "meta": {"k": 1, "k": [[]]}, "\377": "\377", "answer": true}\r{"answer": "b"}\r\n'; } > other.jsonl; rote facts import other.jsonl --out other | tail -n 3
0           1969
1           true
2           b
$ printf '[\n {"prompt": "a", "answer": "b"}\n]\n' > list.jsonl
$ rote facts import list.jsonl --out f
2> rote: list.jsonl:1: a JSON array; one object a line is needed, which jq -c '.[]' FILE makes of it
[2]
$ echo '{"prompt": "a", "answer": {"text": "b"}}' > object.jsonl
$ rote facts import object.jsonl --out f
2> rote: object.jsonl:1: field 'answer' is an object; write it as a text, in quotes, or choose another field
[2]
$ echo '{"prompt": "a", "answer": null}' > null.jsonl
$ rote facts import null.jsonl --out f
2> rote: null.jsonl:1: field 'answer' is null; give it a text, or leave the line out
[2]
$ printf 'prompt;answer\nFrankreich;2,5\nJapan;1,5\n' > semi.csv; rote facts import semi.csv --out semi | sed -n 3p
2> rote: semi.csv:2: 2 fields, expected 1 as in the first line; every line has as many ';' as the first; if it separates the fields, use --delimiter ';'
$ rote facts import semi.csv --out parted --delimiter ';' | sed -n '1p;$p'
columns     prompt: column 1 (prompt), answer: column 2 (answer); the first line names them
1           Japan	1,5
$ printf 'sep=;\r\nprompt;answer\r\na;b\r\n' > excel.csv; rote facts import excel.csv --out excel | sed -n '1p;$p'
columns     prompt: column 1 (prompt), answer: column 2 (answer); the first line names them
0           a	b
$ printf 'prompt, answer\nFrance, Paris\n' > pad.csv; rote facts import pad.csv --out pad | sed -n 1p
columns     prompt: column 1, answer: column 2
2> note: pad.csv: a blank follows every ',' and is now part of the field behind it; remove one of them if it is no part
$ printf 'prompt,answer\nJapan,Tokio\n' > comma.tsv; rote facts import comma.tsv --out comma | sed -n 1p
columns     answer: column 1
2> note: comma.tsv: every line has a ',' and none a tab; if it separates the fields, use --format csv
$ for c in '' ';;' '"' '§'; do rote facts import semi.csv --out f --delimiter="$c"; done
2> rote: facts import: --delimiter needs a value (CHAR|tab)
2> rote: facts import: --delimiter takes one ASCII character other than a quote, such as ';', or tab
2> rote: facts import: --delimiter takes one ASCII character other than a quote, such as ';', or tab
2> rote: facts import: --delimiter takes one ASCII character other than a quote, such as ';', or tab
[2]
$ rote facts import semi.csv --format tsv --delimiter tab --out f
2> rote: semi.csv: --delimiter is for csv; leave it out
[2]
$ printf 'a\tb\rc\td\r' > mac.tsv; printf 'a\tb\r\nc\td\n' > both.TSV; for f in mac.tsv both.TSV; do rote facts import $f --out line_$f | grep hash; done
hash        80569d946058cb02ace8267f519cad4f
hash        80569d946058cb02ace8267f519cad4f
$ cat mac.tsv | rote facts import - --format tsv --out from_pipe | tail -n 2; rote facts import /dev/stdin --format tsv --out from_stdin < mac.tsv | tail -n 1; rote facts import <(cat mac.tsv) --format tsv --out from_fd | tail -n 1
0           a	b
1           c	d
1           c	d
1           c	d
$ rote facts import - --out f < mac.tsv
2> rote: standard input has no name to tell its format by; say --format tsv, csv, jsonl or text
[2]
$ printf 'a\n' | rote facts import - --format tsv --prompt x --out f
2> rote: standard input:1: no field 'x' in the first line, which has a (--prompt names it)
[2]
$ printf '\377\376a\0\n\0' > wide.csv
$ rote facts import wide.csv --out f
2> rote: wide.csv: its first two bytes are those of UTF-16; convert it to UTF-8 first, as with iconv -f UTF-16 -t UTF-8
[2]
$ rote facts import bare.tsv --out f --no-header --prompt 4294967298 --answer 3
2> rote: bare.tsv:1: --prompt '4294967298': without a line of names it takes the number of a column, 1 to 4
[2]

# tags and texts that are not UTF-8, or would act on a terminal: shown escaped, named as they are shown, kept

$ printf 'prompt\tanswer\ttag\np\ta\tT\033[31m\nq\tb\tcaf\351\nr\tc\\x41\ta\\x41\n' > bytes.tsv; rote facts import bytes.tsv --out esc | grep -a -e tags -e hash -e '^[012]'
tags        3: T\x1B[31m 1, caf\xE9 1, a\\x41 1
hash        e16f169a0c79122d804f241cbdd34be1
0           p	a
1           q	b
2           r	c\\x41
$ rote facts show esc --json | grep -A 3 -e tags -e first_records
  "tags": [
    "T\\x1B[31m",
    "caf\\xE9",
    "a\\\\x41"
--
  "first_records": [
    "p\ta",
    "q\tb",
    "r\tc\\\\x41"
$ sed -n 2,4p esc/records.tsv; cp -r esc copy; rote facts show copy | grep hash
p	a	T\x1B[31m
q	b	caf\xE9
r	c\\x41	a\\x41
hash        e16f169a0c79122d804f241cbdd34be1
$ rote train facts.path=esc model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=1 'neurons.0.when.tag=caf\xE9' 'neurons.0.against=T\x1B[31m' neurons.0.hook=blocks.0.mlp.hook_pre neurons.0.units=0 --out esc_run --quiet > /dev/null; rote neurons dump esc_run --hook ln_final.hook_normalized --tag 'caf\xe9' -o a.npy; rote neurons dump esc_run --hook ln_final.hook_normalized --tag "$(printf 'caf\351')" -o b.npy; cmp a.npy b.npy
a.npy                        1 facts, 4 tokens
  ln_final.hook_normalized           8
b.npy                        1 facts, 4 tokens
  ln_final.hook_normalized           8
$ rote neurons dump esc_run --hook ln_final.hook_normalized --tag 'caf\xE8' -o c.npy
2> rote: neurons dump: --tag: no fact has the tag 'caf\xE8'
[2]
$ rote neurons dump esc_run --hook ln_final.hook_normalized --tag 'a\\x41' -o d.npy; rote neurons dump esc_run --hook ln_final.hook_normalized --tag 'a\x41' -o e.npy; cmp d.npy e.npy
d.npy                        1 facts, 8 tokens
  ln_final.hook_normalized           8
e.npy                        1 facts, 8 tokens
  ln_final.hook_normalized           8
$ rote train facts.path=esc 'neurons.0.when.tag=caf' neurons.0.hook=blocks.0.mlp.hook_pre neurons.0.units=0 --out none
2> facts       3 of up to 8 tokens, vocabulary 12: entropy unknown; answers 4.8 bits, zlib 24 bytes
2> parameters  101,376: embedding 1,280, attention 33,280, mlp 66,176, norm 640, head 0
2> needs       memory 15.4 MiB, disk 4.6 MiB, 9.6M FLOP a step, 1000 steps
2> rote: rule 'rule0': when.tag is 'caf', but no fact has that tag; the tags are "T\x1B[31m", "caf\xE9", "a\\x41"; nearest: caf\xE9
[2]
$ printf 'x\ty\n' > "$(printf 'e\033[31m.tsv')"; rote facts import "$(printf 'e\033[31m.tsv')" --out f --prompt q 2>&1; rm e*31m.tsv
rote: e\x1B[31m.tsv:1: no field 'q' in the first line, which has x, y (--prompt names it)
