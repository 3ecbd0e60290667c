# rote report of a sweep: the page, its plots as files; where gnuplot is missing and what it refuses.

$ for d in 4 8; do for n in 9 60 120; do
> rote train --out sweep/runs/n_embd=$d,n=$n model.n_layer=1 model.n_head=1 model.n_embd=$d facts.n=$n facts.vocab_size=16 facts.seq_len=4 train.max_steps=20 train.eval_interval=5 --threads 1 --quiet > /dev/null
> done; done
$ mkdir sweep/runs/dead; printf '{"reason": "killed by signal 9", "exit": 137, "signal": 9, "attempts": 1}' > sweep/runs/dead/failed.json
$ PATH=${PATH%%:*} rote report sweep
sweep/report.html
2> no PNG files: gnuplot is not installed; the SVG files are there
$ ls sweep sweep/plots
sweep:
plots
report.html
runs

sweep/plots:
bits_per_param.svg
capacity.svg
data_bits.svg
learning.svg
loss.svg
plots.gp
$ grep -oE '<h[12]>.*</h[12]>|A sweep of.*|<td class="name">killed.*' sweep/report.html
<h1>sweep</h1>
A sweep of 7 runs: 6 done, 1 failed, 332 to 1,048 parameters, 9 to 120 facts, 20 exposures</p>
<h2>Models and fits</h2>
<h2>What fits and what does not</h2>
<h2>Learning</h2>
<h2>What was run</h2>
<td class="name">killed by signal 9</td></tr>
<h2>Runs</h2>
<h2>How to read the figures</h2>
$ rote report sweep --out other.html 2> /dev/null && cmp sweep/report.html other.html
other.html
$ echo mine > mine.html
$ rote report sweep --out mine.html
2> rote: mine.html: exists and is not a report of rote's; choose another file, or replace it with --force
[2]
$ mkdir -p none/runs
$ rote report none
2> rote: none: contains no run; `rote sweep run` makes them
[2]
$ rote report sweep/runs/n_embd=4,n=9 && grep -o '<h1>.*' sweep/runs/n_embd=4,n=9/report.html
sweep/runs/n_embd=4,n=9/report.html
<h1>n_embd=4,n=9</h1>

# gnuplot says nothing of a disk that is full, so its files are looked through. A folder of others is not written into.
$ mkdir bin; printf '#!/bin/sh\nsed -n "s/^set output .\\(.*\\)./\\1/p" ../plots.gp | while read f; do printf "\\211PNG\\r\\n\\032\\nhalf" > $f; done\n' > bin/gnuplot; chmod +x bin/gnuplot
$ echo old > sweep/plots/loss.png; PATH=$PWD/bin:$PATH rote report sweep
2> rote: sweep/plots/.png.rote-tmp/capacity.png: gnuplot left it incomplete; repeat the command, or draw it from plots.gp
[1]
$ ls -A sweep/plots | grep -v svg
plots.gp
$ echo 'exit 3' >> bin/gnuplot; PATH=$PWD/bin:$PATH rote report sweep
sweep/report.html
2> no PNG files: gnuplot failed on plots.gp; the SVG files are there
$ ls -A sweep/plots | grep -v svg
plots.gp
$ rm -r sweep/plots sweep/report.html; mkdir sweep/plots; echo mine > sweep/plots/loss.svg
$ rote report sweep
2> rote: sweep/plots: not a report's folder (loss.svg is there, and no plots.gp of rote's); move it away
[2]
$ cat sweep/plots/*; ls sweep
mine
plots
runs

# The page of a run whose weights or facts are gone or damaged says so where its logits would stand.
$ rote train facts.n=40 facts.heldout=3 facts.seq_len=3 facts.vocab_size=20 model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=2 --threads 1 --quiet --out run >/dev/null; rote report run; grep -A1 '>Logits<' run/report.html | cut -c1-40
run/report.html
<h2>Logits</h2>
<p class="dim">The row that predicts the
$ printf X | dd of=run/checkpoint-000000002.safetensors bs=1 seek=9999 conv=notrunc status=none; rote report run; grep -A1 '>Logits<' run/report.html
<h2>Logits</h2>
<p class="dim">Not shown: run/checkpoint-000000002.safetensors: tensor &#39;optimizer.m.blocks.0.attn.q.weight&#39;: altered: its CRC is 7235077d, the header has 8403360b; the run is finished, and no older checkpoint has its model: remove DONE and train on with --resume, which makes it again</p>
2> rote: run/checkpoint-000000002.safetensors: tensor 'optimizer.m.blocks.0.attn.q.weight': altered: its CRC is 7235077d, the header has 8403360b; the run is finished, and no older checkpoint has its model: remove DONE and train on with --resume, which makes it again; the page is written without its section on logits
$ rm run/checkpoint*; rote report run; grep -A1 '>Logits<' run/report.html
run/report.html
<h2>Logits</h2>
<p class="dim">Not shown: run: contains no checkpoint, and the run is finished: it diverged, or they were removed; train it again in another folder</p>

# --watch follows a run or a sweep that goes on, until it is done or somebody asks to stop: the page then no longer loads
# itself anew.
$ cp -r sweep/runs/n_embd=8,n=60 going; rm going/DONE going/result.json
$ rote report going --watch > said & until [ -s said ]; do sleep 0.02; done; cat said
> grep -oE 'Not finished: [^<]*|setInterval.*reload' going/report.html; grep -c '<svg' going/report.html; kill $!; wait $!; echo $?
> grep -oE 'Not finished: [^<]*|setInterval.*reload' going/report.html
going/report.html
setInterval(()=>{if(document.hidden)return;s.setItem(k,scrollY);location.reload
Not finished: step 20 of 20. This page follows the run.
3
0
Not finished: step 20 of 20
$ rm sweep/runs/n_embd=8,n=60/DONE; rm -r sweep/plots; rote report sweep --watch > named & until [ -s named ]; do sleep 0.02; done
> grep -o '<i class=.*' sweep/report.html; grep -c setInterval sweep/report.html; kill $!; wait $!; echo $?; ls sweep
<i class="failed" title="dead: failed"></i>
<i class="done" title="n_embd=4,n=9: done, recall 0.000"></i>
<i class="done" title="n_embd=4,n=60: done, recall 0.000"></i>
<i class="done" title="n_embd=4,n=120: done, recall 0.025"></i>
<i class="done" title="n_embd=8,n=9: done, recall 0.111"></i>
<i class="unfinished" title="n_embd=8,n=60: unfinished"></i>
<i class="done" title="n_embd=8,n=120: done, recall 0.017"></i>
1
0
report.html
runs
$ rm -r sweep/runs/n_embd=8,n=60; PATH=${PATH%%:*} rote report sweep --watch 2> /dev/null; grep -c 'class="cells"\|setInterval' sweep/report.html
sweep/report.html
0
[1]
$ rote report sweep/runs/n_embd=4,n=9 --watch; mkdir folder; cp -r sweep/runs/n_embd=4,n=9 folder/
sweep/runs/n_embd=4,n=9/report.html
$ rote report folder --watch
2> rote: report: --watch follows a run or a sweep, and folder is neither
[2]
