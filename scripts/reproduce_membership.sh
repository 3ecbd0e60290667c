#!/usr/bin/env bash
# Where does the held-out loss peak, and up to which load can members be distinguished from unseen facts? Morris et al. 2025:
# it peaks where the data fill the model; F1 of membership inference falls with the load by a law (docs/math.md).
#   scripts/reproduce_membership.sh [--quick | --full] [--out DIR] [--jobs N]
#
# Cost: 6 P operations a token, 1,000 epochs. Quick: P = 1,528, 16 to 1,024 facts of 16 tokens, eight splits: 88 runs, 2.6e12
# operations. Full: P = 9,192, six times the facts, 16 splits: 176 runs, 1.9e14. The time is printed at the start.
# shellcheck source=scripts/reproduce_lib.sh
. "$(dirname "$0")/reproduce_lib.sh"
reproduce_options "$@"

cfg=$out/membership.yaml splits=1,2,3,4,5,6,7,8
cp scripts/experiments/membership.yaml "$cfg"
if [ "$form" = full ]; then
    sed -i 's/n_embd: 8/n_embd: 24/; s/0.03/0.01/; s/\[16, .*1024\]/[96, 144, 192, 240, 288, 384, 576, 768, 1536, 3072, 6144]/' "$cfg"
    splits+=,9,10,11,12,13,14,15,16
fi
sweeps() { reproduce_sweep membership "$cfg" facts.split_seed=$splits; }
reproduce_all sweeps
{
    printf '# Double descent and membership, %s form\n\n' "$form"
    printf 'At which load does the held-out loss peak, and up to which load can trained facts be distinguished from unseen ones?\n'
    printf 'Random facts of 16 tokens over 64 symbols, 128 of them held out, with a new split for each run (split seeds\n%s); SOAP, 1,000 epochs. Means over splits.\n\n' "$splits"
    printf -- '- AUC, F1: membership inference by code length alone, F1 at its best threshold (0.667: always yes).\n'
    printf -- '- F1 law: that of Morris et al. (arXiv 2505.24832) in bits of data per parameter ([math](../math.md)).\n'
    printf -- '- LiRA: the likelihood-ratio attack, each fact against the runs that trained on it and those that did not.\n'
    reproduce_block "$(reproduce_capacity membership)"
    reproduce_certified 'L1, all sizes|membership'
    reproduce_footer membership
} >"$page"
cat "$page"
