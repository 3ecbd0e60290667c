# rote eval with facts other than the run's: what a model cannot read is refused by name.

$ printf 'prompt\tanswer\ttag\nFrance\tParis\twest\nJapan\tTokyo\teast\\x41\n' > a.tsv; rote facts import a.tsv --vocab words --out a | head -n 1
columns     prompt: column 1 (prompt), answer: column 2 (answer), tag: column 3 (tag); the first line names them
$ rote train facts.kind=file facts.path=a model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=3 --out run --quiet > /dev/null
$ rote eval run --facts a --per-fact out.tsv > /dev/null; cut -f 1-4,7 out.tsv
fact	tag	tokens	prompt_tokens	text
0	west	3	1	France\tParis
1	east\\x41	3	1	Japan\tTokyo
$ printf 'prompt\tanswer\nFrance\tParis\nJapan\tKyoto\n' > b.tsv; rote facts import b.tsv --vocab words --out b > /dev/null
$ rote eval run --facts b
2> rote: b: symbol 2 is "Kyoto", in the run's facts it is "Paris"; a model reads only facts whose vocab.json is that of its own
[2]
$ head -n 2 b.tsv > c.tsv; rote facts import c.tsv --vocab words --out c > /dev/null
$ rote eval run --facts c
2> rote: c: symbol 1 is "Paris", in the run's facts it is "Japan"; a model reads only facts whose vocab.json is that of its own
[2]
$ printf 'prompt\tanswer\nFrance\tParis\nJapan\tTokyo\nTonga\tTuvalu\n' > d.tsv; rote facts import d.tsv --vocab words --out d > /dev/null
$ rote eval run --facts d
2> rote: d: symbol 4, "Tonga", is none of the run's facts; a model reads only facts whose vocab.json is that of its own
[2]
$ rote facts import a.tsv --out bytes > /dev/null
$ rote eval run --facts bytes
2> rote: bytes: a fact has 13 tokens, the model's block_size is 3
[2]
$ rote facts make facts.n=2 facts.seq_len=2 facts.vocab_size=4 --out numbers > /dev/null
$ rote eval run --facts numbers
2> rote: numbers: its symbols are token numbers, those of the run's facts are words
[2]
$ rote sample run --prompt ""
 (re)
$ rote sample run --greedy --prompt "France  Paris" --json | head -n 2
{
  "prompt": "France Paris",

# A fact longer than a screen comes whole.

$ head -c 9000 /dev/zero | tr '\0' x > long.txt; rote facts import long.txt --out long > /dev/null
$ rote train facts.kind=file facts.path=long model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=1 --out wide --quiet > /dev/null
$ rote eval wide --per-fact wide.tsv > /dev/null; tail -n 1 wide.tsv | cut -f 7 | tr -d '\n' | wc -c
9000
$ rote sample wide --greedy --max-tokens 1 --prompt "$(head -c 8999 long.txt)" --json | grep -c "\"prompt\": \"x\{8999\}\""
1

# Facts held out of training, and whether code lengths tell them from those that were trained.

$ rote train facts.n=30 facts.heldout=20 facts.seq_len=4 facts.vocab_size=16 model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=200 train.learning_rate=0.02 train.seed=1 --out held --quiet | grep held
run         held
held out    20 facts, 11.995872 bits/token; membership AUC 1.0000, F1 1.0000 (law 1.0033)
$ rote eval held | grep held
held out    20 facts, 11.995872 bits/token; membership AUC 1.0000, F1 1.0000 (law 1.0033)
$ rote eval held --json | grep -A 1 -e heldout -e mia
  "heldout": 20,
  "heldout_code_bits": 959.66978664378655,
  "heldout_loss_nats": 8.3149050860088103,
  "mia_auc": 1.0,
  "mia_f1": 1.0,
  "mia_f1_law": 1.0033262027483802,
  "data_hash": "bd518c9019bc6144667acfcebd94cd02"
$ grep -c -e heldout_code_bits -e heldout_loss_nats -e '"heldout"' -e mia_auc -e mia_f1 -e mia_f1_law held/result.json
6

# The shortest prompt that makes a model say each fact.

$ rote train facts.n=30 facts.seq_len=8 facts.vocab_size=16 facts.seed=3 model.n_layer=1 model.n_head=1 model.n_embd=10 train.max_steps=250 train.learning_rate=0.02 --out short --quiet > /dev/null
$ rote eval short --acr --per-fact acr.tsv
prompts     all of up to 2 tokens (502 decoder steps)
memorized   1.0000 of 30 facts: the prompt is shorter than the text that it elicits
ratio       4.7471 tokens generated per token of the prompt: mean over the 29 found; 1 generated without a prompt

prompt tokens     facts
            0         1  ratio infinite: generated from BOS
            1        13
            2        15
            3         1
$ rote eval short --acr --steps 300 --json
{
  "facts": 30,
  "memorized_share": 1.0,
  "mean_ratio": 4.7471264367816088,
  "without_prompt": 1,
  "none_found": 0,
  "facts_by_prompt_tokens": [
    1,
    13,
    15,
    1
  ],
  "all_tried_to": 1,
  "searched_to": 2,
  "seed": 0,
  "tried_steps": 90,
  "searched_steps": 164
}
$ rote eval short --acr --steps 300 --threads 1 > one; ROTE_ISA=portable rote eval short --acr --steps 3000 --threads 3 | cmp - one
- one differ: char 26, line 1
[1]
$ printf 'prompt\tanswer\nFrance\tParis\nJapan\tTokyo\nTonga\tNukualofa\n' > capitals.tsv; rote facts import capitals.tsv --out capitals > /dev/null; rote train facts.kind=file facts.path=capitals model.n_layer=1 model.n_head=1 model.n_embd=8 train.max_steps=60 train.learning_rate=0.02 --out hardly --quiet > /dev/null
$ rote eval hardly --acr --steps 3000
prompts     all of up to 1 tokens (49 decoder steps), coordinate search to 6 (2,737 steps, seed 0)
memorized   0.0000 of 3 facts: the prompt is shorter than the text that it elicits
ratio       0.8571 tokens generated per token of the prompt: mean over the 1 found; 2 not found

prompt tokens     facts
            7         1
   none found         2
$ head -n 3 acr.tsv
fact	tag	tokens	prompt_tokens	code_bits	recalled	shortest_prompt_tokens	compression_ratio	shortest_prompt	text
0		8	3	5.199445928	1	1	7.0000	14	14 9 12 13 10 7 7 12
1		8	2	5.103925105	1	1	7.0000	10	10 14 7 8 13 9 9 2
$ rote eval short --steps 3
2> rote: eval: --steps needs --acr
[2]
$ rote eval short --acr --parts
2> rote: eval: --parts and --acr exclude each other
[2]
$ rote train facts.n=8 facts.seq_len=4 facts.vocab_size=8 facts.junk_ratio=1 facts.junk_n=5 facts.domain_token=true model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=1 --out domain --quiet > /dev/null
$ rote eval domain --acr --steps 100
2> rote: the facts have context tokens, which are not coded; --acr needs facts that are coded whole
[2]
