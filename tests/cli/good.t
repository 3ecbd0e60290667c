# What works without an engine.

$ rote --version
rote 0.1.0 (arithmetic rote-1)
$ rote --help
rote: what a small transformer can learn by heart, to the bit

usage: rote COMMAND ...

  demo          the tour: facts, four widths, a table of bits per parameter, a report
  facts make    generates a fact set, or keeps a split of one that is read
  facts import  makes a fact set of your own facts
  facts show    kind, counts, entropy, first records of a fact set, a run's facts, or what a config draws
  train         trains one run
  sweep run     many runs: makes what is missing or failed; CFG may have a sweep: section
  sweep status  every run of a sweep with its state and key figures
  sweep retry   forgets failures, so that the runs count as waiting
  eval          recall, memorized bits, code lengths of a run
  verify        replays a run and compares hashes
  sample        generates
  neurons atlas which neurons and heads fire for which class of facts
  neurons dump  activations of chosen facts at chosen places of the forward pass
  neurons steer samples and evaluates with activations changed, beside the model as it is
  neurons eval  what neuron rules did: firing, necessity, sufficiency, leak, price; over several runs with intervals
  export        the weights for other programs
  compress      a run's model and facts, or with --online any file, as one archive, verified as it is written
  decompress    what went into an archive, bit for bit
  archive show  what an archive holds, and how many bits each part takes
  report        one self-contained page about a run, a sweep or a folder of runs
  capacity      bits per parameter of a sweep: plateaus, slope, intervals, verdicts
  bench         speed of products and whole steps, as a share of this machine's peak
  coordinates   whether activations change alike at all widths (train.parametrization)
  doctor        CPU, kernels, threads, numeric self-test, libraries, memory, disk
  help          explains a command, a config key or the figures of a result
  completion    prints a completion script

rote help COMMAND, rote help KEY (a config key), rote help keys (all of them), rote help figures (of results), rote --version
$ rote help train
usage: rote train [CFG] [key=value...] [options]

trains one run

  --out DIR                    the run folder (default: runs/<name>-<hash8>)
  --resume                     go on where DIR stopped, or start
  --dry-run                    say what the run needs and write nothing
  --worker                     progress for the sweep that started it
  --threads N                  threads; changes no bit (default: what `rote doctor` says)
  --quiet                      no progress on stderr
  --json                       one JSON object on stdout
$ rote train --help | head -n 1
usage: rote train [CFG] [key=value...] [options]
$ rote help facts | grep usage
usage: rote facts make [CFG] [key=value...] --out DIR [options]
usage: rote facts import FILE|- --out DIR [options]
usage: rote facts show DIR|RUN|[CFG] [key=value...] [options]
$ rote help train.learning_rate
train.learning_rate: a number
  learning rate after the warm-up
  default 1e-3; above 0, at most 1000
  other names: lr max_lr
$ rote help n-embd
model.n_embd: a whole number
  width of the residual stream
  default 64; 1 to 65536
  other names: d_model hidden_size width n_embed dim
$ [ "$(rote help keys | wc -l)" -gt 119 ] && rote help keys | sed -n 1,2p
name                    name of the run; its folder is runs/<name>-<hash>
                        default "run"; letters, digits, '.', '_', '-', at most
$ rote completion bash > c.sh && bash -n c.sh && bash -c 'source ./c.sh
> COMP_WORDS=(rote train model.n_emb) COMP_CWORD=2; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote facts im) COMP_CWORD=2; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote sweep re) COMP_CWORD=2; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote sweep run --jo) COMP_CWORD=3; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote sweep run train.see) COMP_CWORD=3; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote facts import --al) COMP_CWORD=3; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote train model.act = g) COMP_CWORD=4; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote train model.act =) COMP_CWORD=3; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote train model.bias=f) COMP_CWORD=2; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote export run --to n) COMP_CWORD=4; _rote; echo "${COMPREPLY[@]}"
> touch a.yaml b.yml c.txt; mkdir -p d
> COMP_WORDS=(rote train "") COMP_CWORD=2; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote train a.yaml --re) COMP_CWORD=3; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote train a.yaml --out "") COMP_CWORD=4; _rote; printf "%s\n" "${COMPREPLY[@]}" | grep -c c.txt
> COMP_WORDS=(rote de) COMP_CWORD=1; _rote; echo "${COMPREPLY[@]}"'
model.n_embd=
import
retry
--jobs
train.seed=
--allow-conflicts
gelu
gelu relu silu
model.bias=false
npz
d a.yaml b.yml
--resume
1
demo decompress
$ rote help --man | grep -E '^\.(TH|SH|SS "rote (train|sweep))' | head -8
.TH ROTE 1 "" "rote 0.1.0"
.SH NAME
.SH SYNOPSIS
.SH COMMANDS
.SS "rote train [CFG] [key=value...]"
.SS "rote sweep run [CFG] [key=a,b,c...] \-\-out DIR"
.SS "rote sweep status DIR"
.SS "rote sweep retry DIR"
$ rote completion zsh | sed -n 2p | cut -c3-
zsh completion for rote; made by `rote completion zsh`
$ rote completion zsh | grep -E '^    (sweep|--quantize)\)'
    --quantize) compadd -- fp16 bf16 int8 int6 int4 int3 int2 ternary; return ;;
    sweep) compadd -- run status retry ;;
$ rote doctor --json | grep -E 'self_test|numeric_spec'
  "self_test": "passed",
  "numeric_spec": "rote-1",
$ rote facts --help | grep usage
usage: rote facts make [CFG] [key=value...] --out DIR [options]
usage: rote facts import FILE|- --out DIR [options]
usage: rote facts show DIR|RUN|[CFG] [key=value...] [options]
$ rote facts make x.yaml --help | head -n 1
usage: rote facts make [CFG] [key=value...] --out DIR [options]

# One table of figures serves result.json, reports and docs/formats.md.
$ rote help figures > shown; sed -n '/^<!-- figures -->/,/^<!-- end of figures -->/p' "$TESTS/../../docs/formats.md" | sed '1d;$d' | diff - shown
