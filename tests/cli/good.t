# What works without an engine.

$ rote --version
$ rote --help
$ rote help train
$ rote train --help | head -n 1
$ rote help facts | grep usage
$ rote help train.learning_rate
$ rote help n-embd
$ rote help keys | wc -l
$ rote completion bash > c.sh && bash -n c.sh && bash -c 'source ./c.sh
> COMP_WORDS=(rote train model.n_emb) COMP_CWORD=2; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote facts im) COMP_CWORD=2; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote facts import --al) COMP_CWORD=3; _rote; echo "${COMPREPLY[@]}"
> COMP_WORDS=(rote de) COMP_CWORD=1; _rote; echo "${COMPREPLY[@]}"'
$ rote completion zsh | head -n 1
$ rote doctor --json | grep -E 'self_test|numeric_spec'
