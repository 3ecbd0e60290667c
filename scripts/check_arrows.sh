#!/usr/bin/env bash
# Keeps the arrows between the rooms (docs/design.md): who may include whom, no libm in the numeric path, and
# libraries that neither print to stdout nor exit.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0

check() { # name, offending lines
    if [ -z "$2" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'arrows: %s:\n%s\n' "$1" "$2"
    fi
}

may() { # room, rooms it may include
    local room=$1 allowed=$2
    [ -d "$room" ] || return
    check "$room may include only: $allowed" "$(grep -rnE '^#include "' --include='*.[ch]' "$room" |
        grep -vE "#include \"(${allowed// /|})/")"
}
may base 'base'
may data 'data base'
may model 'model base'
may store 'store model data base'
may tools 'tools base'
may eval 'eval tools store model data base'
may train 'train eval tools store model data base'
may cli 'cli train eval tools store model data base'

# What the objects really call (a macro or a builtin may hide it from grep).
library=${BUILD:-build/gcc-O3}/librote.a
if [ -e "$library" ]; then
    calls=$(nm -A -u "$library" 2>/dev/null | awk '{print $NF, $1}')
    check "libm in the numeric path (base/exact.h has ours)" "$(grep -E \
        '^(exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|sincos|tan|tanh|sinh|cosh|atan2?|erfc?|lgamma|tgamma|fma|cbrt|hypot)f? ' <<<"$calls")"
    check "a library prints or exits (only cli/ may)" "$(grep -E \
        '^(stdout|printf|puts|putchar|vprintf|__printf_chk|exit|_exit|quick_exit) ' <<<"$calls")"
    # gcc 12 turns a vector of products with alternating signs into vfmaddsub under -ffp-contract=off too.
    check "a contracted multiply-add: other bits than without FMA" "$(objdump -d --no-show-raw-insn "$library" 2>/dev/null |
        awk '/>:$/ {name = $2} /vf(maddsub|msubadd)|fcmla|fcadd/ {print name}' | sort -u)"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
