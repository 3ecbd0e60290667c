# Sampling chains, prompts from files, stop strings, log probabilities, explanations.

$ printf 'capital of France\tParis\ncapital of Spain\tMadrid\ncapital of Italy\tRome\ncapital of Japan\tTokyo\n' > f.tsv
$ rote facts import f.tsv --out f > /dev/null
$ rote train facts.path=f model.n_layer=1 model.n_head=1 model.n_embd=16 train.max_steps=150 train.learning_rate=0.01 --out r --quiet > /dev/null
$ rote sample r --prompt 'capital of Spain\t' --explain --chain "top_k=5;min_p=.05;temperature=1.5" --max-tokens 2
position 17: T (p 0.3744)   logits: sigma 2.307, largest 2.34 sigma above the mean, entropy 1.957 bits, k* 2 (bulk: sigma 1.792, largest 3.29)
  token                model       top_k       min_p temperature
  M                   0.4394      0.4590      0.4690      0.4151
> T                   0.3763      0.3931      0.4017      0.3744
  R                   0.0989      0.1033      0.1056      0.1536
                      0.0223      0.0233      0.0238      0.0569
  p                   0.0204      0.0213           -           -
  \t                  0.0147           -           -           -
  o                   0.0069           -           -           -
  P                   0.0028           -           -           -
  candidates              27           5           4           4
position 18: o (p 1.0000)   logits: sigma 2.798, largest 3.15 sigma above the mean, entropy 0.183 bits, k* 1 (bulk: sigma 2.464, largest 3.70)
  token                model       top_k       min_p temperature
> o                   0.9822      0.9865      1.0000      1.0000
  i                   0.0059      0.0059           -           -
                      0.0034      0.0034           -           -
  (end)               0.0021      0.0021           -           -
  f                   0.0020      0.0020           -           -
  m                   0.0012           -           -           -
  P                   0.0009           -           -           -
  k                   0.0005           -           -           -
  candidates              27           5           1           1
