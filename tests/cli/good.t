# What works without an engine.

$ rote --version
rote 0.1.0 (arithmetic rote-1)
$ rote --help
rote: measures how many bits a small transformer memorizes

usage: rote COMMAND ...

  demo          shows the program: draws facts, trains models of four widths, prints bits per parameter, writes a report
  fit           finds the smallest model that recalls your facts, with its size, its archive and its config
  facts make    draws a fact set, or writes a split of one that is read
  facts import  makes a fact set from your own facts
  facts show    shows kind, counts, entropy and first records of a fact set, a run's facts, or a config's facts
  train         trains one run
  sweep run     trains many runs; skips those that are done; CFG may have a sweep: section
  sweep work    trains runs of a sweep that wait, beside others that do so, anywhere on the same folder
  sweep submit  gives the runs of a sweep that wait to Slurm, as a job array
  sweep status  shows every run of a sweep with its state and main results
  sweep retry   removes failures, so that the runs count as waiting
  measure       measures bits per parameter of a structure, and plans the runs that this needs
  eval          measures recall, memorized bits and code lengths of a run
  verify        trains a run again and compares hashes
  sample        generates text from a run
  creativity    measures whether samples are valid, new and various
  logits        shows how logits are distributed by class of input, and what normal ones would give
  neurons atlas shows which neurons and heads fire for which class of facts
  neurons dump  writes activations of chosen facts at chosen hooks
  neurons steer samples and evaluates with edited activations, compared with the model without edits
  neurons eval  what neuron rules did: firing, necessity, sufficiency, leak, price; over several runs with intervals
  tools eval    measures what a run answers with its tools, and the cause of each wrong answer
  tools ask     answers a prompt with a run's tools, and explains how
  tools try     speaks to a program as a tool layer would: what it answers, and how fast
  import        makes a run of a pretrained model
  export        writes the weights in formats of other programs
  compress      writes and verifies an archive of a run's model and facts, or with --online of any file
  decompress    restores the content of an archive, bit for bit
  archive show  shows the content of an archive, and the bits of each part
  report        writes a self-contained page about a run, a sweep or a folder of runs
  capacity      estimates the capacity of a sweep's models: plateaus, bits per parameter, intervals, verdicts
  bench         measures matrix products and training steps, as a share of this machine's peak
  coordinates   checks whether activations change equally at all widths (train.parametrization)
  doctor        shows CPU, kernels, threads, numeric self-test, libraries, memory, disk
  help          explains a command, a config key, the figures of a result or the stages of sampling
  completion    prints a completion script for a shell

rote help COMMAND  the options of a command
rote help KEY      a config key; `rote help keys`: all keys
rote help figures  the figures of a result
rote help chain    the stages of sampling
rote --version
$ rote help train
usage: rote train [CFG] [key=value...] [options]

trains one run

  --out DIR                    the run folder (default: runs/<name>-<hash8>)
  --resume                     continue the run in DIR, or start it
  --dry-run                    only print what the run needs
  --worker                     report progress to the sweep that started this run
  --together N                 with --worker: the words are those of N runs of the sweep, each with its folder
  --allow-program              start the programs that the config names as tools
  --threads N                  threads; affects only speed (default: see `rote doctor`)
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
.SS "rote sweep work DIR"
.SS "rote sweep submit [CFG] [key=a,b,c...] \-\-out DIR [\-\- SBATCH OPTIONS]"
$ rote completion zsh | sed -n 2p | cut -c3-
zsh completion for rote; made by `rote completion zsh`
$ rote completion zsh | grep -E '^    (sweep|--quantize)\)'
    --quantize) compadd -- fp16 bf16 int8 int6 int4 int3 int2 ternary; return ;;
    sweep) compadd -- run work submit status retry ;;
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
$ rote help chain > shown; sed -n '/^<!-- chain -->/,/^<!-- end of chain -->/p' "$TESTS/../../docs/formats.md" | sed '1d;$d' | diff - shown
