# The tour: README quotes these rows; they are the same on every machine.

$ rote demo --out demo --quiet | head -n 5
n_embd  params  facts  data_bits  memorized_bits  bits/param  recall  verdict
8       1528    200    19200.0    2937.2          1.922       0.000   annealed
16      4592    200    19200.0    8942.0          1.947       0.000   annealed
24      9192    200    19200.0    17206.9         1.872       0.805   annealed
32      15328   200    19200.0    17662.9         1.152       1.000   annealed
$ rote demo --out demo --quiet --json
{
  "rows": [
    {
      "n_embd": 8,
      "params": 1528,
      "facts": 200,
      "data_bits": 19200.0,
      "memorized_bits": 2937.151873518198,
      "bits_per_param": 1.9222198125119097,
      "recall": 0.0,
      "verdict": "annealed"
    },
    {
      "n_embd": 16,
      "params": 4592,
      "facts": 200,
      "data_bits": 19200.0,
      "memorized_bits": 8941.9694584731988,
      "bits_per_param": 1.9472930005385887,
      "recall": 0.0,
      "verdict": "annealed"
    },
    {
      "n_embd": 24,
      "params": 9192,
      "facts": 200,
      "data_bits": 19200.0,
      "memorized_bits": 17206.942797017091,
      "bits_per_param": 1.8719476498060368,
      "recall": 0.80500000000000005,
      "verdict": "annealed"
    },
    {
      "n_embd": 32,
      "params": 15328,
      "facts": 200,
      "data_bits": 19200.0,
      "memorized_bits": 17662.946411495781,
      "bits_per_param": 1.1523320988710712,
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
$ touch file; rote demo --out file
2> rote: file: is a file, a folder is needed there
[1]
