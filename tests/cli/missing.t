# What a command reads must be there: exit 2, in the same words, before anything else is looked at. The commands are those
# of the completion, their options those of the help, so a new one is here, too; what it shows writes its file. A wrong
# OMP_STACKSIZE stops what goes on.

$ cat > walk <<'END'
> run() { out=$(OMP_STACKSIZE=16k rote "$@" 2>&1 </dev/null); [ $? = 2 ] && [[ $out == "rote: nope/x: there is no such "* ]]; }
> rote completion bash | sed -n 's/^ *"\([a-z ]*\)") words=.*/\1/p' | while read -r name; do
>     words=$(rote help $name | sed -n "1s/^usage: rote $name *//p") word=
>     [[ ${words%% --*} =~ RUN|DIR|FILE|FOLDER|SWEEP|CFG|\.rote ]] && word=here
>     [ -z "$word" ] || run $name nope/x || echo "$name: not its word"
>     rote help $name | sed -n 's/^  --\([a-z-]*\) \([^ ]*\(FILE\|DIR\|RUN\|PATH\|FOLDER\)[^ ]*\) .*/\1/p' | while read -r option; do
>         run $name $word --$option nope/x || echo "$name --$option"
>     done
>     [ -z "$word" ] || echo "$name" >> walked
> done
> END
$ mkdir here; bash walk; wc -l < walked
demo --out
doctor --bug-report
facts make --out
facts import --out
train --out
sweep run --out
sweep submit --out
coordinates --out
fit --out
measure --out
eval --per-fact
creativity --plot
logits --csv
neurons atlas --tsv
neurons atlas --svg
neurons dump --out
neurons eval --plot
decompress --out
report --out
import --out
export --out
31
