#!/usr/bin/env bash
# Writes the page of docs/try as one file that needs no other: each line @@NAME@@ of page.html becomes that file, the
# program itself packed by gzip and written as base64. Run by `make wasm`.
#   wasm_page.sh FOLDER   FOLDER/rote and FOLDER/rote.wasm -> FOLDER/rote.html
set -euo pipefail
built=$1 from=$(dirname "$0")/../docs/try

while IFS= read -r line; do
    case $line in
    @@rote.wasm@@) gzip -9n <"$built/rote.wasm" | base64 -w0 && echo ;;
    @@rote.js@@) cat "$built/rote" && echo ;;
    @@*@@) line=${line#@@} && cat "$from/${line%@@}" ;;
    *) printf '%s\n' "$line" ;;
    esac
done <"$from/page.html" >"$built/rote.html.part"
mv "$built/rote.html.part" "$built/rote.html"
echo "rote: the page is $built/rote.html, $(($(wc -c <"$built/rote.html") / 1024)) KiB: open it in a browser"
