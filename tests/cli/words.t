# Command lines that are wrong in themselves.

$ rote 2>&1 | tail -n 1
rote: no command
$ rote trian
rote: unknown command 'trian', nearest: train (rote help lists them)
s/^/2> /
[2]
$ rote facts
rote: facts: unknown command '', allowed: make, import, show
s/^/2> /
[2]
$ rote facts mkae
rote: facts: unknown command 'mkae', allowed: make, import, show; nearest: make
s/^/2> /
[2]
$ rote xyzzy
rote: unknown command 'xyzzy' (rote help lists them)
s/^/2> /
[2]
$ rote train --dryrun a.yaml
rote: train: unknown option '--dryrun', nearest: --dry-run (rote help train lists them)
s/^/2> /
[2]
$ rote train -x
rote: train: unknown option '-x' (rote help train lists them)
s/^/2> /
[2]
$ rote train --out
rote: train: --out needs a value (DIR)
s/^/2> /
[2]
$ rote train --out= a.yaml
rote: train: --out needs a value (DIR)
s/^/2> /
[2]
$ rote train --out a --out b
rote: train: --out stands twice
s/^/2> /
[2]
$ rote train --resume=yes
rote: train: --resume takes no value, but has 'yes'
s/^/2> /
[2]
$ rote train --threads 0
rote: train: --threads '0' is no whole number from 1 to 4096
s/^/2> /
[2]
$ rote train --threads two
rote: train: --threads 'two' is no whole number from 1 to 4096
s/^/2> /
[2]
$ rote train --threads 99999999999999999999
rote: train: --threads '99999999999999999999' is no whole number from 1 to 4096
s/^/2> /
[2]
$ rote train a.yaml b.yaml
rote: train: 'b.yaml' is no key=value; usage: rote train [CFG] [key=value...]
s/^/2> /
[2]
$ rote eval
rote: eval: something is missing; usage: rote eval RUN
s/^/2> /
[2]
$ rote eval a b
rote: eval: 'b' is one word too many; usage: rote eval RUN
s/^/2> /
[2]
$ rote verify
rote: verify: something is missing; usage: rote verify RUN
s/^/2> /
[2]
$ rote help n_embed
rote: unknown key 'n_embed'; nearest: model.n_embd
s/^/2> /
[2]
$ rote completion tcsh
rote: completion: 'tcsh', allowed: bash, zsh
s/^/2> /
[2]
$ rote facts make facts.n=10
rote: facts make: --out DIR is missing: where shall the fact set go?
s/^/2> /
[2]
$ rote facts import x.tsv
rote: facts import: --out DIR is missing: where shall the fact set go?
s/^/2> /
[2]
$ rote export some-run
rote: export: --to is missing, allowed: hf, npz, safetensors
s/^/2> /
[2]
$ rote export some-run --to onnx out
rote: export format 'onnx' is unknown, allowed: hf, npz, safetensors
s/^/2> /
[2]
$ rote export some-run --to hf
rote: export: PATH is missing; usage: rote export RUN --to hf PATH
s/^/2> /
[2]
$ rote export some-run --to hf a --out b
rote: export: PATH and --out name the same thing
s/^/2> /
[2]
$ rote sample some-run --temperature -1
rote: sample: --temperature '-1' is no number from 0 to 1e+06
s/^/2> /
[2]
$ rote sample some-run --temperature hot
rote: sample: --temperature 'hot' is no number from 0 to 1e+06
s/^/2> /
[2]
$ rote sample some-run --top-p 0
rote: sample: --top-p '0' is no number from 1e-12 to 1
s/^/2> /
[2]
$ rote sample some-run --top-k -3
rote: sample: --top-k '-3' is no whole number from 0 to 2147483647
s/^/2> /
[2]
$ rote sample some-run --greedy --temperature 1
rote: sample: --greedy and --temperature exclude each other
s/^/2> /
[2]

# Folders that are not there.

$ rote eval nowhere
[139]
$ rote verify nowhere
[139]
$ rote sample nowhere
[139]
$ rote report nowhere
rote: nowhere: No such file or directory
s/^/2> /
[2]
$ rote facts show nowhere
rote: nowhere: no fact set is there (manifest.json is missing); `rote facts make` and `rote facts import` write one
s/^/2> /
[2]
$ rote export nowhere --to hf out
[139]
