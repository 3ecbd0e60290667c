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
$ rote tools eval sums
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
2> rote: tool 0: a call is not on the tape (tool_calls.jsonl), so sh must be asked: add --allow-program
[2]
$ rote tools eval sums --allow-program | tee asked

# The program is gone; the answers are not.

$ mv calc.sh gone.sh; rote tools eval sums | cmp - asked && echo the same
$ rote verify sums --quiet
$ cp -r sums cut; rm cut/DONE cut/result.json cut/*-000000100.safetensors; ls cut/*.safetensors; rote train sums.yaml --out cut --resume --quiet > log; cmp sums/result.json cut/result.json && echo the same
$ cp sums/tool_calls.jsonl whole; head -n 20 whole > sums/tool_calls.jsonl; rote verify sums --quiet
$ sed 's/"answer":"1/"answer":"2/' whole > sums/tool_calls.jsonl; rote verify sums --quiet

# A store of one's own: what it holds is part of the run.

$ command -v sqlite3 >/dev/null || exit 80
> sqlite3 own.db 'create table sum(question primary key, answer); insert into sum select a.value || char(43) || b.value || char(61), a.value + b.value from generate_series(0, 99) a, generate_series(0, 99) b'
> rote train sums.yaml tools.0.tool=store tools.0.command=[] tools.0.ask= tools.0.args=prompt tools.0.file=own.db 'tools.0.query=select answer from sum where question = :a' --out own --quiet | sed -n 2p; grep file own/config.yaml
$ rote tools eval own
$ rote verify own --quiet
$ sqlite3 own.db 'delete from sum where answer = 7'; rote verify own; rote tools eval own; rote train own/config.yaml --out other --quiet
$ rote train own/config.yaml tools.0.file_hash= --out other --quiet | sed -n 2p
