# Many workers on one folder, started by anybody or by Slurm.

$ cat > s.yaml <<'Y'
> facts: {n: 20, seq_len: 4, vocab_size: 8, seed: 1}
> model: {n_layer: 1, n_head: 2, n_embd: 8}
> train: {max_steps: 30, learning_rate: 0.01}
> sweep: {train.seed: [0, 1, 2]}
> Y
$ rote sweep work S
2> rote: S: there is no such sweep
[2]

# Slurm, in whose place a script tells what it was asked.

$ mkdir bin; printf '#!/bin/sh\n[ "$1" = --version ] || echo "sbatch $*" | sed "s,$PWD,HERE," >&2\n[ "$1" = --version ]\n' > bin/sbatch; chmod +x bin/sbatch
$ rote sweep submit s.yaml --time 30s --out S
2> rote: sweep submit: --time: Slurm's least time is 1m
[2]
$ rote sweep submit s.yaml --time soon --out S
2> rote: sweep submit: --time 'soon' is not a time such as 90s, 30m, 3h or 2d
[2]
$ rote sweep submit s.yaml --out S --cluster pbs
2> rote: sweep submit: --cluster: 'pbs' is not slurm; on others start `rote sweep work S` as often as you like
[2]
$ rote sweep submit s.yaml --out "a'b"
2> rote: .*/a'b: a script of Slurm cannot name this path \(quotes, backslashes, % and control characters\); choose another one (re)
[2]
$ PATH=$PWD/bin:$PATH rote sweep submit s.yaml --out S -- -p short; echo "exit $?"
exit 1
2> rote: sbatch: exit status 1; its stderr ends: sbatch --parsable -p short S/slurm/array.sh
$ PATH=/none /bin/sh -c "'$(command -v rote)' sweep submit s.yaml --out S"
2> rote: Slurm is not to be had here: sbatch: cannot be started: No such file or directory
[2]
$ ls S S/slurm
S:
locks
slurm
sweep.yaml

S/slurm:
array.sh

# A job that is there, and one that Slurm has forgotten.

$ printf '#!/bin/sh\necho "18;far"\n' > bin/sbatch
$ printf '#!/bin/sh\n[ "$*" = "-h -r -t all -o %%F %%T -j 18,17" ] && printf "18 RUNNING\\n18 PENDING\\n18 PENDING\\n"\n' > bin/squeue; chmod +x bin/squeue
$ PATH=$PWD/bin:$PATH rote sweep submit --out S --tasks 3 --cpus 2 --time 90m
job 18 is submitted: S/slurm/array.sh; logs: S/slurm/18_*.log
rote sweep status S  shows how far it is
2> 3 points, 3 runs, 3 to do: .* (re)
2> 3 tasks of 2 CPUs and at most 1:30:00: .* (re)
$ echo 17 >> S/slurm/jobs; PATH=$PWD/bin:$PATH rote sweep status S | tail -n 2
S: 0 of 3 runs done, 3 waiting; table: S/table.csv
slurm: job 18: 1 running, 2 pending
$ PATH=$PWD/bin:$PATH rote sweep submit --out S --dry-run --json | grep -E 'tasks|job'
  "tasks": 1,
  "job": null
$ sed -n "s,$PWD,HERE,; s/^#SBATCH //p" S/slurm/array.sh
--job-name="rote-S"
--array=0-2
--ntasks=1
--cpus-per-task=2
--time=90
--signal=B:USR1@120
--requeue
--open-mode=append
--output="HERE/S/slurm/%A_%a.log"
$ SLURM_ARRAY_TASK_ID=0 bash S/slurm/array.sh | tail -n 1 | sed "s,$PWD,HERE,g"
HERE/S: 3 of 3 runs done; table: HERE/S/table.csv
$ PATH=$PWD/bin:$PATH rote sweep submit --out S
S: all 3 runs are done, nothing to submit

# A worker leaves runs that others make, and those that failed; it ends where none is left to take.

$ rote sweep run s.yaml --out T --dry-run --quiet 2> log | awk 'NR == 2 {print $2}' > name
$ rote sweep work S --time 1h --quiet
S: 3 of 3 runs done; table: S/table.csv
$ rm S/runs/"$(cat name)"/DONE; flock S/locks/"$(cat name)" rote sweep work S --quiet
S: 2 of 3 runs done, 1 running; table: S/table.csv
$ flock S/locks/"$(cat name)" rote sweep status S | tail -n 1
left: .*, at the pace of 2 finished runs, with 1 process as now (re)
$ printf '{"reason": "a test", "attempts": 1}' > S/runs/"$(cat name)"/failed.json; rote sweep work S --quiet
S: 2 of 3 runs done, 1 failed; table: S/table.csv
2> rote: 1 of 3 runs failed, first seed=0-.*: a test; after rote sweep retry the same command tries it again (re)
[1]
$ rote sweep retry S; rote sweep work S --quiet
S: 1 failure removed; `rote sweep run --out S` continues
S: 3 of 3 runs done; table: S/table.csv

# At the end of its time it stops as at Ctrl-C.

$ rote sweep run s.yaml train.max_steps=1000000 --out L --quiet & sleep 0.5; kill -USR1 $!; wait $!; echo "exit $?"
L: 0 of 3 runs done, 3 waiting; table: L/table.csv
exit 85
2> rote: stopped with 0 of 3 runs done; the same command continues
$ rote sweep work L --time 1s --quiet; ls -d L/runs/* | wc -l
L: 0 of 3 runs done, 3 waiting; table: L/table.csv
2
2> rote: stopped with 0 of 3 runs done; the same command continues
