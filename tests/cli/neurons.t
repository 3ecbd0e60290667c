# rote neurons: activations seen (dump) and changed (steer).

$ for i in 0 1 2 3 4 5 6 7 8 9; do echo "cue$i thing$((i % 4)),value$((i * 7 % 5)) end$((i * 3 % 4)),$([ $((i % 2)) = 0 ] && echo A || echo B)"; done > a.csv; rote facts import a.csv --no-header --vocab words --out a > /dev/null
$ rote train facts.path=a model.n_layer=2 model.n_head=2 model.n_embd=8 model.n_inner=12 train.max_steps=150 train.learning_rate=0.02 --out run --quiet | grep recall
recall      1.0000
$ find run -type f ! -name lock -exec cksum {} + | sort > before

$ rote neurons dump run --hook all -o all.safetensors
all.safetensors              10 facts, 50 tokens
  blocks.0.hook_resid_pre            8
  blocks.0.ln1.hook_normalized       8
  blocks.0.attn.hook_q               8
  blocks.0.attn.hook_k               8
  blocks.0.attn.hook_v               8
  blocks.0.attn.hook_pattern         10
  blocks.0.attn.hook_z               8
  blocks.0.hook_attn_out             8
  blocks.0.hook_resid_mid            8
  blocks.0.ln2.hook_normalized       8
  blocks.0.mlp.hook_pre              12
  blocks.0.mlp.hook_post             12
  blocks.0.hook_mlp_out              8
  blocks.0.hook_resid_post           8
  blocks.1.hook_resid_pre            8
  blocks.1.ln1.hook_normalized       8
  blocks.1.attn.hook_q               8
  blocks.1.attn.hook_k               8
  blocks.1.attn.hook_v               8
  blocks.1.attn.hook_pattern         10
  blocks.1.attn.hook_z               8
  blocks.1.hook_attn_out             8
  blocks.1.hook_resid_mid            8
  blocks.1.ln2.hook_normalized       8
  blocks.1.mlp.hook_pre              12
  blocks.1.mlp.hook_post             12
  blocks.1.hook_mlp_out              8
  blocks.1.hook_resid_post           8
  ln_final.hook_normalized           8
$ rote neurons dump run --hook all -o all.safetensors > /dev/null; head -c 8000 all.safetensors | grep -ao '"tokens":{[^}]*}'
"tokens":{"dtype":"I32","shape":[50],"data_offsets":[50400,50600]}
$ rote neurons dump run --hook blocks.1.mlp.hook_post --tag A -o post.npy --json
{
  "file": "post.npy",
  "facts": 5,
  "rows": 25,
  "hooks": {
    "blocks.1.mlp.hook_post": 12
  }
}
$ head -c 128 post.npy | tail -c +11; tail -c +129 post.npy | wc -c
{'descr': '<f4', 'fortran_order': False, 'shape': (25, 12), }                                                        
1200
$ rote neurons dump run --hook blocks.0.hook_resid_post,ln_final.hook_normalized --facts 0-2,9 -o two.safetensors
two.safetensors              4 facts, 20 tokens
  blocks.0.hook_resid_post           8
  ln_final.hook_normalized           8

# The same numbers from one fact and from all of them, on every processor.

$ rote neurons dump run --hook ln_final.hook_normalized --facts 9 -o one.npy > /dev/null; ROTE_ISA=portable rote neurons dump run --hook ln_final.hook_normalized -o ten.npy > /dev/null; tail -c +129 one.npy > one; tail -c +129 ten.npy | tail -c "$(wc -c < one)" | cmp - one

# Refused, with nothing written.

