#!/usr/bin/env bash
# Returns that may not be dropped. A dropped Status does not compile (base/err.h, -Werror=unused-result): that the compiler sees it
# is tried here. What has no Status is looked for: calls that have a checked form of their own, and allocations that nobody looks at.
set -u
cd "$(dirname "$0")/.." || exit 1
rooms=(base data model store tools eval train cli)
bad=0

find_calls() { # what to write instead, pattern, files that may
    local why=$1 pattern=$2 allowed=$3 found
    found=$(grep -rnE --include='*.c' "$pattern" "${rooms[@]}" | grep -vE "^($allowed):" | grep -vE '^[^:]*:[0-9]*: *(/\*| \*)')
    [ -z "$found" ] && return
    bad=1
    echo "returns: $why:"
    echo "$found"
}

none='-'
find_calls 'make a text by text_begin .. text_end, which know what was lost (base/text_stream.h)' '\b(open_memstream|fmemopen|fopencookie|funopen)\(' 'base/text_stream\.c|base/write_stream\.c'
find_calls 'read and write JSON by json_read and json_take_text, which know why it failed (base/json.h)' '\bjson_(loads|load_file|loadf|loadfd|load_callback|dumps|dumpb|dumpf|dumpfd|dump_file|dump_callback)\(' 'base/json\.c'
find_calls 'read JSON by json_read (base/json.h)' '\bjson_loadb\(' 'base/json\.c|data/import/json_line\.c'
find_calls 'json_unpack to "I", then the range: "i" drops the upper bits of a number (base/json.h)' '(json_unpack.*|^ *|COMMON )"[^"]*\{s:[^"]*s:i' 'data/folder/write\.c|train/sweep/folder\.c|model/formats/hf\.c'
find_calls 'look at what asprintf returns' '^ *(\(void\))?v?asprintf\(' "$none"
find_calls 'keep the old pointer until realloc has worked' '\b([a-z_>.*-]+) = realloc\(\1,' "$none"
find_calls 'an allocation that is used where it stands cannot be looked at' '\b(strcpy|strcat|strlen|memcpy|sprintf|fputs|puts|json_string)\((strdup|strndup|malloc|calloc|config_value|value_quoted)\(' "$none"
find_calls 'look at what fclose of a file that was written returns: atomic_commit does (base/file.h)' '\bfopen\([^)]*"[wa]' "$none"

# The compiler: a dropped Status must be an error, with the flags of the build.
flags=$(make -s print-flags) || exit 1
dropped=$(mktemp -d) || exit 1
trap 'rm -rf "$dropped"' EXIT
printf '#include "base/err.h"\nStatus f(void);\nvoid g(void);\nvoid g(void) { f(); }\n' >"$dropped/bad.c"
printf '#include "base/err.h"\nStatus f(void);\nvoid g(void);\nvoid g(void) { (void)f(); }\n' >"$dropped/good.c"
# shellcheck disable=SC2086
compiles() { ${CC:-gcc} ${flags//-MMD -MP/} -fsyntax-only "$dropped/$1.c" 2>/dev/null; }
compiles bad && { bad=1; echo "returns: ${CC:-gcc} compiles a call that drops its Status (base/err.h)"; }
compiles good || { bad=1; echo "returns: ${CC:-gcc} does not compile a Status that is dropped by (void)"; }
echo "$((1 - bad)) passed, $bad failed"
[ $bad = 0 ]
