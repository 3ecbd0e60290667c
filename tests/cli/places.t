# A project that is moved goes on: facts and runs, given by relative paths.
$ mkdir a; cd a; printf 'prompt,answer\nFrance,Paris\nJapan,Tokyo\nTonga,Nuku\nPeru,Lima\n' >f.csv; rote facts import f.csv --out facts/c >/dev/null
$ cd a; rote train facts.path=facts/c model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=5 --quiet --out runs/r >/dev/null; grep 'path:' runs/r/config.yaml
  path: "../../facts/c"
$ cd a; rote sweep run facts.path=facts/c model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=5 train.seed=0,1 --jobs 1 --quiet --out sw; grep 'path:' sw/sweep.yaml
sw: 2 of 2 runs done; table: sw/table.csv
  path: "../facts/c"
$ mv a b; cd b; for c in 'eval runs/r' 'eval runs/r --facts facts/c' 'verify runs/r --quiet' 'sweep status sw' 'sweep run --out sw --quiet'; do rote $c | tail -1; done
recall      0.0000
recall      0.0000
runs/r: replayed; parameters, data and result are the same
sw: 2 of 2 runs done; table: sw/table.csv
sw: 2 of 2 runs done; table: sw/table.csv
$ cd b; rote sweep run facts.path=$PWD/facts/c model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=5 train.seed=0,1,2 --jobs 1 --quiet --out sw
sw: 3 of 3 runs done; table: sw/table.csv
# An absolute path stays; facts that went with the project are found by their hash.
$ cd b; rote train facts.path=$PWD/facts/c model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=2 --quiet --out runs/s >/dev/null; grep 'path:' runs/s/config.yaml | sed "s|$PWD|ROOT|"; cd ..; mv b c; rote eval c/runs/s | tail -1; mv c b
  path: "ROOT/facts/c"
recall      0.0000
# Facts that are not found: the message says where it looked. An export needs none.
$ cd b; mkdir data; mv facts data/facts; rote eval runs/r | tail -1; rote export runs/r --to npz w.npz; rote eval runs/r --facts data/facts/c | tail -1
w.npz
recall      0.0000
2> rote: runs/r: the facts with the hash 3f8f39dc5cf354c9f85fa792bbbe55cb are not there any more: looked at facts/c (no manifest.json), runs/r/facts/c (no manifest.json), runs/r (and in the folders above it: the last parts of the path lead nowhere); say where they are: --facts DIR
$ cd b; mv data/facts/c data/facts/d; rote eval runs/r 2>&1 | sed 's/hash [0-9a-f]*/hash H/; s|looked at .*;|looked at ..;|'; rote verify runs/r --facts data/facts/d --quiet
rote: runs/r: the facts with the hash H are not there any more: looked at ..; say where they are: --facts DIR
runs/r: replayed; parameters, data and result are the same
# Drawn facts are in no folder; one that is named must hold the same.
$ for n in 3 4; do rote facts make facts.n=$n facts.seq_len=3 facts.vocab_size=5 --out drawn$n >/dev/null; done; rote train facts.n=3 facts.seq_len=3 facts.vocab_size=5 model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=1 --quiet --out drawn >/dev/null; rote verify drawn --facts drawn3 --quiet
drawn: replayed; parameters, data and result are the same
$ rote verify drawn --facts drawn4 --quiet
2> rote: drawn: drawn4: other facts than those that the config draws; leave out --facts
[2]
# facts.n chooses among facts that are there.
$ cd b; rote sweep run facts.path=data/facts/d facts.n=1,2,4 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=2 --jobs 1 --quiet --out n; rote facts show 'n/runs/n=2-'* | sed -n 2,3p
n: 3 of 3 runs done; table: n/table.csv
facts       2, 21 tokens, the longest 13
vocabulary  22 symbols
$ rote train facts.path=b/data/facts/d facts.n=5 --out none
2> rote: facts.n is 5, but b/data/facts/d has only 4 facts; lower it, or leave facts.n out: it then trains all
[2]
$ rote train facts.path=b/data/facts/d facts.n=4 facts.heldout=1 --out none
2> rote: facts.n is 4 and facts.heldout is 1, but b/data/facts/d has only 4 facts; lower one of them, or leave facts.n out: it then trains all
[2]
$ rote facts make facts.path=b/data/facts/d facts.n=2 --out two | tail -2
0           Tonga	Nuku
1           Peru	Lima
# A working folder whose name is no text.
$ mkdir $'caf\xe9'; cd $'caf\xe9'; printf 'a,b\nc,d\n' >f.csv; rote facts import f.csv --out f >/dev/null; rote train facts.path=$PWD/f model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=2 --quiet --out r >/dev/null; rote eval r | tail -1; grep -o 'caf.*' r/config.yaml; rote train facts.path='../caf\xE9/f' model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=2 --quiet --out ../outside >/dev/null; rote verify ../outside --quiet
recall      0.0000
caf\\xE9/f"
../outside: replayed; parameters, data and result are the same