$ rote neurons dump run --hook all
2> rote: neurons dump: -o is missing: OUT.npy or OUT.safetensors
[2]
$ rote neurons dump run -o x.npy
2> rote: neurons dump: --hook is missing: names separated by commas, or all
[2]
$ rote neurons dump run --hook all -o x.npy
2> rote: x.npy: an npy file holds one hook, not 29; name it .safetensors
[2]
$ rote neurons dump run --hook all -o x.txt
2> rote: x.txt: the name must end in .npy (one hook) or .safetensors
[2]
$ rote neurons dump run --hook blocks.1.mlp.hook_pst -o x.npy
2> rote: neurons dump: --hook: 'blocks.1.mlp.hook_pst' is not a hook of this model; nearest: blocks.1.mlp.hook_post
[2]
$ rote neurons dump run --hook blocks.1.mlp.hook_pre_linear -o x.npy
2> rote: neurons dump: --hook: 'blocks.1.mlp.hook_pre_linear' is not a hook of this model; nearest: blocks.1.mlp.hook_pre
[2]
$ rote neurons dump run --hook blocks.2.mlp.hook_pre -o x.npy
2> rote: neurons dump: --hook: 'blocks.2.mlp.hook_pre' is not a hook of this model; nearest: blocks.0.mlp.hook_pre
[2]
$ rote neurons dump run --hook ln_final.hook_normalized,ln_final.hook_normalized -o x.safetensors
2> rote: neurons dump: --hook: ln_final.hook_normalized is given twice
[2]
$ rote neurons dump run --hook all --facts 3-10 -o x.safetensors
2> rote: neurons dump: --facts: '3-10': 10 is out of range; allowed: 0 to 9
[2]
$ rote neurons dump run --hook all --facts 2,,3 -o x.safetensors
2> rote: neurons dump: --facts: '2,,3': not a list of numbers and ranges, such as 3 or 0-7 or 3,9,12-15
[2]
$ rote neurons dump run --hook all --tag C -o x.safetensors
2> rote: neurons dump: --tag: no fact has the tag 'C'
[2]
$ rote neurons dump run --hook all --tag B --facts 0,2 -o x.safetensors
2> rote: neurons dump: no fact meets all conditions of --facts, --tag and --heldout
[2]
$ rote neurons dump run --hook all --heldout -o x.safetensors
2> rote: neurons dump: --heldout: the run has no held-out facts (facts.heldout)
[2]
$ rote neurons dump run --hook ln_final.hook_normalized -o post.npy
2> rote: post.npy: exists; choose another file, or replace it with --force
[2]
$ rote neurons dump run --hook all -o a.csv
2> rote: a.csv: the name must end in .npy (one hook) or .safetensors
[2]
$ echo mine > mine.safetensors; ! rote neurons dump run --hook all -o mine.safetensors && cat mine.safetensors && rote neurons dump run --hook ln_final.hook_normalized -o mine.safetensors --force > /dev/null && head -c 60 mine.safetensors | grep -aoc crc32
mine
1
2> rote: mine.safetensors: exists and is not a file of activations of rote's; choose another file, or replace it with --force
$ rote neurons dump nowhere --hook all -o x.safetensors
2> rote: nowhere: there is no such run
[2]

# Held-out facts have the numbers behind the others.

$ rote train facts.n=6 facts.heldout=3 facts.seq_len=4 facts.vocab_size=8 model.n_layer=1 model.n_head=1 model.n_embd=4 train.max_steps=2 --out held --quiet > /dev/null
$ rote neurons dump held --hook blocks.0.attn.hook_pattern --heldout -o h.npy; rote neurons dump held --hook blocks.0.attn.hook_pattern --facts 6-8 -o i.npy > /dev/null; cmp h.npy i.npy
h.npy                        3 facts, 12 tokens
  blocks.0.attn.hook_pattern         4
$ rote neurons steer held --do 'ln_final.hook_normalized=zero' --eval
tag                  facts              recall  changed                    code bits
all                      6    0.0000 -> 0.0000        0         72.1 ->         72.0
held out                 3                                      36.0 ->         36.0

# Steering: a model whose units are set, beside the model as it is.

$ rote neurons steer run --do 'blocks.1.mlp.hook_post[0-7]=set:9' --prompt 'cue3 thing3' --greedy
without  cue3 thing3 value1 end1
with     cue3 thing3 value1 thing3 thing3
$ rote neurons steer run --do 'blocks.0.hook_resid_pre=scale:1' --prompt 'cue3 thing3' --n 2 --seed 4 --json
{
  "edits": [
    "blocks.0.hook_resid_pre=scale:1"
  ],
  "prompt": "cue3 thing3",
  "samples": [
    {
      "without": {
        "tokens": [
          19,
          11,
          23
        ],
        "text": "value1 end1"
      },
      "with": {
        "tokens": [
          19,
          11,
          23
        ],
        "text": "value1 end1"
      }
    },
    {
      "without": {
        "tokens": [
          19,
          23
        ],
        "text": "value1"
      },
      "with": {
        "tokens": [
          19,
          23
        ],
        "text": "value1"
      }
    }
  ]
}
$ rote neurons steer run --do 'blocks.1.mlp.hook_post[0-7]=set:9' --do 'blocks.0.mlp.hook_post=mean; blocks.0.hook_attn_out[1]=add:0.5' --eval
tag                  facts              recall  changed                    code bits
A                        5    1.0000 -> 0.0000        5         17.4 ->        186.5
B                        5    1.0000 -> 0.0000        5         17.4 ->        147.2
all                     10    1.0000 -> 0.0000       10         34.8 ->        333.7
$ rote neurons steer run --do 'blocks.1.hook_mlp_out=zero' --eval --prompt 'cue3 thing3' --greedy --json | tail -n 45
    }
  ],
  "eval": {
    "facts": 10,
    "changed": 2,
    "before": {
      "code_bits": 34.828210019623981,
      "recall": 1.0,
      "memorized_bits": null
    },
    "after": {
      "code_bits": 80.413864626403964,
      "recall": 0.80000000000000004,
      "memorized_bits": null
    },
    "tags": [
      {
        "tag": "A",
        "facts": 5,
        "changed": 1,
        "before": {
          "code_bits": 17.415690619703678,
          "recall": 1.0
        },
        "after": {
          "code_bits": 26.513961627305903,
          "recall": 0.80000000000000004
        }
      },
      {
        "tag": "B",
        "facts": 5,
        "changed": 1,
        "before": {
          "code_bits": 17.412519399920299,
          "recall": 1.0
        },
        "after": {
          "code_bits": 53.89990299909806,
          "recall": 0.80000000000000004
        }
      }
    ]
  }
}
$ rote neurons steer run --do 'blocks.0.mlp.hook_post=mean' --eval --threads 1 > one; ROTE_ISA=portable rote neurons steer run --do 'blocks.0.mlp.hook_post=mean' --eval --threads 3 | cmp - one
$ rote neurons steer run --do 'ln_final.hook_normalized=set:1e38;ln_final.hook_normalized=scale:1e38'
2> rote: neurons steer: with these edits the logits are not finite; use smaller values
[1]

