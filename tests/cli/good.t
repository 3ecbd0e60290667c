# What works without an engine.

$ rote --version
rote 0.1.0 (arithmetic rote-1)
$ rote --help
rote: measures how many bits a small transformer memorizes

usage: rote COMMAND ...

How do I begin?
  demo          shows the program: draws facts, trains models of four widths, prints bits per parameter, writes a report
  doctor        shows CPU, kernels, threads, numeric self-test, libraries, memory, disk; writes bug reports
  help          explains a command, a config key, the figures of a result or the stages of sampling
  completion    prints a completion script for a shell

Which facts?
  facts make    draws a fact set, or writes a split of one that is read
  facts import  makes a fact set from your own facts
  facts show    shows kind, counts, entropy and first records of a fact set, a run's facts, or a config's facts

How do I train models?
  train         trains one run
  verify        trains a run again and compares hashes
  sweep run     trains many runs; skips those that are done; CFG may have a sweep: section
  sweep work    trains runs of a sweep that wait, beside others that do so, anywhere on the same folder
  sweep submit  gives the runs of a sweep that wait to Slurm, as a job array
  sweep status  shows every run of a sweep with its state and main results
  sweep retry   removes failures, so that the runs count as waiting
  coordinates   checks whether activations change equally at all widths (train.parametrization)

How much does a model hold, and how large must it be?
  fit           finds the smallest model that recalls your facts, with its size, its archive and its config
  measure       measures bits per parameter of a structure, and plans the runs that this needs
  capacity      estimates the capacity of a sweep's models: plateaus, bits per parameter, intervals, verdicts

What does a model know, and what does it say?
  eval          measures recall, memorized bits and code lengths of a run
  sample        generates text from a run
  creativity    measures whether samples are valid, new and various
  logits        shows how logits are distributed by class of input, and what normal ones would give

What do its neurons do?
  neurons atlas shows which neurons and heads fire for which class of facts
  neurons dump  writes activations of chosen facts at chosen hooks
  neurons steer samples and evaluates with edited activations, compared with the model without edits
  neurons eval  what neuron rules did: firing, necessity, sufficiency, leak, price; over several runs with intervals

What does it leave to tools?
  tools eval    measures what a run answers with its tools, and the cause of each wrong answer
  tools ask     answers a prompt with a run's tools, and explains how
  tools try     speaks to a program as a tool layer would: what it answers, and how fast

How small does it get?
  compress      writes and verifies an archive of a run's model and facts, or with --online of any file
  decompress    restores the content of an archive, bit for bit
  archive show  shows the content of an archive, and the bits of each part

How do I show it, and use it elsewhere?
  report        writes a self-contained page about a run, a sweep or a folder of runs
  import        makes a run of a pretrained model
  export        writes the weights, or the metrics of a run or a sweep, in formats of other programs

How fast is this machine?
  bench         measures matrix products and training steps, as a share of this machine's peak

rote help COMMAND  the options of a command
rote help KEY      a config key; `rote help keys`: all keys
rote help figures  the figures of a result
rote help chain    the stages of sampling
rote --version     with --json: one JSON object
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
$ rote --version --json | grep -cE '"(version|numeric_spec|dtype|commit|compiler|kernels)"'
6
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

# A bug report has what the program and the machine are, a run's config and its errors; nothing that is the user's own.
$ rote train facts.n=10 model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=1 name=secret --out own/runs/secret --quiet > /dev/null
$ mkdir own/runs/dead; cat > own/runs/dead/failed.json <<'E'
> {"reason": "own/secret.csv:7: the fact 'Anna is 7' of anna.tsv and rote's \"x y\" (in /home/anna): facts.n=7, blocks.0.q.weight", "exit": 1}
> E
$ rote doctor own --bug-report bug.txt 2> /dev/null && sed -n '/^rote /p;/^--- runs/,$p' bug.txt
bug.txt
rote bug report
rote        0.1.0, arithmetic rote-1
--- runs
done        1
failed      1

run         1 of 2
error       PATH: the fact '...' of FILE and rote's '...' (in PATH): facts.n=7, blocks.0.q.weight

run         2 of 2
verdict     annealed
config      without the keys that have their default
  name: (left out)
  facts.n: 10
  model.n_layer: 1
  model.n_head: 1
  model.n_kv_head: 1
  model.n_embd: 4
  model.n_inner: 16
  model.block_size: 16
  model.vocab_size: 256
  train.max_steps: 1
  train.batch_size: 10
  train.decay_steps: 1
$ rote doctor own/runs/secret --bug-report bug.txt 2> /dev/null; grep -cE 'secret|own/' bug.txt; grep -E 'verdict|facts.n|name' bug.txt
bug.txt
0
verdict     annealed
  name: (left out)
  facts.n: 10

# Event files for TensorBoard: of a run, of a sweep, again only with --force, and of what has no metrics.
$ rote export own/runs/secret --to tensorboard events && ls events
events
events.out.tfevents.rote
$ cp events/* before
$ rote export own/runs/secret --to tensorboard events
2> rote: events/events.out.tfevents.rote: exists; choose another folder, or replace it with --force
[2]
$ rote export own/runs/secret --to tensorboard events --force > /dev/null; cmp events/events.out.tfevents.rote before
$ rote export own --to tensorboard all; ls all all/*
all
all:
dead
secret

all/dead:
events.out.tfevents.rote

all/secret:
events.out.tfevents.rote
2> 2 runs, with their hparams
$ cp own/runs/secret/checkpoint* kept; for file in own/runs/secret/checkpoint*; do printf x | dd of="$file" bs=1 seek=900 conv=notrunc status=none; done
$ rote export own/runs/secret --to tensorboard damaged 2>&1 | sed 's/header.*//'; ls damaged
rote: own/runs/secret/checkpoint-000000001.safetensors: 
2> ls: cannot access 'damaged': No such file or directory
[2]
$ rm own/runs/secret/checkpoint*; rote export own/runs/secret --to tensorboard without
without
2> without histograms: own/runs/secret: contains no checkpoint, and the run is finished: it diverged, or they were removed; train it again in another folder
$ rote export own/runs/dead --to tensorboard dead
2> rote: own/runs/dead: a single run; name a folder of runs, or use `rote eval` for one run
[2]
$ rote export own --to tensorboard all --type f16
2> rote: export: --type belongs to --to gguf
[2]
$ rote export own --to npz x --facts d
2> rote: export: --facts belongs to --to gguf and --to tensorboard
[2]
