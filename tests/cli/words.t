# Command lines that are wrong in themselves.

$ rote 2>&1 | tail -n 1
$ rote trian
$ rote facts
$ rote facts mkae
$ rote xyzzy
$ rote train --dryrun a.yaml
$ rote train -x
$ rote train --out
$ rote train --out= a.yaml
$ rote train --out a --out b
$ rote train --resume=yes
$ rote train --threads 0
$ rote train --threads two
$ rote train --threads 99999999999999999999
$ rote train a.yaml b.yaml
$ rote eval
$ rote eval a b
$ rote verify
$ rote help n_embed
$ rote completion tcsh
$ rote facts make facts.n=10
$ rote facts import x.tsv
$ rote export some-run
$ rote export some-run --to onnx out
$ rote export some-run --to hf
$ rote export some-run --to hf a --out b
$ rote sample some-run --temperature -1
$ rote sample some-run --temperature hot
$ rote sample some-run --top-p 0
$ rote sample some-run --top-k -3
$ rote sample some-run --greedy --temperature 1

# Folders that are not there.

$ rote eval nowhere
$ rote verify nowhere
$ rote sample nowhere
$ rote report nowhere
$ rote facts show nowhere
$ rote export nowhere --to hf out
