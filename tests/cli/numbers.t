# A number that does not fit is refused, by every reader; none is cut to one that does.

$ B=99999999999999999999; for word in facts.n=$B facts.n=1e20 facts.n=4294967297 train.seed=18446744073709551616 train.max_steps=9223372036854775808 train.learning_rate=1e999 train.learning_rate=1e-999 neurons.$B.units=1; do rote train $word --dry-run; done
2> rote: command line: key 'facts.n': 99999999999999999999 is out of range; allowed: 1 to 1000000000
2> rote: command line: key 'facts.n': 1e20 is out of range; allowed: 1 to 1000000000
2> rote: command line: key 'facts.n': 4294967297 is out of range; allowed: 1 to 1000000000
2> rote: command line: key 'train.seed': 18446744073709551616 is out of range; allowed: 0 to 18446744073709551615
2> rote: command line: key 'train.max_steps': 9223372036854775808 is out of range; allowed: 1 to 1000000000000
2> rote: command line: key 'train.learning_rate': '1e999' is not a finite number
2> rote: command line: key 'train.learning_rate': '1e-999' is too small for a double; write 0 if you mean 0
2> rote: command line: unknown key 'neurons.99999999999999999999.units'; rules are numbered from 0 to 7, such as neurons.0.units
[2]
$ printf 'facts: {n: 4294967297}\n' > c.yaml; printf 'a\tb\n' > f.tsv; echo text > text; rote compress --online text -o a.rote --preset fast --quiet > /dev/null
$ rote train c.yaml --dry-run; rote sweep run train.seed=1,18446744073709551616 --dry-run --out s
2> rote: c.yaml:1: key 'facts.n': 4294967297 is out of range; allowed: 1 to 1000000000
2> rote: command line: key 'train.seed': 18446744073709551616 is out of range; allowed: 0 to 18446744073709551615
[2]
$ for units in 4294967296 auto:random:4294967296 0-4294967296; do rote train neurons.0.hook=blocks.0.mlp.hook_pre neurons.0.units=$units neurons.0.when.token=4294967297 --dry-run; done
2> rote: rule 'rule0': neurons.0.units is '4294967296': 4294967296 is out of range; allowed: 0 to 255
2> rote: rule 'rule0': neurons.0.units is 'auto:random:4294967296': must be auto:silent:K, auto:random:K or auto:selective:K with a number K
2> rote: rule 'rule0': neurons.0.units is '0-4294967296': 4294967296 is out of range; allowed: 0 to 255
[2]
$ rote train facts.n=20 facts.seq_len=4 facts.vocab_size=8 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=5 --quiet --out r > /dev/null
$ for option in '--threads 4294967297' '--max-tokens 4294967297' '--n 4294967297' '--top-k 4294967297' '--seed 18446744073709551616' '--temperature 1e999' '--temperature 1e-999' '--prompt 4294967297'; do rote sample r $option; done
2> rote: sample: --threads '4294967297' is not a whole number from 1 to 4096
2> rote: sample: --max-tokens '4294967297' is not a whole number from 0 to 2147483647
2> rote: sample: --n '4294967297' is not a whole number from 1 to 1000000
2> rote: sample: --top-k '4294967297' is not a whole number from 0 to 2147483647
2> rote: sample: --seed '18446744073709551616' is not a whole number from 0 to 18446744073709551615
2> rote: sample: --temperature '1e999' is not a number from 0 to 1e+06
2> rote: sample: --temperature '1e-999' is not a number from 0 to 1e+06
2> rote: sample: --prompt: "4294967297" is not a symbol of the vocabulary (token numbers, separated by spaces)
[2]
$ for chain in temperature=1e999 temperature=1e-999 top_k=1e30 logit_bias=4294967297:1 logit_bias=1:1e999 logit_bias=1:-1e999; do rote sample r --chain $chain; done
2> rote: sample: --chain: temperature is 1e999, allowed: 0 to 1000000
2> rote: sample: --chain: temperature is '1e-999', which is not a number
2> rote: sample: --chain: top_k is 1e30, allowed: a whole number from 0 to 1000000000
2> rote: sample: --chain: logit_bias is '4294967297:1', which is not a list such as 17:-2.5,4:-inf
2> rote: sample: --chain: logit_bias is '1:1e999', which is not a list such as 17:-2.5,4:-inf
2> rote: sample: --chain: logit_bias is '1:-1e999', which is not a list such as 17:-2.5,4:-inf
[2]
$ rote sample r --prompt 000000000000000000000000000003 --max-tokens 0
3 4 4 4
$ for do in '[4294967296]=zero' '[0]=set:1e39' '[0]=donor:4294967296' '[0]=donor:18446744073709551617'; do rote neurons steer r --do "blocks.0.mlp.hook_post$do"; done
2> rote: neurons steer: --do 'blocks.0.mlp.hook_post[4294967296]=zero': units: '4294967296': 4294967296 is out of range; allowed: 0 to 31
2> rote: neurons steer: --do 'blocks.0.mlp.hook_post[0]=set:1e39': '1e39' is not a finite number; write for example set:2.0
2> rote: neurons steer: --do 'blocks.0.mlp.hook_post[0]=donor:4294967296': there is no fact 4294967296; allowed: 0 to 19
2> rote: neurons steer: --do 'blocks.0.mlp.hook_post[0]=donor:18446744073709551617': '18446744073709551617' is not the number of a fact; write for example donor:12
[2]
$ rote neurons atlas r --by place:4294967296; rote neurons atlas r --class A=share:1e-999; rote neurons atlas r --class A=token:4294967297
2> rote: neurons atlas: 'place:4294967296' divides no facts, allowed: tag, answer (its first symbol), place:K (the symbol at place K of a fact, from 0), rules (the run's neuron rules)
2> rote: neurons atlas: --class A is 'share:1e-999', allowed: tag:T, token:SYMBOL, regex:E, share:P with 0 < P < 1
2> rote: neurons atlas: rule 'A': when.token is '4294967297', but these facts have the symbols 0 to 7
[2]
$ rote coordinates --widths 32,4294967360 --out x.svg; rote capacity r --certify --bits 4294967304
2> rote: coordinates: --widths '32,4294967360': needs 2 to 12 ascending numbers, as in 32,64,128
2> rote: capacity: --bits '4294967304': a list of 32, 16, 8, 6, 4, 3, 2
[2]
$ rote facts import f.tsv --out f --no-header --prompt 4294967297
2> rote: f.tsv:1: --prompt '4294967297': without a line of names it takes the number of a column, 1 to 2
[2]
$ for n in 12345678901234567890123 1e999 -0.0; do echo "{\"answer\": $n}"; done > f.jsonl; rote facts import f.jsonl --out n | tail -n 3
0           12345678901234567890123
1           1e999
2           -0.0
$ rote decompress a.rote --check --memory 99999999999999999999
2> rote: decompress: --memory '99999999999999999999' is not a whole number from 1 to 8796093022207
[2]
# Manifests and results.
$ rote facts make facts.n=3 facts.seq_len=2 facts.vocab_size=5 --out m > /dev/null; for n in n max_len vocab_size duplicates; do sed "s/\"$n\": /&42949672960/" -i.kept m/manifest.json; rote facts show m; mv m/manifest.json.kept m/manifest.json; done
2> rote: m/manifest.json: n, tokens, max_len, vocab_size or duplicates is out of range
2> rote: m/manifest.json: n, tokens, max_len, vocab_size or duplicates is out of range
2> rote: m/manifest.json: n, tokens, max_len, vocab_size or duplicates is out of range
2> rote: m/manifest.json: n, tokens, max_len, vocab_size or duplicates is out of range
$ sed -i 's/"steps": 5/"steps": 4294967301.5/' r/result.json; rote report r; rm r/DONE; rote report r
2> rote: r/result.json: altered since the run ended (DONE names other content); remove DONE and train on with --resume, which writes it again
2> rote: r/result.json: "steps" is not a count; remove DONE there and train on with --resume, which writes it again
[1]
