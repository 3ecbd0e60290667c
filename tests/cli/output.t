# Where output goes is looked at before the work begins; what is there keeps its mode; a link is written through.

$ printf 'hello hello\n' > f; ln -s nowhere dangling; mkfifo pipe; rote train facts.n=20 facts.seq_len=4 facts.vocab_size=8 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=5 --quiet --out r > /dev/null

$ rote compress --online f -o no/x.rote
2> rote: no/x.rote: there is no folder no; make it, or name another place
[2]
$ rote compress --online f -o dangling --force
2> rote: dangling: a link that leads nowhere; remove it, or name another place
[2]
$ rote compress --online f -o pipe --force
2> rote: pipe: a device or pipe, not a regular file; name a file to write
[2]
$ rote compress --online f -o f/x.rote
2> rote: f/x.rote: there is no folder f; make it, or name another place
[2]
$ rote compress --online f -o $(printf '%0250d' 0)
2> rote: 00000000000000000000000000000000000000000000000000000000000000000000000000000000...: too long a name; choose a shorter one
[2]
$ rote compress r -o no/x.rote
2> rote: no/x.rote: there is no folder no; make it, or name another place
[2]
$ rote coordinates model.n_layer=1 --widths 32,64 --out no/c.svg
2> rote: no/c.svg: there is no folder no; make it, or name another place
[2]
$ rote eval r --per-fact no/f.tsv
2> rote: no/f.tsv: there is no folder no; make it, or name another place
[2]
$ rote eval r --acr --per-fact dangling
2> rote: dangling: a link that leads nowhere; remove it, or name another place
[2]
$ rote neurons atlas r --by answer --tsv no/a.tsv
2> rote: no/a.tsv: there is no folder no; make it, or name another place
[2]
$ rote neurons atlas r --by answer --svg no/a.svg
2> rote: no/a.svg: there is no folder no; make it, or name another place
[2]
$ rote neurons dump r --hook all -o no/d.safetensors
2> rote: no/d.safetensors: there is no folder no; make it, or name another place
[2]
$ rote export r --to npz no/w.npz
2> rote: no/w.npz: there is no folder no; make it, or name another place
[2]
$ rote report r --out no/r.html
2> rote: no/r.html: there is no folder no; make it, or name another place
[2]
$ rote compress --online f -o x.rote --preset fast --quiet > /dev/null
$ rote decompress x.rote -o no/f
2> rote: no/f: there is no folder no; make it, or name another place
[2]

# An input is not its own output, by whatever name.
$ rote compress --online x.rote -o x.rote
2> rote: x.rote: is the file to compress; choose another file, or replace it with --force
[2]
$ ln x.rote hard; ln -s x.rote soft
$ rote compress --online x.rote -o hard --preset fast --quiet
2> rote: hard: is the file to compress; choose another file, or replace it with --force
[2]
$ rote decompress x.rote -o soft --force
2> rote: soft: is the archive itself; choose another file
[2]
$ rote compress --online hard -o hard --preset fast --quiet --force | head -n 1
hard: 122 bytes for 71: 13.7465 bits a byte

# Mode and links.
$ (umask 022; rote report r > /dev/null; stat -c %a r/report.html; chmod 600 r/report.html; rote report r > /dev/null; stat -c %a r/report.html)
644
600
$ mv r/report.html page.html; ln -s ../page.html r/report.html; : > page.html
$ rote report r
2> rote: r/report.html: exists and is not a report of rote's; choose another file, or replace it with --force
[2]
$ rote report r --force; rote report r; stat -c '%F %a' r/report.html page.html; grep -c '<html' page.html
r/report.html
r/report.html
symbolic link 777
regular file 600
1
$ ln -s g.svg plot.svg; echo '<svg' > g.svg; chmod 640 g.svg; rote coordinates model.n_layer=1 model.n_head=1 facts.n=4 --widths 8,16 --seeds 1 --steps 1 --out plot.svg > /dev/null; stat -c '%F %a' plot.svg g.svg
symbolic link 777
regular file 640

# A link of the run folder's own files is no place to write through.
$ mkdir q; echo thesis > thesis; ln -s ../thesis q/result.json; rote train facts.n=20 facts.seq_len=4 facts.vocab_size=8 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=5 --quiet --out q > /dev/null 2>&1; cat thesis
thesis

# Pipes and the standard streams; names that begin with a dash.
$ cat f | rote compress --online - -o p.rote --preset fast --quiet > /dev/null; rote decompress p.rote -o - --quiet; cat p.rote | rote decompress - -o - --quiet
hello hello
hello hello
$ rote compress --online <(cat f) -o p.rote --preset fast --quiet > /dev/null; rote decompress --quiet p.rote -o -
hello hello
$ rote compress --online f -o - --preset fast --quiet
2> rote: -: nothing is written to standard output; name a place, or write ./- for one of that name
[2]
$ rote train facts.n=4 --out -
2> rote: -: nothing is written to standard output; name a place, or write ./- for one of that name
[2]
$ rote report q --out=-
2> rote: -: nothing is written to standard output; name a place, or write ./- for one of that name
[2]
$ rote coordinates model.n_layer=1 --widths 8,16 --out -
2> rote: -: nothing is written to standard output; name a place, or write ./- for one of that name
[2]
$ rote neurons eval q --plot -
2> rote: -: nothing is written to standard output; name a place, or write ./- for one of that name
[2]
$ mkdir -- -d; cp f ./-d/-f; rote compress --online -o -d/-x.rote --preset fast --quiet -- -d/-f > /dev/null; rote decompress -o - --quiet -- -d/-x.rote
hello hello
$ rote sweep run facts.n=4 facts.seq_len=2 facts.vocab_size=4 model.n_layer=1 model.n_head=1 model.n_embd=2 train.max_steps=1 --out=--s --jobs 1 --quiet
--s: 1 of 1 run done; table: --s/table.csv

# What is meant is said.
$ rote compress f -o y.rote
2> rote: f: is a file, and files need --online: rote compress --online f -o X.rote; a run's folder gives an archive of its model and facts
[2]
$ cat f | rote compress - -o y.rote
2> rote: -: is a file, and files need --online: rote compress --online - -o X.rote; a run's folder gives an archive of its model and facts
[2]
$ rote compress nothing -o y.rote
2> rote: nothing: there is no such file or folder
[2]