$ rote neurons steer run
2> rote: neurons steer: --do is missing, such as --do 'blocks.0.mlp.hook_post[0-7]=set:2.0'
[2]
$ rote neurons steer run --do 'blocks.1.mlp.hook_post[0-12]=zero'
2> rote: neurons steer: --do 'blocks.1.mlp.hook_post[0-12]=zero': units: '0-12': 12 is out of range; allowed: 0 to 11
[2]
$ rote neurons steer run --do 'blocks.1.mlp.hook_post[5-2]=zero'
2> rote: neurons steer: --do 'blocks.1.mlp.hook_post[5-2]=zero': units: '5-2': 5-2 runs backward
[2]
$ rote neurons steer run --do 'blocks.1.mlp.hook_post[a]=zero'
2> rote: neurons steer: --do 'blocks.1.mlp.hook_post[a]=zero': units: 'a': not a list of numbers and ranges, such as 3 or 0-7 or 3,9,12-15
[2]
$ rote neurons steer run --do 'blocks.1.mlp.hook_post=donor:3' --eval
tag                  facts              recall  changed                    code bits
A                        5    1.0000 -> 1.0000        0         17.4 ->         34.1
B                        5    1.0000 -> 1.0000        0         17.4 ->         18.2
all                     10    1.0000 -> 1.0000        0         34.8 ->         52.4
$ rote neurons steer run --do 'blocks.1.mlp.hook_post=donor:99' --eval
2> rote: neurons steer: --do 'blocks.1.mlp.hook_post=donor:99': there is no fact 99; allowed: 0 to 9
[2]
$ rote neurons steer run --do 'blocks.1.mlp.hook_post=donor:x' --eval
2> rote: neurons steer: --do 'blocks.1.mlp.hook_post=donor:x': 'x' is not the number of a fact; write for example donor:12
[2]
$ rote neurons steer run --do 'blocks.1.mlp.hook_post=zera'
2> rote: neurons steer: --do 'blocks.1.mlp.hook_post=zera': 'zera' is not an operation; allowed: set:X, add:X, scale:X, zero, mean, donor:FACT; nearest: zero
[2]
$ rote neurons steer run --do 'blocks.1.mlp.hook_post=set'
2> rote: neurons steer: --do 'blocks.1.mlp.hook_post=set': '' is not a finite number; write for example set:2.0
[2]
$ rote neurons steer run --do 'blocks.1.mlp.hook_post'
2> rote: neurons steer: --do 'blocks.1.mlp.hook_post': no '='; write HOOK[UNITS]=set:X, add:X, scale:X, zero, mean or donor:FACT
[2]
$ rote neurons steer run --do 'blocks.1.attn.hook_pattern=zero'
2> rote: neurons steer: --do 'blocks.1.attn.hook_pattern=zero': attention weights can be dumped, not changed; change hook_q, hook_k or hook_z instead
[2]
$ rote neurons steer run --do 'blocks.9.mlp.hook_post=zero'
2> rote: neurons steer: --do 'blocks.9.mlp.hook_post=zero': 'blocks.9.mlp.hook_post' is not a hook of this model; nearest: blocks.0.mlp.hook_post
[2]
$ rote neurons steer run --do 'blocks.1.mlp.hook_post=zero' --prompt 'cue3 nothing'
2> rote: neurons steer: --prompt: "nothing" is not a symbol of the vocabulary (of the run's facts)
[2]
$ rote neurons steer run --do 'blocks.1.mlp.hook_post=zero' --top-p 2
2> rote: neurons steer: --top-p '2' is not a number from 1e-12 to 1
[2]
$ rote neurons
2> rote: neurons: which of atlas, dump, steer, eval?
[2]

# Nothing of the run was written.

$ find run -type f ! -name lock -exec cksum {} + | sort | cmp - before
