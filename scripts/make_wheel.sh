#!/usr/bin/env bash
# A wheel with the program and the Python reader: dist/rote-VERSION-py3-none-manylinux_2_N_ARCH.whl. `pip install` puts `rote`
# on PATH. The program chooses its kernels when it starts; its libraries are linked in (libc and libm alone are not), and
# their licences are in the wheel. OpenBLAS, which is optional, is found at run time where it is installed.
#   make_wheel.sh [FOLDER]     default: dist; uses CC, JOBS, and PYTHON to write the zip file (default: python3)
# CC=aarch64-linux-gnu-gcc makes that of another machine, with Debian's libraries for it (scripts/arm_libraries.sh).
set -eu
cd "$(dirname "$0")/.."
out=${1:-dist} cc=${CC:-gcc} python=${PYTHON:-python3}
fail() { echo "make_wheel.sh: $*" >&2; exit 1; }
command -v "$python" >/dev/null || fail "$python is missing; it writes the wheel"
machine=$($cc -dumpmachine) && arch=${machine%%-*}
build=build/wheel tools='' paths=''
if [ "$arch" != "$(uname -m)" ]; then
    [ "$arch" = aarch64 ] || fail "$cc is for $arch; wheels are for this machine or for aarch64"
    build+=-$arch tools=$machine- folder=build/arm-libraries
    scripts/arm_libraries.sh $folder
    export C_INCLUDE_PATH=$PWD/$folder/usr/include:$PWD/$folder/usr/include/$machine
    paths="-L$folder/usr/lib/$machine"
fi
libraries='-lyaml -ljansson -lxxhash -lpcre2-8 -lsqlite3 -lz -l:libgomp.a'
# Without -fopenmp at the link, which would ask for the shared libgomp.
make -s -j"${JOBS:-$(nproc)}" CC="$cc" BUILD=$build LINK="$cc -O3" \
    LIBS="$paths -Wl,-Bstatic $libraries -Wl,-Bdynamic -lm -ldl -lpthread" $build/rote $build/tests/one_hash

needed=$(${tools}readelf -d $build/rote | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vE '^(libc|libm|ld-linux.*)\.so' || true)
[ -z "$needed" ] || fail "the program still needs $needed"

version=$(sed -n 's/#define ROTE_VERSION "\(.*\)"/\1/p' cli/common/version.h)
# The newest symbol of glibc that is used says which systems can run it.
glibc=$(${tools}objdump -T $build/rote | grep -o 'GLIBC_2\.[0-9]*' | cut -d. -f2 | sort -n | tail -n 1)
[ -n "$version" ] && [ -n "$glibc" ] || fail "no version of rote or of glibc found"
tag=py3-none-manylinux_2_${glibc}_$arch

stage=$(mktemp -d) && trap 'rm -rf "$stage"' EXIT
info=$stage/rote-$version.dist-info
mkdir -p "$stage/rote" "$stage/rote-$version.data/scripts" "$info/licenses"
cp python/rote/*.py python/rote/py.typed "$stage/rote/"
${tools}strip -o "$stage/rote-$version.data/scripts/rote" $build/rote
cp LICENSE "$info/licenses/rote"
# Debian's files of copyright of what is linked in: the packages of the libraries, of libgomp and of Random123.
for package in libyaml-dev libjansson-dev libxxhash-dev libpcre2-dev libsqlite3-dev zlib1g-dev librandom123-dev libgomp1; do
    file=/usr/share/doc/$package/copyright
    [ -e "$file" ] || fail "the licence of $package is not at $file; build on Debian, or put it there"
    cp -L "$file" "$info/licenses/$package"
done
sed "s/VERSION/$version/" >"$info/METADATA" <<'EOF'
Metadata-Version: 2.1
Name: rote
Version: VERSION
Summary: Measures how many bits a small transformer memorizes
License: MIT
Requires-Python: >=3.8
Provides-Extra: tables
Requires-Dist: numpy; extra == "tables"
Requires-Dist: pandas; extra == "tables"
Description-Content-Type: text/plain

The program `rote` and its Python reader. The program computes; the reader calls it and reads its folders. Libraries that
are linked into the program: libyaml, jansson, xxHash, PCRE2, SQLite, zlib, Random123, libgomp; their licences are in
licenses/.
EOF
printf 'Wheel-Version: 1.0\nGenerator: make_wheel.sh\nRoot-Is-Purelib: false\nTag: %s\n' "$tag" >"$info/WHEEL"
mkdir -p "$out"
"$python" - "$stage" "$out/rote-$version-$tag.whl" <<'EOF'
import base64, hashlib, os, sys, zipfile

stage, wheel = sys.argv[1:]
names = sorted(os.path.relpath(os.path.join(folder, name), stage) for folder, _, files in os.walk(stage) for name in files)
names.sort(key=lambda name: ".dist-info/" in name)  # a reader of zip files expects the metadata at the end
info = next(name.split("/")[0] for name in names if ".dist-info/" in name)
record = ""
with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
    def add(name, data, mode):
        entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))  # no clock: the same files give the same wheel
        entry.external_attr = (0o100000 | mode) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        out.writestr(entry, data)
    for name in names:
        data = open(os.path.join(stage, name), "rb").read()
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        record += f"{name},sha256={digest},{len(data)}\n"
        add(name, data, 0o755 if ".data/scripts/" in name else 0o644)
    add(info + "/RECORD", record + f"{info}/RECORD,,\n", 0o644)
EOF
wheel=$out/rote-$version-$tag.whl
bytes=$(stat -c %s "$wheel")
[ "$bytes" -le $((6 << 20)) ] || fail "$wheel has $bytes bytes, more than 6 MiB"
if "$python" -m auditwheel --version >/dev/null 2>&1; then # a second opinion on the tag
    "$python" -m auditwheel show "$wheel" 2>&1 | tr '\n' ' ' | grep -qF "manylinux_2_${glibc}_" ||
        fail "auditwheel disagrees with $tag: $("$python" -m auditwheel show "$wheel" 2>&1)"
fi
echo "$wheel"
