# A model of sums that asks a program: its answers go to a tape, which then answers alone.

$ printf 'while read -r q; do echo $(($q)); done\n' > calc.sh
> printf 'facts: {kind: sums, n: 900, heldout: 50, digits: 1-2}\nmodel: {n_layer: 2, n_embd: 16, pos: none, block_size: 24}\ntrain: {max_steps: 100, batch_size: 64, learning_rate: 0.01, threads: 1, checkpoint_interval: 96}\ntools:\n  - {tool: program, command: [sh, calc.sh], ask: "{x}{op}{y}", args: "x:run+op:token+y:run", own_from: 0.9}\n' > sums.yaml

# Only with --allow-program a program is started.

$ rote train sums.yaml --out sums --quiet; ls sums
2> rote: tools.0 is the program sh; if you trust it, add --allow-program, without which no program is started
2> ls: cannot access 'sums': No such file or directory
[2]
$ rote train sums.yaml --out sums --quiet --allow-program | sed -n 2p
verdict     annealed after 100 steps, every fact trained 7.1 times
$ head -n 1 sums/tool_calls.jsonl
{"tool":"0","arguments":["1","+","69"],"answer":"70","hash":"27112c40bc951f504b6d064ce226bbf3"}
$ rote tools eval sums
2> rote: tool 0: a call is not on the tape (tool_calls.jsonl), so sh must be asked: add --allow-program
[2]
$ rote tools eval sums --allow-program | tee asked
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             900    0.1411    0.0000    0.0000    0.0000    0.3278    0.0000    0.5311   0.0000   0.0000    3.17
held out             50    0.1800    0.0000    0.0000    0.0000    0.3000    0.0000    0.5200   0.0000   0.0000    3.14
tools.0, 950 calls: 950 answered

# The program is gone; the answers are not.

$ mv calc.sh gone.sh; rote tools eval sums | cmp - asked && echo the same
the same
$ rote verify sums --quiet
sums: replayed; parameters, data and result are the same
$ cp -r sums cut; rm cut/DONE cut/result.json cut/*-000000100.safetensors; ls cut/*.safetensors; rote train sums.yaml --out cut --resume --quiet > log; cmp sums/result.json cut/result.json && echo the same
cut/checkpoint-000000096.safetensors
the same
$ cp sums/tool_calls.jsonl whole; head -n 20 whole > sums/tool_calls.jsonl
$ rote verify sums --quiet
2> rote: tool 0: a call is not on the tape (tool_calls.jsonl), so sh must be asked: add --allow-program
[2]
$ cp gone.sh calc.sh; rote verify sums --quiet --allow-program; wc -l < sums/tool_calls.jsonl
sums: replayed; parameters, data and result are the same
20
$ sed 's/"answer":"1/"answer":"2/' whole > sums/tool_calls.jsonl; rote verify sums --quiet
2> rote: sums/tool_calls.jsonl:7: this line or one before it was altered: its hash is another; a tape cannot be edited
[1]

# A program that fails three times in a row is not asked for the rest of a group of facts.

$ cp -r sums dead; rm dead/tool_calls.jsonl; cp calc.sh kept.sh; echo exit 1 > calc.sh; rote tools eval dead --n 20 --allow-program | tail -n 1; grep -c 'not asked' dead/tool_calls.jsonl; mv kept.sh calc.sh
tools.0, 40 calls: 40 gone
34

# A store of one's own: what it holds is part of the run.

$ command -v sqlite3 >/dev/null || exit 80
> sqlite3 own.db 'create table sum(question primary key, answer); insert into sum select a.value || char(43) || b.value, a.value + b.value from generate_series(0, 99) a, generate_series(0, 99) b'
$ test -f own.db || exit 80
> rote train sums.yaml tools.0.tool=store tools.0.command=[] tools.0.ask= tools.0.file=own.db 'tools.0.query=select answer from sum where question = :x || :op || :y' --out own --quiet | sed -n 2p; grep '  file' own/config.yaml
verdict     annealed after 100 steps, every fact trained 7.1 times
    file: "../own.db"
    file_hash: "4274c1584663a5e66b71591ab99ed8af"
$ test -f own.db || exit 80
> rote tools eval own; rote verify own --quiet
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             900    0.1411    0.0000    0.0000    0.0000    0.3278    0.0000    0.5311   0.0000   0.0000    3.17
held out             50    0.1800    0.0000    0.0000    0.0000    0.3000    0.0000    0.5200   0.0000   0.0000    3.14
tools.0, 950 calls: 950 answered
own: replayed; parameters, data and result are the same
$ test -f own.db || exit 80
> sqlite3 own.db 'delete from sum where answer = 7'
$ test -f own.db || exit 80
> { rote verify own; rote tools eval own --json; rote train own/config.yaml --out other --quiet; } 2>&1 | sed 's|: /.*/own.db|: own.db|'
rote: tools.0.file: own.db: contains something else: its hash is 921e2715a5dd47156627f7a8eb4d470c, tools.0.file_hash is 4274c1584663a5e66b71591ab99ed8af; put the file back, or leave file_hash out
rote: tools.0.file: own.db: contains something else: its hash is 921e2715a5dd47156627f7a8eb4d470c, tools.0.file_hash is 4274c1584663a5e66b71591ab99ed8af; put the file back, or leave file_hash out
rote: tools.0.file: own.db: contains something else: its hash is 921e2715a5dd47156627f7a8eb4d470c, tools.0.file_hash is 4274c1584663a5e66b71591ab99ed8af; put the file back, or leave file_hash out
$ test -f own.db || exit 80
> rote train own/config.yaml tools.0.file_hash= --out other --quiet | sed -n 2p
verdict     annealed after 100 steps, every fact trained 7.1 times