capital of Spain\tTo
$ rote sample r --n 2 --chain "temp=2;xtc=1;xtc_threshold=.1" --logprobs
ymkoIoffmo
logprobs  -7.155598 -4.689973 -3.378898 -1.780846 -6.029832 -2.339228 -4.597504 -2.235711 -7.358831 -4.159292 -4.453323
cnniaploe\tMakkSce\tPariIi
logprobs  -0.011856 -6.901676 -2.346562 -1.583062 -3.179723 -0.866012 -5.467290 -4.928829 -7.497983 -2.502614 -3.888563 -0.017696 -8.627359 -3.397650 -6.022611 -2.754933 -0.062510 -0.134107 -0.075998 -0.012152 -0.089114 -0.019415 -5.785186 -1.830554
$ rote sample r --n 2 --chain "temp=2;xtc=1;xtc_threshold=.1" --logprobs --threads 3
ymkoIoffmo
logprobs  -7.155598 -4.689973 -3.378898 -1.780846 -6.029832 -2.339228 -4.597504 -2.235711 -7.358831 -4.159292 -4.453323
cnniaploe\tMakkSce\tPariIi
logprobs  -0.011856 -6.901676 -2.346562 -1.583062 -3.179723 -0.866012 -5.467290 -4.928829 -7.497983 -2.502614 -3.888563 -0.017696 -8.627359 -3.397650 -6.022611 -2.754933 -0.062510 -0.134107 -0.075998 -0.012152 -0.089114 -0.019415 -5.785186 -1.830554
$ printf 'capital of Italy\\t\nzzz\ncapital of F\n' | rote sample r --interactive --greedy
capital of Italy\tRome
capital of France\tParis
2> rote: sample: the line: "z" is not a symbol of the vocabulary (of the run's facts)
$ printf 'capital of Italy\\t\r\ncapital of F\rcapital of Japan\\t' > prompts; rote sample r --prompts prompts --n 2 --chain llama.cpp
capital of Italy\tTome
capital of Italy\tMadrid
capital of France\tParis
capital of France\tParis
capital of Japan\tTokyo
capital of Japan\tMadrid
$ rote sample r --prompts prompts --n 2 --chain llama.cpp --threads 1 > one; rote sample r --prompts prompts --n 2 --chain llama.cpp --threads 4 | cmp - one
$ rote sample r --prompt 'capital of Spain\t' --stop rid --stop 'x' --greedy
capital of Spain\tMad
$ rote sample r --prompt 'capital of Spain\t' --stop ri --greedy --logprobs --json
{
  "prompt": "capital of Spain\\t",
  "samples": [
    {
      "tokens": [
        5,
        10,
        12,
        22,
        15
      ],
      "text": "Mad",
      "ended": "stop",
      "logprobs": [
        -0.82243712148372472,
        -0.016455054613878261,
        -0.028322456292973374,
        -0.020871585339903683,
        -0.014410923586001946
      ],
      "chain_probs": [
        1.0,
        1.0,
        1.0,
        1.0,
        1.0
      ]
    }
  ]
}
$ rote sample r --explain --json --max-tokens 1 --chain "mirostat=2" | grep -c stage
3
$ rote sample r --chain ""  --max-tokens 3
cap
$ rote sample r --prompt 'capital of Spain\t' --chain "top_k=0;kstar=.9" --max-tokens 1 --explain
position 17: T (p 0.4613)   logits: sigma 2.307, largest 2.34 sigma above the mean, entropy 1.957 bits, k* 2 (bulk: sigma 1.792, largest 3.29)
  token                model       top_k       kstar
  M                   0.4394      0.4394      0.5387
> T                   0.3763      0.3763      0.4613
  R                   0.0989      0.0989           -
                      0.0223      0.0223           -
  p                   0.0204      0.0204           -
  \t                  0.0147      0.0147           -
  o                   0.0069      0.0069           -
  P                   0.0028      0.0028           -
  candidates              27          27           2
capital of Spain\tT
$ rote sample r --prompt 'capital of ' --chain "contrastive=.6;contrastive_k=5"
capital of France\tokyo
$ rote sample r --prompt 'capital of ' --n 2 --chain "contrastive=.6;contrastive_k=5" --threads 2
capital of France\tokyo
capital of France\tokyo
$ rote sample r --chain "logit_bias=$(seq -s ':-inf,' 0 26):-inf"
2> rote: chain: logit_bias leaves no token
[2]
$ rote sample r --chain "temperature=-1"
2> rote: sample: --chain: temperature is -1, allowed: 0 to 1000000
[2]
$ rote sample r --temperature -1
2> rote: sample: --temperature '-1' is not a number from 0 to 1e+06
[2]
$ rote sample r --prompt 'capital of Ägypten'
2> rote: sample: --prompt: "\xC3" is not a symbol of the vocabulary (of the run's facts)
[2]
$ rote sample r --chain "topk=3"
2> rote: sample: --chain: unknown stage 'topk'; nearest: top_k
[2]
$ rote sample r --chain "top_k=3" --temperature 2
2> rote: sample: --chain and --temperature exclude each other; write it into the chain
[2]
$ rote sample r --chain "logit_bias=99:1"
2> rote: chain: token 99 of logit_bias is not one of the 27 of the vocabulary
[2]
$ rote sample r --explain --n 2
2> rote: sample: --explain is for one sample of one prompt
[2]
$ rote sample r --interactive --prompt a
2> rote: sample: --interactive reads its prompts from standard input, and prints text; leave --prompt, --prompts and --json out
[2]
$ rote sample r --prompts prompts --prompt a
2> rote: sample: --prompt and --prompts exclude each other
[2]
$ printf 'capital\nzebra\n' > bad; : > empty
$ rote sample r --prompts bad
2> rote: sample: bad:2: the prompt: "z" is not a symbol of the vocabulary (of the run's facts)
[2]
$ rote sample r --prompts empty
2> rote: empty: contains no prompt
[2]
$ rote sample r --prompts nowhere
2> rote: nowhere: there is no such file
[2]
$ rote sample r --stop 'a\q'
2> rote: sample: --stop: a backslash begins \t, \n, \r, \\ or \xHH
[2]

# The same text with any kernels, threads and company.
$ rote sample r --prompts prompts --n 3 --chain "kstar=.9;xtc=.3;temp=1.5" > whole; cat whole
capital of Italy\tntccar
capital of Italy\t\tRarid
capital of Italy\tRome
capital of France
capital of France\tParis
capital of France\tParis
capital of Japan\tpadrid
capital of Japan\t\tParid
capital of Japan\tMadrid
$ rote sample r --prompts prompts --n 3 --chain "kstar=.9;xtc=.3;temp=1.5" --threads 5 | cmp - whole
$ ROTE_ISA=portable rote sample r --prompts prompts --n 3 --chain "kstar=.9;xtc=.3;temp=1.5" --threads 1 | cmp - whole
$ rote sample r --prompt 'capital of F' --n 3 --chain "kstar=.9;xtc=.3;temp=1.5" | diff - <(sed -n 4,6p whole)

# The config's section: the run's, another file's, the command line before both.
$ tiny="facts.path=f model.n_layer=1 model.n_head=1 model.n_embd=16 train.max_steps=150 train.learning_rate=0.01"
> rote train $tiny "sample.chain=top_k=1" sample.max_tokens=9 --out s --quiet > /dev/null; grep -A 7 '^sample:' s/config.yaml
> diff <(grep hash s/manifest.json) <(grep hash r/manifest.json)
sample:
  chain: "top_k=1"
  temperature: 1
  top_k: 0
  top_p: 1
  n: 1
  max_tokens: 9
  seed: 1
$ rote sample s --prompt 'capital of '
capital of Japan\tMad
$ rote sample s --prompt 'capital of ' --temperature 2 --n 2
capital of Rmcace
capital of ItalyR\tae
$ printf 'sample: {n: 2, max_tokens: 3, seed: 5, top_k: 2}\n' > s.yaml
$ rote sample s --prompt 'capital of ' --config s.yaml
capital of Jap
capital of Jap
$ rote sample s --prompt 'capital of ' --config s.yaml --seed 6 --n 1 --max-tokens 8
capital of Spain\tTo
$ rote sample s --prompt 'capital of ' --config s.yaml --chain "" --n 1
capital of Fra
$ printf 'sample: {chain: topk=3}\n' > bad.yaml
$ rote sample s --config bad.yaml
2> rote: sample: sample.chain: unknown stage 'topk'; nearest: top_k
[2]
$ rote train facts.path=f "sample.chain=topk=3" --dry-run
2> rote: sample.chain: unknown stage 'topk'; nearest: top_k
[2]
$ rote train facts.path=f "sample.chain=top_k=3" sample.temperature=2 --dry-run
2> rote: sample.chain and sample.temperature exclude each other; write it into the chain
[2]
$ rote train facts.path=f sample.topk=3 --dry-run
2> rote: command line: unknown key 'sample.topk'; nearest: sample.top_k
[2]
$ rote train facts.path=f sample.top_p=0 --dry-run
2> rote: command line: key 'sample.top_p': 0 is out of range; allowed: 1e-12 to 1
[2]
