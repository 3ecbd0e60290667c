#!/usr/bin/env bash
# A file is one idea and a function one step: no file has more than 500 lines, no function more than 60 (in tests, where a
# table of cases is inside it, 100), no line more than 120 columns. A type and its name are on one line: where a comment
# behind a field is too long, clang-format tears them apart; the comment then belongs above the field.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0

check() { # name, offending lines
    if [ -z "$2" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'sizes: %s:\n%s\n' "$1" "$2"
    fi
}

files=$(find base data model store tools eval train cli tests -name '*.[ch]' 2>/dev/null | sort)
# shellcheck disable=SC2086
check "a file of more than 500 lines: two ideas, two files" "$(wc -l $files |
    awk '$2 != "total" && $1 > 500 {print $2, $1}')"
# A function begins where a line starts in the first column and ends with the next brace there (clang-format sees to it).
# shellcheck disable=SC2086
check "a function of more than 60 lines" "$(awk '
    FNR == 1 {from = 0; most = FILENAME ~ /^tests\// ? 100 : 60}
    /^[A-Za-z_].*\(/ && !/;$/ {if (!from) from = FNR; name = $0}
    /^(typedef|enum|struct|union|#)/ || /^[^ }].*;$/ {from = 0}
    /^}/ {if (from && FNR - from + 1 > most) print FILENAME ":" from ": " FNR - from + 1; from = 0}' $files)"
# shellcheck disable=SC2086
check "a line of more than 120 columns" "$(LC_ALL=C.UTF-8 awk 'length > 120 {print FILENAME ":" FNR}' $files)"
# shellcheck disable=SC2086
check "a type without its name, above a long comment: put the comment above the field" "$(awk '
    FNR > 1 && type ~ /^ +((const|unsigned|struct|static) )*[A-Za-z_][A-Za-z_0-9]*( const)?$/ &&
        type !~ /^ +(return|else|do|done)$/ && /^ +(\**[A-Za-z_0-9]+(\[[^]]*\])*;|\/\*)/ {print FILENAME ":" FNR - 1}
    {type = $0}' $files)"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
