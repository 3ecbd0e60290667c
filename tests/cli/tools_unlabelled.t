# Tools in training without labels: all calls that a prompt allows are asked, and those that return the answer are taught; or
# what is written is the mean of all results.

$ printf 'facts: {kind: sums, n: 1900, heldout: 50, digits: 1-2, given: true, plain: 0.02}\nmodel: {n_layer: 2, n_embd: 16, pos: none, block_size: 24}\ntrain: {max_steps: 250, batch_size: 64, learning_rate: 0.01, threads: 1}\ntools: [{tool: calculator, train: marginal}]\n' > sums.yaml
$ rote train sums.yaml --out sums --quiet | head -n 2
run         sums
verdict     annealed after 250 steps, every fact trained 8.4 times
$ rote tools eval sums --n 200
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             200    0.9850    0.0000    0.0000    0.0000    0.0000    0.0000    0.0150   0.0000   0.0000    3.13
held out             50    1.0000    0.0000    0.0000    0.0000    0.0000    0.0000    0.0000   0.0000   0.0000    3.14
tools.0, 244 calls: 244 answered
$ sed -n '2p' sums/metrics.jsonl | grep -o '"call_loss\|"way_loss":[0-9.]\{6\}'; grep -c point_loss sums/metrics.jsonl
"call_loss
"way_loss":3.2209
0
[1]
$ rote train sums.yaml tools.0.own_from=.5 train.threads=2 train.max_steps=60 --out own --quiet | tail -n 1
parameters  7,890, hash 6df7c91e38ba9bb98094742ad013df80
$ rote train sums.yaml tools.0.own_from=.5 train.threads=1 train.max_steps=60 --out one --quiet | tail -n 1
parameters  7,890, hash 6df7c91e38ba9bb98094742ad013df80
$ for threads in 1 2; do rote train sums.yaml tools.0.train=mixture tools.0.own_from=.8 train.threads=$threads --out mixture$threads --quiet | tail -n 1; done
parameters  7,890, hash cbab864cd1ae79a5c6ae68aa93957ec8
parameters  7,890, hash cbab864cd1ae79a5c6ae68aa93957ec8
$ rote tools eval mixture1 --n 200
facts           answers  accuracy    missed     early     false  argument execution  decoding   missed    false  tokens
trained             200    0.8350    0.0000    0.0000    0.0200    0.0650    0.0000    0.0800   0.0000   0.0201    3.13
held out             50    0.8200    0.0000    0.0000    0.0200    0.0800    0.0000    0.0800   0.0000   0.0200    3.14
tools.0, 244 calls: 244 answered
$ sed -n '2p' mixture1/metrics.jsonl | cut -c 1-24; for run in own mixture1; do rote verify $run --quiet; done
{"step":1,"call_loss":0.
own: replayed; parameters, data and result are the same
mixture1: replayed; parameters, data and result are the same
$ for threads in 1 2; do rote train sums.yaml tools.0.train=sampled tools.0.own_from=.8 tools.0.max_calls=2 train.max_steps=40 train.checkpoint_interval=30 train.threads=$threads --out drawn$threads --quiet | tail -n 1; done
parameters  7,890, hash 8fc3f893db7e0fb052873822cb5a7178
parameters  7,890, hash 8fc3f893db7e0fb052873822cb5a7178
$ sed -n '2p' drawn1/metrics.jsonl | grep -o '"call_loss\|"answer_loss":[0-9.]\{4\}'; rm drawn2/DONE drawn2/result.json drawn2/checkpoint-000000040.safetensors; rote train sums.yaml tools.0.train=sampled tools.0.own_from=.8 tools.0.max_calls=2 train.max_steps=40 train.checkpoint_interval=30 --out drawn2 --resume --quiet | tail -n 1
"call_loss
"answer_loss":8.00
parameters  7,890, hash 8fc3f893db7e0fb052873822cb5a7178
$ rote train facts.kind=bios facts.n=20 train.max_steps=4 train.batch_size=8 model.n_embd=16 tools.0.tool=store tools.0.max_calls=6 tools.0.train=marginal --out bios --quiet | head -n 2; grep -o '"way_loss":[0-9.]\{5\}' bios/metrics.jsonl | tail -n 1
run         bios
verdict     annealed after 4 steps, every fact trained 1.6 times
"way_loss":0.679
$ small="facts.kind=sums facts.n=64 train.max_steps=4 train.batch_size=8 model.n_embd=16 train.threads=1 tools.0.tool=calculator tools.0.train=marginal"; for keys in 'tools.0.tool=program tools.0.args=run+token+run tools.0.command=bc tools.0.ask={a}{op}{b}' 'tools.1.tool=store' facts.named=8 tools.0.args=span+token+span 'facts.kind=triples facts.n=20 tools.0.args=token' 'tools.0.train=sampled tools.0.tool=program tools.0.args=run+token+run tools.0.command=bc tools.0.ask={a}{op}{b}' tools.0.train=drawn; do rote train $small $keys --out x --quiet; done
2> rote: tools.0.train is marginal, which asks the tool all calls that every prompt allows; a program is not asked so often: set it to labelled
2> rote: tools.0.train is marginal and tools.1.train is labelled: without labels a call of any tool may be the one to teach; set both to the same
2> rote: tools.0.train is marginal, which asks all calls that a prompt allows, but sequence 0 allows more than 256; take arguments that fewer places can be (tools.N.args), shorter facts, or labelled
2> rote: tools.0.train is marginal, which asks all calls that a prompt allows, but sequence 0 allows more than 256; take arguments that fewer places can be (tools.N.args), shorter facts, or labelled
2> rote: tools.0.train is marginal, but no call that these prompts allow returns the answer of a fact; see tools.N.args
2> rote: tools.0.train is sampled, which asks the tool for every answer of every step; a program is not asked so often: set it to labelled
2> rote: command line: key 'tools.0.train': 'drawn' is not one of labelled | marginal | mixture | sampled
[2]
