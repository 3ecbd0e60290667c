# The tour: README quotes these rows; they are the same on every machine.

$ rote demo --out demo --quiet | head -n 5
n_embd  params  facts  data_bits  memorized_bits  bits/param  recall  verdict
8       1528    200    19200.0    3018.5          1.975       0.000   annealed
16      4592    200    19200.0    8989.7          1.958       0.000   annealed
24      9192    200    19200.0    17268.7         1.879       0.885   annealed
32      15328   200    19200.0    17662.9         1.152       1.000   annealed
# The intervals that README states, for whoever changes the numeric spec.
$ rote demo --out demo --quiet | awk '
> BEGIN { low[8] = low[16] = 1.90; high[8] = high[16] = 2.00; low[24] = 1.80; high[24] = 1.95; low[32] = 1.15; high[32] = 1.153 }
> $1 in low { inside = ($6 >= low[$1] && $6 <= high[$1]); print $1, inside }
> $1 == 32 { print "recall", $7 }'
8 1
16 1
24 1
32 1
recall 1.000
$ rote demo --out demo --quiet --json
{
  "rows": [
    {
      "n_embd": 8,
      "params": 1528,
      "facts": 200,
      "data_bits": 19200.0,
      "memorized_bits": 3018.4590396172262,
      "bits_per_param": 1.975431308650017,
      "recall": 0.0,
      "verdict": "annealed"
    },
    {
      "n_embd": 16,
      "params": 4592,
      "facts": 200,
      "data_bits": 19200.0,
      "memorized_bits": 8989.6963992326782,
      "bits_per_param": 1.95768649809074,
      "recall": 0.0,
      "verdict": "annealed"
    },
    {
      "n_embd": 24,
      "params": 9192,
      "facts": 200,
      "data_bits": 19200.0,
      "memorized_bits": 17268.747051032173,
      "bits_per_param": 1.8786713501993226,
      "recall": 0.88500000000000001,
      "verdict": "annealed"
    },
    {
      "n_embd": 32,
      "params": 15328,
      "facts": 200,
      "data_bits": 19200.0,
      "memorized_bits": 17662.871852113334,
      "bits_per_param": 1.1523272346107343,
      "recall": 1.0,
      "verdict": "annealed"
    }
  ],
  "report": "demo/report.html"
}
$ rote demo --out demo --quiet | tail -n 1
report: demo/report.html
$ grep -c '<svg' demo/report.html
1
$ rote report demo --out again.html && cmp <(grep -o '<svg.*' demo/report.html) <(grep -o '<svg.*' again.html)
again.html
$ touch file
$ rote demo --out file
2> rote: file: is a file, but a folder is needed
[2]
