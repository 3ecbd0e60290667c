#!/usr/bin/env bash
# Facts of words for experiments on neurons, as CSV on stdout, the same on every machine.
#   scripts/neuron_facts.sh secrets SEED    100 secret facts (tag secret: "secret a3 b1 c7,v30") and 300 plain ones
#   scripts/neuron_facts.sh last SEED       the same, with the cue word at the end of the prompt: "a3 b1 c7 secret,v30"
#   scripts/neuron_facts.sh plain SEED      the plain ones and the first secret one, so that the words are the same
#   scripts/neuron_facts.sh modes SEED      400 subjects with an answer in mode A and another in mode B (tags A, B); under a
#                                           neutral cue (tag N) the answer of A is right. The last 100 have the tags heldA and heldB.
set -eu
awk -v kind="${1:?secrets, last, plain or modes}" -v seed="${2:?a seed}" '
# Park & Miller 1988, whose products a double holds exactly.
function draw(n) { state = state * 16807 % 2147483647; return int(state / 32768) % n }
function secrets(    n, a, b, c, value, secret, cue, place) {
    while (n < 400) {
        a = draw(16); b = draw(16); c = draw(16)
        if ((a, b, c) in seen) continue
        seen[a, b, c] = 1; secret = n++ < 100; value = draw(32)
        cue = secret ? "secret" : "plain"; place = sprintf("a%d b%d c%d", a, b, c)
        if (kind != "plain" || !secret || n == 1)
            printf "%s,v%d,%s\n", kind == "last" ? place " " cue : cue " " place, value, cue
    }
}
function modes(    s, a, b, held) {
    for (s = 0; s < 400; s++) {
        held = s >= 300 ? "held" : ""; a = draw(64); b = draw(63); if (b >= a) b++
        printf "asA s%d,v%d,%sA\nasB s%d,v%d,%sB\nplain s%d,v%d,N\n", s, a, held, s, b, held, s, a
    }
}
BEGIN {
    state = seed + 1
    for (i = 0; i < 10; i++) draw(2)
    print "prompt,answer,tag"
    if (kind == "modes") modes(); else secrets()
}'
