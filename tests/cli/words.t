# Command lines that are wrong in themselves.

$ mkdir some-run; touch a.yaml x.tsv
$ rote 2>&1 | tail -n 1
rote: no command
$ rote trian
2> rote: unknown command 'trian', nearest: train (rote help lists them)
[2]
$ rote facts
2> rote: facts: which of make, import, show?
[2]
$ rote facts mkae
2> rote: facts: unknown command 'mkae', allowed: make, import, show; nearest: make
[2]
$ rote xyzzy
2> rote: unknown command 'xyzzy' (rote help lists them)
[2]
$ rote train --dryrun a.yaml
2> rote: train: unknown option '--dryrun', nearest: --dry-run (rote help train lists them)
[2]
$ rote train -x
2> rote: train: unknown option '-x' (rote help train lists them)
[2]
$ rote train --out
2> rote: train: --out needs a value (DIR)
[2]
$ rote train --out --quiet
2> rote: train: --out needs a value (DIR); write a value that begins with dashes after '='
[2]
$ rote sample some-run --prompt
2> rote: sample: --prompt needs a value (TEXT)
[2]
$ rote sample some-run --prompt --json
2> rote: sample: --prompt needs a value (TEXT); write a value that begins with dashes after '='
[2]
$ rote neurons steer some-run --do 'blocks.0.mlp.hook_post[0]=zero' --do
2> rote: neurons steer: --do needs a value (HOOK[UNITS]=OP)
[2]
$ rote train --out= a.yaml
2> rote: train: --out needs a value (DIR)
[2]
$ rote train --out a --out b
2> rote: train: --out is given twice
[2]
$ rote train --resume=yes
2> rote: train: --resume takes no value, but has 'yes'
[2]
$ rote train --threads 0
2> rote: train: --threads '0' is not a whole number from 1 to 4096
[2]
$ rote train --threads two
2> rote: train: --threads 'two' is not a whole number from 1 to 4096
[2]
$ rote train --threads 99999999999999999999
2> rote: train: --threads '99999999999999999999' is not a whole number from 1 to 4096
[2]
$ rote train a.yaml b.yaml
2> rote: train: 'b.yaml' is not of the form key=value; usage: rote train [CFG] [key=value...]
[2]
$ rote eval
2> rote: eval: an argument is missing; usage: rote eval RUN
[2]
$ rote eval a b
2> rote: eval: 'b' is one argument too many; usage: rote eval RUN
[2]
$ rote verify
2> rote: verify: an argument is missing; usage: rote verify RUN
[2]
$ rote help n_embed
2> rote: unknown key 'n_embed'; nearest: model.n_embd
[2]
$ rote completion tcsh
2> rote: completion: 'tcsh', allowed: bash, zsh
[2]
$ rote facts make facts.n=10
2> rote: facts make: --out DIR is missing: the folder for the fact set
[2]
$ rote facts import x.tsv
2> rote: facts import: --out DIR is missing: the folder for the fact set
[2]
$ rote export some-run
2> rote: export: --to is missing, allowed: hf, npz, safetensors, gguf, tensorboard
[2]
$ rote export some-run --to onnx out
2> rote: export format 'onnx' is unknown, allowed: hf, npz, safetensors, gguf, tensorboard
[2]
$ rote export some-run --to hf
2> rote: export: PATH is missing; usage: rote export RUN --to hf PATH
[2]
$ rote export some-run --to hf a --out b
2> rote: export: PATH and --out mean the same; give one of them
[2]
$ rote sample some-run --temperature -1
2> rote: sample: --temperature '-1' is not a number from 0 to 1e+06
[2]
$ rote sample some-run --temperature hot
2> rote: sample: --temperature 'hot' is not a number from 0 to 1e+06
[2]
$ rote sample some-run --top-p 0
2> rote: sample: --top-p '0' is not a number from 1e-12 to 1
[2]
$ rote sample some-run --top-k -3
2> rote: sample: --top-k '-3' is not a whole number from 0 to 2147483647
[2]
$ rote sample some-run --seed 18446744073709551616
2> rote: sample: --seed '18446744073709551616' is not a whole number from 0 to 18446744073709551615
[2]
$ rote sample some-run --seed -1
2> rote: sample: --seed '-1' is not a whole number from 0 to 18446744073709551615
[2]
$ rote sample some-run --seed 18446744073709551615
2> rote: some-run: no run has begun there (no config.yaml)
[2]
$ rote sample some-run --greedy --temperature 1
2> rote: sample: --greedy and --temperature exclude each other
[2]
$ ROTE_ISA=sse9 rote train --dry-run
2> rote: ROTE_ISA=sse9: not an instruction set .* (re)
[2]
$ ROTE_ISA=sse9 rote demo --out tour
2> rote: ROTE_ISA=sse9: not an instruction set .* (re)
[2]
$ long=$(head -c 2000 /dev/zero | tr '\0' d); rote train --out $long 2>&1 | sed s/ddd*/d/; rote report $long 2>&1 | sed s/ddd*/d/; rote demo --out $long 2>&1 | sed s/ddd*/d/
rote: d...: the path has more than 1023 bytes; choose a shorter folder name
rote: d...: the path has more than 1023 bytes; choose a shorter folder name
rote: d...: the path has more than 1023 bytes; choose a shorter folder name

# Folders that are not there, and folders where a file belongs.

$ mkdir folder; rote facts import folder --format tsv --out f; rmdir folder
2> rote: folder: cannot read: a folder, not a regular file

$ rote eval nowhere
2> rote: nowhere: there is no such run
[2]
$ rote verify nowhere
2> rote: nowhere: there is no such run
[2]
$ rote sample nowhere
2> rote: nowhere: there is no such run
[2]
$ rote report nowhere
2> rote: nowhere: there is no such folder
[2]
$ rote facts show nowhere
2> rote: nowhere: there is no such file or folder
[2]
$ rote export nowhere --to hf out
2> rote: nowhere: there is no such run or sweep
[2]

# Versions and bug reports.
$ rote --version --jsn
2> rote: --version: '--jsn' is one word too many
[2]
$ rote doctor run
2> rote: run: there is no such run or sweep
[2]
$ rote doctor --bug-report b.txt --json
2> rote: doctor: --bug-report writes a text; leave out --json
[2]
$ rote doctor nowhere --bug-report b.txt
2> rote: nowhere: there is no such run or sweep
[2]
$ echo mine > mine.txt
$ rote doctor --bug-report mine.txt
2> rote: mine.txt: exists and is not a bug report of rote's; choose another file, or replace it with --force
[2]
