#!/usr/bin/env bash
# The libraries of rote for WebAssembly, which no package has: Debian's sources of libyaml, jansson and zlib (docs/try).
# Nothing of the machine is changed: lists and sources stay in the folder. Run by make; needs apt-get.
#   wasm_libraries.sh FOLDER   makes FOLDER/include and FOLDER/libraries.a
set -euo pipefail
mkdir -p "$1"
cd "$1"
folder=$PWD

for header in yaml.h jansson.h zlib.h xxhash.h Random123/philox.h; do
    [ -e "/usr/include/$header" ] || {
        echo "wasm_libraries: /usr/include/$header is missing; run \"make setup\"" >&2
        exit 1
    }
done
for program in apt-get emcc emar; do
    command -v $program >/dev/null || {
        echo "wasm_libraries: there is no $program; on Debian: apt-get install --no-install-recommends emscripten" >&2
        exit 1
    }
done

# One distribution's sources, with lists and packages of its own.
. /etc/os-release
mkdir -p lists/partial cache/archives/partial sources
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] \
http://deb.debian.org/debian ${VERSION_CODENAME:-bookworm} main" >sources.list
apt=(apt-get -qq -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root)
"${apt[@]}" update
(cd sources && "${apt[@]}" source --download-only libyaml jansson zlib >&2)
for archive in sources/*.orig.tar.*[z2]; do tar -C sources -xf "$archive"; done

mkdir -p include objects
cp /usr/include/yaml.h /usr/include/jansson*.h /usr/include/zlib.h /usr/include/zconf.h /usr/include/xxhash.h include
cp -r /usr/include/Random123 include
sed -i 's/^#if !defined(__x86_64__) /#if !defined(__wasm__) \&\& !defined(__x86_64__) /' \
    include/Random123/features/gccfeatures.h
compile() { # name, flags...; the C files of the folder
    local name=$1 file
    shift
    for file in *.c; do emcc -O2 -DNDEBUG "$@" -c "$file" -o "$folder/objects/$name-${file%.c}.o"; done
}
(cd sources/libyaml-*/src && compile yaml -I../include -DYAML_VERSION_MAJOR=0 -DYAML_VERSION_MINOR=2 \
    -DYAML_VERSION_PATCH=5 -DYAML_VERSION_STRING='"0.2.5"')
(cd sources/jansson-*/src && : >jansson_private_config.h && # what its configure would find
    compile jansson -I. -I"$folder/include" -DHAVE_STDINT_H -DHAVE_UNISTD_H -DHAVE_SYS_TIME_H \
        -DINITIAL_HASHTABLE_ORDER=3)
(cd sources/zlib-*/ && rm -f gz*.c && compile zlib -I.)
rm -f libraries.a
emar rcs libraries.a objects/*.o
